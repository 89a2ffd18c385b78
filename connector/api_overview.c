/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /overview: counts, and what needs a person now. One pass over the printers, one over the PCs,
 * and the worst alerts.
 */
#include <stdio.h>
#include <string.h>

#include "api_calls.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "render.h"

#define MAX_ATTENTION 50
#define DAY_MS	      86400000

/* The list fills in order of severity: first all that is critical, then the rest. */
struct attention {
	cJSON *critical, *warning;
	int64_t total;
};

static void note(struct attention *a, bool critical, const char *kind, const char *description,
		 int64_t since_ms, cJSON *printer, cJSON *agent, cJSON *site)
{
	cJSON *list = critical ? a->critical : a->warning, *item;

	a->total++;
	if (cJSON_GetArraySize(list) >= MAX_ATTENTION) {
		cJSON_Delete(printer);
		cJSON_Delete(agent);
		cJSON_Delete(site);
		return;
	}
	item = cJSON_CreateObject();
	cJSON_AddStringToObject(item, "kind", kind);
	cJSON_AddStringToObject(item, "severity", critical ? "critical" : "warning");
	cJSON_AddStringToObject(item, "description", description);
	pl_render_time(item, "since", since_ms);
	cJSON_AddItemToObject(item, "printer", printer ? printer : cJSON_CreateNull());
	cJSON_AddItemToObject(item, "agent", agent ? agent : cJSON_CreateNull());
	cJSON_AddItemToObject(item, "site", site ? site : cJSON_CreateNull());
	cJSON_AddItemToArray(list, item);
}

static enum pl_result add_alerts(struct pl_api *api, cJSON *doc, struct attention *a,
				 struct pl_error *err)
{
	int64_t critical = 0, warning = 0, report = 0;
	cJSON *counts = cJSON_AddObjectToObject(doc, "alerts");
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	enum pl_result r;

	pl_query_init(&q, "SELECT x.severity, x.description, x.opened_at, d.id, d.make, d.model,"
			  " d.serial_sealed, s.id, s.name, c.id, c.name FROM alerts x"
			  " JOIN devices d ON d.no=x.device_no JOIN sites s ON s.id=d.site_id"
			  " JOIN customers c ON c.id=x.customer_id WHERE x.closed_at IS NULL"
			  " AND d.attached=1 AND d.merged_into IS NULL");
	pl_api_limit(api, &q, "x.customer_id", "d.site_id");
	pl_query_add(&q, " ORDER BY x.opened_at DESC");
	r = pl_query_run(&q, api->db, &rows, err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		const char *severity = pl_db_text_at(rows, 0);
		bool is_critical = !strcmp(severity, "critical");
		bool is_warning = !strcmp(severity, "warning");

		critical += is_critical;
		warning += is_warning;
		report += !is_critical && !is_warning;
		if (is_critical || is_warning)
			note(a, is_critical, "alert", pl_db_text_at(rows, 1), pl_db_int_at(rows, 2),
			     pl_render_printer_ref(api, pl_db_text_at(rows, 9),
						   pl_db_text_at(rows, 3), pl_db_text_at(rows, 4),
						   pl_db_text_at(rows, 5), pl_db_blob_at(rows, 6)),
			     NULL, pl_render_site(rows, 7));
	}
	pl_db_done(rows);
	pl_query_finish(&q);
	pl_json_add_int(counts, "critical", critical);
	pl_json_add_int(counts, "warning", warning);
	pl_json_add_int(counts, "report", report);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static void describe_supply(const char *levels, char *out, size_t cap)
{
	cJSON *list = levels ? cJSON_Parse(levels) : NULL;
	const cJSON *supply;

	snprintf(out, cap, "A supply is low");
	cJSON_ArrayForEach(supply, list)
	{
		const char *state = pl_json_text(supply, "state");
		const char *colorant = pl_json_text(supply, "colorant");
		const char *type = pl_json_text(supply, "type");
		int64_t percent = 0;

		if (!state ||
		    (strcmp(state, "low") && strcmp(state, "empty") && strcmp(state, "missing")))
			continue;
		if (!strcmp(state, "low") && pl_json_int(supply, "level_percent", 0, 100, &percent))
			snprintf(out, cap, "%.30s %.30s is at %lld %%", colorant ? colorant : "",
				 type ? type : "supply", (long long)percent);
		else
			snprintf(out, cap, "%.30s %.30s is %.20s", colorant ? colorant : "",
				 type ? type : "supply", state);
		break;
	}
	if (*out == ' ')
		memmove(out, out + 1, strlen(out));
	if (*out >= 'a' && *out <= 'z')
		*out = (char)(*out - 'a' + 'A');
	cJSON_Delete(list);
}

static enum pl_result add_printers(struct pl_api *api, cJSON *doc, struct attention *a,
				   struct pl_error *err)
{
	int64_t by_status[PL_STATUS_COUNT] = { 0 }, total = 0, low = 0, empty = 0;
	cJSON *printers = cJSON_AddObjectToObject(doc, "printers"), *counts, *supplies;
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	enum pl_result r;

	pl_query_init(
		&q,
		"SELECT d.id, d.make, d.model, d.serial_sealed, s.id, s.name, c.id, c.name, a.no,"
		" a.state, a.last_seen_at, d.attached, d.printer_state, d.asleep, d.supply_state,"
		" d.supply_levels, d.taken_at, coalesce(x.critical, 0), coalesce(x.warning, 0)"
		" FROM devices d JOIN sites s ON s.id=d.site_id JOIN customers c ON "
		"c.id=d.customer_id"
		" LEFT JOIN agents a ON a.no=d.agent_no LEFT JOIN (SELECT device_no,"
		" sum(CASE WHEN severity='critical' THEN 1 ELSE 0 END) AS critical,"
		" sum(CASE WHEN severity='warning' THEN 1 ELSE 0 END) AS warning"
		" FROM alerts WHERE closed_at IS NULL GROUP BY device_no) x ON x.device_no=d.no"
		" WHERE d.merged_into IS NULL");
	pl_api_limit(api, &q, "d.customer_id", "d.site_id");
	r = pl_query_run(&q, api->db, &rows, err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		const char *supply = pl_db_text_at(rows, 14), *agent = pl_db_text_at(rows, 9);
		bool is_low = supply && !strcmp(supply, "low");
		bool is_empty = supply && !strcmp(supply, "empty");
		struct pl_status_facts facts = {
			.attached = pl_db_int_at(rows, 11) != 0,
			.agent = pl_agent_state_now(api->server, pl_db_int_at(rows, 8),
						    !agent || strcmp(agent, "active") != 0,
						    pl_db_int_at(rows, 10), NULL),
			.printer_state = pl_db_text_at(rows, 12),
			.asleep = pl_db_null_at(rows, 13) ? -1 : (int)pl_db_int_at(rows, 13),
			.supply_state = supply,
			.critical = pl_db_int_at(rows, 17),
			.warning = pl_db_int_at(rows, 18),
		};
		char text[128];

		total++;
		by_status[pl_printer_status_of(&facts)]++;
		low += is_low;
		empty += is_empty;
		if (!facts.attached || (!is_low && !is_empty))
			continue;
		describe_supply(pl_db_text_at(rows, 15), text, sizeof text);
		note(a, false, "supply", text, pl_db_int_at(rows, 16),
		     pl_render_printer_ref(api, pl_db_text_at(rows, 6), pl_db_text_at(rows, 0),
					   pl_db_text_at(rows, 1), pl_db_text_at(rows, 2),
					   pl_db_blob_at(rows, 3)),
		     NULL, pl_render_site(rows, 4));
	}
	pl_db_done(rows);
	pl_query_finish(&q);
	pl_json_add_int(printers, "total", total);
	counts = cJSON_AddObjectToObject(printers, "by_status");
	for (int i = 0; i < PL_STATUS_COUNT; i++)
		pl_json_add_int(counts, pl_printer_status_name((enum pl_printer_status)i),
				by_status[i]);
	supplies = cJSON_AddObjectToObject(doc, "supplies");
	pl_json_add_int(supplies, "low", low);
	pl_json_add_int(supplies, "empty", empty);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static enum pl_result add_agents(struct pl_api *api, cJSON *doc, struct attention *a,
				 struct pl_error *err)
{
	int64_t by_state[PL_AGENT_STATE_COUNT] = { 0 }, total = 0;
	cJSON *agents = cJSON_AddObjectToObject(doc, "agents"), *counts;
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	enum pl_result r;

	pl_query_init(
		&q,
		"SELECT a.no, a.id, a.hostname, a.state, a.last_seen_at, s.id, s.name, c.id, c.name"
		" FROM agents a JOIN sites s ON s.id=a.site_id JOIN customers c ON "
		"c.id=a.customer_id"
		" WHERE 1=1");
	pl_api_limit(api, &q, "a.customer_id", "a.site_id");
	r = pl_query_run(&q, api->db, &rows, err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		int64_t seen_ms = 0;
		enum pl_agent_state state =
			pl_agent_state_now(api->server, pl_db_int_at(rows, 0),
					   strcmp(pl_db_text_at(rows, 3), "active") != 0,
					   pl_db_int_at(rows, 4), &seen_ms);

		total++;
		by_state[state]++;
		if (state == PL_AGENT_OFFLINE)
			note(a, false, "agent",
			     "Nothing has been heard of this PC for more than a day", seen_ms, NULL,
			     pl_render_agent_ref(pl_db_text_at(rows, 1), pl_db_text_at(rows, 2),
						 state),
			     pl_render_site(rows, 5));
	}
	pl_db_done(rows);
	pl_query_finish(&q);
	pl_json_add_int(agents, "total", total);
	counts = cJSON_AddObjectToObject(agents, "by_state");
	for (int i = 0; i < PL_AGENT_STATE_COUNT; i++)
		pl_json_add_int(counts, pl_agent_state_name((enum pl_agent_state)i), by_state[i]);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static enum pl_result add_actions(struct pl_api *api, cJSON *doc, struct pl_error *err)
{
	cJSON *actions = cJSON_AddObjectToObject(doc, "actions");
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	enum pl_result r;

	pl_query_init(&q,
		      "SELECT coalesce(sum(CASE WHEN x.state IN ('queued','delivered','running')"
		      " THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN x.state IN"
		      " ('failed','rejected','expired','interrupted') AND x.ended_at > ");
	pl_query_value(&q, pl_db_int(pl_clock_wall_ms() - DAY_MS));
	pl_query_add(&q, " THEN 1 ELSE 0 END), 0) FROM actions x WHERE 1=1");
	pl_api_limit(api, &q, "x.customer_id", "x.site_id");
	r = pl_query_run(&q, api->db, &rows, err);
	if (r == PL_OK)
		r = pl_db_next(rows, err);
	if (r == PL_OK) {
		pl_json_add_int(actions, "open", pl_db_int_at(rows, 0));
		pl_json_add_int(actions, "failed_24h", pl_db_int_at(rows, 1));
	}
	pl_db_done(rows);
	pl_query_finish(&q);
	return r;
}

/* Printers that are not set as they should be. */
static enum pl_result add_drifts(struct pl_api *api, struct attention *a, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	enum pl_result r;

	pl_query_init(&q,
		      "SELECT d.id, d.make, d.model, d.serial_sealed, s.id, s.name, c.id, c.name,"
		      " min(x.opened_at), count(*) FROM drifts x JOIN devices d ON"
		      " d.no=x.device_no JOIN sites s ON s.id=d.site_id JOIN customers c ON"
		      " c.id=d.customer_id WHERE x.closed_at IS NULL AND d.attached=1 AND"
		      " d.merged_into IS NULL");
	pl_api_limit(api, &q, "d.customer_id", "d.site_id");
	pl_query_add(&q, " GROUP BY d.no, d.id, d.make, d.model, d.serial_sealed, s.id, s.name,"
			 " c.id, c.name ORDER BY min(x.opened_at) DESC");
	r = pl_query_run(&q, api->db, &rows, err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		char text[64];
		int64_t n = pl_db_int_at(rows, 9);

		snprintf(text, sizeof text, "%lld setting%s not as wanted", (long long)n,
			 n == 1 ? " is" : "s are");
		note(a, false, "drift", text, pl_db_int_at(rows, 8),
		     pl_render_printer_ref(api, pl_db_text_at(rows, 6), pl_db_text_at(rows, 0),
					   pl_db_text_at(rows, 1), pl_db_text_at(rows, 2),
					   pl_db_blob_at(rows, 3)),
		     NULL, pl_render_site(rows, 4));
	}
	pl_db_done(rows);
	pl_query_finish(&q);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

/* PCs that wait to be let in; who may decide is who administers everything. */
static enum pl_result add_pending(struct pl_api *api, struct attention *a, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	char text[64];
	enum pl_result r;

	if (!pl_api_may(&api->caller, PL_ROLE_ADMIN, "", "") || pl_web_query(api->rq, "customer") ||
	    pl_web_query(api->rq, "site"))
		return PL_OK;
	r = pl_db_one(api->db, &rows,
		      "SELECT count(*), min(asked_at) FROM pending_enrolments WHERE state='waiting'"
		      " AND expires_at > ?1",
		      PL_ARGS(pl_db_int(pl_clock_wall_ms())), err);
	if (r != PL_OK)
		return r;
	if (pl_db_int_at(rows, 0) == 1)
		snprintf(text, sizeof text, "A PC waits to be let in");
	else
		snprintf(text, sizeof text, "%lld PCs wait to be let in",
			 (long long)pl_db_int_at(rows, 0));
	if (pl_db_int_at(rows, 0) > 0)
		note(a, false, "enrolment", text, pl_db_int_at(rows, 1), NULL, NULL, NULL);
	pl_db_done(rows);
	return PL_OK;
}

void pl_api_overview(struct pl_api *api)
{
	struct attention a = { cJSON_CreateArray(), cJSON_CreateArray(), 0 };
	cJSON *doc = cJSON_CreateObject(), *item;
	struct pl_error err = { 0 };
	enum pl_result r = add_alerts(api, doc, &a, &err);

	if (r == PL_OK)
		r = add_printers(api, doc, &a, &err);
	if (r == PL_OK)
		r = add_agents(api, doc, &a, &err);
	if (r == PL_OK)
		r = add_actions(api, doc, &err);
	if (r == PL_OK)
		r = add_drifts(api, &a, &err);
	if (r == PL_OK)
		r = add_pending(api, &a, &err);
	while (cJSON_GetArraySize(a.critical) < MAX_ATTENTION &&
	       (item = cJSON_DetachItemFromArray(a.warning, 0)) != NULL)
		cJSON_AddItemToArray(a.critical, item);
	cJSON_Delete(a.warning);
	cJSON_AddItemToObject(doc, "attention", a.critical);
	pl_json_add_int(doc, "attention_total", a.total);
	pl_api_send(api, doc, r, &err);
}
