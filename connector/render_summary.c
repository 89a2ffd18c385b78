/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PrinterSummary: one row of the fleet table.
 */
#include "platen/json.h"
#include "render.h"

static void add_state(cJSON *doc, struct pl_db_rows *rows, int column)
{
	cJSON *state = cJSON_AddObjectToObject(doc, "state");
	const char *printer_state = pl_db_text_at(rows, column);

	cJSON_AddStringToObject(state, "printer_state", printer_state ? printer_state : "unknown");
	if (pl_db_null_at(rows, column + 1))
		cJSON_AddNullToObject(state, "asleep");
	else
		cJSON_AddBoolToObject(state, "asleep", pl_db_int_at(rows, column + 1) != 0);
	pl_render_json(state, "reasons", pl_db_text_at(rows, column + 2), true);
}

static void add_alert_counts(cJSON *doc, int64_t critical, int64_t warning, int64_t report)
{
	cJSON *counts = cJSON_AddObjectToObject(doc, "open_alerts");

	pl_json_add_int(counts, "critical", critical);
	pl_json_add_int(counts, "warning", warning);
	pl_json_add_int(counts, "report", report);
}

static cJSON *summary_of(struct pl_api *api, struct pl_db_rows *rows)
{
	enum pl_agent_state agent_state = pl_agent_state_now(
		api->server, pl_db_int_at(rows, 9),
		!pl_db_text_at(rows, 12) || strcmp(pl_db_text_at(rows, 12), "active") != 0,
		pl_db_int_at(rows, 13), NULL);
	struct pl_status_facts facts = {
		.attached = pl_db_int_at(rows, 14) != 0,
		.agent = agent_state,
		.printer_state = pl_db_text_at(rows, 15),
		.asleep = pl_db_null_at(rows, 16) ? -1 : (int)pl_db_int_at(rows, 16),
		.supply_state = pl_db_text_at(rows, 19),
		.critical = pl_db_int_at(rows, 25),
		.warning = pl_db_int_at(rows, 26),
	};
	cJSON *doc = pl_render_printer_ref(api, pl_db_text_at(rows, 7), pl_db_text_at(rows, 1),
					   pl_db_text_at(rows, 2), pl_db_text_at(rows, 3),
					   pl_db_blob_at(rows, 4));

	cJSON_AddStringToObject(doc, "status",
				pl_printer_status_name(pl_printer_status_of(&facts)));
	add_state(doc, rows, 15);
	cJSON_AddItemToObject(doc, "site", pl_render_site(rows, 5));
	cJSON_AddItemToObject(
		doc, "agent",
		pl_render_agent_ref(pl_db_text_at(rows, 10), pl_db_text_at(rows, 11), agent_state));
	pl_render_json(doc, "supply_levels", pl_db_text_at(rows, 18), true);
	if (pl_db_null_at(rows, 20))
		cJSON_AddNullToObject(doc, "impressions");
	else
		pl_json_add_int(doc, "impressions", pl_db_int_at(rows, 20));
	add_alert_counts(doc, facts.critical, facts.warning, pl_db_int_at(rows, 27));
	pl_json_add_text(doc, "asset_number", pl_db_text_at(rows, 21));
	pl_json_add_text(doc, "location", pl_db_text_at(rows, 22));
	pl_render_json(doc, "tags", pl_db_text_at(rows, 23), true);
	pl_render_time(doc, "last_seen", pl_db_int_at(rows, 24));
	return doc;
}

enum pl_result pl_render_summary(struct pl_api *api, int64_t device_no, cJSON **ret_summary,
				 struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_one(
		api->db, &rows,
		"SELECT d.no, d.id, d.make, d.model, d.serial_sealed," /* 0 */
		" s.id, s.name, c.id, c.name,"			       /* 5 */
		" a.no, a.id, a.hostname, a.state, a.last_seen_at,"    /* 9 */
		" d.attached, d.printer_state, d.asleep, d.reasons, d.supply_levels, "
		"d.supply_state,"						 /* 14 */
		" d.impressions, d.asset_number, d.location, d.tags, d.seen_at," /* 20 */
		" (SELECT count(*) FROM alerts x WHERE x.device_no=d.no AND x.closed_at IS NULL"
		"  AND x.severity='critical')," /* 25 */
		" (SELECT count(*) FROM alerts x WHERE x.device_no=d.no AND x.closed_at IS NULL"
		"  AND x.severity='warning'),"
		" (SELECT count(*) FROM alerts x WHERE x.device_no=d.no AND x.closed_at IS NULL"
		"  AND x.severity IN ('report','unknown'))"
		" FROM devices d JOIN sites s ON s.id=d.site_id JOIN customers c ON "
		"c.id=d.customer_id"
		" LEFT JOIN agents a ON a.no=d.agent_no WHERE d.no=?1 AND d.merged_into IS NULL"
		" AND c.active=1",
		PL_ARGS(pl_db_int(device_no)), err);
	if (r != PL_OK)
		return r;
	if (pl_api_may(&api->caller, PL_ROLE_VIEWER, pl_db_text_at(rows, 7),
		       pl_db_text_at(rows, 5)))
		*ret_summary = summary_of(api, rows);
	else
		r = PL_E_NOT_FOUND;
	pl_db_done(rows);
	return r;
}
