/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /exports: meters at a moment, supplies, alerts; as JSON by pages or as one CSV. Each export is a
 * query over printers and a function that makes rows of what it gives.
 */
#include <stdio.h>
#include <string.h>

#include "api_calls.h"
#include "api_fields.h"
#include "csv.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "render.h"

#define DAY_MS	   INT64_C(86400000)
#define USUAL_DAYS 30
#define MAX_CSV	   (32 * 1024 * 1024)
#define ALL_ROWS   1000000

/* The columns that every row begins with, and where a query has them. */
#define OF_PRINTER                                                                                 \
	"printer_id", "serial_number", "make", "model", "asset_number", "site", "customer"
#define PRINTER "d.id, d.serial_sealed, d.make, d.model, d.asset_number, s.name, c.name, c.id"
#define JOINS	" JOIN sites s ON s.id=d.site_id JOIN customers c ON c.id=d.customer_id"
#define OWN	8 /* the first column of the export's own */

struct export
{
	const char *name;
	const char *const *columns;
	const char *select, *from;
	const char *number; /* the column whose numbers order the rows, the greatest first */
	/* The export's own conditions; false: answered 400. */
	bool (*limit)(struct pl_api * api, struct pl_query * q);
	/* Adds rows made of the current one. */
	void (*add)(struct pl_api * api, struct pl_db_rows * rows, cJSON * items);
};

static cJSON *row_of(struct pl_api *api, struct pl_db_rows *rows)
{
	static const char *const NAMES[] = { OF_PRINTER };
	cJSON *doc = cJSON_CreateObject();
	char serial[256];

	pl_render_serial(api, pl_db_text_at(rows, 7), pl_db_blob_at(rows, 1), serial,
			 sizeof serial);
	for (int i = 0; i < 7; i++)
		pl_json_add_text(doc, NAMES[i], i == 1 ? serial : pl_db_text_at(rows, i));
	return doc;
}

/* ---- meters: the last reading at or before a moment */

static const char *const METERS[] = { OF_PRINTER,
				      "taken_at",
				      "impressions",
				      "impressions_color",
				      "impressions_monochrome",
				      "sheets",
				      "sheets_duplex",
				      "scans",
				      "copies",
				      "faxes",
				      "jams",
				      NULL };

static bool limit_meters(struct pl_api *api, struct pl_query *q)
{
	int64_t at_ms;

	if (!pl_api_time_parameter(api, "at", pl_clock_wall_ms(), &at_ms))
		return false;
	pl_query_add(q,
		     " LEFT JOIN counters k ON k.no=(SELECT no FROM counters WHERE device_no=d.no"
		     " AND taken_at <= ");
	pl_query_value(q, pl_db_int(at_ms));
	pl_query_add(q, " ORDER BY taken_at DESC, no DESC LIMIT 1) WHERE d.merged_into IS NULL");
	return true;
}

static void add_meters(struct pl_api *api, struct pl_db_rows *rows, cJSON *items)
{
	cJSON *doc = row_of(api, rows);

	pl_render_time(doc, "taken_at", pl_db_int_at(rows, OWN));
	for (int i = 0; METERS[8 + i]; i++)
		if (pl_db_null_at(rows, OWN + 1 + i))
			cJSON_AddNullToObject(doc, METERS[8 + i]);
		else
			pl_json_add_int(doc, METERS[8 + i], pl_db_int_at(rows, OWN + 1 + i));
	cJSON_AddItemToArray(items, doc);
}

/* ---- supplies: one row per supply */

static const char *const SUPPLIES[] = { OF_PRINTER, "taken_at",	     "index", "class", "type",
					"colorant", "level_percent", "state", NULL };

static bool limit_supplies(struct pl_api *api, struct pl_query *q)
{
	(void)api;
	pl_query_add(q, " WHERE d.merged_into IS NULL AND d.supply_levels IS NOT NULL");
	return true;
}

static void add_supplies(struct pl_api *api, struct pl_db_rows *rows, cJSON *items)
{
	const char *text = pl_db_text_at(rows, OWN + 1);
	cJSON *list = text ? cJSON_Parse(text) : NULL;
	const cJSON *supply;

	cJSON_ArrayForEach(supply, list)
	{
		cJSON *doc = row_of(api, rows);

		pl_render_time(doc, "taken_at", pl_db_int_at(rows, OWN));
		for (int i = 8; SUPPLIES[i]; i++) {
			const cJSON *member = cJSON_GetObjectItemCaseSensitive(supply, SUPPLIES[i]);

			cJSON_AddItemToObject(doc, SUPPLIES[i],
					      member ? cJSON_Duplicate(member, true)
						     : cJSON_CreateNull());
		}
		cJSON_AddItemToArray(items, doc);
	}
	cJSON_Delete(list);
}

/* ---- alerts that were open in a span of time */

static const char *const ALERTS[] = { OF_PRINTER,    "code",  "severity",  "group",
				      "description", "since", "closed_at", NULL };

static bool limit_alerts(struct pl_api *api, struct pl_query *q)
{
	int64_t from_ms, to_ms;

	if (!pl_api_time_parameter(api, "to", pl_clock_wall_ms(), &to_ms) ||
	    !pl_api_time_parameter(api, "from", to_ms - USUAL_DAYS * DAY_MS, &from_ms))
		return false;
	pl_query_add(q, " WHERE d.merged_into IS NULL");
	pl_query_and(q, "x.opened_at <= ", pl_db_int(to_ms));
	pl_query_and(q, "(x.closed_at IS NULL OR x.closed_at >= ", pl_db_int(from_ms));
	pl_query_add(q, ")");
	return true;
}

static void add_alerts(struct pl_api *api, struct pl_db_rows *rows, cJSON *items)
{
	cJSON *doc = row_of(api, rows);

	for (int i = 0; i < 4; i++)
		pl_json_add_text(doc, ALERTS[7 + i], pl_db_text_at(rows, OWN + i));
	pl_render_time(doc, "since", pl_db_int_at(rows, OWN + 4));
	pl_render_time(doc, "closed_at", pl_db_int_at(rows, OWN + 5));
	cJSON_AddItemToArray(items, doc);
}

static const struct export EXPORTS[] = {
	{ "meters", METERS,
	  "SELECT " PRINTER
	  ", k.taken_at, k.impressions, k.impressions_color, k.impressions_monochrome,"
	  " k.sheets, k.sheets_duplex, k.scans, k.copies, k.faxes, k.jams, d.no",
	  " FROM devices d" JOINS, "d.no", limit_meters, add_meters },
	{ "supplies", SUPPLIES, "SELECT " PRINTER ", d.taken_at, d.supply_levels, d.no",
	  " FROM devices d" JOINS, "d.no", limit_supplies, add_supplies },
	{ "alerts", ALERTS,
	  "SELECT " PRINTER
	  ", x.code, x.severity, x.alert_group, x.description, x.opened_at, x.closed_at,"
	  " x.no",
	  " FROM alerts x JOIN devices d ON d.no=x.device_no" JOINS, "x.no", limit_alerts,
	  add_alerts },
};

/* How an export is asked for. */
struct wish {
	bool csv;
	int limit;
	int64_t before;
};

static bool read_wish(struct pl_api *api, struct wish *w)
{
	const char *format = pl_web_query(api->rq, "format");

	if (format && strcmp(format, "json") != 0 && strcmp(format, "csv") != 0) {
		pl_api_wrong_field(api, "format", "format must be json or csv.");
		return false;
	}
	w->csv = format && !strcmp(format, "csv");
	if (!pl_api_page_size(api, &w->limit) || !pl_api_before(api, &w->before))
		return false;
	if (w->csv) {
		w->limit = ALL_ROWS;
		w->before = INT64_MAX;
	}
	return true;
}

/* The query of an export: its own joins and conditions, then what the caller may see. */
static bool begin(struct pl_api *api, const struct export *e, const char *select,
		  struct pl_query *q)
{
	pl_query_init(q, select);
	pl_query_add(q, e->from);
	if (!e->limit(api, q))
		return false;
	pl_api_limit(api, q, "d.customer_id", "d.site_id");
	return true;
}

static enum pl_result count_rows(struct pl_api *api, const struct export *e, int64_t *ret_total,
				 struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	enum pl_result r = PL_E_INVALID;

	if (begin(api, e, "SELECT count(*)", &q))
		r = pl_query_run(&q, api->db, &rows, err);
	if (r == PL_OK)
		r = pl_db_next(rows, err);
	if (r == PL_OK)
		*ret_total = pl_db_int_at(rows, 0);
	pl_db_done(rows);
	pl_query_finish(&q);
	return r;
}

/* Reads one page; the last column of the query is the row's number. */
static enum pl_result read_page(struct pl_api *api, const struct export *e, const struct wish *w,
				cJSON *items, int64_t *ret_last, bool *ret_more,
				struct pl_error *err)
{
	int number = OWN + (e->add == add_meters ? 10 : e->add == add_supplies ? 2 : 6);
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	char after[32];
	int n = 0;
	enum pl_result r = PL_E_INVALID;

	snprintf(after, sizeof after, "%s < ", e->number);
	if (begin(api, e, e->select, &q)) {
		pl_query_and(&q, after, pl_db_int(w->before));
		pl_query_add(&q, " ORDER BY ");
		pl_query_add(&q, e->number);
		pl_query_add(&q, " DESC LIMIT ");
		pl_query_value(&q, pl_db_int(w->limit + 1));
		r = pl_query_run(&q, api->db, &rows, err);
	}
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK && n++ < w->limit) {
		e->add(api, rows, items);
		*ret_last = pl_db_int_at(rows, number);
	}
	pl_db_done(rows);
	pl_query_finish(&q);
	*ret_more = n > w->limit;
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static void answer_csv(struct pl_api *api, const struct export *e, const cJSON *items)
{
	struct pl_bytes text;

	pl_bytes_init(&text, MAX_CSV);
	if (pl_csv_write(items, e->columns, &text) == PL_OK) {
		pl_web_add_header(api->rq, "Content-Disposition", "attachment; filename=\"%s.csv\"",
				  e->name);
		pl_web_text(api->rq, 200, "text/csv; charset=utf-8", pl_bytes_span(&text));
	} else {
		pl_web_error(api->rq, 503, "busy",
			     "This export is too large; choose a customer or a site.");
	}
	pl_bytes_finish(&text);
}

static void export_rows(struct pl_api *api, const struct export *e)
{
	cJSON *items, *doc;
	int64_t last = 0, total = 0;
	struct pl_error err = { 0 };
	struct wish w = { 0 };
	bool more = false;
	char next[24];
	enum pl_result r;

	if (!read_wish(api, &w))
		return;
	doc = pl_api_new_page(&items);
	r = count_rows(api, e, &total, &err);
	if (r == PL_OK)
		r = read_page(api, e, &w, items, &last, &more, &err);
	if (r == PL_OK && w.csv) {
		answer_csv(api, e, items);
	} else if (r == PL_OK) {
		snprintf(next, sizeof next, "%lld", (long long)last);
		pl_json_add_text(doc, "next_cursor", more ? next : NULL);
		pl_json_add_int(doc, "total", total);
		pl_web_json(api->rq, 200, doc);
		return;
	} else if (api->rq->status == 0) {
		pl_api_failed(api, r, &err);
	}
	cJSON_Delete(doc);
}

void pl_api_export_meters(struct pl_api *api)
{
	export_rows(api, &EXPORTS[0]);
}

void pl_api_export_supplies(struct pl_api *api)
{
	export_rows(api, &EXPORTS[1]);
}

void pl_api_export_alerts(struct pl_api *api)
{
	export_rows(api, &EXPORTS[2]);
}
