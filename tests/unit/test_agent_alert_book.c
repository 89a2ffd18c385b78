/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that a door which is opened and shut is one event each, and a sensor that flutters not
 * twenty; and that what it is in the end is told all the same. */
#include "alert_book.h"

#include <string.h>

#include "unit.h"

#define WALL 1769846400000LL

static struct pl_alert_book book;
static struct pl_alert_news news[2 * PL_MAX_ALERTS];
static struct pl_snapshot s;
static int64_t now_ms;
static int opened, closed;
static bool doubt;

static int begin(void **state)
{
	(void)state;
	memset(&book, 0, sizeof(book));
	now_ms = 5000000;
	opened = closed = 0;
	return 0;
}

/* A reading `after_ms` later, in which these alerts are there; "" none. */
static size_t look(int64_t after_ms, const char *one, const char *other)
{
	size_t n;

	now_ms += after_ms;
	pl_snapshot_init(&s);
	if (one[0])
		pl_snapshot_add_alert(&s, pl_span_of(one), PL_SEVERITY_UNKNOWN, PL_SOURCE_IPP);
	if (other[0])
		pl_snapshot_add_alert(&s, pl_span_of(other), PL_SEVERITY_UNKNOWN, PL_SOURCE_IPP);
	n = pl_alert_book_enter(&book, &s, now_ms, WALL + now_ms, news, &doubt);
	for (size_t i = 0; i < n; i++)
		*(news[i].opened ? &opened : &closed) += 1;
	return n;
}

static void a_door_opened_and_shut_is_one_event_each(void **state)
{
	(void)state;
	assert_int_equal(look(0, "coverOpen", ""), 1);
	assert_true(news[0].opened);
	assert_string_equal(news[0].alert.code, "coverOpen");
	assert_int_equal(news[0].alert.since_ms, WALL + now_ms);
	assert_int_equal(look(300, "coverOpen", ""), 0);
	assert_int_equal(s.alerts[0].since_ms, WALL + now_ms - 300);
	assert_int_equal(look(300, "", ""), 1);
	assert_false(news[0].opened);
	assert_false(doubt);
}

static void a_flutter_is_not_twenty(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		look(50, i % 2 ? "" : "coverOpen", "");
	assert_int_equal(opened, 1);
	assert_int_equal(closed, 1);
	look(50, "coverOpen", ""); /* it comes to rest */
	assert_true(doubt);
	assert_int_equal(look(4000, "coverOpen", ""), 1);
	assert_int_equal(opened, 2);
	assert_false(doubt);
	look(100, "", ""); /* and flutters on */
	look(100, "coverOpen", "");
	look(4000, "coverOpen", "");
	assert_int_equal(closed, 1);
	look(100, "", "");
	look(4000, "", "");
	assert_int_equal(closed, 2);
	assert_int_equal(book.count, 0);
}

/* At every look, an hour long: told of about once a minute, and never twice the same. */
static void one_that_never_rests_is_told_seldom(void **state)
{
	int told = 0;

	(void)state;
	for (int i = 0; i < 720; i++) {
		for (size_t n = look(1000, i % 2 ? "" : "jam", ""), k = 0; k < n; k++)
			told += news[k].opened ? 1 : -1;
		assert_true(told == 0 || told == 1);
	}
	assert_in_range(opened, 1, 15);
}

static void a_minute_later_it_is_told_at_once(void **state)
{
	(void)state;
	look(0, "coverOpen", "");
	look(1000, "", "");
	assert_int_equal(look(61000, "coverOpen", ""), 1);
	assert_int_equal(look(1000, "", ""), 1);
}

static void another_alert_is_told_at_once(void **state)
{
	(void)state;
	look(0, "coverOpen", "");
	look(100, "", "");
	assert_int_equal(look(100, "coverOpen", "jam"), 1);
	assert_string_equal(news[0].alert.code, "jam");
}

static void more_of_them_than_there_is_room_for_lose_nothing(void **state)
{
	static const char *const CODES[] = {
		"coverOpen",	      "coverClosed",	       "interlockOpen",
		"interlockClosed",    "configurationChange",   "jam",
		"subunitMissing",     "subunitLifeAlmostOver", "subunitLifeOver",
		"subunitAlmostEmpty", "subunitEmpty",	       "subunitAlmostFull",
		"subunitFull",	      "subunitNearLimit",      "subunitAtLimit",
		"subunitOpened",      "subunitClosed",	       "subunitTurnedOn",
		"subunitTurnedOff",   "subunitOffline",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(CODES) / sizeof(CODES[0]); i++) {
		assert_int_equal(look(10, CODES[i], ""), i == 0 ? 1 : 2);
		assert_true(book.recent_count <= PL_MAX_FLUTTERS);
	}
	assert_int_equal(look(10, "", ""), 1);
	assert_int_equal(opened, closed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_door_opened_and_shut_is_one_event_each, begin),
		cmocka_unit_test_setup(a_flutter_is_not_twenty, begin),
		cmocka_unit_test_setup(one_that_never_rests_is_told_seldom, begin),
		cmocka_unit_test_setup(a_minute_later_it_is_told_at_once, begin),
		cmocka_unit_test_setup(another_alert_is_told_at_once, begin),
		cmocka_unit_test_setup(more_of_them_than_there_is_room_for_lose_nothing, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
