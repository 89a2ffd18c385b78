/* SPDX-License-Identifier: Apache-2.0 */
/* What a running action may use of the engine: the journal's gate, progress, waiting. */
#include "act.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "act_desk.h"
#include "platen/clock.h"
#include "worker_inside.h"

/* A connector that has gone astray, or been taken over, wears nobody's printer out. */
static enum pl_result check_rate(struct pl_act *a, struct pl_error *err)
{
	enum pl_action_type type = a->action->type;
	int64_t limit = a->settings->per_hour[type];

	if (limit == 0 || pl_actions_in_last_hour(a->actions, type) < limit)
		return PL_OK;
	(void)pl_act_say(a, PL_E_FULL,
			 "%s was done %lld times on this PC in the last hour; its limit is reached",
			 PL_ACTION_WORDS[type], (long long)limit);
	return pl_error_set(err, PL_E_FULL, "too many actions of one kind in an hour");
}

enum pl_result pl_act_begin(struct pl_act *a, struct pl_error *err)
{
	enum pl_result r = check_rate(a, err);

	if (r != PL_OK)
		return r;
	r = pl_actions_begin(a->actions, a->action->id, err);
	a->begun = r == PL_OK;
	a->settled = r != PL_OK; /* the gate has recorded its end */
	return r;
}

void pl_act_progress(struct pl_act *a, int percent, const char *stage, const char *message)
{
	pl_actions_progress(a->actions, a->action->id, percent, stage, message);
}

enum pl_result pl_act_say(struct pl_act *a, enum pl_result r, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(a->reason, sizeof(a->reason), fmt, args);
	va_end(args);
	return r;
}

bool pl_act_is_cancelled(struct pl_act *a)
{
	struct pl_worker *w = a->worker;
	bool cancelled;

	if (a->wake && pl_wake_is_set(a->wake))
		return true;
	if (!w)
		return a->desk && pl_act_desk_is_cancelled(a->desk, a->action->id);
	pthread_mutex_lock(&w->lock);
	cancelled = w->stop || strcmp(w->cancelled, a->action->id) == 0;
	pthread_mutex_unlock(&w->lock);
	return cancelled;
}

enum pl_result pl_act_pause(struct pl_act *a, int64_t ms, struct pl_error *err)
{
	struct pl_worker *w = a->worker;
	int64_t by_ms = pl_clock_in_ms(ms);
	bool go_on = true;

	if (!w)
		return pl_act_desk_pause(a->desk, a->action->id, ms)
			       ? PL_OK
			       : pl_error_set(err, PL_E_CANCELLED, "the action was stopped");
	pthread_mutex_lock(&w->lock);
	while (go_on && !w->stop && strcmp(w->cancelled, a->action->id) != 0)
		go_on = pl_clock_wait(&w->wake, &w->lock, by_ms);
	pthread_mutex_unlock(&w->lock);
	return go_on ? pl_error_set(err, PL_E_CANCELLED, "the action was stopped") : PL_OK;
}

bool pl_act_look(struct pl_act *a, bool *ret_ok)
{
	struct pl_worker *w = a->worker;

	pl_act_let_go(a);
	w->known.knobs_ms = 0;
	if (!worker_look(w, PL_DEPTH_FULL))
		return false;
	if (ret_ok)
		*ret_ok = !w->was_faulty && !w->now->access.busy;
	return true;
}

/* Until the flag the engine sets is set, or by_ms. With the lock held. */
static enum pl_result wait_for(struct pl_worker *w, const bool *flag, int64_t by_ms)
{
	while (!*flag && !w->stop)
		if (!pl_clock_wait(&w->wake, &w->lock, by_ms))
			break;
	if (*flag)
		return PL_OK;
	return w->stop ? PL_E_CANCELLED : PL_E_TIMEOUT;
}

void pl_act_expect_leave(struct pl_act *a)
{
	struct pl_worker *w = a->worker;

	pthread_mutex_lock(&w->lock);
	if (!w->awaited)
		w->has_left = w->has_returned = false;
	w->awaited = true;
	pthread_mutex_unlock(&w->lock);
}

enum pl_result pl_act_await_return(struct pl_act *a, int64_t leave_ms, int64_t return_ms,
				   int64_t *ret_away_ms, struct pl_error *err)
{
	struct pl_worker *w = a->worker;
	int64_t since_ms = pl_clock_now_ms();
	enum pl_result r;

	pl_act_let_go(a);
	pl_act_expect_leave(a);
	w->home.nudge(w->home.arg); /* it may have left before we began to wait */

	pthread_mutex_lock(&w->lock);
	r = wait_for(w, &w->has_left, pl_clock_in_ms(leave_ms));
	if (r == PL_E_TIMEOUT)
		r = pl_error_set(err, PL_E_UNSUPPORTED, "the printer never left the bus");
	else if (r == PL_OK)
		r = wait_for(w, &w->has_returned, pl_clock_in_ms(return_ms));
	if (r == PL_E_TIMEOUT)
		r = pl_error_set(err, r, "the printer has not come back");
	else if (r == PL_E_CANCELLED)
		r = pl_error_set(err, r, "the agent stops");
	w->awaited = false;
	pthread_mutex_unlock(&w->lock);

	if (r != PL_OK)
		w->home.nudge(w->home.arg); /* a printer that is gone for good is retired */
	else
		worker_meet_anew(w);
	*ret_away_ms = pl_clock_now_ms() - since_ms;
	return r;
}
