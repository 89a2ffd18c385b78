/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that no counter falls unseen, and that each fall is called what it is. */
#include "ledger.h"

#include <string.h>

#include "unit.h"

static struct pl_ledger ledger;
static struct pl_count counters[PL_COUNTER_COUNT];
static struct pl_fall falls[PL_COUNTER_COUNT];

static void tell(enum pl_counter counter, int64_t value, enum pl_source source)
{
	counters[counter] = (struct pl_count){ value, source };
}

static size_t enter(void)
{
	return pl_ledger_enter(&ledger, counters, falls);
}

static int begin(void **state)
{
	(void)state;
	pl_ledger_init(&ledger);
	for (int i = 0; i < PL_COUNTER_COUNT; i++)
		tell((enum pl_counter)i, PL_UNKNOWN, PL_SOURCE_NONE);
	return 0;
}

/* What the fall of a single counter is called; "" where it is none. */
static const char *cause(int64_t before, int64_t after)
{
	pl_ledger_init(&ledger);
	tell(PL_COUNTER_IMPRESSIONS, before, PL_SOURCE_LEDM);
	assert_int_equal(enter(), 0);
	tell(PL_COUNTER_IMPRESSIONS, after, PL_SOURCE_LEDM);
	if (enter() == 0)
		return "";
	assert_int_equal(falls[0].before, before);
	assert_int_equal(falls[0].after, after);
	assert_int_equal(falls[0].source, PL_SOURCE_LEDM);
	return falls[0].cause;
}

static void a_counter_that_runs_over_its_end_has_wrapped(void **state)
{
	(void)state;
	assert_string_equal(cause(4294967290, 12), "wrap");
	assert_string_equal(cause(2147483640, 3), "wrap");
	assert_string_equal(cause(120433, 12), "reset");
	assert_string_equal(cause(4294967290, 4294000000), "reset");
	assert_string_equal(cause(5000000000, 12), "reset"); /* it has more bits than that */
	assert_string_equal(cause(12, 4294967290), "");
	assert_string_equal(cause(12, 12), "");
}

static void silence_is_no_fall(void **state)
{
	(void)state;
	tell(PL_COUNTER_IMPRESSIONS, 931, PL_SOURCE_LEDM);
	assert_int_equal(enter(), 0);
	tell(PL_COUNTER_IMPRESSIONS, PL_UNKNOWN, PL_SOURCE_NONE);
	assert_int_equal(enter(), 0);
	tell(PL_COUNTER_IMPRESSIONS, 930, PL_SOURCE_LEDM);
	assert_int_equal(enter(), 1);
}

static void each_language_has_its_own(void **state)
{
	(void)state;
	tell(PL_COUNTER_IMPRESSIONS, 931, PL_SOURCE_LEDM);
	assert_int_equal(enter(), 0);
	tell(PL_COUNTER_IMPRESSIONS, 465, PL_SOURCE_PJL); /* sheets */
	assert_int_equal(enter(), 0);
	tell(PL_COUNTER_IMPRESSIONS, 930, PL_SOURCE_LEDM);
	assert_int_equal(enter(), 1);
	assert_int_equal(falls[0].before, 931);
	tell(PL_COUNTER_IMPRESSIONS, 464, PL_SOURCE_PJL);
	assert_int_equal(enter(), 1);
	assert_int_equal(falls[0].before, 465);
}

static void three_counters(int64_t impressions, int64_t scans, int64_t jams)
{
	tell(PL_COUNTER_IMPRESSIONS, impressions, PL_SOURCE_LEDM);
	tell(PL_COUNTER_SCANS, scans, PL_SOURCE_LEDM);
	tell(PL_COUNTER_JAMS, jams, PL_SOURCE_LEDM);
}

static void another_formatter_begins_them_all_anew(void **state)
{
	(void)state;
	three_counters(120433, 70, 0);
	tell(PL_COUNTER_COPIES, 5, PL_SOURCE_IPP); /* of another language: says nothing */
	assert_int_equal(enter(), 0);
	three_counters(3, 0, 0);
	assert_int_equal(enter(), 2);
	assert_string_equal(falls[0].cause, "formatter");
	assert_int_equal(falls[0].counter, PL_COUNTER_IMPRESSIONS);
	assert_int_equal(falls[0].after, 3);
	assert_string_equal(falls[1].cause, "formatter");
	assert_int_equal(falls[1].counter, PL_COUNTER_SCANS);
}

static void one_that_did_not_fall_shows_the_same_formatter(void **state)
{
	(void)state;
	three_counters(120433, 70, 4);
	assert_int_equal(enter(), 0);
	three_counters(12, 0, 4);
	assert_int_equal(enter(), 2);
	assert_string_equal(falls[0].cause, "reset");
	assert_string_equal(falls[1].cause, "reset");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_counter_that_runs_over_its_end_has_wrapped, begin),
		cmocka_unit_test_setup(silence_is_no_fall, begin),
		cmocka_unit_test_setup(each_language_has_its_own, begin),
		cmocka_unit_test_setup(another_formatter_begins_them_all_anew, begin),
		cmocka_unit_test_setup(one_that_did_not_fall_shows_the_same_formatter, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
