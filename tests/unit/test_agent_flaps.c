/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that a plug pulled and put back is told of as ever, that a loose one is not told of
 * without end, and that how it ended is. */
#include "flaps.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "platen/clock.h"
#include "unit.h"

#define KEY "usb-03f0-2b17-VNB3K12345"

static struct pl_flaps flaps;
static int64_t now_ms;
static cJSON *body;

static int begin(void **state)
{
	(void)state;
	memset(&flaps, 0, sizeof(flaps));
	now_ms = 9000000;
	body = cJSON_CreateObject();
	cJSON_AddStringToObject(body, "reason", "unplugged");
	return 0;
}

static int end(void **state)
{
	(void)state;
	pl_flaps_finish(&flaps);
	cJSON_Delete(body);
	return 0;
}

static bool pass(const char *key, bool attached)
{
	now_ms += 50;
	return pl_flaps_pass(&flaps, key, attached,
			     attached ? "printer.attached" : "printer.detached", body, now_ms);
}

/* What is told when it has been calm; "" nothing. */
static const char *calm(void)
{
	char key[PL_MAX_KEY];
	cJSON *told = NULL;
	const char *kind;

	now_ms += 6000;
	if (!pl_flaps_take(&flaps, now_ms, key, &kind, &told))
		return "";
	assert_string_equal(key, KEY);
	assert_true(cJSON_Compare(told, body, true));
	cJSON_Delete(told);
	return kind;
}

static void pulled_and_put_back_is_told(void **state)
{
	(void)state;
	assert_true(pass(KEY, true));
	assert_true(pass(KEY, false));
	assert_true(pass(KEY, true));
	assert_int_equal(pl_flaps_due_ms(&flaps), PL_FOREVER);
	assert_string_equal(calm(), "");
}

static int flap(int times)
{
	int told = 0;

	for (int i = 0; i < times; i++)
		told += pass(KEY, i % 2 == 0);
	return told;
}

static void a_loose_plug_is_told_by_how_it_ends(void **state)
{
	char key[PL_MAX_KEY];
	const char *kind;
	cJSON *told;

	(void)state;
	assert_int_equal(flap(41), 4); /* told as detached, attached in the end */
	assert_false(pl_flaps_take(&flaps, now_ms, key, &kind, &told));
	assert_int_equal(pl_flaps_due_ms(&flaps), now_ms + 5000);
	assert_string_equal(calm(), "printer.attached");
	assert_string_equal(calm(), "");
	assert_int_equal(pl_flaps_due_ms(&flaps), PL_FOREVER);
}

static void back_where_it_was_is_nothing_new(void **state)
{
	(void)state;
	assert_int_equal(flap(40), 4); /* told as detached, and it is */
	assert_string_equal(calm(), "");
	now_ms += 60000;
	assert_true(pass(KEY, true)); /* another minute */
}

static void printers_do_not_share_their_patience(void **state)
{
	char key[PL_MAX_KEY];

	(void)state;
	flap(20);
	for (int i = 0; i < 40; i++) {
		snprintf(key, sizeof(key), "usb-03f0-2b17-OTHER%02d", i);
		assert_true(pass(key, true));
	}
	assert_true(flaps.count <= PL_MAX_FLAPS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(pulled_and_put_back_is_told, begin, end),
		cmocka_unit_test_setup_teardown(a_loose_plug_is_told_by_how_it_ends, begin, end),
		cmocka_unit_test_setup_teardown(back_where_it_was_is_nothing_new, begin, end),
		cmocka_unit_test_setup_teardown(printers_do_not_share_their_patience, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
