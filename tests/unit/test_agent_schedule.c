/* SPDX-License-Identifier: Apache-2.0 */
/* Proves the timetable: little and often while something happens, seldom when nothing does, never
 * when it sleeps; and that a server can only slow it. */
#include "schedule.h"

#include "platen/clock.h"
#include "unit.h"

#define NOW    1000000000LL
#define S      1000LL
#define MINUTE (60 * S)
#define HOUR   (60 * MINUTE)

static struct pl_pulse p;
static struct pl_pace pace;

/* An HTTP printer, attached long ago, read in full a minute ago, quiet since. */
static int begin(void **state)
{
	(void)state;
	pl_pace_init(&pace);
	pl_pulse_init(&p, NOW - 10 * HOUR);
	p.way = PL_WAY_HTTP;
	p.has_small = true;
	p.active_ms = NOW - 9 * HOUR;
	p.trial_ms = NOW - 8 * HOUR;
	p.last_look_ms = NOW;
	p.last_full_ms = NOW - MINUTE;
	return 0;
}

static void next(int64_t at_ms, enum pl_depth depth)
{
	int64_t at;
	enum pl_depth how;

	pl_schedule_next(&p, &pace, NOW, &at, &how);
	assert_int_equal(at - NOW, at_ms);
	assert_int_equal(how, depth);
}

static void quiet_printers_are_asked_each_minute(void **state)
{
	(void)state;
	next(60 * S, PL_DEPTH_SMALL);
	p.last_full_ms = NOW - HOUR + 30 * S;
	next(30 * S, PL_DEPTH_FULL);
}

static void active_printers_are_asked_every_ten_seconds(void **state)
{
	(void)state;
	p.active_ms = NOW - 4 * MINUTE;
	next(10 * S, PL_DEPTH_SMALL);
	p.last_full_ms = NOW - 5 * MINUTE + 3 * S;
	next(3 * S, PL_DEPTH_FULL);
	p.active_ms = NOW - 5 * MINUTE;
	p.last_full_ms = NOW - 5 * MINUTE;
	next(60 * S, PL_DEPTH_SMALL);
}

static void a_fresh_printer_is_active(void **state)
{
	(void)state;
	p.attached_ms = NOW - MINUTE;
	p.active_ms = PL_NEVER_MS;
	next(10 * S, PL_DEPTH_SMALL);
}

static void printing_is_watched_gently(void **state)
{
	(void)state;
	p.processing = true;
	next(5 * S, PL_DEPTH_SMALL);
	p.last_full_ms = NOW - 2 * HOUR; /* overdue, but paper is moving */
	next(5 * S, PL_DEPTH_SMALL);
}

static void a_job_s_end_is_followed_by_everything(void **state)
{
	(void)state;
	p.job_ended_ms = NOW;
	next(2 * S, PL_DEPTH_FULL);
	p.last_full_ms = NOW + 2 * S;
	next(10 * S, PL_DEPTH_SMALL);
}

static void the_first_look_comes_at_once(void **state)
{
	(void)state;
	p.attached_ms = NOW;
	p.last_look_ms = p.last_full_ms = p.active_ms = PL_NEVER_MS;
	p.way = PL_WAY_ID;
	next(0, PL_DEPTH_FULL);
}

static void asleep_only_sysfs_is_looked_at(void **state)
{
	(void)state;
	p.asleep = true;
	next(15 * MINUTE, PL_DEPTH_PASSIVE);
	p.last_full_ms = NOW - 24 * HOUR;
	next(15 * MINUTE, PL_DEPTH_PASSIVE);
	p.wants_full = true; /* somebody asked */
	next(0, PL_DEPTH_FULL);
}

static void printers_we_keep_awake_are_left_alone_when_quiet(void **state)
{
	(void)state;
	p.kept_awake = true;
	next(15 * MINUTE, PL_DEPTH_PASSIVE);
	p.active_ms = NOW - MINUTE;
	next(10 * S, PL_DEPTH_SMALL);
}

static void a_printer_that_tells_its_changes_is_not_read_for_nothing(void **state)
{
	(void)state;
	p.active_ms = NOW - MINUTE;
	p.last_full_ms = NOW - 6 * MINUTE;
	next(-1 * MINUTE, PL_DEPTH_FULL);
	p.tells_changes = true;
	next(10 * S, PL_DEPTH_SMALL);
	p.job_ended_ms = NOW; /* what a job did to the counters is read all the same */
	next(2 * S, PL_DEPTH_FULL);
}

static void a_sleepless_printer_is_left_alone_to_see_why(void **state)
{
	(void)state;
	p.trial_ms = PL_NEVER_MS;
	p.last_full_ms = NOW - 2 * HOUR;
	next(30 * MINUTE, PL_DEPTH_SMALL);
	assert_false(pl_schedule_ends_trial(&p, NOW + MINUTE)); /* somebody wanted it read */
	assert_true(pl_schedule_ends_trial(&p, NOW + 30 * MINUTE));
	p.trial_ms = NOW - 25 * HOUR;
	assert_true(pl_schedule_ends_trial(&p, NOW + 30 * MINUTE));
	p.trial_ms = NOW - 23 * HOUR; /* once a day is enough */
	assert_false(pl_schedule_ends_trial(&p, NOW + 30 * MINUTE));
	p.trial_ms = PL_NEVER_MS;
	p.slept_ms = NOW - HOUR / 2; /* it sleeps by itself */
	assert_false(pl_schedule_ends_trial(&p, NOW + 30 * MINUTE));
	p.slept_ms = PL_NEVER_MS;
	p.active_ms = NOW - HOUR / 2; /* it had work to do */
	assert_false(pl_schedule_ends_trial(&p, NOW + 30 * MINUTE));
}

static void poor_ways_take_a_minute(void **state)
{
	(void)state;
	p.way = PL_WAY_PJL;
	p.active_ms = NOW;
	next(60 * S, PL_DEPTH_SMALL);
	p.has_small = false;
	next(60 * S, PL_DEPTH_FULL);
	p.way = PL_WAY_ID;
	next(60 * S, PL_DEPTH_FULL);
	p.processing = true;
	next(60 * S, PL_DEPTH_FULL);
}

static void silence_makes_us_patient(void **state)
{
	(void)state;
	p.active_ms = NOW;
	p.failures = 1;
	next(20 * S, PL_DEPTH_SMALL);
	p.failures = 3;
	next(80 * S, PL_DEPTH_SMALL);
	p.failures = 1000;
	p.last_full_ms = PL_NEVER_MS;
	next(640 * S, PL_DEPTH_FULL);
	p.active_ms = p.attached_ms;
	next(15 * MINUTE, PL_DEPTH_FULL);
}

static void a_printer_in_use_is_left_alone(void **state)
{
	(void)state;
	p.wants_full = true;
	p.not_before_ms = NOW + 10 * S;
	next(10 * S, PL_DEPTH_FULL);
}

static void a_server_can_only_slow_us(void **state)
{
	(void)state;
	assert_true(pl_pace_slow(&pace, "active_s", 1));
	assert_int_equal(pace.active_s, 10);
	assert_true(pl_pace_slow(&pace, "active_s", 45));
	assert_int_equal(pace.active_s, 45);
	assert_true(pl_pace_slow(&pace, "full_idle_s", 99999999));
	assert_int_equal(pace.full_idle_s, 86400);
	assert_false(pl_pace_slow(&pace, "turbo_s", 60));
}

/* From the default timetable alone: how long a change can go unseen. */
static void an_active_printer_is_never_out_of_sight_for_long(void **state)
{
	(void)state;
	for (int64_t quiet = 0; quiet < 5 * MINUTE; quiet += 7 * S) {
		int64_t at;
		enum pl_depth depth;

		p.active_ms = NOW - quiet;
		pl_schedule_next(&p, &pace, NOW, &at, &depth);
		assert_true(at - NOW <= 10 * S);
	}
}

/* What was seen once is seen again before it is told. */
static void a_doubt_is_settled_soon(void **state)
{
	enum pl_depth depth;
	int64_t at_ms;

	(void)state;
	p.last_full_ms = NOW;
	p.doubts = true;
	pl_schedule_next(&p, &pace, NOW, &at_ms, &depth);
	assert_int_equal(at_ms, NOW + 10 * S);
	assert_int_equal(depth, PL_DEPTH_FULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_doubt_is_settled_soon, begin),
		cmocka_unit_test_setup(quiet_printers_are_asked_each_minute, begin),
		cmocka_unit_test_setup(active_printers_are_asked_every_ten_seconds, begin),
		cmocka_unit_test_setup(a_fresh_printer_is_active, begin),
		cmocka_unit_test_setup(printing_is_watched_gently, begin),
		cmocka_unit_test_setup(a_job_s_end_is_followed_by_everything, begin),
		cmocka_unit_test_setup(the_first_look_comes_at_once, begin),
		cmocka_unit_test_setup(asleep_only_sysfs_is_looked_at, begin),
		cmocka_unit_test_setup(printers_we_keep_awake_are_left_alone_when_quiet, begin),
		cmocka_unit_test_setup(a_printer_that_tells_its_changes_is_not_read_for_nothing,
				       begin),
		cmocka_unit_test_setup(a_sleepless_printer_is_left_alone_to_see_why, begin),
		cmocka_unit_test_setup(poor_ways_take_a_minute, begin),
		cmocka_unit_test_setup(silence_makes_us_patient, begin),
		cmocka_unit_test_setup(a_printer_in_use_is_left_alone, begin),
		cmocka_unit_test_setup(a_server_can_only_slow_us, begin),
		cmocka_unit_test_setup(an_active_printer_is_never_out_of_sight_for_long, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
