/* SPDX-License-Identifier: Apache-2.0 */
/* A clock that jumps from one waited-for moment to the next. */
#include "hurried_clock.h"

#include <time.h>

#include "platen/clock.h"

#define MAX_WAITERS 32
#define PAUSE_NS    2000000 /* between two looks whether all wait */

struct waiter {
	pthread_cond_t *cond; /* NULL: a free place */
	pthread_mutex_t *mutex;
	int64_t by_ms;
	bool called; /* its moment has come, and it has not run yet */
};

static struct {
	pthread_mutex_t lock;
	int threads;
	int64_t skipped_ms;
	struct waiter waiters[MAX_WAITERS];
} it = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int64_t true_ms(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t on_clock(clockid_t which)
{
	int64_t skipped_ms;

	pthread_mutex_lock(&it.lock);
	skipped_ms = it.skipped_ms;
	pthread_mutex_unlock(&it.lock);
	return true_ms(which) + skipped_ms;
}

static int64_t now_ms(void *arg)
{
	(void)arg;
	return on_clock(CLOCK_MONOTONIC);
}

static int64_t wall_ms(void *arg)
{
	(void)arg;
	return on_clock(CLOCK_REALTIME);
}

static struct waiter *free_place(void)
{
	struct waiter *w = it.waiters;

	while (w->cond)
		w++;
	return w;
}

/* Without an end of its own: whoever lets time pass calls. */
static bool wait_for_call(void *arg, pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t by_ms)
{
	struct waiter *w;

	(void)arg;
	if (pl_clock_left_ms(by_ms) == 0)
		return false;
	pthread_mutex_lock(&it.lock);
	w = free_place();
	*w = (struct waiter){ .cond = cond, .mutex = mutex, .by_ms = by_ms };
	pthread_mutex_unlock(&it.lock);
	pthread_cond_wait(cond, mutex);
	pthread_mutex_lock(&it.lock);
	w->cond = NULL;
	pthread_mutex_unlock(&it.lock);
	return pl_clock_left_ms(by_ms) > 0;
}

void hurried_clock_begin(int threads)
{
	static const struct pl_clock CLOCK = { .now_ms = now_ms,
					       .wall_ms = wall_ms,
					       .wait = wait_for_call };

	it.threads = threads;
	pl_clock_use(&CLOCK);
}

void hurried_clock_threads(int threads)
{
	pthread_mutex_lock(&it.lock);
	it.threads = threads;
	pthread_mutex_unlock(&it.lock);
}

/* Calls everybody whose moment has come. Their mutexes are taken one at a time and never under our
 * lock: a waiter takes them the other way round. */
static void call(void)
{
	struct waiter due[MAX_WAITERS];
	int64_t now = now_ms(NULL);
	int count = 0;

	pthread_mutex_lock(&it.lock);
	for (struct waiter *w = it.waiters; w < it.waiters + MAX_WAITERS; w++) {
		if (!w->cond || w->by_ms > now)
			continue;
		w->called = true;
		due[count++] = *w;
	}
	pthread_mutex_unlock(&it.lock);
	for (int i = 0; i < count; i++) {
		pthread_mutex_lock(due[i].mutex);
		pthread_cond_broadcast(due[i].cond);
		pthread_mutex_unlock(due[i].mutex);
	}
}

/* Jumps to the first waited-for moment, at most to `end_ms`, if all wait. False: somebody does not.
 */
static bool jump(int64_t end_ms)
{
	int64_t to = end_ms, now;
	int waiting = 0;

	pthread_mutex_lock(&it.lock);
	for (struct waiter *w = it.waiters; w < it.waiters + MAX_WAITERS; w++) {
		if (!w->cond || w->called)
			continue;
		waiting++;
		to = w->by_ms < to ? w->by_ms : to;
	}
	now = true_ms(CLOCK_MONOTONIC) + it.skipped_ms;
	if (waiting >= it.threads && to > now)
		it.skipped_ms += to - now;
	pthread_mutex_unlock(&it.lock);
	return waiting >= it.threads;
}

bool hurried_clock_pass(int64_t ms, int64_t patience_ms)
{
	int64_t end_ms = now_ms(NULL) + ms, last_ms = true_ms(CLOCK_MONOTONIC);

	for (;;) {
		bool all = jump(end_ms);
		int64_t true_now = true_ms(CLOCK_MONOTONIC);

		if (all)
			last_ms = true_now;
		if (all && now_ms(NULL) >= end_ms)
			return true;
		if (true_now - last_ms > patience_ms)
			return false;
		call();
		nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
	}
}
