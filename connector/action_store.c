/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of an action in the store. The payload names who, what and until when; its exact bytes
 * are signed once, here.
 */
#include "action_store.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "platen/clock.h"
#include "platen/json.h"
#include "platen/random.h"

#define MAX_PAYLOAD  (32 * 1024)
#define EXPIRE_BATCH 200

static const char *const STATES[PL_ACTION_STATE_COUNT] = {
	"queued",   "delivered", "running",   "done",	     "failed",
	"rejected", "expired",	 "cancelled", "interrupted",
};

const char *pl_action_state_name(enum pl_action_state state)
{
	return state < PL_ACTION_STATE_COUNT ? STATES[state] : "unknown";
}

enum pl_action_state pl_action_state_of(const char *name)
{
	for (int i = 0; name && i < PL_ACTION_STATE_COUNT; i++)
		if (!strcmp(STATES[i], name))
			return (enum pl_action_state)i;
	return PL_ACTION_STATE_COUNT;
}

static enum pl_result write_payload(const struct pl_action_order *o, struct pl_bytes *out)
{
	cJSON *doc = cJSON_CreateObject(), *parameters;
	char until[PL_MAX_TIME_TEXT];
	enum pl_result r;

	parameters = cJSON_Parse(o->wire_parameters ? o->wire_parameters : o->parameters);
	pl_clock_text(o->not_after_ms, until);
	cJSON_AddStringToObject(doc, "id", o->id);
	cJSON_AddStringToObject(doc, "customer", o->customer_id);
	cJSON_AddStringToObject(doc, "agent", o->agent_id);
	pl_json_add_text(doc, "device", o->device_id);
	pl_json_add_text(doc, "printer_key", o->printer_key);
	cJSON_AddStringToObject(doc, "type", o->type);
	cJSON_AddItemToObject(doc, "parameters", parameters ? parameters : cJSON_CreateObject());
	cJSON_AddStringToObject(doc, "not_after", until);
	cJSON_AddItemToObject(doc, "preconditions", cJSON_CreateObject());
	r = pl_json_print(doc, out);
	cJSON_Delete(doc);
	return r;
}

static enum pl_result add_history(struct pl_db *db, int64_t action_no, const char *state,
				  int64_t at_ms, const char *message, struct pl_error *err)
{
	return pl_db_run(db,
			 "INSERT INTO action_history (customer_id, action_no, state, at, message)"
			 " SELECT customer_id, no, ?2, ?3, ?4 FROM actions WHERE no=?1",
			 PL_ARGS(pl_db_int(action_no), pl_db_text(state), pl_db_int(at_ms),
				 pl_db_text(message)),
			 err);
}

static enum pl_result insert(struct pl_db *db, const struct pl_action_order *o, const char *key_id,
			     struct pl_span sealed, struct pl_span signature, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	int64_t no;
	enum pl_result r;

	r = pl_db_one(db, &rows,
		      "INSERT INTO actions (id, customer_id, site_id, agent_no, device_no, type, "
		      "parameters,"
		      " key_id, payload_sealed, signature, state, created_by, created_at, "
		      "not_after, package) VALUES"
		      " (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,'queued',?11,?12,?13,?14) RETURNING no",
		      PL_ARGS(pl_db_text(o->id), pl_db_text(o->customer_id), pl_db_text(o->site_id),
			      pl_db_int(o->agent_no),
			      o->device_no > 0 ? pl_db_int(o->device_no) : pl_db_null(),
			      pl_db_text(o->type), pl_db_text(o->parameters), pl_db_text(key_id),
			      pl_db_blob(sealed.at, sealed.size),
			      pl_db_blob(signature.at, signature.size), pl_db_text(o->created_by),
			      pl_db_int(o->now_ms), pl_db_int(o->not_after_ms),
			      pl_db_text(o->package)),
		      err);
	if (r != PL_OK)
		return r;
	no = pl_db_int_at(rows, 0);
	pl_db_done(rows);
	return add_history(db, no, "queued", o->now_ms, NULL, err);
}

enum pl_result pl_action_create(struct pl_db *db, struct pl_action_order *order,
				struct pl_error *err)
{
	struct pl_signer *signer = order->identity->signer;
	struct pl_bytes payload, signature, sealed;
	char key_id[PL_KEY_ID_TEXT];
	enum pl_result r;

	pl_bytes_init(&payload, MAX_PAYLOAD);
	pl_bytes_init(&signature, 256);
	pl_bytes_init(&sealed, MAX_PAYLOAD + 64);
	if (!*order->id)
		pl_random_uuid(order->id);
	r = write_payload(order, &payload);
	if (r != PL_OK) {
		r = pl_error_set(err, r, "the action's parameters are too long");
		goto out;
	}
	r = pl_signer_refresh(signer, db, order->ring, err);
	if (r == PL_OK)
		r = pl_signer_sign(signer, payload.at, payload.size, &signature, key_id, err);
	if (r == PL_OK)
		r = pl_keyring_wrap(order->ring, db, order->customer_id, "action", payload.at,
				    payload.size, &sealed, err);
	if (r == PL_OK)
		r = insert(db, order, key_id, pl_bytes_span(&sealed), pl_bytes_span(&signature),
			   err);
out:
	pl_bytes_finish(&sealed);
	pl_bytes_finish(&signature);
	pl_bytes_finish(&payload);
	return r;
}

static enum pl_result find(struct pl_db *db, int64_t agent_no, const char *id,
			   struct pl_action_place *ret_place, bool *ret_has_result,
			   struct pl_error *err)
{
	struct pl_action_place p = { 0 };
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_one(db, &rows,
		      "SELECT a.no, a.state, a.device_no, d.id, a.site_id, a.cancel_at, a.result"
		      " FROM actions a LEFT JOIN devices d ON d.no=a.device_no"
		      " WHERE a.id=?1 AND (a.agent_no=?2 OR ?2=0)",
		      PL_ARGS(pl_db_text(id), pl_db_int(agent_no)), err);
	if (r != PL_OK)
		return r;
	p.no = pl_db_int_at(rows, 0);
	p.state = pl_action_state_of(pl_db_text_at(rows, 1));
	p.device_no = pl_db_int_at(rows, 2);
	pl_db_copy_at(rows, 3, p.device_id, sizeof p.device_id);
	pl_db_copy_at(rows, 4, p.site_id, sizeof p.site_id);
	p.cancel = !pl_db_null_at(rows, 5);
	*ret_has_result = !pl_db_null_at(rows, 6);
	pl_db_done(rows);
	*ret_place = p;
	return PL_OK;
}

static enum pl_result move(struct pl_db *db, const struct pl_action_step *step,
			   struct pl_action_place *place, struct pl_error *err)
{
	const char *state = pl_action_state_name(step->state);
	bool is_new = step->state != place->state;
	enum pl_result r;

	r = pl_db_run(
		db,
		"UPDATE actions SET state=?2, percent=coalesce(?3, percent), message=coalesce(?4, "
		"message),"
		" result=coalesce(?5, result), ended_at=?6 WHERE no=?1",
		PL_ARGS(pl_db_int(place->no), pl_db_text(state),
			step->percent >= 0 ? pl_db_int(step->percent) : pl_db_null(),
			pl_db_text(step->message), pl_db_text(step->result),
			pl_action_is_final(step->state) ? pl_db_int(step->at_ms) : pl_db_null()),
		err);
	if (r == PL_OK && is_new)
		r = add_history(db, place->no, state, step->at_ms, step->message, err);
	if (r == PL_OK)
		place->state = step->state;
	return r;
}

enum pl_result pl_action_step(struct pl_db *db, int64_t agent_no, const char *id,
			      const struct pl_action_step *step, struct pl_action_place *ret_place,
			      struct pl_error *err)
{
	struct pl_action_place place;
	bool has_result = false;
	enum pl_result r = find(db, agent_no, id, &place, &has_result, err);

	if (r != PL_OK)
		return r;
	if (!pl_action_is_final(place.state) && step->state >= place.state)
		r = move(db, step, &place, err);
	else if (step->by_record && step->state == place.state && !has_result)
		r = pl_db_run(
			db,
			"UPDATE actions SET result=?2, message=coalesce(?3, message) WHERE no=?1",
			PL_ARGS(pl_db_int(place.no), pl_db_text(step->result),
				pl_db_text(step->message)),
			err);
	if (r == PL_OK)
		*ret_place = place;
	return r;
}

enum pl_result pl_action_expire(struct pl_db *db, int64_t now_ms,
				void (*each)(void *arg, const char *id, const char *customer_id,
					     int64_t agent_no, const struct pl_action_place *place),
				void *arg, struct pl_error *err)
{
	static const struct pl_action_step EXPIRED = {
		.state = PL_ACTION_EXPIRED,
		.percent = -1,
		.message = "The PC did not fetch it in time",
	};
	struct pl_action_step step = EXPIRED;
	struct {
		char id[PL_MAX_ID], customer_id[PL_MAX_ID];
		int64_t agent_no;
	} due[EXPIRE_BATCH];
	struct pl_db_rows *rows = NULL;
	struct pl_action_place place;
	int n = 0;
	enum pl_result r;

	step.at_ms = now_ms;
	r = pl_db_query(db, &rows,
			"SELECT id, customer_id, agent_no FROM actions WHERE state='queued' AND "
			"not_after < ?1"
			" LIMIT 200",
			PL_ARGS(pl_db_int(now_ms)), err);
	if (r != PL_OK)
		return r;
	while (n < EXPIRE_BATCH && (r = pl_db_next(rows, err)) == PL_OK) {
		pl_db_copy_at(rows, 0, due[n].id, PL_MAX_ID);
		pl_db_copy_at(rows, 1, due[n].customer_id, PL_MAX_ID);
		due[n++].agent_no = pl_db_int_at(rows, 2);
	}
	pl_db_done(rows);
	if (r == PL_E_NOT_FOUND)
		r = PL_OK;
	for (int i = 0; i < n && r == PL_OK; i++) {
		r = pl_action_step(db, 0, due[i].id, &step, &place, err);
		if (r == PL_OK)
			each(arg, due[i].id, due[i].customer_id, due[i].agent_no, &place);
	}
	return r;
}
