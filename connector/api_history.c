/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /printers/{id}/events: a printer's history out of its records, in our own words.
 */
#include <stdio.h>
#include <string.h>

#include "api_calls.h"
#include "platen/json.h"
#include "record.h"
#include "render.h"

static void say_attached(const cJSON *body, char *out, size_t cap)
{
	const char *port = pl_json_text(body, "usb.port_path");

	snprintf(out, cap, "Plugged in%s%.20s", port ? " at USB port " : "", port ? port : "");
}

static void say_detached(const cJSON *body, char *out, size_t cap)
{
	(void)body;
	snprintf(out, cap, "Unplugged");
}

static void say_moved(const cJSON *body, char *out, size_t cap)
{
	const char *from = pl_json_text(body, "from_port_path");
	const char *to = pl_json_text(body, "usb.port_path");

	snprintf(out, cap, "Moved from USB port %.20s to %.20s", from ? from : "?", to ? to : "?");
}

static void say_supply(const cJSON *body, char *out, size_t cap)
{
	const char *type = pl_json_text(body, "type"), *colorant = pl_json_text(body, "colorant");

	snprintf(out, cap, "Replaced: %.30s%s%.30s", colorant ? colorant : "", colorant ? " " : "",
		 type ? type : "supply");
}

/* Why a counter fell, where more is known than that it did. */
static const char *why_fallen(const char *cause)
{
	if (cause && strcmp(cause, "wrap") == 0)
		return ": it ran over its end";
	if (cause && strcmp(cause, "formatter") == 0)
		return ": all fell at once, as with another formatter board";
	return "";
}

static void say_reset(const cJSON *body, char *out, size_t cap)
{
	const char *counter = pl_json_text(body, "counter");
	int64_t before = 0, after = 0;

	(void)pl_json_int(body, "before", 0, PL_MAX_JSON_INT, &before);
	(void)pl_json_int(body, "after", 0, PL_MAX_JSON_INT, &after);
	snprintf(out, cap, "The counter %.40s fell from %lld to %lld%s", counter ? counter : "?",
		 (long long)before, (long long)after, why_fallen(pl_json_text(body, "cause")));
}

static void say_drift(const cJSON *body, char *out, size_t cap)
{
	const char *setting = pl_json_text(body, "setting");

	snprintf(out, cap, "The setting %.60s is not what was asked for", setting ? setting : "?");
}

static void say_result(const cJSON *body, char *out, size_t cap)
{
	const char *type = pl_json_text(body, "type"), *state = pl_json_text(body, "state");

	snprintf(out, cap, "Action %.30s: %.20s", type ? type : "?", state ? state : "?");
}

static void say_alert(const cJSON *body, char *out, size_t cap)
{
	const char *text = pl_json_text(body, "description");

	snprintf(out, cap, "%.64s", text ? text : "An alert");
}

static const struct {
	const char *kind;
	void (*say)(const cJSON *body, char *out, size_t cap);
} KINDS[] = {
	{ "printer.attached", say_attached }, { "printer.detached", say_detached },
	{ "printer.moved", say_moved },	      { "supply.replaced", say_supply },
	{ "counter.reset", say_reset },	      { "config.drift", say_drift },
	{ "action.result", say_result },      { "alert.opened", say_alert },
	{ "alert.closed", say_alert },
};

#define WHERE                                                                                      \
	" FROM records WHERE device_no=?1 AND kind IN ('printer.attached','printer.detached',"     \
	"'printer.moved','supply.replaced','counter.reset','config.drift','action.result',"        \
	"'alert.opened','alert.closed')"

static cJSON *event_of(struct pl_api *api, struct pl_db_rows *rows)
{
	cJSON *doc = cJSON_CreateObject(), *body = NULL;
	const char *kind = pl_db_text_at(rows, 1);
	char text[160] = "", id[24], key[PL_MAX_KEY];

	(void)!pl_record_unwrap(api->server->ring, api->db, pl_db_text_at(rows, 3),
				pl_db_blob_at(rows, 4), key, &body, NULL);
	for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
		if (!strcmp(KINDS[i].kind, kind))
			KINDS[i].say(body, text, sizeof text);
	snprintf(id, sizeof id, "%lld", (long long)pl_db_int_at(rows, 0));
	cJSON_AddStringToObject(doc, "id", id);
	cJSON_AddStringToObject(doc, "kind", kind);
	pl_render_time(doc, "at", pl_db_int_at(rows, 2));
	cJSON_AddStringToObject(doc, "description", text);
	cJSON_AddItemToObject(doc, "details", body ? body : cJSON_CreateObject());
	return doc;
}

static enum pl_result add_page(struct pl_api *api, int64_t device_no, int64_t before, int limit,
			       cJSON *doc, cJSON *items, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	int64_t last = 0, total = 0;
	char next[24];
	int n = 0;
	enum pl_result r;

	r = pl_db_number(api->db, &total, "SELECT count(*)" WHERE, PL_ARGS(pl_db_int(device_no)),
			 err);
	if (r == PL_OK)
		r = pl_db_query(
			api->db, &rows,
			"SELECT no, kind, taken_at, customer_id, sealed" WHERE
			" AND no < ?2 ORDER BY no DESC LIMIT ?3",
			PL_ARGS(pl_db_int(device_no), pl_db_int(before), pl_db_int(limit + 1)),
			err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK && n++ < limit) {
		cJSON_AddItemToArray(items, event_of(api, rows));
		last = pl_db_int_at(rows, 0);
	}
	pl_db_done(rows);
	snprintf(next, sizeof next, "%lld", (long long)last);
	pl_json_add_text(doc, "next_cursor", n > limit ? next : NULL);
	pl_json_add_int(doc, "total", total);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

void pl_api_printer_events(struct pl_api *api)
{
	cJSON *summary = NULL, *items, *doc;
	struct pl_error err = { 0 };
	int64_t no = 0, before;
	int limit;
	enum pl_result r;

	if (!pl_api_page_size(api, &limit) || !pl_api_before(api, &before))
		return;
	r = pl_db_number(api->db, &no, "SELECT no FROM devices WHERE id=?1",
			 PL_ARGS(pl_db_text(api->rq->part[0])), &err);
	if (r == PL_OK)
		r = pl_render_summary(api, no, &summary, &err);
	cJSON_Delete(summary);
	doc = pl_api_new_page(&items);
	if (r == PL_OK)
		r = add_page(api, no, before, limit, doc, items, &err);
	if (r == PL_OK) {
		pl_web_json(api->rq, 200, doc);
		return;
	}
	cJSON_Delete(doc);
	if (r == PL_E_NOT_FOUND)
		pl_api_not_found(api, "printer");
	else
		pl_api_failed(api, r, &err);
}
