/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what the agent tells, and sums it up in one mood. */
#include "view.h"

#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "platen/json.h"

/* How many bytes a character takes, by its first one; the text is UTF-8. */
static size_t character_size(unsigned char first)
{
	if (first < 0x80)
		return 1;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Characters that are not seen but change what is: line ends, U+0085, U+200B to U+200F, U+2028 to
 * U+202E, U+2060 to U+2069, U+FEFF. */
static bool is_hidden(const unsigned char *at, size_t size)
{
	unsigned point;

	if (size == 1)
		return *at < ' ' || *at == 0x7f;
	if (size == 2)
		return at[0] == 0xc2 && at[1] < 0xa0;
	if (size != 3)
		return false;
	point = (at[0] & 0xfu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
	return (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
	       (point >= 0x2060 && point <= 0x2069) || point == 0xfeff;
}

char *view_clean(const char *text, char *ret_text, size_t cap)
{
	size_t left = text ? strlen(text) : 0, n = 0;

	while (left > 0) {
		size_t size = character_size((unsigned char)*text);

		if (size > left)
			break; /* the reader of JSON lets no such text in */
		if (is_hidden((const unsigned char *)text, size)) {
			if (n + 1 >= cap)
				break;
			ret_text[n++] = ' ';
		} else {
			if (n + size >= cap)
				break;
			memcpy(ret_text + n, text, size);
			n += size;
		}
		text += size;
		left -= size;
	}
	ret_text[n] = '\0';
	return ret_text;
}

static void read_text(const cJSON *o, const char *path, char *ret_text, size_t cap)
{
	view_clean(pl_json_text(o, path), ret_text, cap);
}

static bool read_bool(const cJSON *o, const char *path)
{
	bool value = false;

	return pl_json_bool(o, path, &value) && value;
}

/* The place of a word in a list ended by NULL; `otherwise` where it is none of them. */
static int word_at(const cJSON *o, const char *path, const char *const *words, int otherwise)
{
	const char *word = pl_json_text(o, path);

	for (int i = 0; word && words[i]; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	return otherwise;
}

static void read_alert(const cJSON *o, struct view_alert *a)
{
	static const char *const SEVERITIES[] = { "report", "warning", "critical", NULL };

	a->severity = (enum view_severity)word_at(o, "severity", SEVERITIES, VIEW_WARNING);
	read_text(o, "code", a->code, sizeof(a->code));
	read_text(o, "group", a->group, sizeof(a->group));
	read_text(o, "description", a->text, sizeof(a->text));
	if (!a->text[0])
		memcpy(a->text, a->code, sizeof(a->code));
}

static void read_supply(const cJSON *o, struct view_supply *s)
{
	static const char *const STATES[] = { "unknown", "ok", "low", "empty", "missing", NULL };
	const char *class = pl_json_text(o, "class");
	int64_t percent;
	int state = word_at(o, "state", STATES, VIEW_LEVEL_UNKNOWN);

	read_text(o, "type", s->type, sizeof(s->type));
	read_text(o, "colorant", s->colorant, sizeof(s->colorant));
	if (strcmp(s->type, "unknown") == 0)
		s->type[0] = '\0';
	if (strcmp(s->colorant, "none") == 0)
		s->colorant[0] = '\0';
	s->fills = class && strcmp(class, "filled") == 0;
	s->percent = pl_json_int(o, "level_percent", 0, 100, &percent) ? (int)percent : -1;
	s->level = state > VIEW_LEVEL_EMPTY ? VIEW_LEVEL_EMPTY : (enum view_level)state;
}

/* "HP LaserJet", where the model does not name the maker itself. */
static void read_name(const cJSON *o, char *ret_name, size_t cap)
{
	char make[VIEW_MAX_WORD], model[VIEW_MAX_NAME];

	read_text(o, "identity.make", make, sizeof(make));
	read_text(o, "identity.model", model, sizeof(model));
	if (make[0] && model[0] && strncmp(model, make, strlen(make)) != 0) {
		char both[VIEW_MAX_WORD + VIEW_MAX_NAME];

		snprintf(both, sizeof(both), "%s %s", make, model);
		view_clean(both, ret_name, cap);
	} else {
		view_clean(model[0] ? model : make, ret_name, cap);
	}
}

static void read_printer(const cJSON *o, struct view_printer *p)
{
	static const char *const STATES[] = { "unknown", "idle", "processing", "stopped", NULL };
	const char *doing = pl_json_text(o, "doing");
	const cJSON *member;

	read_text(o, "key", p->key, sizeof(p->key));
	read_name(o, p->name, sizeof(p->name));
	p->state = (enum view_state)word_at(o, "state.printer_state", STATES, VIEW_UNKNOWN);
	p->asleep = read_bool(o, "state.asleep");
	p->gets_firmware = doing && strcmp(doing, "firmware") == 0;
	cJSON_ArrayForEach(member, pl_json_at(o, "alerts")) if (p->alert_count < VIEW_MAX_ALERTS)
		read_alert(member, &p->alerts[p->alert_count++]);
	cJSON_ArrayForEach(member,
			   pl_json_at(o, "supplies")) if (p->supply_count < VIEW_MAX_SUPPLIES)
		read_supply(member, &p->supplies[p->supply_count++]);
}

static void read_page(const cJSON *o, struct view_page *p)
{
	const char *state = pl_json_text(o, "state");

	read_text(o, "id", p->id, sizeof(p->id));
	read_text(o, "user", p->user, sizeof(p->user));
	read_text(o, "key", p->key, sizeof(p->key));
	p->asked = state && strcmp(state, "asked") == 0;
	p->firmware = read_bool(o, "firmware");
}

static enum view_enrolment read_enrolment(const cJSON *o)
{
	static const char *const STATES[] = { "pending", "refused", "revoked", "done", NULL };
	static const enum view_enrolment MEANINGS[] = { VIEW_PENDING, VIEW_REFUSED, VIEW_REFUSED,
							VIEW_ENROLLED };
	int at = word_at(o, "enrolment", STATES, -1);

	return at < 0 ? VIEW_NOT_ENROLLED : MEANINGS[at];
}

static void read_result(const cJSON *o, struct view *v)
{
	const cJSON *member;

	v->has_agent = true;
	read_text(o, "agent_version", v->version, sizeof(v->version));
	read_text(o, "server", v->server, sizeof(v->server));
	read_text(o, "last_error", v->trouble, sizeof(v->trouble));
	v->enrolment = read_enrolment(o);
	v->connected = read_bool(o, "connected");
	cJSON_ArrayForEach(member, pl_json_at(o, "printers"))
	{
		if (v->printer_count < VIEW_MAX_PRINTERS)
			read_printer(member, &v->printers[v->printer_count++]);
		else
			v->more_printers++;
	}
	cJSON_ArrayForEach(member, pl_json_at(o, "pages")) if (v->page_count < VIEW_MAX_PAGES)
		read_page(member, &v->pages[v->page_count++]);
}

enum pl_result view_read(struct pl_span line, struct view *ret_view, struct pl_error *err)
{
	cJSON *doc = NULL;
	enum pl_result r = pl_json_parse(pl_span_trim(line), &doc, err);
	const char *word, *message;

	if (r != PL_OK)
		return r;
	word = pl_json_text(doc, "error");
	message = pl_json_text(doc, "message");
	if (read_bool(doc, "ok") && cJSON_IsObject(pl_json_at(doc, "result"))) {
		memset(ret_view, 0, sizeof(*ret_view));
		read_result(pl_json_at(doc, "result"), ret_view);
	} else if (word && strcmp(word, pl_result_name(PL_E_UNSUPPORTED)) == 0) {
		r = pl_error_set(err, PL_E_UNSUPPORTED,
				 "the agent is older than this program: upgrade platen-agent");
	} else if (word && message) {
		r = pl_error_set(err, PL_E_REFUSED, "%s", message);
	} else {
		r = pl_error_set(err, PL_E_PROTOCOL, "the agent's line makes no sense");
	}
	cJSON_Delete(doc);
	return r;
}

static enum view_mood printer_mood(const struct view_printer *p)
{
	enum view_mood mood = p->state == VIEW_STOPPED ? VIEW_ERROR : VIEW_WELL;

	for (size_t i = 0; i < p->alert_count; i++)
		if (p->alerts[i].severity == VIEW_CRITICAL)
			mood = VIEW_ERROR;
		else if (p->alerts[i].severity == VIEW_WARNING && mood == VIEW_WELL)
			mood = VIEW_ATTENTION;
	for (size_t i = 0; i < p->supply_count; i++)
		if (p->supplies[i].level >= VIEW_LEVEL_LOW && mood == VIEW_WELL)
			mood = VIEW_ATTENTION;
	return p->gets_firmware && mood == VIEW_WELL ? VIEW_ATTENTION : mood;
}

enum view_mood view_mood(const struct view *v)
{
	enum view_mood mood = VIEW_WELL;

	if (!v->has_agent)
		return VIEW_OFFLINE;
	if (v->page_count > 0)
		return VIEW_REMOTE;
	for (size_t i = 0; i < v->printer_count; i++) {
		enum view_mood one = printer_mood(&v->printers[i]);

		if (one > mood)
			mood = one;
	}
	if (mood != VIEW_WELL)
		return mood;
	return v->enrolment == VIEW_ENROLLED && v->connected ? VIEW_WELL : VIEW_OFFLINE;
}

const struct view_printer *view_printer(const struct view *v, const char *key)
{
	for (size_t i = 0; i < v->printer_count; i++)
		if (strcmp(v->printers[i].key, key) == 0)
			return &v->printers[i];
	return NULL;
}
