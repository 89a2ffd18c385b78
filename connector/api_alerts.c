/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /alerts and GET /printers/{id}/alerts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert_rows.h"
#include "api_calls.h"
#include "platen/json.h"
#include "render.h"

#define SELECT                                                                                     \
	"SELECT x.no, x.code, x.severity, x.alert_group, x.description, x.opened_at, x.closed_at," \
	" d.id, d.make, d.model, d.serial_sealed, s.id, s.name, c.id, c.name"
#define FROM                                                                                       \
	" FROM alerts x JOIN devices d ON d.no=x.device_no JOIN sites s ON s.id=d.site_id"         \
	" JOIN customers c ON c.id=x.customer_id WHERE d.merged_into IS NULL"
#define RANK                                                                                       \
	"(CASE x.severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 WHEN 'report'"              \
	" THEN 2 ELSE 3 END)"

struct cursor {
	bool given;
	int64_t rank, opened_ms, no;
};

static int64_t rank_of(const char *severity)
{
	static const char *const ORDER[] = { "critical", "warning", "report" };

	for (int i = 0; i < 3; i++)
		if (!strcmp(ORDER[i], severity))
			return i;
	return 3;
}

static cJSON *alert_of(struct pl_api *api, struct pl_db_rows *rows)
{
	cJSON *alert = cJSON_CreateObject();
	char id[24];

	snprintf(id, sizeof id, "%lld", (long long)pl_db_int_at(rows, 0));
	cJSON_AddStringToObject(alert, "id", id);
	cJSON_AddStringToObject(alert, "code", pl_db_text_at(rows, 1));
	cJSON_AddStringToObject(alert, "severity", pl_db_text_at(rows, 2));
	pl_json_add_text(alert, "group", pl_db_text_at(rows, 3));
	cJSON_AddStringToObject(alert, "description", pl_db_text_at(rows, 4));
	pl_render_time(alert, "since", pl_db_int_at(rows, 5));
	pl_render_time(alert, "closed_at", pl_db_int_at(rows, 6));
	cJSON_AddItemToObject(alert, "printer",
			      pl_render_printer_ref(api, pl_db_text_at(rows, 13),
						    pl_db_text_at(rows, 7), pl_db_text_at(rows, 8),
						    pl_db_text_at(rows, 9),
						    pl_db_blob_at(rows, 10)));
	cJSON_AddItemToObject(alert, "site", pl_render_site(rows, 11));
	return alert;
}

static bool read_state(struct pl_api *api, const char **ret_condition)
{
	const char *state = pl_web_query(api->rq, "state");

	if (!state || !strcmp(state, "open"))
		*ret_condition = " AND x.closed_at IS NULL";
	else if (!strcmp(state, "closed"))
		*ret_condition = " AND x.closed_at IS NOT NULL";
	else if (!strcmp(state, "all"))
		*ret_condition = "";
	else {
		pl_api_wrong_field(api, "state", "state must be open, closed or all.");
		return false;
	}
	return true;
}

static bool read_cursor(struct pl_api *api, struct cursor *c)
{
	const char *text = pl_web_query(api->rq, "cursor");
	long long rank, opened, no;

	if (!text)
		return true;
	if (sscanf(text, "%lld.%lld.%lld", &rank, &opened, &no) != 3) {
		pl_api_wrong_field(api, "cursor", "cursor must be a next_cursor of an answer.");
		return false;
	}
	*c = (struct cursor){ true, rank, opened, no };
	return true;
}

static void add_severities(struct pl_query *q, const char *list)
{
	struct pl_span rest = pl_span_of(list);
	bool first = true;

	if (!list || !*list)
		return;
	pl_query_add(q, " AND x.severity IN (");
	while (rest.size > 0) {
		struct pl_span word = pl_span_trim(pl_span_take(&rest, ','));

		if (!first)
			pl_query_add(q, ",");
		pl_query_value(q, (struct pl_db_value){ PL_DB_TEXT, 0, word.at, word.size });
		first = false;
	}
	pl_query_add(q, ")");
}

static void add_after(struct pl_query *q, const struct cursor *c, bool by_rank)
{
	if (!c->given)
		return;
	pl_query_add(q, " AND (");
	if (by_rank) {
		pl_query_add(q, RANK " > ");
		pl_query_value(q, pl_db_int(c->rank));
		pl_query_add(q, " OR (" RANK " = ");
		pl_query_value(q, pl_db_int(c->rank));
		pl_query_add(q, " AND (x.opened_at, x.no) < (");
	} else {
		pl_query_add(q, "((x.opened_at, x.no) < (");
	}
	pl_query_value(q, pl_db_int(c->opened_ms));
	pl_query_add(q, ",");
	pl_query_value(q, pl_db_int(c->no));
	pl_query_add(q, ")))");
}

/* The conditions that count and page share. */
static void add_conditions(struct pl_api *api, struct pl_query *q, const char *state,
			   const char *printer)
{
	pl_query_add(q, state);
	pl_api_limit(api, q, "x.customer_id", "d.site_id");
	if (printer)
		pl_query_and(q, "d.id=", pl_db_text(printer));
	else
		add_severities(q, pl_web_query(api->rq, "severity"));
}

static enum pl_result count_all(struct pl_api *api, const char *state, const char *printer,
				int64_t *ret_total, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	enum pl_result r;

	pl_query_init(&q, "SELECT count(*)" FROM);
	add_conditions(api, &q, state, printer);
	r = pl_query_run(&q, api->db, &rows, err);
	if (r == PL_OK)
		r = pl_db_next(rows, err);
	if (r == PL_OK)
		*ret_total = pl_db_int_at(rows, 0);
	pl_db_done(rows);
	pl_query_finish(&q);
	return r;
}

static void answer_page(struct pl_api *api, const char *state, const char *printer, int limit,
			const struct cursor *cursor)
{
	cJSON *items, *doc = pl_api_new_page(&items);
	struct cursor last = { 0 };
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	struct pl_query q;
	int64_t total = 0;
	char next[80];
	int n = 0;
	enum pl_result r = count_all(api, state, printer, &total, &err);

	pl_query_init(&q, SELECT FROM);
	add_conditions(api, &q, state, printer);
	add_after(&q, cursor, !printer);
	pl_query_add(&q, printer ? " ORDER BY x.opened_at DESC, x.no DESC LIMIT "
				 : " ORDER BY " RANK ", x.opened_at DESC, x.no DESC LIMIT ");
	pl_query_value(&q, pl_db_int(limit + 1));
	if (r == PL_OK)
		r = pl_query_run(&q, api->db, &rows, &err);
	while (r == PL_OK && (r = pl_db_next(rows, &err)) == PL_OK && n++ < limit) {
		cJSON_AddItemToArray(items, alert_of(api, rows));
		last = (struct cursor){ true, rank_of(pl_db_text_at(rows, 2)),
					pl_db_int_at(rows, 5), pl_db_int_at(rows, 0) };
	}
	pl_db_done(rows);
	pl_query_finish(&q);
	if (r != PL_OK && r != PL_E_NOT_FOUND) {
		cJSON_Delete(doc);
		pl_api_failed(api, r, &err);
		return;
	}
	snprintf(next, sizeof next, "%lld.%lld.%lld", (long long)last.rank,
		 (long long)last.opened_ms, (long long)last.no);
	pl_json_add_text(doc, "next_cursor", n > limit ? next : NULL);
	pl_json_add_int(doc, "total", total);
	pl_web_json(api->rq, 200, doc);
}

void pl_api_alerts(struct pl_api *api)
{
	struct cursor cursor = { 0 };
	const char *state = "";
	int limit;

	if (read_state(api, &state) && read_cursor(api, &cursor) && pl_api_page_size(api, &limit))
		answer_page(api, state, NULL, limit, &cursor);
}

void pl_api_printer_alerts(struct pl_api *api)
{
	struct cursor cursor = { 0 };
	struct pl_error err = { 0 };
	const char *state = "";
	cJSON *summary = NULL;
	int64_t no = 0;
	int limit;
	enum pl_result r;

	if (!read_state(api, &state) || !read_cursor(api, &cursor) ||
	    !pl_api_page_size(api, &limit))
		return;
	r = pl_db_number(api->db, &no, "SELECT no FROM devices WHERE id=?1",
			 PL_ARGS(pl_db_text(api->rq->part[0])), &err);
	if (r == PL_OK)
		r = pl_render_summary(api, no, &summary, &err); /* may it be seen? */
	cJSON_Delete(summary);
	if (r == PL_OK)
		answer_page(api, state, api->rq->part[0], limit, &cursor);
	else if (r == PL_E_NOT_FOUND)
		pl_api_not_found(api, "printer");
	else
		pl_api_failed(api, r, &err);
}

enum pl_result pl_alerts_of_printer(struct pl_api *api, int64_t device_no, struct cJSON *list,
				    struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(api->db, &rows,
			SELECT FROM " AND x.closed_at IS NULL AND x.device_no=?1 ORDER BY " RANK
				    ", x.opened_at DESC, x.no DESC LIMIT 100",
			PL_ARGS(pl_db_int(device_no)), err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK)
		cJSON_AddItemToArray(list, alert_of(api, rows));
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}
