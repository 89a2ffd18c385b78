/* SPDX-License-Identifier: Apache-2.0 */
/* winpthreads takes a condition's deadline for wall time whatever its clock is set to, so that one
 * of the monotonic clock has always passed. How long to wait is another call there. */
#include "cond_wait.h"

#include <errno.h>

#include "platen/clock.h"

void ground_cond_init(pthread_cond_t *cond)
{
	pthread_cond_init(cond, NULL);
}

bool ground_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t by_ms)
{
	int code;

	do { /* it ends a tick early now and then */
		int ms = pl_clock_left_ms(by_ms);
		const struct timespec t = { .tv_sec = ms / 1000,
					    .tv_nsec = (long)(ms % 1000) * 1000000 };

		code = pthread_cond_timedwait_relative_np(cond, mutex, &t);
	} while (code == ETIMEDOUT && pl_clock_left_ms(by_ms) > 0);
	return code == 0;
}
