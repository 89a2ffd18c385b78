/* SPDX-License-Identifier: Apache-2.0 */
/* Carries a printer's actions out: checks that they still make sense, runs them, tells their end.
 */
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "act.h"
#include "act_end.h"
#include "platen/clock.h"
#include "platen/log.h"
#include "worker_inside.h"

/* NULL: every precondition holds. */
static const char *broken_precondition(struct pl_act *act)
{
	const struct pl_fact *identity = act->last->snapshot.identity;
	const struct pl_action *a = act->action;

	if (a->want_firmware[0] && strcmp(a->want_firmware, identity[PL_ID_FIRMWARE].text) != 0)
		return "The printer's firmware is another one than the action expects";
	if (a->want_serial[0] && strcmp(a->want_serial, identity[PL_ID_SERIAL_NUMBER].text) != 0)
		return "The printer's serial number is another one than the action expects";
	if (a->want_idle && pl_act_is_busy(act))
		return "The printer is not idle";
	return NULL;
}

static enum pl_result run(struct pl_act *act, struct pl_error *err)
{
	const struct pl_act_kind *kind = pl_act_kind(act->action->type);
	const char *why = broken_precondition(act);

	if (!why && kind->why_not)
		why = kind->why_not(act->known, act->dev);
	if (why)
		return pl_act_say(act, PL_E_REFUSED, "%s", why);
	return kind->run(act, err);
}

/* An action that ended while its printer was on its way out, or back. */
static void stop_expecting(struct pl_worker *w)
{
	bool awaited, has_returned;

	pthread_mutex_lock(&w->lock);
	awaited = w->awaited;
	has_returned = w->has_returned;
	w->awaited = false;
	pthread_mutex_unlock(&w->lock);
	if (awaited && has_returned)
		worker_meet_anew(w);
	else if (awaited)
		w->home.nudge(w->home.arg);
}

static void set_doing(struct pl_worker *w, const char *doing)
{
	pthread_mutex_lock(&w->lock);
	w->doing = doing;
	pthread_mutex_unlock(&w->lock);
	pl_wake_set(w->home.news);
}

const char *pl_worker_doing(struct pl_worker *w)
{
	const char *doing;

	pthread_mutex_lock(&w->lock);
	doing = w->doing;
	pthread_mutex_unlock(&w->lock);
	return doing;
}

void worker_act(struct pl_worker *w, struct pl_action *a)
{
	struct pl_act act = { .action = a,
			      .settings = w->home.settings,
			      .actions = w->home.actions,
			      .uplink = w->home.uplink,
			      .wake = w->home.wake,
			      .worker = w,
			      .usb = w->home.usb,
			      .key = w->key,
			      .dev = &w->dev,
			      .known = &w->known,
			      .wear = &w->wear,
			      .box = w->home.box,
			      .last = &w->tracker.last };
	struct pl_error err = { PL_OK, "" };

	set_doing(w, PL_ACTION_WORDS[a->type]);
	/* The very first look tells what the printer can do and who it is. */
	if (w->tracker.primed || worker_look(w, PL_DEPTH_FULL)) {
		act.result = cJSON_CreateObject();
		pl_act_end(&act, run(&act, &err), &err);
		pl_act_let_go(&act);
		stop_expecting(w);
		cJSON_Delete(act.result);
	}
	set_doing(w, NULL);
	w->pulse.active_ms = pl_clock_now_ms();
	pl_action_destroy(a);
}

void worker_meet_anew(struct pl_worker *w)
{
	pl_worker_device(w, &w->dev);
	memset(&w->known, 0, sizeof(w->known));
	w->was_suspended = false;
	w->pulse.attached_ms = pl_clock_now_ms();
	w->pulse.failures = 0;
	log_info(w->key, "printer is back port=%s address=%u", w->dev.port_path, w->dev.address);
}
