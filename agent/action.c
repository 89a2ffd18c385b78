/* SPDX-License-Identifier: Apache-2.0 */
/* Actions on their way to an end. Every change of state is a commit of the journal; the last one
 * brings its record and its audit entry along. */
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "action_inside.h"
#include "audit_record.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"

#define HOUR_MS (3600 * 1000LL)

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
	cJSON_AddStringToObject(body, "state", pl_action_state_name(e->state));
	pl_json_add_text(body, "reason", e->reason);
	add_time(body, "started_at", e->started_ms);
	add_time(body, "finished_at", e->finished_ms);
	cJSON_AddItemToObject(body, "result",
			      result ? cJSON_Duplicate(result, true) : cJSON_CreateNull());
	r = pl_spool_add_locked(spool, "action.result", NULL, body, err);
	cJSON_Delete(body);
	return r;
}

enum pl_result pl_actions_tell_end(struct pl_actions *a, const struct pl_journal_entry *e,
				   const cJSON *result, struct pl_error *err)
{
	char what[128], outcome[PL_MAX_ERROR + 32];
	enum pl_result r;

	snprintf(what, sizeof(what), "action %s %s", e->id, e->type);
	snprintf(outcome, sizeof(outcome), "%s%s%s", pl_action_state_name(e->state),
		 e->reason[0] ? ": " : "", e->reason);
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
	return r == PL_OK ? pl_actions_tell_end(a, e, result, err) : r;
}

static void log_end(const struct pl_journal_entry *e)
{
	log_info(NULL, "action ended id=%s type=%s state=%s reason=\"%s\"", e->id, e->type,
		 pl_action_state_name(e->state), e->reason);
}

enum pl_result pl_actions_settle(struct pl_actions *a, const char *id, int from,
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
					 pl_action_state_name(e.state));
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
		return pl_error_set(err, PL_E_INVALID, "%s is no end", pl_action_state_name(state));
	return pl_actions_settle(actions, id, -1, state, reason, result, err);
}

int64_t pl_actions_now_ms(struct pl_actions *a)
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
				    pl_action_state_name(e.state));
	if (e.not_after_ms <= pl_actions_now_ms(a))
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
		(void)pl_actions_settle(actions, id, PL_ACTION_DELIVERED, PL_ACTION_EXPIRED,
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

bool pl_actions_next_post(struct pl_actions *actions, char ret_id[static PL_MAX_ID],
			  struct pl_bytes *body, int *ret_revision)
{
	struct pl_journal_entry e;
	enum pl_result r;

	while (pl_posts_next(actions->posts, ret_id, ret_revision)) {
		pl_spool_lock(actions->spool);
		r = pl_journal_get(actions->spool, ret_id, &e, NULL);
		pl_spool_unlock(actions->spool);
		if (r == PL_OK &&
		    pl_posts_body(actions->posts, ret_id, pl_action_state_name(e.state),
				  !pl_action_is_final(e.state), e.reason, (int)e.state + 1,
				  body) == PL_OK)
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

void pl_actions_cancel(struct pl_actions *actions, const char *id)
{
	if (pl_actions_settle(actions, id, PL_ACTION_DELIVERED, PL_ACTION_CANCELLED,
			      "Cancelled before it began", NULL, NULL) == PL_E_IO)
		log_warn(NULL, "an action cannot be cancelled: the journal does not write id=%s",
			 id);
	if (actions->executor.cancel)
		actions->executor.cancel(actions->executor.arg, id);
}

int64_t pl_actions_in_last_hour(struct pl_actions *a, enum pl_action_type type)
{
	int64_t count = -1;
	struct pl_error err;

	pl_spool_lock(a->spool);
	if (pl_journal_count(a->spool, PL_ACTION_WORDS[type], pl_clock_wall_ms() - HOUR_MS, &count,
			     &err) != PL_OK)
		count = -1;
	pl_spool_unlock(a->spool);
	return count;
}
