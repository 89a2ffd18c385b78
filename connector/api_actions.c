/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /actions, GET /actions/{id}, POST /actions/{id}/cancel: how actions stand.
 */
#include <stdio.h>
#include <string.h>

#include "action_rows.h"
#include "action_store.h"
#include "api_calls.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "render.h"

#define SELECT                                                                                     \
	"SELECT x.no, x.id, x.type, x.parameters, x.state, x.message, x.percent, x.created_by,"    \
	" x.created_at, x.not_after, x.ended_at, x.result, x.cancel_at, d.id, d.make, d.model,"    \
	" d.serial_sealed, s.id, s.name, c.id, c.name, a.no, a.id, a.hostname, a.state, "          \
	"a.last_seen_at"
#define FROM                                                                                       \
	" FROM actions x JOIN agents a ON a.no=x.agent_no JOIN sites s ON s.id=x.site_id"          \
	" JOIN customers c ON c.id=x.customer_id LEFT JOIN devices d ON d.no=x.device_no WHERE "   \
	"1=1"

static enum pl_result add_history(struct pl_api *api, int64_t action_no, cJSON *list,
				  struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(api->db, &rows,
			"SELECT state, at, message FROM action_history WHERE action_no=?1 ORDER BY "
			"no LIMIT 100",
			PL_ARGS(pl_db_int(action_no)), err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		cJSON *step = cJSON_CreateObject();

		cJSON_AddStringToObject(step, "state", pl_db_text_at(rows, 0));
		pl_render_time(step, "at", pl_db_int_at(rows, 1));
		pl_json_add_text(step, "message", pl_db_text_at(rows, 2));
		cJSON_AddItemToArray(list, step);
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static cJSON *agent_of(struct pl_api *api, struct pl_db_rows *rows)
{
	enum pl_agent_state state = pl_agent_state_now(
		api->server, pl_db_int_at(rows, 21), strcmp(pl_db_text_at(rows, 24), "active") != 0,
		pl_db_int_at(rows, 25), NULL);

	return pl_render_agent_ref(pl_db_text_at(rows, 22), pl_db_text_at(rows, 23), state);
}

static enum pl_result action_of(struct pl_api *api, struct pl_db_rows *rows, cJSON **ret_action,
				struct pl_error *err)
{
	cJSON *doc = cJSON_CreateObject();
	enum pl_action_state state = pl_action_state_of(pl_db_text_at(rows, 4));
	enum pl_result r;

	cJSON_AddStringToObject(doc, "id", pl_db_text_at(rows, 1));
	cJSON_AddStringToObject(doc, "type", pl_db_text_at(rows, 2));
	pl_render_json(doc, "parameters", pl_db_text_at(rows, 3), false);
	cJSON_AddStringToObject(doc, "state", pl_action_state_name(state));
	pl_json_add_text(doc, "message", pl_db_text_at(rows, 5));
	if (pl_db_null_at(rows, 6))
		cJSON_AddNullToObject(doc, "progress_percent");
	else
		pl_json_add_int(doc, "progress_percent", pl_db_int_at(rows, 6));
	if (pl_db_null_at(rows, 13))
		cJSON_AddNullToObject(doc, "printer");
	else
		cJSON_AddItemToObject(
			doc, "printer",
			pl_render_printer_ref(api, pl_db_text_at(rows, 19), pl_db_text_at(rows, 13),
					      pl_db_text_at(rows, 14), pl_db_text_at(rows, 15),
					      pl_db_blob_at(rows, 16)));
	cJSON_AddItemToObject(doc, "agent", agent_of(api, rows));
	cJSON_AddItemToObject(doc, "site", pl_render_site(rows, 17));
	cJSON_AddStringToObject(doc, "created_by", pl_db_text_at(rows, 7));
	pl_render_time(doc, "created_at", pl_db_int_at(rows, 8));
	pl_render_time(doc, "expires_at", pl_db_int_at(rows, 9));
	pl_render_time(doc, "ended_at", pl_db_int_at(rows, 10));
	pl_render_json(doc, "result", pl_db_text_at(rows, 11), false);
	cJSON_AddBoolToObject(doc, "cancellable",
			      !pl_action_is_final(state) && pl_db_null_at(rows, 12));
	r = add_history(api, pl_db_int_at(rows, 0), cJSON_AddArrayToObject(doc, "history"), err);
	if (r == PL_OK)
		*ret_action = doc;
	else
		cJSON_Delete(doc);
	return r;
}

enum pl_result pl_action_render(struct pl_api *api, const char *id, cJSON **ret_action,
				struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_one(api->db, &rows, SELECT FROM " AND x.id=?1 AND c.active=1",
		      PL_ARGS(pl_db_text(id)), err);
	if (r != PL_OK)
		return r;
	if (pl_api_may(&api->caller, PL_ROLE_VIEWER, pl_db_text_at(rows, 19),
		       pl_db_text_at(rows, 17)))
		r = action_of(api, rows, ret_action, err);
	else
		r = PL_E_NOT_FOUND;
	pl_db_done(rows);
	return r;
}

void pl_api_action(struct pl_api *api)
{
	struct pl_error err = { 0 };
	cJSON *doc = NULL;
	enum pl_result r = pl_action_render(api, api->rq->part[0], &doc, &err);

	if (r == PL_OK)
		pl_web_json(api->rq, 200, doc);
	else if (r == PL_E_NOT_FOUND)
		pl_api_not_found(api, "action");
	else
		pl_api_failed(api, r, &err);
}

/* `state`: words of the action states; `open` stands for three of them. */
static void add_states(struct pl_query *q, const char *list)
{
	bool open = list && *list && pl_api_list_has(list, "open"), first = true;

	if (!list || !*list)
		return;
	pl_query_add(q, " AND x.state IN (");
	for (int i = 0; i < PL_ACTION_STATE_COUNT; i++) {
		const char *name = pl_action_state_name((enum pl_action_state)i);

		if (!pl_api_list_has(list, name) && !(open && i < PL_ACTION_DONE))
			continue;
		if (!first)
			pl_query_add(q, ",");
		pl_query_value(q, pl_db_text(name));
		first = false;
	}
	pl_query_add(q, first ? "'')" : ")");
}

static void add_conditions(struct pl_api *api, struct pl_query *q)
{
	const char *printer = pl_web_query(api->rq, "printer");
	const char *agent = pl_web_query(api->rq, "agent");

	pl_api_limit(api, q, "x.customer_id", "x.site_id");
	if (printer)
		pl_query_and(q, "d.id=", pl_db_text(printer));
	if (agent)
		pl_query_and(q, "a.id=", pl_db_text(agent));
	add_states(q, pl_web_query(api->rq, "state"));
}

static enum pl_result count_all(struct pl_api *api, int64_t *ret_total, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	enum pl_result r;

	pl_query_init(&q, "SELECT count(*)" FROM);
	add_conditions(api, &q);
	r = pl_query_run(&q, api->db, &rows, err);
	if (r == PL_OK)
		r = pl_db_next(rows, err);
	if (r == PL_OK)
		*ret_total = pl_db_int_at(rows, 0);
	pl_db_done(rows);
	pl_query_finish(&q);
	return r;
}

static enum pl_result read_page(struct pl_api *api, int64_t before, int limit, cJSON *items,
				int64_t *ret_last, bool *ret_more, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	int n = 0;
	enum pl_result r;

	pl_query_init(&q, SELECT FROM);
	add_conditions(api, &q);
	pl_query_and(&q, "x.no < ", pl_db_int(before));
	pl_query_add(&q, " ORDER BY x.no DESC LIMIT ");
	pl_query_value(&q, pl_db_int(limit + 1));
	r = pl_query_run(&q, api->db, &rows, err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		cJSON *action = NULL;

		if (n++ == limit)
			break;
		r = action_of(api, rows, &action, err);
		if (r == PL_OK)
			cJSON_AddItemToArray(items, action);
		*ret_last = pl_db_int_at(rows, 0);
	}
	pl_db_done(rows);
	pl_query_finish(&q);
	*ret_more = n > limit;
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

void pl_api_actions(struct pl_api *api)
{
	cJSON *items, *doc;
	struct pl_error err = { 0 };
	int64_t total = 0, before, last = 0;
	char next[24];
	bool more = false;
	int limit;
	enum pl_result r;

	if (!pl_api_page_size(api, &limit) || !pl_api_before(api, &before))
		return;
	doc = pl_api_new_page(&items);
	r = count_all(api, &total, &err);
	if (r == PL_OK)
		r = read_page(api, before, limit, items, &last, &more, &err);
	if (r != PL_OK) {
		cJSON_Delete(doc);
		pl_api_failed(api, r, &err);
		return;
	}
	snprintf(next, sizeof next, "%lld", (long long)last);
	pl_json_add_text(doc, "next_cursor", more ? next : NULL);
	pl_json_add_int(doc, "total", total);
	pl_web_json(api->rq, 200, doc);
}

/* A cancellation: a queued action ends at once, one that was fetched is asked to stop. */
struct cancellation {
	const char *id, *by;
	struct pl_action_place place;
};

static enum pl_result cancel(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct cancellation *c = arg;
	struct pl_action_step step = { .state = PL_ACTION_CANCELLED, .percent = -1 };
	struct pl_db_rows *rows = NULL;
	char sentence[128];
	enum pl_action_state state;
	bool is_firmware;
	enum pl_result r;

	r = pl_db_one(db, &rows, "SELECT state, type FROM actions WHERE id=?1",
		      PL_ARGS(pl_db_text(c->id)), err);
	if (r != PL_OK)
		return r;
	state = pl_action_state_of(pl_db_text_at(rows, 0));
	is_firmware = strcmp(pl_db_text_at(rows, 1), "firmware") == 0;
	pl_db_done(rows);
	if (pl_action_is_final(state))
		return pl_error_set(err, PL_E_REFUSED, "It has ended already.");
	if (is_firmware && state == PL_ACTION_RUNNING)
		return pl_error_set(err, PL_E_REFUSED,
				    "The firmware is being written; a printer that is left in the "
				    "middle of it needs help.");
	step.at_ms = pl_clock_wall_ms();
	snprintf(sentence, sizeof sentence, "Withdrawn by %.64s", c->by);
	step.message = sentence;
	if (state == PL_ACTION_QUEUED)
		return pl_action_step(db, 0, c->id, &step, &c->place, err);
	step.state = state; /* asks the agent; changes nothing yet */
	step.message = NULL;
	r = pl_db_run(db, "UPDATE actions SET cancel_at=coalesce(cancel_at, ?2) WHERE id=?1",
		      PL_ARGS(pl_db_text(c->id), pl_db_int(step.at_ms)), err);
	return r == PL_OK ? pl_action_step(db, 0, c->id, &step, &c->place, err) : r;
}

void pl_api_cancel_action(struct pl_api *api)
{
	struct cancellation c = { .id = api->rq->part[0], .by = api->caller.name };
	struct pl_error err = { 0 };
	const char *customer, *site, *agent_id;
	struct pl_roster_agent *agent;
	cJSON *doc = NULL;
	enum pl_result r = pl_action_render(api, c.id, &doc, &err);

	customer = r == PL_OK ? pl_json_text(doc, "site.customer_id") : "";
	site = r == PL_OK ? pl_json_text(doc, "site.id") : "";
	if (r == PL_OK && !pl_api_may(&api->caller, PL_ROLE_OPERATOR, customer, site)) {
		pl_api_forbidden(api, PL_ROLE_OPERATOR);
		cJSON_Delete(doc);
		return;
	}
	if (r == PL_OK) {
		snprintf(api->customer_id, sizeof api->customer_id, "%s", customer);
		snprintf(api->subject, sizeof api->subject, "%s", c.id);
		r = pl_store_write(api->server->store, cancel, &c, &err);
	}
	if (r == PL_OK) {
		agent_id = pl_json_text(doc, "agent.id");
		agent = pl_roster_find(api->server->roster, agent_id);
		if (agent)
			pl_roster_wake(api->server->roster, agent);
		pl_events_post(api->server->events, customer, site, "action.changed", c.id,
			       *c.place.device_id ? c.place.device_id : NULL, agent_id,
			       pl_action_state_name(c.place.state));
		cJSON_Delete(doc);
		doc = NULL;
		r = pl_action_render(api, c.id, &doc, &err);
	}
	if (r == PL_OK) {
		pl_web_json(api->rq, 200, doc);
		return;
	}
	cJSON_Delete(doc);
	if (r == PL_E_NOT_FOUND)
		pl_api_not_found(api, "action");
	else if (r == PL_E_REFUSED)
		pl_web_error(api->rq, 409, "too_late", "%s", err.text);
	else
		pl_api_failed(api, r, &err);
}

enum pl_result pl_action_withdraw(struct pl_server *server, const char *id, const char *agent_id,
				  const char *by, struct pl_error *err)
{
	struct cancellation c = { .id = id, .by = by };
	struct pl_roster_agent *agent = pl_roster_find(server->roster, agent_id);
	enum pl_result r = pl_store_write(server->store, cancel, &c, err);

	if (r == PL_OK && agent)
		pl_roster_wake(server->roster, agent);
	return r == PL_E_REFUSED || r == PL_E_NOT_FOUND ? PL_OK : r;
}
