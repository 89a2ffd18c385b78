/* SPDX-License-Identifier: Apache-2.0 */
/* Proves the local socket's reader: one line, known words, bounded texts; a clear no for the rest.
 */
#include "control.h"

#include <stdio.h>

#include "unit.h"

static struct pl_control_request q;
static struct pl_error err;

static enum pl_result parse(const char *line)
{
	return pl_control_parse(pl_span_of(line), &q, &err);
}

static void known_requests_are_read(void **state)
{
	(void)state;
	assert_result(parse("{\"v\":1,\"do\":\"status\"}"), PL_OK);
	assert_int_equal(q.verb, PL_CONTROL_STATUS);
	assert_result(parse(" {\"do\":\"probe\",\"key\":\"usb-1\",\"v\":1,\"new\":[1]}\r"), PL_OK);
	assert_int_equal(q.verb, PL_CONTROL_PROBE);
	assert_string_equal(q.key, "usb-1");
	assert_result(parse("{\"v\":1,\"do\":\"sent\",\"raw\":true,\"key\":null}"), PL_OK);
	assert_true(q.raw);
	assert_string_equal(q.key, "");
	assert_result(parse("{\"v\":1,\"do\":\"enroll\",\"token\":\"plt1.x\"}"), PL_OK);
	assert_string_equal(q.token, "plt1.x");
	assert_false(q.raw);
	assert_result(parse("{\"v\":1,\"do\":\"watch\"}"), PL_OK);
	assert_int_equal(q.verb, PL_CONTROL_WATCH);
}

static void strangers_are_told_what_is_wrong(void **state)
{
	(void)state;
	assert_result(parse("{\"v\":2,\"do\":\"status\"}"), PL_E_UNSUPPORTED);
	assert_string_equal(err.text, "this agent speaks version 1");
	assert_result(parse("{\"v\":1,\"do\":\"reboot\"}"), PL_E_UNSUPPORTED);
	assert_result(parse("{\"v\":1}"), PL_E_UNSUPPORTED);
	assert_result(parse("{\"v\":1,\"do\":\"probe\",\"key\":7}"), PL_E_INVALID);
	assert_result(parse("[1]"), PL_E_PROTOCOL);
	assert_result(parse("GET / HTTP/1.1"), PL_E_PROTOCOL);
	assert_result(parse(""), PL_E_PROTOCOL);
}

static void texts_are_bounded(void **state)
{
	char line[PL_MAX_CONTROL_REQUEST + 64], key[PL_MAX_KEY + 1];

	(void)state;
	memset(key, 'k', sizeof(key) - 1);
	key[sizeof(key) - 1] = '\0';
	snprintf(line, sizeof(line), "{\"v\":1,\"do\":\"probe\",\"key\":\"%s\"}", key);
	assert_result(parse(line), PL_E_INVALID);
	memset(line, ' ', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	assert_result(parse(line), PL_E_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_requests_are_read),
		cmocka_unit_test(strangers_are_told_what_is_wrong),
		cmocka_unit_test(texts_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
