/* SPDX-License-Identifier: Apache-2.0 */
/* Settings: valid writes change facts, all others nothing. */

#include "settings.h"

#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "json.h"

#define MAX_PUT 32 /* elements of one document */

static const cJSON *spec(struct vp_printer *p)
{
	return vp_profile_behaviour(p->profile, "settings");
}

static const cJSON *setting(struct vp_printer *p, const char *by, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(spec(p), by),
						name);
}

bool vp_settings_by(struct vp_printer *p, const char *by)
{
	return cJSON_GetObjectItemCaseSensitive(spec(p), by) != NULL;
}

bool vp_setting_exists(struct vp_printer *p, const char *by, const char *name)
{
	return setting(p, by, name) != NULL;
}

/* A number with the setting's suffix, within its bounds. */
static bool takes_number(const cJSON *s, const char *value)
{
	char *end;
	long number = strtol(value, &end, 10);

	return end != value && strcmp(end, vp_json_text(s, "suffix", "")) == 0 &&
	       (double)number >= vp_json_number(s, "minimum", 0) &&
	       (double)number <= vp_json_number(s, "maximum", 0);
}

bool vp_setting_takes(struct vp_printer *p, const char *by, const char *name, const char *value)
{
	const cJSON *s = setting(p, by, name), *allowed;
	const cJSON *values = cJSON_GetObjectItemCaseSensitive(s, "values");

	if (s && !values)
		return takes_number(s, value);
	cJSON_ArrayForEach(allowed,
			   values) if (strcmp(allowed->valuestring, value) == 0) return true;
	return false;
}

void vp_setting_write(struct vp_printer *p, const char *by, const char *name, const char *value)
{
	const char *path = vp_json_text(setting(p, by, name), "fact", "");
	cJSON *facts = vp_state_facts(p->state);
	const cJSON *fact = vp_json_at(facts, path);

	vp_log_text(p->log, "nvram", "by", by, "name", name, "before",
		    cJSON_IsString(fact) ? fact->valuestring : "", "after", value, NULL);
	(void)!vp_state_set(p->state, path, cJSON_CreateString(value), NULL);
	cJSON_Delete(facts);
}

bool vp_settings_password(struct vp_printer *p, const char *password)
{
	const char *wanted = vp_json_text(spec(p), "password", NULL);

	return !wanted || (password && strcmp(wanted, password) == 0);
}

bool vp_settings_authorized(struct vp_printer *p, struct vp_http *http)
{
	char header[256];
	const char *value = vp_http_header(http, "Authorization", header, sizeof(header));
	guchar *text = NULL;
	gchar *plain;
	gsize n = 0;
	bool ok;

	if (g_str_has_prefix(value, "Basic "))
		text = g_base64_decode(value + 6, &n);
	plain = text ? g_strndup((const gchar *)text, n) : NULL;
	ok = vp_settings_password(p, plain && g_str_has_prefix(plain, "admin:") ? plain + 6 : NULL);
	g_free(plain);
	g_free(text);
	return ok;
}

/* What is read of a document: its leaves, by their local names. */
struct put {
	struct vp_printer *printer;
	GString *text;
	bool leaf;
	char *names[MAX_PUT], *values[MAX_PUT];
	int count;
	bool refused;
};

static const char *local(const gchar *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? colon + 1 : name;
}

static void on_start(GMarkupParseContext *c, const gchar *name, const gchar **names,
		     const gchar **values, gpointer arg, GError **error)
{
	struct put *put = arg;

	(void)c;
	(void)name;
	(void)names;
	(void)values;
	(void)error;
	put->leaf = true;
	g_string_truncate(put->text, 0);
}

static void on_text(GMarkupParseContext *c, const gchar *text, gsize n, gpointer arg,
		    GError **error)
{
	struct put *put = arg;

	(void)c;
	(void)error;
	g_string_append_len(put->text, text, (gssize)n);
}

static void on_end(GMarkupParseContext *c, const gchar *name, gpointer arg, GError **error)
{
	struct put *put = arg;

	(void)c;
	(void)error;
	if (!put->leaf)
		return;
	put->leaf = false;
	if (put->count == MAX_PUT ||
	    !vp_setting_takes(put->printer, "ledm", local(name), put->text->str)) {
		put->refused = true;
		return;
	}
	put->names[put->count] = g_strdup(local(name));
	put->values[put->count++] = g_strdup(put->text->str);
}

int vp_settings_put(struct vp_printer *p, const char *xml, size_t size)
{
	static const GMarkupParser PARSER = { .start_element = on_start,
					      .end_element = on_end,
					      .text = on_text };
	struct put put = { .printer = p, .text = g_string_new("") };
	GMarkupParseContext *c = g_markup_parse_context_new(&PARSER, 0, &put, NULL);
	bool good = g_markup_parse_context_parse(c, xml, (gssize)size, NULL) &&
		    g_markup_parse_context_end_parse(c, NULL) && !put.refused && put.count > 0;

	for (int i = 0; i < put.count; i++) {
		if (good)
			vp_setting_write(p, "ledm", put.names[i], put.values[i]);
		g_free(put.names[i]);
		g_free(put.values[i]);
	}
	g_markup_parse_context_free(c);
	g_string_free(put.text, TRUE);
	return good ? 200 : 400;
}
