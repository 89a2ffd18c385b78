/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /printers/{id}/counters: readings over time, thinned to the last of each hour or day where
 * all would be too many.
 */
#include <string.h>

#include "api_calls.h"
#include "api_fields.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "render.h"

#define DAY_MS	   INT64_C(86400000)
#define HOUR_MS	   INT64_C(3600000)
#define USUAL_DAYS 30
#define AUTO_MAX   1000

static const char *const NAMES[] = { "impressions",
				     "impressions_color",
				     "impressions_monochrome",
				     "sheets",
				     "sheets_duplex",
				     "scans",
				     "copies",
				     "faxes",
				     "jams" };
#define NAME_COUNT ((int)(sizeof NAMES / sizeof NAMES[0]))

struct span {
	int64_t device_no, from_ms, to_ms;
	int64_t step_ms; /* 1: every reading */
	const char *resolution;
};

/* How many readings a step would give. */
static enum pl_result count_steps(struct pl_api *api, const struct span *s, int64_t step_ms,
				  int64_t *ret_count, struct pl_error *err)
{
	return pl_db_number(
		api->db, ret_count,
		"SELECT count(DISTINCT CASE WHEN ?4=1 THEN no ELSE taken_at / ?4 END) FROM counters"
		" WHERE device_no=?1 AND taken_at >= ?2 AND taken_at <= ?3",
		PL_ARGS(pl_db_int(s->device_no), pl_db_int(s->from_ms), pl_db_int(s->to_ms),
			pl_db_int(step_ms)),
		err);
}

static bool read_resolution(struct pl_api *api, struct span *s, enum pl_result *ret_r,
			    struct pl_error *err)
{
	static const struct {
		const char *name;
		int64_t step_ms;
	} STEPS[] = { { "raw", 1 }, { "hour", HOUR_MS }, { "day", DAY_MS } };
	const char *wish = pl_web_query(api->rq, "resolution");
	int64_t count = 0;

	*ret_r = PL_OK;
	for (size_t i = 0; i < 3; i++) {
		s->resolution = STEPS[i].name;
		s->step_ms = STEPS[i].step_ms;
		if (wish && strcmp(wish, "auto") != 0) {
			if (!strcmp(wish, STEPS[i].name))
				return true;
			continue;
		}
		*ret_r = count_steps(api, s, STEPS[i].step_ms, &count, err);
		if (*ret_r != PL_OK || count <= AUTO_MAX || i == 2)
			return true;
	}
	pl_api_wrong_field(api, "resolution", "resolution must be auto, raw, hour or day.");
	return false;
}

static enum pl_result add_readings(struct pl_api *api, const struct span *s, cJSON *items,
				   struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	/* The last of each step: the greatest (taken_at, no) in it. */
	r = pl_db_query(
		api->db, &rows,
		"SELECT taken_at, impressions, impressions_color, impressions_monochrome, sheets,"
		" sheets_duplex, scans, copies, faxes, jams FROM (SELECT *, row_number() OVER"
		" (PARTITION BY CASE WHEN ?4=1 THEN no ELSE taken_at / ?4 END"
		"  ORDER BY taken_at DESC, no DESC) AS place"
		" FROM counters WHERE device_no=?1 AND taken_at >= ?2 AND taken_at <= ?3) x"
		" WHERE place=1 ORDER BY taken_at, no LIMIT 10000",
		PL_ARGS(pl_db_int(s->device_no), pl_db_int(s->from_ms), pl_db_int(s->to_ms),
			pl_db_int(s->step_ms)),
		err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		cJSON *item = cJSON_CreateObject(), *counters;

		pl_render_time(item, "taken_at", pl_db_int_at(rows, 0));
		counters = cJSON_AddObjectToObject(item, "counters");
		for (int i = 0; i < NAME_COUNT; i++)
			if (!pl_db_null_at(rows, i + 1))
				pl_json_add_int(counters, NAMES[i], pl_db_int_at(rows, i + 1));
		cJSON_AddItemToArray(items, item);
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static enum pl_result add_resets(struct pl_api *api, const struct span *s, cJSON *resets,
				 struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(
		api->db, &rows,
		"SELECT taken_at, counter, before, after FROM counter_resets WHERE device_no=?1"
		" AND taken_at >= ?2 AND taken_at <= ?3 ORDER BY taken_at, no LIMIT 1000",
		PL_ARGS(pl_db_int(s->device_no), pl_db_int(s->from_ms), pl_db_int(s->to_ms)), err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		cJSON *reset = cJSON_CreateObject();

		pl_render_time(reset, "taken_at", pl_db_int_at(rows, 0));
		cJSON_AddStringToObject(reset, "counter", pl_db_text_at(rows, 1));
		pl_json_add_int(reset, "before", pl_db_int_at(rows, 2));
		pl_json_add_int(reset, "after", pl_db_int_at(rows, 3));
		cJSON_AddItemToArray(resets, reset);
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static void answer_series(struct pl_api *api, const struct span *s)
{
	cJSON *doc = cJSON_CreateObject();
	struct pl_error err = { 0 };
	enum pl_result r;

	pl_render_time(doc, "from", s->from_ms);
	pl_render_time(doc, "to", s->to_ms);
	cJSON_AddStringToObject(doc, "resolution", s->resolution);
	r = add_readings(api, s, cJSON_AddArrayToObject(doc, "items"), &err);
	if (r == PL_OK)
		r = add_resets(api, s, cJSON_AddArrayToObject(doc, "resets"), &err);
	pl_api_send(api, doc, r, &err);
}

void pl_api_counters(struct pl_api *api)
{
	struct span s = { 0 };
	struct pl_error err = { 0 };
	cJSON *summary = NULL;
	enum pl_result r;

	if (!pl_api_time_parameter(api, "to", pl_clock_wall_ms(), &s.to_ms) ||
	    !pl_api_time_parameter(api, "from", s.to_ms - USUAL_DAYS * DAY_MS, &s.from_ms))
		return;
	r = pl_db_number(api->db, &s.device_no, "SELECT no FROM devices WHERE id=?1",
			 PL_ARGS(pl_db_text(api->rq->part[0])), &err);
	if (r == PL_OK)
		r = pl_render_summary(api, s.device_no, &summary, &err);
	cJSON_Delete(summary);
	if (r == PL_OK && !read_resolution(api, &s, &r, &err))
		return;
	if (r == PL_OK)
		answer_series(api, &s);
	else if (r == PL_E_NOT_FOUND)
		pl_api_not_found(api, "printer");
	else
		pl_api_failed(api, r, &err);
}
