/* SPDX-License-Identifier: Apache-2.0 */
/* The one place where time comes from. A test may put its own clock here and run an hour in a
 * blink. */
#include "platen/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cond_wait.h"

static int64_t system_ms(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t system_now_ms(void *arg)
{
	(void)arg;
	return system_ms(CLOCK_MONOTONIC);
}

static int64_t system_wall_ms(void *arg)
{
	(void)arg;
	return system_ms(CLOCK_REALTIME);
}

static bool system_wait(void *arg, pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t by_ms)
{
	(void)arg;
	if (by_ms == PL_FOREVER)
		return pthread_cond_wait(cond, mutex) == 0;
	return ground_cond_wait(cond, mutex, by_ms);
}

static const struct pl_clock SYSTEM = {
	.now_ms = system_now_ms,
	.wall_ms = system_wall_ms,
	.wait = system_wait,
};
static const struct pl_clock *the_clock = &SYSTEM;

void pl_clock_use(const struct pl_clock *clock)
{
	the_clock = clock ? clock : &SYSTEM;
}

int64_t pl_clock_now_ms(void)
{
	return the_clock->now_ms(the_clock->arg);
}

int64_t pl_clock_wall_ms(void)
{
	return the_clock->wall_ms(the_clock->arg);
}

int64_t pl_clock_in_ms(int64_t ms)
{
	int64_t now = pl_clock_now_ms();

	return ms >= PL_FOREVER - now ? PL_FOREVER : now + ms;
}

int pl_clock_left_ms(int64_t by_ms)
{
	int64_t left;

	if (by_ms == PL_FOREVER)
		return INT32_MAX;
	left = by_ms - pl_clock_now_ms();
	if (left < 0)
		return 0;
	return left > INT32_MAX ? INT32_MAX : (int)left;
}

void pl_clock_cond_init(pthread_cond_t *cond)
{
	ground_cond_init(cond);
}

bool pl_clock_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t by_ms)
{
	return the_clock->wait(the_clock->arg, cond, mutex, by_ms);
}

/* Days since 1970-01-01 to a civil date, for any time that fits: no dependence on a platform's
 * gmtime. */
static void civil_of_days(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
	int64_t z = days + 719468; /* count from 0000-03-01, so that leap days end a year */
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*ret_day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*ret_month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*ret_year = (int)(yoe + era * 400 + (*ret_month <= 2));
}

void pl_clock_text(int64_t wall_ms, char ret_text[static PL_MAX_TIME_TEXT])
{
	int64_t days = wall_ms / 86400000;
	int64_t rest = wall_ms % 86400000;
	int year, month, day;

	if (rest < 0) {
		rest += 86400000;
		days--;
	}
	civil_of_days(days, &year, &month, &day);
	snprintf(ret_text, PL_MAX_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month,
		 day, (int)(rest / 3600000), (int)(rest / 60000 % 60), (int)(rest / 1000 % 60),
		 (int)(rest % 1000));
}
