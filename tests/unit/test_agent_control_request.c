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

/* Every verb, every kind of caller: reading is everybody's, answering the seat's, changing root's.
 */
static void rights_are_what_the_table_says(void **state)
{
	static const struct {
		const char *verb;
		bool anybody, seated;
	} ROWS[] = {
		{ "status", true, true },     { "printers", true, true },
		{ "probe", true, true },      { "sent", true, true },
		{ "doctor", true, true },     { "enroll", false, false },
		{ "ews", true, true },	      { "watch", true, true },
		{ "ews_allow", false, true }, { "ews_deny", false, true },
		{ "ews_end", false, true },   { "diag", false, false },
	};
	const struct pl_control_caller anybody = { 0 }, seated = { .seated = true },
				       root = { .trusted = true };
	unsigned seen = 0;
	char line[64];

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		snprintf(line, sizeof(line), "{\"v\":1,\"do\":\"%s\"}", ROWS[i].verb);
		assert_result(parse(line), PL_OK);
		seen |= 1u << q.verb;
		assert_result(pl_control_permit(q.verb, &root, &err), PL_OK);
		assert_result(pl_control_permit(q.verb, &anybody, &err),
			      ROWS[i].anybody ? PL_OK : PL_E_DENIED);
		if (!ROWS[i].anybody)
			assert_non_null(strstr(err.text, "only "));
		assert_result(pl_control_permit(q.verb, &seated, &err),
			      ROWS[i].seated ? PL_OK : PL_E_DENIED);
	}
	assert_int_equal(seen, (1u << PL_CONTROL_VERB_COUNT) - 1); /* none is left out */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_requests_are_read),
		cmocka_unit_test(strangers_are_told_what_is_wrong),
		cmocka_unit_test(texts_are_bounded),
		cmocka_unit_test(rights_are_what_the_table_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
