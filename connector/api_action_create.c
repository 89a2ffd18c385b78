/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST /printers/{id}/actions and POST /agents/{id}/actions: checks that it may be asked for, signs
 * it, queues it, wakes the agent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action_kinds.h"
#include "action_rows.h"
#include "action_store.h"
#include "api_calls.h"
#include "package_store.h"
#include "platen/box.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/json.h"
#include "platen/seal.h"
#include "render.h"

#define USUAL_LIFE_S	    3600
#define MAX_PARAMETERS	    4096
#define MAX_WIRE_PARAMETERS (16 * 1024)
#define MAX_PRINTERS	    64 /* of one PC */

/* What is asked for, and of whom. */
struct order {
	struct pl_action_order action;
	char customer_id[PL_MAX_ID], site_id[PL_MAX_ID], agent_id[PL_MAX_ID], device_id[PL_MAX_ID];
	char printer_key[PL_MAX_ID * 2];
	struct pl_bytes parameters, wire_parameters; /* the latter empty where they are the same */
	char box_key[PL_BOX_PUBLIC_TEXT]; /* what the PC said its secrets are closed with; "" */
	const char *type;
	cJSON *capabilities;
};

static bool read_request(struct pl_api *api, struct order *o)
{
	static const char *const MEMBERS[] = { "type", "parameters", "expires_in_s", NULL };
	const cJSON *parameters = pl_json_at(api->body, "parameters");
	const cJSON *life = pl_json_at(api->body, "expires_in_s");
	const struct pl_action_kind *kind;
	int64_t life_s = USUAL_LIFE_S;
	char why[200];

	if (!api->body) {
		pl_web_error(api->rq, 400, "bad_request", "The body must be a JSON object.");
		return false;
	}
	o->type = pl_json_text(api->body, "type");
	kind = pl_action_kind(o->type);
	if (!pl_api_only(api, MEMBERS))
		return false;
	if (!pl_action_is_type(o->type)) {
		pl_api_wrong_field(api, "type", "type must be a type of action.");
		return false;
	}
	if (life && !pl_json_int(api->body, "expires_in_s", 10, 604800, &life_s)) {
		pl_api_wrong_field(api, "expires_in_s",
				   "expires_in_s must be a number from 10 to 604800.");
		return false;
	}
	if ((parameters && !cJSON_IsObject(parameters)) ||
	    (parameters ? pl_json_print(parameters, &o->parameters)
			: pl_bytes_add_text(&o->parameters, "{}")) != PL_OK) {
		pl_api_wrong_field(api, "parameters", "parameters must be a short object.");
		return false;
	}
	o->action.now_ms = pl_clock_wall_ms();
	o->action.not_after_ms = o->action.now_ms + life_s * 1000;
	if (kind && !pl_action_check(kind, parameters, why, sizeof why)) {
		pl_api_wrong_field(api, "parameters", "%s", why);
		return false;
	}
	return true; /* a type without a row is refused as not offered */
}

static enum pl_result open_key(struct pl_api *api, struct order *o, struct pl_span sealed,
			       struct pl_error *err)
{
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, sizeof o->printer_key - 1);
	r = pl_keyring_unwrap(api->server->ring, api->db, o->customer_id, "printer_key", sealed,
			      &text, err);
	if (r == PL_OK)
		snprintf(o->printer_key, sizeof o->printer_key, "%s", (const char *)text.at);
	pl_bytes_finish(&text);
	return r;
}

static void read_box_key(struct order *o, const char *hello)
{
	cJSON *doc = hello ? cJSON_Parse(hello) : NULL;

	(void)pl_json_copy(doc, "box_key", o->box_key, sizeof o->box_key);
	cJSON_Delete(doc);
}

static void read_agent(struct order *o, struct pl_db_rows *rows, struct pl_action_facts *ret_facts)
{
	o->action.agent_no = pl_db_int_at(rows, 0);
	pl_db_copy_at(rows, 1, o->agent_id, sizeof o->agent_id);
	pl_db_copy_at(rows, 2, o->customer_id, sizeof o->customer_id);
	pl_db_copy_at(rows, 3, o->site_id, sizeof o->site_id);
	read_box_key(o, pl_db_text_at(rows, 5));
	*ret_facts =
		(struct pl_action_facts){ .removed = strcmp(pl_db_text_at(rows, 4), "active") != 0,
					  .hello = pl_db_text_at(rows, 5) };
}

static enum pl_result find_printer(struct pl_api *api, struct order *o, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_action_facts facts;
	cJSON *snapshot = NULL;
	enum pl_result r;

	r = pl_db_one(api->db, &rows,
		      "SELECT a.no, a.id, d.customer_id, d.site_id, a.state, a.hello, d.no,"
		      " d.attached, k.key_sealed, d.sealed FROM devices d"
		      " JOIN agents a ON a.no=d.agent_no"
		      " JOIN customers c ON c.id=d.customer_id AND c.active=1"
		      " LEFT JOIN device_keys k ON k.agent_no=d.agent_no AND"
		      " k.key_index=d.key_index WHERE d.id=?1 AND d.merged_into IS NULL",
		      PL_ARGS(pl_db_text(api->rq->part[0])), err);
	if (r != PL_OK)
		return r;
	read_agent(o, rows, &facts);
	o->action.device_no = pl_db_int_at(rows, 6);
	snprintf(o->device_id, sizeof o->device_id, "%s", api->rq->part[0]);
	r = open_key(api, o, pl_db_blob_at(rows, 8), err);
	if (r == PL_OK)
		r = pl_render_open_snapshot(api, o->customer_id, pl_db_blob_at(rows, 9), &snapshot,
					    err);
	facts.printer = true;
	facts.attached = pl_db_int_at(rows, 7) != 0;
	facts.access = pl_json_at(snapshot, "access");
	o->capabilities = pl_action_capabilities(&facts);
	cJSON_Delete(snapshot);
	pl_db_done(rows);
	return r;
}

static enum pl_result find_agent(struct pl_api *api, struct order *o, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_action_facts facts;
	enum pl_result r;

	r = pl_db_one(api->db, &rows,
		      "SELECT a.no, a.id, a.customer_id, a.site_id, a.state, a.hello FROM agents a"
		      " JOIN customers c ON c.id=a.customer_id AND c.active=1 WHERE a.id=?1",
		      PL_ARGS(pl_db_text(api->rq->part[0])), err);
	if (r != PL_OK)
		return r;
	read_agent(o, rows, &facts);
	o->capabilities = pl_action_capabilities(&facts);
	pl_db_done(rows);
	return PL_OK;
}

/* Is it allowed, and is it offered? */
static bool check_order(struct pl_api *api, struct order *o, const char *what)
{
	const cJSON *capability;
	const char *reason;

	if (!pl_api_may(&api->caller, PL_ROLE_VIEWER, o->customer_id, o->site_id)) {
		pl_api_not_found(api, what);
		return false;
	}
	if (!pl_api_may(&api->caller, PL_ROLE_OPERATOR, o->customer_id, o->site_id)) {
		pl_api_forbidden(api, PL_ROLE_OPERATOR);
		return false;
	}
	capability = pl_json_at(pl_json_at(o->capabilities, "actions"), o->type);
	reason = pl_json_text(capability, "reason");
	if (capability && !reason)
		return true;
	pl_web_error(api->rq, 409, "not_offered", "%s",
		     reason ? reason : "It is not offered for this.");
	return false;
}

/* Firmware travels with its package's manifest and signature, for the PC to judge. */
static bool add_manifest(struct pl_api *api, struct order *o)
{
	struct pl_error err = { 0 };
	bool force = false;
	enum pl_result r;

	if (strcmp(o->type, "firmware") != 0)
		return true;
	(void)pl_json_bool(api->body, "parameters.force", &force);
	r = pl_package_parameters(api->db, pl_json_text(api->body, "parameters.package"), force,
				  &o->wire_parameters, &err);
	if (r == PL_E_NOT_FOUND)
		pl_web_error(api->rq, 409, "unknown_package",
			     "The connector has no such package; add it with platen-connector "
			     "package add.");
	else if (r != PL_OK)
		pl_api_failed(api, r, &err);
	return r == PL_OK;
}

/* The password as only this PC can read it, for this printer alone. */
static enum pl_result close_password(const struct order *o, const char *password,
				     struct pl_bytes *text)
{
	struct pl_bytes box;
	char place[PL_MAX_ID * 2 + 32];
	enum pl_result r;

	pl_bytes_init(&box, PL_MAX_BOX);
	snprintf(place, sizeof place, "printer password/%s", o->printer_key);
	r = pl_box_close(o->box_key, pl_span_of(place), pl_span_of(password), &box);
	if (r == PL_OK)
		r = pl_base64_write(PL_BASE64, box.at, box.size, text);
	pl_bytes_finish(&box);
	return r;
}

/* A printer's password is closed for its PC before anything of it is kept, shown or logged. */
static bool hide_password(struct pl_api *api, struct order *o)
{
	cJSON *parameters = cJSON_GetObjectItemCaseSensitive(api->body, "parameters");
	cJSON *password = cJSON_GetObjectItemCaseSensitive(parameters, "password");
	struct pl_bytes text;
	cJSON *shown;
	enum pl_result r;

	if (strcmp(o->type, "configure") != 0 || !password)
		return true;
	pl_bytes_init(&text, PL_MAX_BOX * 2);
	r = close_password(o, password->valuestring, &text);
	pl_wipe(password->valuestring, strlen(password->valuestring));
	pl_bytes_wipe(&o->parameters);
	pl_bytes_init(&o->parameters, MAX_PARAMETERS);
	shown = cJSON_Duplicate(parameters, true);
	cJSON_DeleteItemFromObjectCaseSensitive(shown, "password");
	if (r == PL_OK)
		r = pl_json_print(shown, &o->parameters);
	cJSON_AddStringToObject(shown, "password", (const char *)text.at);
	if (r == PL_OK)
		r = pl_json_print(shown, &o->wire_parameters);
	cJSON_Delete(shown);
	pl_bytes_finish(&text);
	if (r != PL_OK)
		pl_web_error(api->rq, 409, "not_offered",
			     "The agent on the PC is too old to be given a password; update it.");
	return r == PL_OK;
}

/* What one call orders: one action, or the same for each printer of a PC. */
struct batch {
	struct pl_action_order orders[MAX_PRINTERS];
	char device_ids[MAX_PRINTERS][PL_MAX_ID];
	char keys[MAX_PRINTERS][PL_MAX_ID * 2];
	size_t count;
};

static void add_order(struct pl_api *api, struct batch *b, const struct order *o, int64_t device_no,
		      const char *device_id, const char *key)
{
	struct pl_action_order *a = &b->orders[b->count];

	*a = o->action;
	snprintf(b->device_ids[b->count], PL_MAX_ID, "%s", device_id);
	snprintf(b->keys[b->count], sizeof b->keys[0], "%s", key);
	a->identity = &api->server->identity;
	a->ring = api->server->ring;
	a->customer_id = o->customer_id;
	a->site_id = o->site_id;
	a->agent_id = o->agent_id;
	a->device_no = device_no;
	a->device_id = *device_id ? b->device_ids[b->count] : NULL;
	a->printer_key = *key ? b->keys[b->count] : NULL;
	a->type = o->type;
	a->parameters = (const char *)o->parameters.at;
	a->wire_parameters = o->wire_parameters.size ? (const char *)o->wire_parameters.at : NULL;
	a->package = pl_json_text(api->body, "parameters.package");
	a->created_by = api->caller.name;
	b->count++;
}

/* A printer's order for each printer that is plugged into the PC. */
static enum pl_result add_printers(struct pl_api *api, struct batch *b, struct order *o,
				   struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(api->db, &rows,
			"SELECT d.no, d.id, k.key_sealed FROM devices d JOIN device_keys k"
			" ON k.agent_no=d.agent_no AND k.key_index=d.key_index WHERE d.agent_no=?1"
			" AND d.customer_id=?2 AND d.attached=1 AND d.merged_into IS NULL"
			" ORDER BY d.no",
			PL_ARGS(pl_db_int(o->action.agent_no), pl_db_text(o->customer_id)), err);
	while (r == PL_OK && b->count < MAX_PRINTERS && (r = pl_db_next(rows, err)) == PL_OK) {
		r = open_key(api, o, pl_db_blob_at(rows, 2), err);
		if (r == PL_OK)
			add_order(api, b, o, pl_db_int_at(rows, 0), pl_db_text_at(rows, 1),
				  o->printer_key);
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

/* Reading all printers of a PC is an action of each of them. One that has none is asked itself. */
static enum pl_result plan(struct pl_api *api, struct batch *b, struct order *o,
			   struct pl_error *err)
{
	enum pl_result r = PL_OK;

	if (!*o->device_id && !strcmp(o->type, "probe_now"))
		r = add_printers(api, b, o, err);
	if (r == PL_OK && b->count == 0)
		add_order(api, b, o, o->action.device_no, o->device_id, o->printer_key);
	return r;
}

static enum pl_result store(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct batch *b = arg;
	enum pl_result r = PL_OK;

	for (size_t i = 0; i < b->count && r == PL_OK; i++)
		r = pl_action_create(db, &b->orders[i], err);
	return r;
}

static void tell(struct pl_api *api, const struct batch *b, const struct order *o)
{
	struct pl_server *server = api->server;
	struct pl_roster_agent *agent = pl_roster_find(server->roster, o->agent_id);

	snprintf(api->subject, sizeof api->subject, "%s %s", o->type, b->orders[0].id);
	snprintf(api->customer_id, sizeof api->customer_id, "%s", o->customer_id);
	if (agent)
		pl_roster_wake(server->roster, agent);
	for (size_t i = 0; i < b->count; i++)
		pl_events_post(server->events, o->customer_id, o->site_id, "action.changed",
			       b->orders[i].id, b->orders[i].device_id, o->agent_id, "queued");
}

static void queue(struct pl_api *api, struct order *o, struct batch *b)
{
	struct pl_error err = { 0 };
	cJSON *doc = NULL, *others;
	enum pl_result r = plan(api, b, o, &err);

	if (r == PL_OK)
		r = pl_store_write(api->server->store, store, b, &err);
	if (r == PL_OK) {
		tell(api, b, o);
		r = pl_action_render(api, b->orders[0].id, &doc, &err);
	}
	if (r != PL_OK) {
		pl_api_failed(api, r, &err);
		return;
	}
	if (b->count > 1) {
		others = cJSON_AddArrayToObject(doc, "others");
		for (size_t i = 1; i < b->count; i++)
			cJSON_AddItemToArray(others, cJSON_CreateString(b->orders[i].id));
	}
	pl_web_json(api->rq, 202, doc);
}

static void create(struct pl_api *api, const char *what,
		   enum pl_result (*find)(struct pl_api *api, struct order *o,
					  struct pl_error *err))
{
	struct order o = { 0 };
	struct batch *b = calloc(1, sizeof *b);
	struct pl_error err = { 0 };
	enum pl_result r;

	pl_bytes_init(&o.parameters, MAX_PARAMETERS);
	pl_bytes_init(&o.wire_parameters, MAX_WIRE_PARAMETERS);
	if (b && read_request(api, &o)) {
		r = find(api, &o, &err);
		if (r == PL_E_NOT_FOUND)
			pl_api_not_found(api, what);
		else if (r != PL_OK)
			pl_api_failed(api, r, &err);
		else if (check_order(api, &o, what) && add_manifest(api, &o) &&
			 hide_password(api, &o))
			queue(api, &o, b);
	} else if (!b) {
		pl_api_failed(api, PL_E_BUSY, &err);
	}
	cJSON_Delete(o.capabilities);
	pl_bytes_finish(&o.wire_parameters);
	pl_bytes_finish(&o.parameters);
	free(b);
}

void pl_api_printer_action(struct pl_api *api)
{
	create(api, "printer", find_printer);
}

void pl_api_agent_action(struct pl_api *api)
{
	create(api, "agent", find_agent);
}

struct pl_action_wish {
	struct order order;
	struct batch batch;
};

struct pl_action_wish *pl_action_wish(struct pl_api *api, const char *type)
{
	struct pl_action_wish *wish = calloc(1, sizeof *wish);
	struct pl_error err = { 0 };
	enum pl_result r;

	if (!wish) {
		pl_api_failed(api, PL_E_BUSY, &err);
		return NULL;
	}
	pl_bytes_init(&wish->order.parameters, MAX_PARAMETERS);
	wish->order.type = type;
	r = find_printer(api, &wish->order, &err);
	if (r == PL_E_NOT_FOUND)
		pl_api_not_found(api, "printer");
	else if (r != PL_OK)
		pl_api_failed(api, r, &err);
	else if (check_order(api, &wish->order, "printer"))
		return wish;
	pl_action_wish_free(wish);
	return NULL;
}

void pl_action_wish_free(struct pl_action_wish *wish)
{
	if (!wish)
		return;
	cJSON_Delete(wish->order.capabilities);
	pl_bytes_finish(&wish->order.parameters);
	free(wish);
}

struct pl_action_whose pl_action_wish_whose(const struct pl_action_wish *wish)
{
	const struct order *o = &wish->order;

	return (struct pl_action_whose){ .customer_id = o->customer_id,
					 .site_id = o->site_id,
					 .agent_id = o->agent_id,
					 .device_id = o->device_id,
					 .agent_no = o->action.agent_no };
}

enum pl_result pl_action_wish_send(struct pl_api *api, struct pl_action_wish *wish, const char *id,
				   const char *parameters, int64_t life_ms, struct pl_error *err)
{
	struct order *o = &wish->order;
	enum pl_result r = pl_bytes_add_text(&o->parameters, parameters);

	if (r != PL_OK)
		return pl_error_set(err, r, "the action's parameters are too long");
	o->action.now_ms = pl_clock_wall_ms();
	o->action.not_after_ms = o->action.now_ms + life_ms;
	snprintf(o->action.id, sizeof o->action.id, "%s", id);
	add_order(api, &wish->batch, o, o->action.device_no, o->device_id, o->printer_key);
	r = pl_store_write(api->server->store, store, &wish->batch, err);
	if (r == PL_OK)
		tell(api, &wish->batch, o);
	return r;
}
