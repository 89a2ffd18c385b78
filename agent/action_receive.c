/* SPDX-License-Identifier: Apache-2.0 */
/* Actions on their way in: the signature over the exact bytes first, then what they say, then the
 * journal, and only then the executor. */
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "action_inside.h"
#include "audit_record.h"
#include "keys.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/json.h"
#include "platen/log.h"

#define MAX_PAYLOAD   (48 * 1024)
#define MAX_SIGNATURE 256

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

/* `key_id` beside the payload says nothing: each key we trust, and whose time is not over, is
 * tried.
 */
static enum pl_result verify(struct pl_actions *a, struct pl_span payload,
			     const struct pl_bytes *signature)
{
	struct pl_command_key keys[PL_MAX_COMMAND_KEYS];
	int64_t now_ms = pl_actions_now_ms(a);
	size_t n;

	pthread_mutex_lock(&a->lock);
	n = a->key_count;
	memcpy(keys, a->keys, sizeof(keys));
	pthread_mutex_unlock(&a->lock);
	for (size_t i = 0; i < n; i++)
		if ((keys[i].until_ms == 0 || now_ms < keys[i].until_ms) &&
		    pl_key_verify(keys[i].spki, keys[i].spki_size, payload, signature->at,
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

enum pl_result pl_actions_parse(struct pl_actions *a, struct pl_span payload, struct pl_order *ret,
				struct pl_error *err)
{
	char agent_id[PL_MAX_ID], customer_id[PL_MAX_ID];
	struct pl_order_check check = { .agent_id = agent_id,
					.customer_id = customer_id,
					.forbid = a->settings->forbid,
					.now_ms = pl_actions_now_ms(a) };

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
	return r == PL_OK && !o->action ? pl_actions_tell_end(a, &e, NULL, err) : r;
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
void pl_actions_hand_out(struct pl_actions *a, struct pl_action *action)
{
	char id[PL_MAX_ID];
	struct pl_error why = { 0 };

	memcpy(id, action->id, sizeof(id));
	if (a->executor.take(a->executor.arg, action, &why) == PL_OK)
		return;
	pl_action_destroy(action);
	(void)pl_actions_settle(a, id, PL_ACTION_DELIVERED, PL_ACTION_REJECTED, why.text, NULL,
				NULL);
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
		r = pl_actions_parse(actions, pl_bytes_span(&payload), &o, err);
	if (r == PL_OK)
		r = journal(actions, &o, pl_bytes_span(&payload), err);
	if (r == PL_OK || r == PL_E_BUSY) {
		pl_posts_touch(actions->posts, o.id);
		pl_spool_nudge(actions->spool);
	}
	if (r == PL_OK) {
		log_info(NULL, "action received id=%s type=%s state=%s reason=\"%s\"", o.id, o.type,
			 pl_action_state_name(o.verdict), o.reason);
		if (o.action)
			pl_actions_hand_out(actions, o.action);
		o.action = NULL;
	}
	pl_order_finish(&o);
	pl_bytes_finish(&payload);
	return r;
}

static bool is_ours(struct pl_actions *a, const cJSON *doc)
{
	const char *type = pl_json_text(doc, "type"), *customer = pl_json_text(doc, "customer");
	bool ours;

	pthread_mutex_lock(&a->lock);
	ours = type && customer && strcmp(type, "command_key") == 0 &&
	       strcmp(customer, a->customer_id) == 0;
	pthread_mutex_unlock(&a->lock);
	return ours;
}

static bool is_trusted(struct pl_actions *a, const char *key_id)
{
	bool trusted = false;

	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < a->key_count; i++)
		trusted |= strcmp(a->keys[i].id, key_id) == 0;
	pthread_mutex_unlock(&a->lock);
	return trusted;
}

static enum pl_result read_handover(struct pl_actions *a, const cJSON *doc,
				    struct pl_key_handover *ret, struct pl_error *err)
{
	struct pl_key_handover h = { 0 };
	int64_t not_after = 0;
	enum pl_result r;

	if (!is_ours(a, doc) || !pl_json_time(doc, "not_after", &not_after) ||
	    not_after <= pl_actions_now_ms(a))
		return pl_error_set(err, PL_E_PROTOCOL,
				    "a new command key came for somebody else, or too late");
	r = pl_command_key_read(doc, "key", &h.key, err);
	if (r != PL_OK)
		return r;
	(void)pl_json_time(doc, "old_until", &h.old_until_ms);
	*ret = h;
	return PL_OK;
}

enum pl_result pl_actions_new_key(struct pl_actions *actions, const struct cJSON *entry,
				  struct pl_key_handover *ret_handover, struct pl_error *err)
{
	struct pl_key_handover h;
	struct pl_bytes payload;
	char what[64];
	cJSON *doc = NULL;
	enum pl_result r;

	pl_bytes_init(&payload, MAX_PAYLOAD);
	r = open_envelope(actions, entry, &payload, err);
	if (r == PL_OK)
		r = pl_json_parse(pl_bytes_span(&payload), &doc, err);
	if (r == PL_OK)
		r = read_handover(actions, doc, &h, err);
	if (r == PL_OK && is_trusted(actions, h.key.id))
		r = pl_error_set(err, PL_E_BUSY, "this command key is trusted already");
	if (r == PL_OK) { /* told before it counts: a kill in between tells it again */
		snprintf(what, sizeof(what), "command key %s", h.key.id);
		r = pl_audit_record(actions->spool, actions->audit, "connector", what,
				    "trusted: signed by the present one", err);
	}
	if (r == PL_OK)
		*ret_handover = h;
	cJSON_Delete(doc);
	pl_bytes_finish(&payload);
	return r;
}
