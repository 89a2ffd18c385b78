/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GROUND_COND_WAIT_H
#define GROUND_COND_WAIT_H

/*
 * Cond wait: waiting for a condition until a point on the clock that never jumps, which each
 * platform's threads do in another way.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Makes a condition for it. */
void ground_cond_init(pthread_cond_t *cond);

/* As pthread_cond_timedwait(), `by_ms` on pl_clock_now_ms(), not PL_FOREVER; false: the time is up.
 */
bool ground_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t by_ms);

#endif
