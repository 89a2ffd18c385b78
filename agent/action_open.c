/* SPDX-License-Identifier: Apache-2.0 */
/* Actions across a restart: what ran is interrupted, what waited is handed out again, what was not
 * told is told. */
#include <stdlib.h>
#include <string.h>

#include "action_inside.h"
#include "audit_record.h"
#include "platen/clock.h"

#define MAX_PAYLOAD    (48 * 1024)
#define PRUNE_AFTER_MS (60LL * 86400 * 1000) /* twice the longest life of an action */

/* What was running when the agent stopped has had some effect, or none, or half: nobody knows. What
 * is known is what to do. */
static const char *sentence_for(const struct pl_journal_entry *e)
{
	if (strcmp(e->type, PL_ACTION_WORDS[PL_ACTION_FIRMWARE]) == 0)
		return "The agent stopped while the firmware was being written; the printer may "
		       "wait in its recovery mode: send the package again";
	return "The agent stopped while the action ran; whether it took effect is not known";
}

static enum pl_result interrupt_all(struct pl_actions *a, struct pl_error *err)
{
	struct pl_journal_entry e;
	char id[PL_MAX_ID] = "";
	enum pl_result r;

	for (;;) {
		pl_spool_lock(a->spool);
		r = pl_journal_next(a->spool, PL_ACTION_RUNNING, id, id, err);
		if (r == PL_OK)
			r = pl_journal_get(a->spool, id, &e, err);
		pl_spool_unlock(a->spool);
		if (r != PL_OK)
			return r == PL_E_NOT_FOUND ? PL_OK : r;
		r = pl_actions_settle(a, id, PL_ACTION_RUNNING, PL_ACTION_INTERRUPTED,
				      sentence_for(&e), NULL, err);
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
			       const struct pl_settings *settings,
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
		r = pl_actions_parse(a, pl_bytes_span(&payload), &o, &why);
	if (r == PL_OK && o.action) {
		pl_actions_hand_out(a, o.action);
		o.action = NULL;
	} else {
		(void)pl_actions_settle(a, id, PL_ACTION_DELIVERED,
					r == PL_OK ? o.verdict : PL_ACTION_FAILED,
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
