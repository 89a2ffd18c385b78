/* SPDX-License-Identifier: Apache-2.0 */
/* The desk: one thread for what is asked of the PC itself. */
#include "act_desk.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "act.h"
#include "act_end.h"
#include "platen/clock.h"

#define STACK_SIZE (256 * 1024)

struct pl_act_desk {
	struct pl_act_desk_home home;
	pthread_t thread;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t wake;
	bool open;    /* between start and stop */
	bool running; /* there is a thread */
	char cancelled[PL_MAX_ID];
	struct pl_action *inbox[PL_MAX_DESK_ACTIONS]; /* oldest first */
	size_t inbox_count;
};

enum pl_result pl_act_desk_create(struct pl_act_desk **ret_desk, struct pl_error *err)
{
	struct pl_act_desk *d = calloc(1, sizeof(*d));

	if (!d)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pthread_mutex_init(&d->lock, NULL);
	pl_clock_cond_init(&d->wake);
	*ret_desk = d;
	return PL_OK;
}

void pl_act_desk_destroy(struct pl_act_desk *desk)
{
	if (!desk)
		return;
	for (size_t i = 0; i < desk->inbox_count; i++)
		pl_action_destroy(desk->inbox[i]); /* still in the journal, for the next start */
	pthread_cond_destroy(&desk->wake);
	pthread_mutex_destroy(&desk->lock);
	free(desk);
}

/* The next action; NULL: stop. */
static struct pl_action *next(struct pl_act_desk *d)
{
	struct pl_action *action = NULL;

	pthread_mutex_lock(&d->lock);
	while (d->open && d->inbox_count == 0)
		pl_clock_wait(&d->wake, &d->lock, PL_FOREVER);
	if (d->open) {
		action = d->inbox[0];
		d->inbox_count--;
		memmove(d->inbox, d->inbox + 1, d->inbox_count * sizeof(d->inbox[0]));
	}
	pthread_mutex_unlock(&d->lock);
	return action;
}

static enum pl_result run(struct pl_act *act, struct pl_error *err)
{
	const struct pl_action *a = act->action;

	if (a->want_idle || a->want_firmware[0] || a->want_serial[0])
		return pl_act_say(act, PL_E_INVALID,
				  "The action has a printer's precondition and names no printer");
	return pl_act_kind(a->type)->run(act, err);
}

static void *desk_main(void *arg)
{
	struct pl_act_desk *d = arg;
	struct pl_action *action;

	while ((action = next(d))) {
		struct pl_act act = { .action = action,
				      .settings = d->home.settings,
				      .actions = d->home.actions,
				      .uplink = d->home.uplink,
				      .wake = d->home.wake,
				      .result = cJSON_CreateObject(),
				      .desk = d,
				      .engine = d->home.engine };
		struct pl_error err = { PL_OK, "" };

		pl_act_end(&act, run(&act, &err), &err);
		cJSON_Delete(act.result);
		pl_action_destroy(action);
	}
	return NULL;
}

/* With the lock held. */
static enum pl_result begin_thread(struct pl_act_desk *d, struct pl_error *err)
{
	pthread_attr_t attr;

	if (d->running || !d->open)
		return PL_OK;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	d->running = pthread_create(&d->thread, &attr, desk_main, d) == 0;
	pthread_attr_destroy(&attr);
	return d->running ? PL_OK : pl_error_set(err, PL_E_NO_MEMORY, "no thread for the action");
}

enum pl_result pl_act_desk_start(struct pl_act_desk *desk, const struct pl_act_desk_home *home,
				 struct pl_error *err)
{
	enum pl_result r = PL_OK;

	pthread_mutex_lock(&desk->lock);
	desk->home = *home;
	desk->open = true;
	if (desk->inbox_count > 0)
		r = begin_thread(desk, err);
	pthread_mutex_unlock(&desk->lock);
	return r;
}

void pl_act_desk_stop(struct pl_act_desk *desk)
{
	bool running;

	pthread_mutex_lock(&desk->lock);
	desk->open = false;
	running = desk->running;
	desk->running = false;
	pthread_cond_broadcast(&desk->wake);
	pthread_mutex_unlock(&desk->lock);
	if (running)
		pthread_join(desk->thread, NULL);
}

enum pl_result pl_act_desk_take(struct pl_act_desk *desk, struct pl_action *action,
				struct pl_error *err)
{
	enum pl_result r = PL_OK;

	pthread_mutex_lock(&desk->lock);
	if (desk->inbox_count == PL_MAX_DESK_ACTIONS)
		r = pl_error_set(err, PL_E_FULL, "Too many actions wait for this PC already");
	if (r == PL_OK)
		r = begin_thread(desk, err);
	if (r == PL_OK) {
		desk->inbox[desk->inbox_count++] = action;
		pthread_cond_broadcast(&desk->wake);
	}
	pthread_mutex_unlock(&desk->lock);
	return r;
}

void pl_act_desk_cancel(struct pl_act_desk *desk, const char *id)
{
	pthread_mutex_lock(&desk->lock);
	snprintf(desk->cancelled, sizeof(desk->cancelled), "%s", id);
	pthread_cond_broadcast(&desk->wake);
	pthread_mutex_unlock(&desk->lock);
}

/* With the lock held. */
static bool is_unwanted(const struct pl_act_desk *d, const char *id)
{
	return !d->open || strcmp(d->cancelled, id) == 0;
}

bool pl_act_desk_is_cancelled(struct pl_act_desk *desk, const char *id)
{
	bool cancelled;

	pthread_mutex_lock(&desk->lock);
	cancelled = is_unwanted(desk, id);
	pthread_mutex_unlock(&desk->lock);
	return cancelled;
}

bool pl_act_desk_pause(struct pl_act_desk *desk, const char *id, int64_t ms)
{
	int64_t by_ms = pl_clock_in_ms(ms);
	bool waiting = true;

	pthread_mutex_lock(&desk->lock);
	while (waiting && !is_unwanted(desk, id))
		waiting = pl_clock_wait(&desk->wake, &desk->lock, by_ms);
	pthread_mutex_unlock(&desk->lock);
	return !waiting;
}
