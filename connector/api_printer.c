/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /printers/{id}: the summary, and the last snapshot as it was read.
 */
#include <string.h>

#include "alert_rows.h"
#include "action_kinds.h"
#include "api_calls.h"
#include "platen/json.h"
#include "render.h"

struct facts {
	int64_t no;
	char customer_id[PL_MAX_ID], site_id[PL_MAX_ID];
	cJSON *snapshot;
	int64_t taken_ms, first_seen_ms;
	bool attached;
	cJSON *capabilities;
};

/* Copies the named members; one that is missing becomes null. */
static void copy_members(cJSON *to, const cJSON *from, const char *const *names)
{
	for (; *names; names++) {
		const cJSON *member = cJSON_GetObjectItemCaseSensitive(from, *names);

		cJSON_AddItemToObject(to, *names,
				      member ? cJSON_Duplicate(member, true) : cJSON_CreateNull());
	}
}

/* A section as it was reported, with every member the answer promises. */
static void add_identity(cJSON *doc, const cJSON *snapshot)
{
	static const char *const TEXTS[] = { "make", "model",	 "serial_number",
					     "uuid", "firmware", "device_id",
					     NULL };
	const cJSON *from = pl_json_at(snapshot, "identity");
	const cJSON *sources = pl_json_at(from, "sources");
	cJSON *identity = cJSON_AddObjectToObject(doc, "identity");
	const char *confidence = pl_json_text(from, "confidence");

	copy_members(identity, from, TEXTS);
	cJSON_AddStringToObject(identity, "confidence", confidence ? confidence : "unknown");
	cJSON_AddItemToObject(identity, "sources",
			      sources ? cJSON_Duplicate(sources, true) : cJSON_CreateObject());
}

static void add_counters(cJSON *doc, const cJSON *snapshot)
{
	static const char *const NUMBERS[] = { "impressions",
					       "impressions_color",
					       "impressions_monochrome",
					       "sheets",
					       "sheets_duplex",
					       "scans",
					       "copies",
					       "faxes",
					       "jams",
					       NULL };
	const cJSON *from = pl_json_at(snapshot, "counters");
	const cJSON *sources = pl_json_at(from, "sources");
	cJSON *counters = cJSON_AddObjectToObject(doc, "counters");

	copy_members(counters, from, NUMBERS);
	cJSON_AddItemToObject(counters, "sources",
			      sources ? cJSON_Duplicate(sources, true) : cJSON_CreateObject());
}

static void add_list(cJSON *doc, const cJSON *snapshot, const char *name,
		     const char *const *promised)
{
	const cJSON *item, *list = pl_json_at(snapshot, name);
	cJSON *out = cJSON_AddArrayToObject(doc, name);

	cJSON_ArrayForEach(item, list)
	{
		cJSON *copy = cJSON_Duplicate(item, true);

		for (const char *const *m = promised; *m; m++)
			if (!cJSON_HasObjectItem(copy, *m))
				cJSON_AddNullToObject(copy, *m);
		cJSON_AddItemToArray(out, copy);
	}
}

static void add_snapshot(cJSON *doc, const cJSON *snapshot)
{
	static const char *const SUPPLY[] = { "index",	       "class",	      "type",
					      "colorant",      "description", "unit",
					      "max_capacity",  "level",	      "level_code",
					      "level_percent", "part_number", "serial_number",
					      "state",	       NULL };
	static const char *const MEDIUM[] = { "level", "level_code", "capacity", "size", NULL };
	static const char *const ERROR[] = { "source", "error", NULL };
	static const char *const WHOLE[] = { "usb", "access", NULL };

	copy_members(doc, snapshot, WHOLE);
	add_identity(doc, snapshot);
	add_list(doc, snapshot, "supplies", SUPPLY);
	add_counters(doc, snapshot);
	add_list(doc, snapshot, "media", MEDIUM);
	add_list(doc, snapshot, "errors", ERROR);
}

static enum pl_result read_facts(struct pl_api *api, struct facts *f, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_action_facts can;
	const char *state;
	enum pl_result r;

	r = pl_db_one(
		api->db, &rows,
		"SELECT d.no, d.customer_id, d.site_id, d.sealed, d.taken_at, "
		"d.first_seen_at, d.attached, a.state, a.hello FROM devices d LEFT JOIN agents a "
		"ON a.no=d.agent_no"
		" WHERE d.id=?1 AND d.merged_into IS NULL",
		PL_ARGS(pl_db_text(api->rq->part[0])), err);
	if (r != PL_OK)
		return r;
	f->no = pl_db_int_at(rows, 0);
	pl_db_copy_at(rows, 1, f->customer_id, sizeof f->customer_id);
	pl_db_copy_at(rows, 2, f->site_id, sizeof f->site_id);
	f->taken_ms = pl_db_int_at(rows, 4);
	f->first_seen_ms = pl_db_int_at(rows, 5);
	f->attached = pl_db_int_at(rows, 6) != 0;
	state = pl_db_text_at(rows, 7);
	if (pl_api_may(&api->caller, PL_ROLE_VIEWER, f->customer_id, f->site_id))
		r = pl_render_open_snapshot(api, f->customer_id, pl_db_blob_at(rows, 3),
					    &f->snapshot, err);
	else
		r = PL_E_NOT_FOUND;
	can = (struct pl_action_facts){ .hello = pl_db_text_at(rows, 8),
					.removed = !state || strcmp(state, "active") != 0,
					.printer = true,
					.attached = f->attached,
					.access = pl_json_at(f->snapshot, "access") };
	f->capabilities = pl_action_capabilities(&can);
	pl_db_done(rows);
	return r;
}

/* Printers that live now under the same serial number. */
static enum pl_result add_duplicates(struct pl_api *api, const struct facts *f, cJSON *doc,
				     struct pl_error *err)
{
	cJSON *list = cJSON_AddArrayToObject(doc, "duplicate");
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	enum pl_result r;

	pl_query_init(
		&q, "SELECT d.id, d.make, d.model, d.serial_sealed FROM devices d JOIN devices mine"
		    " ON mine.customer_id=d.customer_id AND mine.serial_index=d.serial_index"
		    " WHERE d.attached=1 AND mine.attached=1 AND d.merged_into IS NULL AND "
		    "d.no<>mine.no"
		    " AND mine.no=");
	pl_query_value(&q, pl_db_int(f->no));
	pl_api_limit(api, &q, "d.customer_id", "d.site_id");
	pl_query_add(&q, " ORDER BY d.no LIMIT 100");
	r = pl_query_run(&q, api->db, &rows, err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK)
		cJSON_AddItemToArray(
			list, pl_render_printer_ref(api, f->customer_id, pl_db_text_at(rows, 0),
						    pl_db_text_at(rows, 1), pl_db_text_at(rows, 2),
						    pl_db_blob_at(rows, 3)));
	pl_db_done(rows);
	pl_query_finish(&q);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

void pl_api_printer(struct pl_api *api)
{
	struct facts f = { 0 };
	struct pl_error err = { 0 };
	cJSON *doc = NULL;
	enum pl_result r = read_facts(api, &f, &err);

	if (r == PL_OK)
		r = pl_render_summary(api, f.no, &doc, &err);
	if (r == PL_OK) {
		add_snapshot(doc, f.snapshot);
		pl_render_time(doc, "taken_at", f.taken_ms);
		pl_render_time(doc, "first_seen", f.first_seen_ms);
		cJSON_AddItemToObject(doc, "capabilities", f.capabilities);
		f.capabilities = NULL;
		r = add_duplicates(api, &f, doc, &err);
	}
	if (r == PL_OK)
		r = pl_alerts_of_printer(api, f.no, cJSON_AddArrayToObject(doc, "alerts"), &err);
	if (r == PL_OK) {
		pl_web_json(api->rq, 200, doc);
		doc = NULL;
	} else if (r == PL_E_NOT_FOUND) {
		pl_api_not_found(api, "printer");
	} else {
		pl_api_failed(api, r, &err);
	}
	cJSON_Delete(doc);
	cJSON_Delete(f.capabilities);
	cJSON_Delete(f.snapshot);
}
