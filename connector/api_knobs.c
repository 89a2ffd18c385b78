/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /printers/{id}/settings: how a printer is set, what it may be set to, how it shall be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action_kinds.h"
#include "api_calls.h"
#include "api_fields.h"
#include "drift.h"
#include "platen/json.h"
#include "platen/knob.h"
#include "render.h"

#define MAX_WISH 4096

struct subject {
	int64_t no;
	char id[PL_MAX_ID], customer_id[PL_MAX_ID], site_id[PL_MAX_ID];
	cJSON *snapshot, *capabilities, *wanted;
};

static void finish(struct subject *s)
{
	cJSON_Delete(s->snapshot);
	cJSON_Delete(s->capabilities);
	cJSON_Delete(s->wanted);
}

static enum pl_result read_subject(struct pl_api *api, struct subject *s, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_action_facts can;
	const char *state;
	enum pl_result r;

	r = pl_db_one(
		api->db, &rows,
		"SELECT d.no, d.customer_id, d.site_id, d.sealed, d.attached, a.state, a.hello"
		" FROM devices d JOIN customers c ON c.id=d.customer_id AND c.active=1"
		" LEFT JOIN agents a ON a.no=d.agent_no"
		" WHERE d.id=?1 AND d.merged_into IS NULL",
		PL_ARGS(pl_db_text(api->rq->part[0])), err);
	if (r != PL_OK)
		return r;
	s->no = pl_db_int_at(rows, 0);
	snprintf(s->id, sizeof s->id, "%s", api->rq->part[0]);
	pl_db_copy_at(rows, 1, s->customer_id, sizeof s->customer_id);
	pl_db_copy_at(rows, 2, s->site_id, sizeof s->site_id);
	if (!pl_api_may(&api->caller, PL_ROLE_VIEWER, s->customer_id, s->site_id))
		r = PL_E_NOT_FOUND;
	if (r == PL_OK)
		r = pl_render_open_snapshot(api, s->customer_id, pl_db_blob_at(rows, 3),
					    &s->snapshot, err);
	state = pl_db_text_at(rows, 5);
	can = (struct pl_action_facts){ .hello = pl_db_text_at(rows, 6),
					.removed = !state || strcmp(state, "active") != 0,
					.printer = true,
					.attached = pl_db_int_at(rows, 4) != 0,
					.access = pl_json_at(s->snapshot, "access") };
	s->capabilities = pl_action_capabilities(&can);
	pl_db_done(rows);
	if (r == PL_OK)
		r = pl_drift_wanted(api->db, s->customer_id, s->no, &s->wanted, err);
	return r;
}

static const cJSON *told_of(const struct subject *s, const char *name)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, pl_json_at(s->snapshot, "settings.items"))
	{
		const char *told = pl_json_text(item, "name");

		if (told && !strcmp(told, name))
			return item;
	}
	return NULL;
}

static void copy_or_null(cJSON *to, const cJSON *from, const char *name)
{
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(from, name);

	cJSON_AddItemToObject(to, name,
			      member ? cJSON_Duplicate(member, true) : cJSON_CreateNull());
}

/* The words a printer takes; the table's, where it does not say. */
static void add_choices(cJSON *item, const cJSON *told, enum pl_knob knob)
{
	const cJSON *choices = cJSON_GetObjectItemCaseSensitive(told, "choices");
	const char *const *words = pl_knob_words(knob);
	cJSON *list;

	if (cJSON_IsArray(choices)) {
		cJSON_AddItemToObject(item, "choices", cJSON_Duplicate(choices, true));
		return;
	}
	list = words ? cJSON_AddArrayToObject(item, "choices") : NULL;
	for (int i = 0; words && words[i]; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(words[i]));
	if (!words)
		cJSON_AddNullToObject(item, "choices");
}

static void add_bounds(cJSON *item, const cJSON *told, enum pl_knob knob)
{
	int64_t minimum = pl_knob_minimum(knob), maximum = pl_knob_maximum(knob), step = 1;

	(void)pl_json_int(told, "minimum", 0, PL_MAX_JSON_INT, &minimum);
	(void)pl_json_int(told, "maximum", 0, PL_MAX_JSON_INT, &maximum);
	(void)pl_json_int(told, "step", 1, PL_MAX_JSON_INT, &step);
	pl_json_add_int(item, "minimum", minimum);
	pl_json_add_int(item, "maximum", maximum);
	pl_json_add_int(item, "step", step);
}

static void add_item(cJSON *items, const struct subject *s, enum pl_knob knob)
{
	const char *name = pl_knob_name(knob), *value, *wanted;
	const cJSON *told = told_of(s, name), *wish = pl_json_at(s->wanted, name);
	cJSON *item = cJSON_CreateObject();
	bool writable = false;

	(void)pl_json_bool(told, "writable", &writable);
	value = pl_json_text(told, "value");
	wanted = pl_json_text(wish, "value");
	cJSON_AddStringToObject(item, "name", name);
	cJSON_AddStringToObject(item, "type", pl_knob_words(knob) ? "word" : "number");
	pl_json_add_text(item, "value", value);
	copy_or_null(item, told, "means");
	cJSON_AddBoolToObject(item, "writable", writable);
	pl_json_add_text(item, "reason",
			 !told	     ? "This printer does not tell it."
			 : !writable ? "This printer tells it, and does not let it be set."
				     : NULL);
	add_choices(item, told, knob);
	add_bounds(item, told, knob);
	pl_json_add_text(item, "wanted", wanted);
	copy_or_null(item, wish, "by");
	copy_or_null(item, wish, "tag");
	cJSON_AddBoolToObject(item, "drift", wanted && value && strcmp(wanted, value) != 0);
	cJSON_AddItemToArray(items, item);
}

static void answer(struct pl_api *api, const struct subject *s)
{
	cJSON *doc = cJSON_CreateObject(), *items;
	const cJSON *can = pl_json_at(pl_json_at(s->capabilities, "actions"), "configure");
	bool password = false;

	(void)pl_json_bool(s->snapshot, "settings.wants_password", &password);
	cJSON_AddBoolToObject(doc, "wants_password", password);
	copy_or_null(doc, can, "offered");
	copy_or_null(doc, can, "reason");
	items = cJSON_AddArrayToObject(doc, "items");
	for (int i = 0; i < PL_KNOB_COUNT; i++)
		add_item(items, s, (enum pl_knob)i);
	pl_web_json(api->rq, 200, doc);
}

/* The path's printer; false: answered. */
static bool find(struct pl_api *api, struct subject *s)
{
	struct pl_error err = { 0 };
	enum pl_result r = read_subject(api, s, &err);

	if (r == PL_E_NOT_FOUND)
		pl_api_not_found(api, "printer");
	else if (r != PL_OK)
		pl_api_failed(api, r, &err);
	return r == PL_OK;
}

void pl_api_printer_settings(struct pl_api *api)
{
	struct subject s = { 0 };

	if (find(api, &s))
		answer(api, &s);
	finish(&s);
}

/* A wish to be kept, for a printer or a tag. */
struct wish {
	struct pl_keyring *ring;
	const char *customer_id, *scope, *target, *who;
	int64_t device_no;
	struct pl_bytes settings; /* empty: no wish any more */
};

static enum pl_result store_wish(struct pl_db *db, void *arg, struct pl_error *err)
{
	const struct wish *w = arg;
	enum pl_result r =
		pl_drift_want(db, w->customer_id, w->scope, w->target,
			      w->settings.size ? (const char *)w->settings.at : NULL, w->who, err);

	if (r != PL_OK)
		return r;
	return w->device_no ? pl_drift_review(db, w->ring, w->customer_id, w->device_no, err)
			    : pl_drift_review_tag(db, w->ring, w->customer_id, w->target, err);
}

/* `settings` of the body; an empty object takes the wish back. */
static bool read_wish(struct pl_api *api, struct wish *w)
{
	const cJSON *settings = cJSON_GetObjectItemCaseSensitive(api->body, "settings");
	char why[200];

	w->ring = api->server->ring;
	w->who = api->caller.name;
	if (cJSON_IsObject(settings) && !settings->child)
		return true;
	if (!pl_action_check_settings(settings, why, sizeof why)) {
		pl_api_wrong_field(api, "settings", "%s", why);
		return false;
	}
	return pl_json_print(settings, &w->settings) == PL_OK;
}

void pl_api_update_printer_settings(struct pl_api *api)
{
	static const char *const MEMBERS[] = { "settings", NULL };
	struct subject s = { 0 }, now = { 0 };
	struct wish w = { .scope = "printer", .target = s.id, .customer_id = s.customer_id };

	pl_bytes_init(&w.settings, MAX_WISH);
	if (find(api, &s)) {
		w.device_no = s.no;
		if (!pl_api_may(&api->caller, PL_ROLE_OPERATOR, s.customer_id, s.site_id))
			pl_api_forbidden(api, PL_ROLE_OPERATOR);
		else if (pl_api_need_body(api) && pl_api_only(api, MEMBERS) && read_wish(api, &w) &&
			 pl_api_change(api, "printer", s.customer_id, store_wish, &w)) {
			snprintf(api->subject, sizeof api->subject, "settings %s", s.id);
			pl_events_post(api->server->events, s.customer_id, s.site_id,
				       "printer.changed", s.id, NULL, NULL, NULL);
			if (find(api, &now))
				answer(api, &now);
		}
	}
	finish(&now);
	finish(&s);
	pl_bytes_finish(&w.settings);
}

/* ---- by tag ---- */

static enum pl_result count_tag(struct pl_api *api, const char *customer_id, const char *tag,
				cJSON *rule, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	int64_t printers = 0, drifting = 0;
	enum pl_result r = pl_db_query(
		api->db, &rows,
		"SELECT d.tags, (SELECT count(*) FROM drifts x WHERE x.device_no=d.no AND"
		" x.closed_at IS NULL) FROM devices d WHERE d.customer_id=?1 AND d.tags IS NOT NULL"
		" AND d.merged_into IS NULL",
		PL_ARGS(pl_db_text(customer_id)), err);

	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		if (!pl_drift_has_tag(pl_db_text_at(rows, 0), tag))
			continue;
		printers++;
		drifting += pl_db_int_at(rows, 1) > 0;
	}
	pl_db_done(rows);
	pl_json_add_int(rule, "printers", printers);
	pl_json_add_int(rule, "drifting", drifting);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

void pl_api_setting_rules(struct pl_api *api)
{
	cJSON *doc = cJSON_CreateObject(), *items = cJSON_AddArrayToObject(doc, "items"), *rule;
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	enum pl_result r = pl_db_query(
		api->db, &rows,
		"SELECT w.customer_id, w.target, w.settings, w.changed_at, w.changed_by FROM"
		" desired_settings w JOIN customers c ON c.id=w.customer_id AND c.active=1 WHERE"
		" w.scope='tag' ORDER BY w.customer_id, w.target",
		PL_NO_ARGS, &err);

	while (r == PL_OK && (r = pl_db_next(rows, &err)) == PL_OK) {
		if (!pl_api_may(&api->caller, PL_ROLE_VIEWER, pl_db_text_at(rows, 0), ""))
			continue;
		rule = cJSON_CreateObject();
		cJSON_AddStringToObject(rule, "customer_id", pl_db_text_at(rows, 0));
		cJSON_AddStringToObject(rule, "tag", pl_db_text_at(rows, 1));
		pl_render_json(rule, "settings", pl_db_text_at(rows, 2), false);
		pl_render_time(rule, "changed_at", pl_db_int_at(rows, 3));
		pl_json_add_text(rule, "changed_by", pl_db_text_at(rows, 4));
		cJSON_AddItemToArray(items, rule);
	}
	pl_db_done(rows);
	if (r == PL_E_NOT_FOUND)
		r = PL_OK;
	for (rule = items->child; rule && r == PL_OK; rule = rule->next)
		r = count_tag(api, pl_json_text(rule, "customer_id"), pl_json_text(rule, "tag"),
			      rule, &err);
	if (r == PL_OK) {
		pl_web_json(api->rq, 200, doc);
		return;
	}
	cJSON_Delete(doc);
	pl_api_failed(api, r, &err);
}

void pl_api_update_setting_rule(struct pl_api *api)
{
	static const char *const MEMBERS[] = { "customer_id", "tag", "settings", NULL };
	struct wish w = { .scope = "tag" };
	int64_t there = 0;

	pl_bytes_init(&w.settings, MAX_WISH);
	if (pl_api_need_body(api) && pl_api_only(api, MEMBERS) &&
	    pl_api_need_text(api, "customer_id", 1, PL_MAX_ID - 1, &w.customer_id) &&
	    pl_api_need_text(api, "tag", 1, 40, &w.target) && read_wish(api, &w)) {
		(void)!pl_db_number(api->db, &there,
				    "SELECT count(*) FROM customers WHERE id=?1 AND active=1",
				    PL_ARGS(pl_db_text(w.customer_id)), NULL);
		if (!there || !pl_api_may(&api->caller, PL_ROLE_VIEWER, w.customer_id, ""))
			pl_api_wrong_field(api, "customer_id", "There is no such customer.");
		else if (!pl_api_may(&api->caller, PL_ROLE_OPERATOR, w.customer_id, ""))
			pl_api_forbidden(api, PL_ROLE_OPERATOR);
		else if (pl_api_change(api, "customer", w.customer_id, store_wish, &w)) {
			snprintf(api->subject, sizeof api->subject, "settings of tag");
			pl_api_setting_rules(api);
		}
	}
	pl_bytes_finish(&w.settings);
}
