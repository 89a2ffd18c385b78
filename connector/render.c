/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words and small objects of answers.
 */
#include "render.h"

#include <stdio.h>
#include <string.h>

#include "platen/clock.h"
#include "platen/json.h"

#define DAY_MS	     86400000
#define MAX_SNAPSHOT (256 * 1024)

static const char *const AGENT_STATES[] = { "online", "late", "offline", "revoked" };
static const char *const STATUSES[] = { "error",  "attention", "processing", "idle",
					"asleep", "unknown",   "offline",    "detached" };

const char *pl_agent_state_name(enum pl_agent_state state)
{
	return AGENT_STATES[state];
}

enum pl_agent_state pl_agent_state_now(struct pl_server *server, int64_t agent_no, bool revoked,
				       int64_t stored_ms, int64_t *ret_seen_ms)
{
	struct pl_roster_agent *agent = pl_roster_find_no(server->roster, agent_no);
	int64_t seen = stored_ms, now = pl_clock_wall_ms();
	bool polling = agent && pl_roster_is_waiting(server->roster, agent);

	if (agent && agent->seen_ms > seen)
		seen = agent->seen_ms;
	if (ret_seen_ms)
		*ret_seen_ms = seen;
	if (revoked)
		return PL_AGENT_REVOKED;
	if (polling || now - seen < 3 * (int64_t)server->report_interval_s * 1000)
		return PL_AGENT_ONLINE;
	return now - seen < DAY_MS ? PL_AGENT_LATE : PL_AGENT_OFFLINE;
}

const char *pl_printer_status_name(enum pl_printer_status status)
{
	return STATUSES[status];
}

static bool is(const char *text, const char *word)
{
	return text && !strcmp(text, word);
}

enum pl_printer_status pl_printer_status_of(const struct pl_status_facts *f)
{
	if (!f->attached)
		return PL_STATUS_DETACHED;
	if (f->agent != PL_AGENT_ONLINE)
		return PL_STATUS_OFFLINE;
	if (is(f->printer_state, "stopped") || f->critical > 0)
		return PL_STATUS_ERROR;
	if (f->warning > 0 || is(f->supply_state, "low") || is(f->supply_state, "empty"))
		return PL_STATUS_ATTENTION;
	if (is(f->printer_state, "processing"))
		return PL_STATUS_PROCESSING;
	if (f->asleep == 1)
		return PL_STATUS_ASLEEP;
	return is(f->printer_state, "idle") ? PL_STATUS_IDLE : PL_STATUS_UNKNOWN;
}

void pl_render_time(cJSON *object, const char *name, int64_t ms)
{
	char text[PL_MAX_TIME_TEXT];

	if (ms > 0)
		pl_clock_text(ms, text);
	pl_json_add_text(object, name, ms > 0 ? text : NULL);
}

void pl_render_json(cJSON *object, const char *name, const char *text, bool list)
{
	cJSON *value = text ? cJSON_Parse(text) : NULL;

	if (!value)
		value = list ? cJSON_CreateArray() : cJSON_CreateNull();
	cJSON_AddItemToObject(object, name, value);
}

cJSON *pl_render_grants(const struct pl_grant *grants, size_t count)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < count; i++) {
		cJSON *grant = cJSON_CreateObject();

		cJSON_AddStringToObject(grant, "role", pl_role_name(grants[i].role));
		pl_json_add_text(grant, "customer_id", grants[i].customer_id);
		pl_json_add_text(grant, "site_id", grants[i].site_id);
		cJSON_AddItemToArray(list, grant);
	}
	return list;
}

cJSON *pl_render_site(struct pl_db_rows *rows, int column)
{
	static const char *const NAMES[] = { "id", "name", "customer_id", "customer_name" };
	cJSON *site = cJSON_CreateObject();

	for (int i = 0; i < 4; i++) {
		const char *text = pl_db_text_at(rows, column + i);

		cJSON_AddStringToObject(site, NAMES[i], text ? text : "");
	}
	return site;
}

cJSON *pl_render_agent_ref(const char *id, const char *hostname, enum pl_agent_state state)
{
	cJSON *agent = cJSON_CreateObject();

	cJSON_AddStringToObject(agent, "id", id ? id : "");
	pl_json_add_text(agent, "name", hostname);
	cJSON_AddStringToObject(agent, "state", pl_agent_state_name(state));
	return agent;
}

void pl_render_serial(struct pl_api *api, const char *customer_id, struct pl_span sealed, char *out,
		      size_t cap)
{
	struct pl_bytes text;

	*out = '\0';
	if (sealed.size == 0)
		return;
	pl_bytes_init(&text, 1024);
	if (pl_keyring_unwrap(api->server->ring, api->db, customer_id, "serial", sealed, &text,
			      NULL) == PL_OK)
		snprintf(out, cap, "%s", (const char *)text.at);
	pl_bytes_finish(&text);
}

enum pl_result pl_render_open_snapshot(struct pl_api *api, const char *customer_id,
				       struct pl_span sealed, cJSON **ret_snapshot,
				       struct pl_error *err)
{
	struct pl_bytes text;
	enum pl_result r;

	if (sealed.size == 0)
		return PL_OK;
	pl_bytes_init(&text, MAX_SNAPSHOT);
	r = pl_keyring_unwrap(api->server->ring, api->db, customer_id, "snapshot", sealed, &text,
			      err);
	if (r == PL_OK)
		r = pl_json_parse(pl_bytes_span(&text), ret_snapshot, err);
	pl_bytes_finish(&text);
	return r;
}

cJSON *pl_render_printer_ref(struct pl_api *api, const char *customer_id, const char *id,
			     const char *make, const char *model, struct pl_span serial_sealed)
{
	cJSON *printer = cJSON_CreateObject();
	char serial[256];

	pl_render_serial(api, customer_id, serial_sealed, serial, sizeof serial);
	cJSON_AddStringToObject(printer, "id", id);
	pl_json_add_text(printer, "make", make);
	pl_json_add_text(printer, "model", model);
	pl_json_add_text(printer, "serial_number", serial);
	return printer;
}
