/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /settings: shown with what they do, changed all or none, in force at once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent_settings.h"
#include "api_calls.h"
#include "api_fields.h"
#include "platen/json.h"
#include "render.h"
#include "settings.h"

static const char *const TYPES[] = { "text", "number", "boolean", "choice" };

static cJSON *value_of(const struct pl_setting_info *s, const char *text)
{
	if (s->type == PL_SETTING_NUMBER)
		return cJSON_CreateNumber((double)strtoll(text, NULL, 10));
	if (s->type == PL_SETTING_BOOLEAN)
		return cJSON_CreateBool(!strcmp(text, "true"));
	return cJSON_CreateString(text);
}

static cJSON *setting_of(struct pl_settings *settings, enum pl_setting which)
{
	const struct pl_setting_info *s = &pl_setting_infos[which];
	cJSON *doc = cJSON_CreateObject(), *choices;
	char text[PL_MAX_SETTING];

	pl_setting_text(settings, which, text);
	cJSON_AddStringToObject(doc, "name", s->name);
	cJSON_AddStringToObject(doc, "group", s->group);
	cJSON_AddStringToObject(doc, "title", s->title);
	cJSON_AddStringToObject(doc, "description", s->description);
	cJSON_AddStringToObject(doc, "type", TYPES[s->type]);
	if (s->choices) {
		choices = cJSON_AddArrayToObject(doc, "choices");
		for (const char *const *c = s->choices; *c; c++)
			cJSON_AddItemToArray(choices, cJSON_CreateString(*c));
	}
	if (s->type == PL_SETTING_NUMBER) {
		pl_json_add_int(doc, "minimum", s->minimum);
		pl_json_add_int(doc, "maximum", s->maximum);
	}
	pl_json_add_text(doc, "unit", s->unit);
	cJSON_AddItemToObject(doc, "value", value_of(s, text));
	cJSON_AddItemToObject(doc, "default", value_of(s, s->usual));
	cJSON_AddBoolToObject(doc, "needs_restart", false);
	return doc;
}

/* Settings are the server's: only who administers everything sees them. */
static bool may(struct pl_api *api)
{
	if (pl_api_may(&api->caller, PL_ROLE_ADMIN, "", ""))
		return true;
	pl_web_error(api->rq, 403, "forbidden", "Only an administrator of everything may do this.");
	return false;
}

static void answer_all(struct pl_api *api)
{
	cJSON *doc = cJSON_CreateObject(), *items = cJSON_AddArrayToObject(doc, "items");

	for (int i = 0; i < PL_SETTING_COUNT; i++)
		cJSON_AddItemToArray(items, setting_of(api->server->settings, (enum pl_setting)i));
	pl_web_json(api->rq, 200, doc);
}

void pl_api_settings(struct pl_api *api)
{
	if (may(api))
		answer_all(api);
}

/* The new values; "" in `there` where a setting is not named. */
struct change {
	bool there[PL_SETTING_COUNT], usual[PL_SETTING_COUNT];
	char text[PL_SETTING_COUNT][PL_MAX_SETTING];
};

static bool read_member(struct pl_api *api, const cJSON *member, struct change *c)
{
	enum pl_setting which = pl_setting_of(member->string);
	char why[256];

	if (which == PL_SETTING_COUNT) {
		pl_api_wrong_field(api, member->string, "There is no setting %.60s.",
				   member->string);
		return false;
	}
	c->there[which] = true;
	c->usual[which] = cJSON_IsNull(member);
	if (cJSON_IsNull(member))
		return true;
	if (cJSON_IsBool(member))
		snprintf(c->text[which], PL_MAX_SETTING, "%s",
			 cJSON_IsTrue(member) ? "true" : "false");
	else if (cJSON_IsNumber(member))
		snprintf(c->text[which], PL_MAX_SETTING, "%.0f", member->valuedouble);
	else if (cJSON_IsString(member))
		snprintf(c->text[which], PL_MAX_SETTING, "%s", member->valuestring);
	if ((cJSON_IsString(member) && strlen(member->valuestring) >= PL_MAX_SETTING) ||
	    !pl_setting_allows(which, c->text[which], why, sizeof why)) {
		pl_api_wrong_field(api, member->string, "%s", why);
		return false;
	}
	return true;
}

static enum pl_result store_change(struct pl_db *db, void *arg, struct pl_error *err)
{
	const struct change *c = arg;
	enum pl_result r = PL_OK;

	for (int i = 0; i < PL_SETTING_COUNT && r == PL_OK; i++) {
		const char *name = pl_setting_infos[i].name;

		if (!c->there[i])
			continue;
		r = c->usual[i]
			    ? pl_db_run(db, "DELETE FROM settings WHERE customer_id='' AND name=?1",
					PL_ARGS(pl_db_text(name)), err)
			    : pl_db_run(db,
					"INSERT INTO settings (customer_id, name, value) VALUES "
					"('',?1,?2)"
					" ON CONFLICT (customer_id, name) DO UPDATE SET "
					"value=excluded.value",
					PL_ARGS(pl_db_text(name), pl_db_text(c->text[i])), err);
	}
	return r;
}

void pl_api_update_settings(struct pl_api *api)
{
	struct change *c;
	const cJSON *member;
	bool ok = true;

	if (!may(api) || !pl_api_need_body(api))
		return;
	c = calloc(1, sizeof *c);
	if (!c) {
		pl_web_error(api->rq, 503, "busy", "The server is out of memory.");
		return;
	}
	cJSON_ArrayForEach(member, api->body) if (ok) ok = read_member(api, member, c);
	if (ok && pl_api_change(api, "setting", "", store_change, c)) {
		for (int i = 0; i < PL_SETTING_COUNT; i++)
			if (c->there[i])
				pl_settings_put(api->server->settings, (enum pl_setting)i,
						c->usual[i] ? NULL : c->text[i]);
		pl_agent_settings_apply(api->server);
		answer_all(api);
	}
	free(c);
}
