/* SPDX-License-Identifier: Apache-2.0 */
/* Actions: taken in, journalled, handed out, ended. Every change of state is a commit of the
 * journal; the last one brings its record and its audit entry along. */
#include "action.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "action_journal.h"
#include "action_parse.h"
#include "action_post.h"
#include "audit_record.h"
#include "keys.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/json.h"
#include "platen/log.h"

#define MAX_PAYLOAD    (48 * 1024)
#define MAX_SIGNATURE  256
#define PRUNE_AFTER_MS (60LL * 86400 * 1000) /* twice the longest life of an action */

struct pl_actions {
	struct pl_spool *spool;
	struct pl_audit *audit;
	const struct pl_settings *settings;
	struct pl_executor executor;
	struct pl_posts *posts;

	pthread_mutex_t lock; /* of what follows */
	char agent_id[PL_MAX_ID], customer_id[PL_MAX_ID];
	struct pl_command_key keys[PL_MAX_COMMAND_KEYS];
	size_t key_count;
	int64_t clock_offset_ms;
	uint8_t last_forged[PL_HASH_SIZE]; /* logged once, not with every poll */
};

static const char *const STATES[PL_ACTION_STATE_COUNT] = {
	[PL_ACTION_DELIVERED] = "delivered", [PL_ACTION_RUNNING] = "running",
	[PL_ACTION_DONE] = "done",	     [PL_ACTION_FAILED] = "failed",
	[PL_ACTION_REJECTED] = "rejected",   [PL_ACTION_EXPIRED] = "expired",
	[PL_ACTION_CANCELLED] = "cancelled", [PL_ACTION_INTERRUPTED] = "interrupted",
};

const char *pl_action_state_name(enum pl_action_state state)
{
	return STATES[state];
}

/* --- ends --- */

static void add_time(cJSON *body, const char *name, int64_t wall_ms)
{
	char text[PL_MAX_TIME_TEXT];

	pl_clock_text(wall_ms, text);
	pl_json_add_text(body, name, wall_ms > 0 ? text : NULL);
}

static enum pl_result add_result(struct pl_spool *spool, const struct pl_journal_entry *e,
				 const cJSON *result, struct pl_error *err)
{
	cJSON *body = cJSON_CreateObject();
	enum pl_result r;

	if (!body)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	cJSON_AddStringToObject(body, "action_id", e->id);
	cJSON_AddStringToObject(body, "type", e->type);
	cJSON_AddStringToObject(body, "state", STATES[e->state]);
	pl_json_add_text(body, "reason", e->reason);
	add_time(body, "started_at", e->started_ms);
	add_time(body, "finished_at", e->finished_ms);
	cJSON_AddItemToObject(body, "result",
			      result ? cJSON_Duplicate(result, true) : cJSON_CreateNull());
	r = pl_spool_add_locked(spool, "action.result", NULL, body, err);
	cJSON_Delete(body);
	return r;
}

/* Within a transaction: the audit entry and the record of an end. */
static enum pl_result tell_end(struct pl_actions *a, const struct pl_journal_entry *e,
			       const cJSON *result, struct pl_error *err)
{
	char what[128], outcome[PL_MAX_ERROR + 32];
	enum pl_result r;

	snprintf(what, sizeof(what), "action %s %s", e->id, e->type);
	snprintf(outcome, sizeof(outcome), "%s%s%s", STATES[e->state], e->reason[0] ? ": " : "",
		 e->reason);
	r = pl_audit_record_locked(a->spool, a->audit, "connector", what, outcome, err);
	return r == PL_OK ? add_result(a->spool, e, result, err) : r;
}

static enum pl_result end_locked(struct pl_actions *a, struct pl_journal_entry *e,
				 enum pl_action_state state, const char *reason,
				 const cJSON *result, struct pl_error *err)
{
	enum pl_result r;

	e->state = state;
	e->finished_ms = pl_clock_wall_ms();
	snprintf(e->reason, sizeof(e->reason), "%s", reason ? reason : "");
	r = pl_journal_update(a->spool, e, err);
	return r == PL_OK ? tell_end(a, e, result, err) : r;
}

static void log_end(const struct pl_journal_entry *e)
{
	log_info(NULL, "action ended id=%s type=%s state=%s reason=\"%s\"", e->id, e->type,
		 STATES[e->state], e->reason);
}

/* Moves an action on, if it is still in state `from` (-1: in any that is not final). */
static enum pl_result settle(struct pl_actions *a, const char *id, int from,
			     enum pl_action_state to, const char *reason, const cJSON *result,
			     struct pl_error *err)
{
	struct pl_journal_entry e;
	enum pl_result r;

	pl_spool_lock(a->spool);
	r = pl_spool_begin(a->spool, err);
	if (r == PL_OK) {
		r = pl_journal_get(a->spool, id, &e, err);
		if (r == PL_OK &&
		    (pl_action_is_final(e.state) || (from >= 0 && (int)e.state != from)))
			r = pl_error_set(err, PL_E_INVALID, "action %s is %s already", id,
					 STATES[e.state]);
		if (r == PL_OK)
			r = end_locked(a, &e, to, reason, result, err);
		r = pl_spool_end(a->spool, r, err);
	}
	pl_spool_unlock(a->spool);
	if (r == PL_OK) {
		log_end(&e);
		pl_posts_touch(a->posts, id);
		pl_spool_nudge(a->spool);
	}
	return r;
}

enum pl_result pl_actions_end(struct pl_actions *actions, const char *id,
			      enum pl_action_state state, const char *reason,
			      const struct cJSON *result, struct pl_error *err)
{
	if (!pl_action_is_final(state))
		return pl_error_set(err, PL_E_INVALID, "%s is no end", STATES[state]);
	return settle(actions, id, -1, state, reason, result, err);
}

/* --- the executor's side --- */

static int64_t connector_now_ms(struct pl_actions *a)
{
	int64_t offset;

	pthread_mutex_lock(&a->lock);
	offset = a->clock_offset_ms;
	pthread_mutex_unlock(&a->lock);
	return pl_clock_wall_ms() + offset;
}

static enum pl_result begin_locked(struct pl_actions *a, const char *id, struct pl_error *err)
{
	struct pl_journal_entry e;
	enum pl_result r = pl_journal_get(a->spool, id, &e, err);

	if (r != PL_OK)
		return r;
	if (e.state == PL_ACTION_CANCELLED)
		return pl_error_set(err, PL_E_CANCELLED, "action %s was cancelled", id);
	if (e.state != PL_ACTION_DELIVERED)
		return pl_error_set(err, PL_E_INVALID, "action %s is %s already", id,
				    STATES[e.state]);
	if (e.not_after_ms <= connector_now_ms(a))
		return pl_error_set(err, PL_E_TIMEOUT, "action %s has expired", id);
	e.state = PL_ACTION_RUNNING;
	e.started_ms = pl_clock_wall_ms();
	return pl_journal_update(a->spool, &e, err);
}

enum pl_result pl_actions_begin(struct pl_actions *actions, const char *id, struct pl_error *err)
{
	enum pl_result r;

	pl_spool_lock(actions->spool);
	r = pl_spool_begin(actions->spool, err);
	if (r == PL_OK) {
		r = begin_locked(actions, id, err);
		r = pl_spool_end(actions->spool, r, err);
	}
	pl_spool_unlock(actions->spool);
	if (r == PL_E_TIMEOUT)
		(void)settle(actions, id, PL_ACTION_DELIVERED, PL_ACTION_EXPIRED,
			     "The action waited until it was too late", NULL, NULL);
	if (r == PL_OK) {
		log_info(NULL, "action begins id=%s", id);
		pl_posts_touch(actions->posts, id);
		pl_spool_nudge(actions->spool);
	}
	return r;
}

void pl_actions_progress(struct pl_actions *actions, const char *id, int percent, const char *stage,
			 const char *message)
{
	if (pl_posts_progress(actions->posts, id, percent, stage, message))
		pl_spool_nudge(actions->spool);
}

/* --- the connector's side --- */

void pl_actions_trust(struct pl_actions *actions, const struct pl_enrolment *enrolment)
{
	pthread_mutex_lock(&actions->lock);
	memcpy(actions->agent_id, enrolment->agent_id, sizeof(actions->agent_id));
	memcpy(actions->customer_id, enrolment->customer_id, sizeof(actions->customer_id));
	memcpy(actions->keys, enrolment->command_keys, sizeof(actions->keys));
	actions->key_count = enrolment->command_key_count;
	pthread_mutex_unlock(&actions->lock);
}

void pl_actions_set_clock_offset(struct pl_actions *actions, int64_t offset_ms)
{
	pthread_mutex_lock(&actions->lock);
	actions->clock_offset_ms = offset_ms;
	pthread_mutex_unlock(&actions->lock);
}

/* `key_id` beside the payload says nothing: each key we trust is tried. */
static enum pl_result verify(struct pl_actions *a, struct pl_span payload,
			     const struct pl_bytes *signature)
{
	struct pl_command_key keys[PL_MAX_COMMAND_KEYS];
	size_t n;

	pthread_mutex_lock(&a->lock);
	n = a->key_count;
	memcpy(keys, a->keys, sizeof(keys));
	pthread_mutex_unlock(&a->lock);
	for (size_t i = 0; i < n; i++)
		if (pl_key_verify(keys[i].spki, keys[i].spki_size, payload, signature->at,
				  signature->size) == PL_OK)
			return PL_OK;
	return PL_E_UNTRUSTED;
}

static enum pl_result forged(struct pl_actions *a, const struct pl_bytes *payload,
			     struct pl_error *err)
{
	uint8_t digest[PL_HASH_SIZE];
	bool again;

	pl_sha256(payload->at, payload->size, digest);
	pthread_mutex_lock(&a->lock);
	again = memcmp(digest, a->last_forged, sizeof(digest)) == 0;
	memcpy(a->last_forged, digest, sizeof(digest));
	pthread_mutex_unlock(&a->lock);
	if (!again) {
		log_error(NULL, "an action with a wrong signature was refused bytes=%zu",
			  payload->size);
		(void)pl_audit_record(a->spool, a->audit, "connector", "action",
				      "refused: wrong signature", NULL);
	}
	return pl_error_set(err, PL_E_UNTRUSTED, "the action's signature is wrong");
}

/* Opens the envelope {"payload": base64, "signature": base64} and checks the signature over the
 * exact bytes. */
static enum pl_result open_envelope(struct pl_actions *a, const struct cJSON *entry,
				    struct pl_bytes *payload, struct pl_error *err)
{
	const char *body = pl_json_text(entry, "payload");
	const char *signed_by = pl_json_text(entry, "signature");
	struct pl_bytes signature;
	enum pl_result r = PL_E_PROTOCOL;

	pl_bytes_init(&signature, MAX_SIGNATURE);
	if (body && signed_by)
		r = pl_base64_read(PL_BASE64, pl_span_of(body), payload);
	if (r == PL_OK)
		r = pl_base64_read(PL_BASE64, pl_span_of(signed_by), &signature);
	if (r != PL_OK)
		r = pl_error_set(err, r, "an action came without payload or signature");
	else if (verify(a, pl_bytes_span(payload), &signature) != PL_OK)
		r = forged(a, payload, err);
	pl_bytes_finish(&signature);
	return r;
}

static enum pl_result parse(struct pl_actions *a, struct pl_span payload, struct pl_order *ret,
			    struct pl_error *err)
{
	char agent_id[PL_MAX_ID], customer_id[PL_MAX_ID];
	struct pl_order_check check = { .agent_id = agent_id,
					.customer_id = customer_id,
					.forbid = a->settings->forbid,
					.now_ms = connector_now_ms(a) };

	pthread_mutex_lock(&a->lock);
	memcpy(agent_id, a->agent_id, sizeof(agent_id));
	memcpy(customer_id, a->customer_id, sizeof(customer_id));
	pthread_mutex_unlock(&a->lock);
	return pl_order_parse(payload, &check, ret, err);
}

/* Journals a new order, with its end if it is refused. PL_E_BUSY: its id is known. */
static enum pl_result journal_locked(struct pl_actions *a, const struct pl_order *o,
				     struct pl_span payload, struct pl_error *err)
{
	struct pl_journal_entry e = { .state = o->verdict }, known;
	enum pl_result r = pl_journal_get(a->spool, o->id, &known, err);

	if (r != PL_E_NOT_FOUND)
		return r == PL_OK ? PL_E_BUSY : r;
	snprintf(e.id, sizeof(e.id), "%s", o->id);
	snprintf(e.type, sizeof(e.type), "%s", o->type);
	snprintf(e.reason, sizeof(e.reason), "%s", o->reason);
	e.not_after_ms = o->action ? o->action->not_after_ms : pl_clock_wall_ms();
	e.finished_ms = o->action ? 0 : pl_clock_wall_ms();
	r = pl_journal_add(a->spool, &e, payload, err);
	return r == PL_OK && !o->action ? tell_end(a, &e, NULL, err) : r;
}

static enum pl_result journal(struct pl_actions *a, const struct pl_order *o,
			      struct pl_span payload, struct pl_error *err)
{
	enum pl_result r;

	pl_spool_lock(a->spool);
	r = pl_spool_begin(a->spool, err);
	if (r == PL_OK) {
		r = journal_locked(a, o, payload, err);
		r = pl_spool_end(a->spool, r, err);
	}
	pl_spool_unlock(a->spool);
	return r;
}

/* Gives an action that is journalled as delivered to the executor. */
static void hand_out(struct pl_actions *a, struct pl_action *action)
{
	char id[PL_MAX_ID];
	struct pl_error why = { 0 };

	memcpy(id, action->id, sizeof(id));
	if (a->executor.take(a->executor.arg, action, &why) == PL_OK)
		return;
	pl_action_destroy(action);
	(void)settle(a, id, PL_ACTION_DELIVERED, PL_ACTION_REJECTED, why.text, NULL, NULL);
}

enum pl_result pl_actions_receive(struct pl_actions *actions, const struct cJSON *entry,
				  struct pl_error *err)
{
	struct pl_order o = { 0 };
	struct pl_bytes payload;
	enum pl_result r;

	pl_bytes_init(&payload, MAX_PAYLOAD);
	r = open_envelope(actions, entry, &payload, err);
	if (r == PL_OK)
		r = parse(actions, pl_bytes_span(&payload), &o, err);
	if (r == PL_OK)
		r = journal(actions, &o, pl_bytes_span(&payload), err);
	if (r == PL_OK || r == PL_E_BUSY) {
		pl_posts_touch(actions->posts, o.id);
		pl_spool_nudge(actions->spool);
	}
	if (r == PL_OK) {
		log_info(NULL, "action received id=%s type=%s state=%s reason=\"%s\"", o.id, o.type,
			 STATES[o.verdict], o.reason);
		if (o.action)
			hand_out(actions, o.action);
		o.action = NULL;
	}
	pl_order_finish(&o);
	pl_bytes_finish(&payload);
	return r;
}

void pl_actions_cancel(struct pl_actions *actions, const char *id)
{
	if (settle(actions, id, PL_ACTION_DELIVERED, PL_ACTION_CANCELLED,
		   "Cancelled before it began", NULL, NULL) == PL_E_IO)
		log_warn(NULL, "an action cannot be cancelled: the journal does not write id=%s",
			 id);
	if (actions->executor.cancel)
		actions->executor.cancel(actions->executor.arg, id);
}

enum pl_result pl_actions_new_key(struct pl_actions *actions, const struct cJSON *entry,
				  struct pl_command_key *ret_key, struct pl_error *err)
{
	struct pl_bytes payload;
	cJSON *doc = NULL;
	int64_t not_after = 0;
	const char *type, *customer;
	bool ours = false;
	enum pl_result r;

	pl_bytes_init(&payload, MAX_PAYLOAD);
	r = open_envelope(actions, entry, &payload, err);
	if (r == PL_OK)
		r = pl_json_parse(pl_bytes_span(&payload), &doc, err);
	if (r == PL_OK) {
		type = pl_json_text(doc, "type");
		customer = pl_json_text(doc, "customer");
		pthread_mutex_lock(&actions->lock);
		ours = type && customer && strcmp(type, "command_key") == 0 &&
		       strcmp(customer, actions->customer_id) == 0;
		pthread_mutex_unlock(&actions->lock);
		if (!ours || !pl_json_time(doc, "not_after", &not_after) ||
		    not_after <= connector_now_ms(actions))
			r = pl_error_set(err, PL_E_PROTOCOL,
					 "a new command key came for somebody else, or too late");
		else
			r = pl_command_key_read(doc, "key", ret_key, err);
	}
	cJSON_Delete(doc);
	pl_bytes_finish(&payload);
	return r;
}

/* --- what the connector is told --- */

bool pl_actions_next_post(struct pl_actions *actions, char ret_id[static PL_MAX_ID],
			  struct pl_bytes *body, int *ret_revision)
{
	struct pl_journal_entry e;
	enum pl_result r;

	while (pl_posts_next(actions->posts, ret_id, ret_revision)) {
		pl_spool_lock(actions->spool);
		r = pl_journal_get(actions->spool, ret_id, &e, NULL);
		pl_spool_unlock(actions->spool);
		if (r == PL_OK && pl_posts_body(actions->posts, ret_id, STATES[e.state],
						e.state == PL_ACTION_RUNNING, e.reason,
						(int)e.state + 1, body) == PL_OK)
			return true;
		pl_posts_done(actions->posts, ret_id, *ret_revision);
	}
	return false;
}

void pl_actions_posted(struct pl_actions *actions, const char *id, int revision)
{
	struct pl_journal_entry e;
	int told = pl_posts_done(actions->posts, id, revision);
	enum pl_result r;

	if (told == 0)
		return;
	pl_spool_lock(actions->spool);
	r = pl_spool_begin(actions->spool, NULL);
	if (r == PL_OK) {
		r = pl_journal_get(actions->spool, id, &e, NULL);
		if (r == PL_OK) {
			e.posted = told;
			r = pl_journal_update(actions->spool, &e, NULL);
		}
		(void)pl_spool_end(actions->spool, r, NULL); /* else it is told once more */
	}
	pl_spool_unlock(actions->spool);
}

/* --- start and stop --- */

/* What was running when the agent stopped has had some effect, or none, or half: nobody knows. */
static enum pl_result interrupt_all(struct pl_actions *a, struct pl_error *err)
{
	char id[PL_MAX_ID] = "";
	enum pl_result r;

	for (;;) {
		pl_spool_lock(a->spool);
		r = pl_journal_next(a->spool, PL_ACTION_RUNNING, id, id, err);
		pl_spool_unlock(a->spool);
		if (r != PL_OK)
			return r == PL_E_NOT_FOUND ? PL_OK : r;
		r = settle(a, id, PL_ACTION_RUNNING, PL_ACTION_INTERRUPTED,
			   "The agent stopped while the action ran; whether it took effect is not "
			   "known",
			   NULL, err);
		if (r != PL_OK)
			return r;
	}
}

static enum pl_result remember_posts(struct pl_actions *a, struct pl_error *err)
{
	char id[PL_MAX_ID] = "";
	enum pl_result r;

	do {
		pl_spool_lock(a->spool);
		r = pl_journal_next(a->spool, -1, id, id, err);
		pl_spool_unlock(a->spool);
		if (r == PL_OK)
			pl_posts_touch(a->posts, id);
	} while (r == PL_OK);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static enum pl_result prune(struct pl_actions *a, struct pl_error *err)
{
	enum pl_result r;

	pl_spool_lock(a->spool);
	r = pl_journal_prune(a->spool, pl_clock_wall_ms() - PRUNE_AFTER_MS, err);
	pl_spool_unlock(a->spool);
	return r;
}

enum pl_result pl_actions_open(struct pl_spool *spool, struct pl_audit *audit,
			       const struct pl_settings *settings, const struct pl_seal *seal,
			       const struct pl_executor *executor, struct pl_actions **ret_actions,
			       struct pl_error *err)
{
	struct pl_actions *a = calloc(1, sizeof(*a));
	enum pl_result r;

	if (!a)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pthread_mutex_init(&a->lock, NULL);
	a->spool = spool;
	a->audit = audit;
	a->settings = settings;
	a->executor = *executor;
	(void)seal;
	a->posts = pl_posts_create();
	r = a->posts ? PL_OK : pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	if (r == PL_OK)
		r = pl_audit_catch_up(spool, audit, err);
	if (r == PL_OK)
		r = prune(a, err);
	if (r == PL_OK)
		r = interrupt_all(a, err);
	if (r == PL_OK)
		r = remember_posts(a, err);
	if (r != PL_OK) {
		pl_actions_close(a);
		return r;
	}
	*ret_actions = a;
	return PL_OK;
}

void pl_actions_close(struct pl_actions *actions)
{
	if (!actions)
		return;
	pl_posts_destroy(actions->posts);
	pthread_mutex_destroy(&actions->lock);
	free(actions);
}

static void resume_one(struct pl_actions *a, const char *id)
{
	struct pl_order o = { 0 };
	struct pl_bytes payload;
	struct pl_error why = { 0 };
	enum pl_result r;

	pl_bytes_init(&payload, MAX_PAYLOAD);
	pl_spool_lock(a->spool);
	r = pl_journal_payload(a->spool, id, &payload, &why);
	pl_spool_unlock(a->spool);
	if (r == PL_OK)
		r = parse(a, pl_bytes_span(&payload), &o, &why);
	if (r == PL_OK && o.action) {
		hand_out(a, o.action);
		o.action = NULL;
	} else {
		(void)settle(a, id, PL_ACTION_DELIVERED, r == PL_OK ? o.verdict : PL_ACTION_FAILED,
			     r == PL_OK ? o.reason : why.text, NULL, NULL);
	}
	pl_order_finish(&o);
	pl_bytes_finish(&payload);
}

void pl_actions_resume(struct pl_actions *actions)
{
	char id[PL_MAX_ID] = "";
	enum pl_result r;

	for (;;) {
		pl_spool_lock(actions->spool);
		r = pl_journal_next(actions->spool, PL_ACTION_DELIVERED, id, id, NULL);
		pl_spool_unlock(actions->spool);
		if (r != PL_OK)
			return;
		resume_one(actions, id);
	}
}
