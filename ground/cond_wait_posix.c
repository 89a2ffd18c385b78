/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions on CLOCK_MONOTONIC. */
#include "cond_wait.h"

#include <time.h>

void ground_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

bool ground_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t by_ms)
{
	struct timespec t = { .tv_sec = (time_t)(by_ms / 1000),
			      .tv_nsec = (long)(by_ms % 1000) * 1000000 };

	return pthread_cond_timedwait(cond, mutex, &t) == 0;
}
