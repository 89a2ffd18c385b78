/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /packages and /rollouts: what firmware there is, and its way to many printers.
 */
#include <stdio.h>
#include <string.h>

#include "api_calls.h"
#include "api_fields.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "render.h"
#include "rollout.h"

#define MAX_PRINTERS 1000 /* of one roll-out that are listed; counts cover all */

/* ---- packages ---- */

static cJSON *package_of(struct pl_db_rows *rows)
{
	struct pl_package p = { .model_count = 0 };
	cJSON *doc = cJSON_CreateObject(), *models;

	if (pl_package_read(pl_db_blob_at(rows, 0), &p, NULL) != PL_OK)
		p.model_count = 0;
	cJSON_AddStringToObject(doc, "sha256", p.sha256);
	cJSON_AddStringToObject(doc, "name", p.name);
	cJSON_AddStringToObject(doc, "version", p.version);
	models = cJSON_AddArrayToObject(doc, "models");
	for (size_t i = 0; i < p.model_count; i++)
		cJSON_AddItemToArray(models, cJSON_CreateString(p.models[i]));
	pl_json_add_int(doc, "size", p.size);
	pl_render_time(doc, "added_at", pl_db_int_at(rows, 1));
	return doc;
}

void pl_api_packages(struct pl_api *api)
{
	cJSON *items, *doc = pl_api_new_page(&items);
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	enum pl_result r;

	r = pl_db_query(api->db, &rows,
			"SELECT manifest, added_at FROM packages ORDER BY added_at DESC LIMIT 1000",
			PL_NO_ARGS, &err);
	while (r == PL_OK && (r = pl_db_next(rows, &err)) == PL_OK)
		cJSON_AddItemToArray(items, package_of(rows));
	pl_db_done(rows);
	pl_api_send(api, doc, r == PL_E_NOT_FOUND ? PL_OK : r, &err);
}

/* ---- roll-outs, told ---- */

#define COLUMNS                                                                                    \
	"o.no, o.id, o.name, o.state, o.reason, o.sha256, o.package_name, o.version, o.forced,"    \
	" o.rings, o.ring, o.stop_percent, o.window_from, o.window_to, o.time_zone, o.created_by," \
	" o.created_at, o.ended_at, o.customer_id, c.name, o.site_id, s.name"
#define TABLES                                                                                     \
	" FROM rollouts o JOIN customers c ON c.id=o.customer_id LEFT JOIN sites s ON "            \
	"s.id=o.site_id"

static void add_clock(cJSON *object, const char *name, int64_t minute)
{
	char text[8];

	snprintf(text, sizeof text, "%02d:%02d", (int)(minute / 60 % 24), (int)(minute % 60));
	cJSON_AddStringToObject(object, name, text);
}

static void add_window(cJSON *doc, struct pl_db_rows *rows)
{
	cJSON *window;

	if (pl_db_null_at(rows, 12)) {
		cJSON_AddNullToObject(doc, "window");
		return;
	}
	window = cJSON_AddObjectToObject(doc, "window");
	add_clock(window, "from", pl_db_int_at(rows, 12));
	add_clock(window, "to", pl_db_int_at(rows, 13));
	pl_json_add_text(window, "time_zone", pl_db_text_at(rows, 14));
}

static enum pl_result add_counts(struct pl_api *api, cJSON *doc, int64_t no, struct pl_error *err)
{
	static const char *const NAMES[] = { "waiting", "started", "done",
					     "failed",	"skipped", "cancelled" };
	cJSON *counts = cJSON_AddObjectToObject(doc, "counts");
	struct pl_db_rows *rows = NULL;
	int64_t all = 0;
	enum pl_result r;

	for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
		cJSON_AddNumberToObject(counts, NAMES[i], 0);
	r = pl_db_query(api->db, &rows,
			"SELECT CASE state WHEN 'passed_over' THEN 'failed' ELSE state END AS how,"
			" count(*) FROM rollout_printers WHERE rollout_no=?1 GROUP BY how",
			PL_ARGS(pl_db_int(no)), err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		cJSON *count = cJSON_GetObjectItemCaseSensitive(counts, pl_db_text_at(rows, 0));

		cJSON_SetNumberValue(count, (double)pl_db_int_at(rows, 1));
		all += pl_db_int_at(rows, 1);
	}
	pl_db_done(rows);
	pl_json_add_int(doc, "printer_count", all);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static cJSON *rollout_of(struct pl_db_rows *rows)
{
	cJSON *doc = cJSON_CreateObject(), *package;

	cJSON_AddStringToObject(doc, "id", pl_db_text_at(rows, 1));
	cJSON_AddStringToObject(doc, "name", pl_db_text_at(rows, 2));
	cJSON_AddStringToObject(doc, "state", pl_db_text_at(rows, 3));
	pl_json_add_text(doc, "reason", pl_db_text_at(rows, 4));
	package = cJSON_AddObjectToObject(doc, "package");
	cJSON_AddStringToObject(package, "sha256", pl_db_text_at(rows, 5));
	cJSON_AddStringToObject(package, "name", pl_db_text_at(rows, 6));
	cJSON_AddStringToObject(package, "version", pl_db_text_at(rows, 7));
	cJSON_AddBoolToObject(doc, "force", pl_db_int_at(rows, 8) != 0);
	pl_render_json(doc, "rings", pl_db_text_at(rows, 9), true);
	pl_json_add_int(doc, "ring", pl_db_int_at(rows, 10) + 1);
	pl_json_add_int(doc, "stop_failure_percent", pl_db_int_at(rows, 11));
	add_window(doc, rows);
	cJSON_AddStringToObject(doc, "created_by", pl_db_text_at(rows, 15));
	pl_render_time(doc, "created_at", pl_db_int_at(rows, 16));
	pl_render_time(doc, "ended_at", pl_db_int_at(rows, 17));
	cJSON_AddStringToObject(doc, "customer_id", pl_db_text_at(rows, 18));
	cJSON_AddStringToObject(doc, "customer_name", pl_db_text_at(rows, 19));
	pl_json_add_text(doc, "site_id", pl_db_text_at(rows, 20));
	pl_json_add_text(doc, "site_name", pl_db_text_at(rows, 21));
	return doc;
}

void pl_api_rollouts(struct pl_api *api)
{
	cJSON *items, *doc;
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	struct pl_query q;
	enum pl_result r;

	doc = pl_api_new_page(&items);
	pl_query_init(&q, "SELECT " COLUMNS TABLES " WHERE 1=1");
	pl_api_limit(api, &q, "o.customer_id", "coalesce(o.site_id,'')");
	pl_query_add(&q, " ORDER BY o.no DESC LIMIT 200");
	r = pl_query_run(&q, api->db, &rows, &err);
	while (r == PL_OK && (r = pl_db_next(rows, &err)) == PL_OK) {
		cJSON *item = rollout_of(rows);

		cJSON_AddItemToArray(items, item);
		r = add_counts(api, item, pl_db_int_at(rows, 0), &err);
	}
	pl_db_done(rows);
	pl_query_finish(&q);
	pl_api_send(api, doc, r == PL_E_NOT_FOUND ? PL_OK : r, &err);
}

static enum pl_result add_printers(struct pl_api *api, cJSON *doc, int64_t no, struct pl_error *err)
{
	cJSON *list = cJSON_AddArrayToObject(doc, "printers");
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(api->db, &rows,
			"SELECT d.id, d.make, d.model, d.firmware, p.ring, p.state, p.action_id, "
			"p.reason, d.attached FROM rollout_printers p JOIN devices d ON "
			"d.no=p.device_no WHERE p.rollout_no=?1 ORDER BY p.ring, d.no LIMIT ?2",
			PL_ARGS(pl_db_int(no), pl_db_int(MAX_PRINTERS)), err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		cJSON *item = cJSON_CreateObject();
		const char *state = pl_db_text_at(rows, 5);

		cJSON_AddStringToObject(item, "id", pl_db_text_at(rows, 0));
		pl_json_add_text(item, "make", pl_db_text_at(rows, 1));
		pl_json_add_text(item, "model", pl_db_text_at(rows, 2));
		pl_json_add_text(item, "firmware", pl_db_text_at(rows, 3));
		pl_json_add_int(item, "ring", pl_db_int_at(rows, 4) + 1);
		cJSON_AddStringToObject(item, "state",
					strcmp(state, "passed_over") ? state : "failed");
		pl_json_add_text(item, "action_id", pl_db_text_at(rows, 6));
		pl_json_add_text(item, "reason", pl_db_text_at(rows, 7));
		cJSON_AddBoolToObject(item, "attached", pl_db_int_at(rows, 8) != 0);
		cJSON_AddItemToArray(list, item);
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

/* Reads one that the caller may see; NULL: answered. */
static cJSON *read_rollout(struct pl_api *api, const char *id)
{
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	cJSON *doc = NULL;
	enum pl_result r;

	r = pl_db_one(api->db, &rows, "SELECT " COLUMNS TABLES " WHERE o.id=?1 AND c.active=1",
		      PL_ARGS(pl_db_text(id)), &err);
	if (r == PL_OK && !pl_api_may(&api->caller, PL_ROLE_VIEWER, pl_db_text_at(rows, 18),
				      pl_db_null_at(rows, 20) ? "" : pl_db_text_at(rows, 20)))
		r = PL_E_NOT_FOUND;
	if (r == PL_OK) {
		int64_t no = pl_db_int_at(rows, 0);

		doc = rollout_of(rows);
		r = add_counts(api, doc, no, &err);
		if (r == PL_OK)
			r = add_printers(api, doc, no, &err);
	}
	pl_db_done(rows);
	if (r == PL_OK)
		return doc;
	cJSON_Delete(doc);
	if (r == PL_E_NOT_FOUND)
		pl_api_not_found(api, "roll-out");
	else
		pl_api_failed(api, r, &err);
	return NULL;
}

void pl_api_rollout(struct pl_api *api)
{
	cJSON *doc = read_rollout(api, api->rq->part[0]);

	if (doc)
		pl_web_json(api->rq, 200, doc);
}

/* ---- roll-outs, made ---- */

static bool read_rings(struct pl_api *api, struct pl_rollout *ro)
{
	const cJSON *list = pl_json_at(api->body, "rings"), *ring;
	int last = 0;

	if (!list) {
		ro->rings[ro->ring_count++] = 100;
		return true;
	}
	cJSON_ArrayForEach(ring, list)
	{
		int64_t percent = 0;

		if (ro->ring_count == PL_MAX_RINGS ||
		    !pl_json_int(ring, "", last + 1, 100, &percent))
			break;
		ro->rings[ro->ring_count++] = last = (int)percent;
	}
	if (cJSON_IsArray(list) && ro->ring_count == cJSON_GetArraySize(list) && last == 100)
		return true;
	pl_api_wrong_field(api, "rings",
			   "rings must be a list of rising percentages that ends with 100, such as "
			   "[5, 25, 100].");
	return false;
}

/* "22:30" -> 1350; -1: no time of the day. */
static int minute_of(const char *text)
{
	int hour = 0, minute = 0;

	if (!text || strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789:") != 5 ||
	    sscanf(text, "%2d:%2d", &hour, &minute) != 2 || hour > 23 || minute > 59)
		return -1;
	return hour * 60 + minute;
}

static bool read_window(struct pl_api *api, struct pl_rollout *ro)
{
	const cJSON *window = pl_json_at(api->body, "window");
	struct pl_error err = { 0 };
	int minute;

	ro->window_from = ro->window_to = -1;
	if (!window || cJSON_IsNull(window))
		return true;
	ro->window_from = minute_of(pl_json_text(window, "from"));
	ro->window_to = minute_of(pl_json_text(window, "to"));
	if (cJSON_GetArraySize(window) != 3 || ro->window_from < 0 || ro->window_to < 0 ||
	    ro->window_from == ro->window_to) {
		pl_api_wrong_field(api, "window",
				   "window must have from and to as two different times of the day "
				   "(22:00), and a time_zone.");
		return false;
	}
	if (pl_json_copy(window, "time_zone", ro->time_zone, sizeof ro->time_zone) &&
	    pl_time_zone_minute(ro->time_zone, ro->now_ms, &minute, &err) == PL_OK)
		return true;
	pl_api_wrong_field(api, "window", "time_zone must be one such as Europe/Berlin: %s.",
			   err.text[0] ? err.text : "it is missing");
	return false;
}

/* Whose printers: the customer of the body, perhaps one site of it. */
static bool read_place(struct pl_api *api, struct pl_rollout *ro)
{
	const char *site = NULL;
	int64_t one;

	if (!pl_api_need_text(api, "customer_id", 1, 64, &ro->customer_id) ||
	    !pl_api_text_field(api, "site_id", 1, 64, &site))
		return false;
	ro->site_id = site ? site : "";
	if (!pl_api_may(&api->caller, PL_ROLE_VIEWER, ro->customer_id, ro->site_id) ||
	    pl_db_number(api->db, &one,
			 "SELECT 1 FROM customers WHERE id=?1 AND active=1 AND (?2='' OR EXISTS"
			 " (SELECT 1 FROM sites WHERE id=?2 AND customer_id=?1))",
			 PL_ARGS(pl_db_text(ro->customer_id), pl_db_text(ro->site_id)),
			 NULL) != PL_OK) {
		pl_api_not_found(api, site ? "site" : "customer");
		return false;
	}
	if (pl_api_may(&api->caller, PL_ROLE_OPERATOR, ro->customer_id, ro->site_id))
		return true;
	pl_api_forbidden(api, PL_ROLE_OPERATOR);
	return false;
}

static bool read_package(struct pl_api *api, struct pl_rollout *ro)
{
	struct pl_stored_package stored;
	struct pl_error err = { 0 };
	const char *sha256;
	enum pl_result r;

	if (!pl_api_need_text(api, "package", 64, 64, &sha256))
		return false;
	pl_stored_package_init(&stored);
	r = pl_package_find(api->db, sha256, &stored, &err);
	ro->package = stored.package;
	pl_stored_package_finish(&stored);
	if (r == PL_E_NOT_FOUND)
		pl_web_error(api->rq, 409, "conflict",
			     "The connector has no such package; add it with platen-connector "
			     "package add.");
	else if (r != PL_OK)
		pl_api_failed(api, r, &err);
	return r == PL_OK;
}

static enum pl_result create(struct pl_db *db, void *arg, struct pl_error *err)
{
	return pl_rollout_create(db, arg, err);
}

void pl_api_create_rollout(struct pl_api *api)
{
	static const char *const MEMBERS[] = {
		"name",	 "customer_id",		 "site_id", "package", "force",
		"rings", "stop_failure_percent", "window",  NULL
	};
	struct pl_rollout ro = { .created_by = api->caller.name, .now_ms = pl_clock_wall_ms() };
	int64_t stop_percent = 20;
	bool there;
	cJSON *doc;

	if (!pl_api_need_body(api) || !pl_api_only(api, MEMBERS) ||
	    !pl_api_need_text(api, "name", 1, 100, &ro.name) || !read_place(api, &ro) ||
	    !pl_api_flag_field(api, "force", &ro.force, &there) || !read_rings(api, &ro) ||
	    !pl_api_number_field(api, "stop_failure_percent", 0, 100, &stop_percent) ||
	    !read_window(api, &ro) || !read_package(api, &ro))
		return;
	ro.stop_percent = (int)stop_percent;
	if (!pl_api_change(api, "package", ro.customer_id, create, &ro))
		return;
	snprintf(api->subject, sizeof api->subject, "rollout %.40s %s", ro.id, ro.package.version);
	doc = read_rollout(api, ro.id);
	if (doc)
		pl_web_json(api->rq, 201, doc);
}

/* ---- roll-outs, steered ---- */

struct verb {
	const char *id;
	enum pl_rollout_verb verb;
};

static enum pl_result steer(struct pl_db *db, void *arg, struct pl_error *err)
{
	const struct verb *v = arg;

	return pl_rollout_do(db, v->id, v->verb, err);
}

static void steer_rollout(struct pl_api *api, enum pl_rollout_verb verb)
{
	struct verb v = { api->rq->part[0], verb };
	cJSON *doc = read_rollout(api, v.id);
	const char *customer = pl_json_text(doc, "customer_id"),
		   *site = pl_json_text(doc, "site_id");
	char customer_id[PL_MAX_ID];
	bool may;

	if (!doc)
		return;
	snprintf(customer_id, sizeof customer_id, "%s", customer);
	may = pl_api_may(&api->caller, PL_ROLE_OPERATOR, customer, site ? site : "");
	cJSON_Delete(doc);
	if (!may) {
		pl_api_forbidden(api, PL_ROLE_OPERATOR);
		return;
	}
	if (!pl_api_change(api, "roll-out", customer_id, steer, &v))
		return;
	snprintf(api->subject, sizeof api->subject, "rollout %s", v.id);
	if (verb == PL_ROLLOUT_CANCEL)
		pl_roster_wake_all(api->server->roster, customer_id);
	doc = read_rollout(api, v.id);
	if (doc)
		pl_web_json(api->rq, 200, doc);
}

void pl_api_pause_rollout(struct pl_api *api)
{
	steer_rollout(api, PL_ROLLOUT_PAUSE);
}

void pl_api_resume_rollout(struct pl_api *api)
{
	steer_rollout(api, PL_ROLLOUT_RESUME);
}

void pl_api_cancel_rollout(struct pl_api *api)
{
	steer_rollout(api, PL_ROLLOUT_CANCEL);
}
