/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that tries are spread over a time that grows to five minutes, and heed Retry-After. */
#include "uplink.h"

#include "unit.h"

static void check(enum pl_result why, int attempt, int64_t retry_after_s, int64_t min, int64_t max)
{
	int64_t least = INT64_MAX, most = 0;

	for (int i = 0; i < 2000; i++) {
		int64_t ms = pl_next_try_ms(why, attempt, retry_after_s);

		least = ms < least ? ms : least;
		most = ms > most ? ms : most;
	}
	assert_in_range(least, min, min + (max - min) / 20); /* the whole range is used */
	assert_in_range(most, max - (max - min) / 20, max);
}

static void spreads_over_a_growing_time(void **state)
{
	(void)state;
	check(PL_E_REFUSED, 1, -1, 0, 2000);
	check(PL_E_TIMEOUT, 2, -1, 0, 4000);
	check(PL_E_GONE, 5, -1, 0, 32000);
	check(PL_E_GONE, 9, -1, 0, 300000);
	check(PL_E_GONE, 1000000, -1, 0, 300000);
}

static void waits_longer_where_only_a_person_can_help(void **state)
{
	(void)state;
	check(PL_E_UNTRUSTED, 1, -1, 0, 60000);
	check(PL_E_DENIED, 2, -1, 0, 120000);
	check(PL_E_INVALID, 50, -1, 0, 300000);
}

static void never_comes_before_retry_after(void **state)
{
	(void)state;
	check(PL_E_BUSY, 1, 30, 30000, 32000);
	check(PL_E_BUSY, 1, 0, 0, 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spreads_over_a_growing_time),
		cmocka_unit_test(waits_longer_where_only_a_person_can_help),
		cmocka_unit_test(never_comes_before_retry_after),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
