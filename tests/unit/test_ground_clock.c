/* SPDX-License-Identifier: Apache-2.0 */
/* Proves deadlines at their edges, waits that end, times as text, and that a test's clock counts.
 */
#include "platen/clock.h"

#include "unit.h"

static int64_t the_time;

static int64_t fixed(void *arg)
{
	(void)arg;
	return the_time;
}

static bool no_wait(void *arg, pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t by_ms)
{
	(void)arg;
	(void)cond;
	(void)mutex;
	the_time = by_ms;
	return false;
}

static void counts_what_is_left(void **state)
{
	static const struct pl_clock CLOCK = { fixed, fixed, no_wait, NULL };

	(void)state;
	the_time = 1000;
	pl_clock_use(&CLOCK);
	assert_int_equal(pl_clock_now_ms(), 1000);
	assert_int_equal(pl_clock_in_ms(250), 1250);
	assert_int_equal(pl_clock_left_ms(1250), 250);
	assert_int_equal(pl_clock_left_ms(1000), 0);
	assert_int_equal(pl_clock_left_ms(1), 0);
	assert_int_equal(pl_clock_in_ms(PL_FOREVER), PL_FOREVER);
	assert_int_equal(pl_clock_in_ms(PL_FOREVER - 10), PL_FOREVER);
	assert_int_equal(pl_clock_left_ms(PL_FOREVER), INT32_MAX);
	assert_int_equal(pl_clock_left_ms(PL_FOREVER - 1), INT32_MAX);
	pl_clock_use(NULL);
}

static void the_systems_clock_runs(void **state)
{
	int64_t before = pl_clock_now_ms();
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t cond;

	(void)state;
	pl_clock_cond_init(&cond);
	pthread_mutex_lock(&mutex);
	while (pl_clock_wait(&cond, &mutex, before + 20))
		continue;
	pthread_mutex_unlock(&mutex);
	pthread_cond_destroy(&cond);
	assert_true(pl_clock_now_ms() >= before + 20);
	assert_true(pl_clock_wall_ms() > INT64_C(1577836800000)); /* 2020 */
}

static void writes_rfc_3339(void **state)
{
	char text[PL_MAX_TIME_TEXT];

	(void)state;
	pl_clock_text(0, text);
	assert_string_equal(text, "1970-01-01T00:00:00.000Z");
	pl_clock_text(INT64_C(1769903999123), text);
	assert_string_equal(text, "2026-01-31T23:59:59.123Z");
	pl_clock_text(INT64_C(951782400000), text);
	assert_string_equal(text, "2000-02-29T00:00:00.000Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_what_is_left),
		cmocka_unit_test(the_systems_clock_runs),
		cmocka_unit_test(writes_rfc_3339),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
