/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that who fails too often waits, that time heals it, and that others do not wait with them.
 */
#include <stdio.h>

#include "platen/clock.h"
#include "throttle.h"
#include "unit.h"

static int64_t now = 1000000;

static int64_t tell_now(void *arg)
{
	(void)arg;
	return now;
}

static void fail_times(struct pl_throttle *t, const char *name, int n)
{
	for (int i = 0; i < n; i++)
		pl_throttle_failed(t, name);
}

static void waits_after_the_burst(void **state)
{
	struct pl_throttle *t = pl_throttle_create(5, 30000);

	(void)state;
	fail_times(t, "guesser", 4);
	assert_int_equal(pl_throttle_wait_ms(t, "guesser"), 0);
	fail_times(t, "guesser", 1);
	assert_int_equal(pl_throttle_wait_ms(t, "guesser"), 30000);
	assert_int_equal(pl_throttle_wait_ms(t, "somebody else"), 0);
	now += 29999;
	assert_int_equal(pl_throttle_wait_ms(t, "guesser"), 1);
	now += 1;
	assert_int_equal(pl_throttle_wait_ms(t, "guesser"), 0);
	fail_times(t, "guesser", 1);
	assert_int_equal(pl_throttle_wait_ms(t, "guesser"), 30000);
	pl_throttle_forget(t, "guesser");
	assert_int_equal(pl_throttle_wait_ms(t, "guesser"), 0);
	pl_throttle_destroy(t);
}

static void many_names_need_no_more_room(void **state)
{
	struct pl_throttle *t = pl_throttle_create(2, 1000);
	char name[32];

	(void)state;
	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof name, "name %d", i);
		fail_times(t, name, 2);
		assert_true(pl_throttle_wait_ms(t, name) > 0);
	}
	pl_throttle_destroy(t);
	pl_throttle_destroy(NULL);
}

int main(void)
{
	const struct pl_clock clock = { .now_ms = tell_now, .wall_ms = tell_now };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_after_the_burst),
		cmocka_unit_test(many_names_need_no_more_room),
	};

	pl_clock_use(&clock);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
