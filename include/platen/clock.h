/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CLOCK_H
#define PL_CLOCK_H

/*
 * Clock: the one place where time comes from, so that tests can run hours in seconds.
 * Deadlines everywhere are `by_ms`: a point on pl_clock_now_ms(), which never jumps and starts
 * anywhere. Wall time is for people and records only; it may jump.
 *
 * Threads: any. Memory: none.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define PL_FOREVER INT64_MAX

/* Milliseconds on the monotonic clock. */
int64_t pl_clock_now_ms(void);

/* Milliseconds since 1970-01-01 UTC. */
int64_t pl_clock_wall_ms(void);

/* The deadline `ms` from now (PL_FOREVER stays forever). */
int64_t pl_clock_in_ms(int64_t ms);

/* Milliseconds left until `by_ms`, 0 when it has passed, at most INT32_MAX (fits poll() and
 * libusb). */
int pl_clock_left_ms(int64_t by_ms);

/* Initialises a condition for use with pl_clock_wait(). */
void pl_clock_cond_init(pthread_cond_t *cond);

/* Waits on `cond` (with `mutex` held) until it is signalled or `by_ms` passes. False: the deadline
 * has passed. May return true without a signal; callers loop on their own predicate. */
bool pl_clock_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t by_ms);

/* Writes wall time as RFC 3339 in UTC with milliseconds, "2026-01-31T23:59:59.123Z". */
#define PL_MAX_TIME_TEXT 32
void pl_clock_text(int64_t wall_ms, char ret_text[static PL_MAX_TIME_TEXT]);

/* Test seam: replaces both clocks; NULL restores the system's. Call before threads start. `wait`
 * takes the place of pl_clock_wait(); it may advance its own time instead of sleeping. */
struct pl_clock {
	int64_t (*now_ms)(void *arg);
	int64_t (*wall_ms)(void *arg);
	bool (*wait)(void *arg, pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t by_ms);
	void *arg;
};
void pl_clock_use(const struct pl_clock *clock);

#endif
