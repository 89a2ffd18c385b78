/* SPDX-License-Identifier: Apache-2.0 */
/* Quirks: who matches, which section wins, what the files may say. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "platen/quirks.h"

static int setup(void **state)
{
	return pl_quirks_create((struct pl_quirk_set **)state, NULL) == PL_OK ? 0 : -1;
}

static int teardown(void **state)
{
	pl_quirks_destroy(*state);
	return 0;
}

static void add(struct pl_quirk_set *set, const char *text)
{
	struct pl_error err = { PL_OK, "" };

	assert_int_equal(pl_quirks_add(set, pl_span_of(text), "test.conf", &err), PL_OK);
}

/* What one quirk is for the HP Laser 107a, 03f0:0c17. */
static uint32_t value(const struct pl_quirk_set *set, enum pl_quirk quirk)
{
	struct pl_quirks q;

	pl_quirks_find(set, 0x03f0, 0x0c17, "HP Inc.", "HP Laser 107a", &q);
	return q.value[quirk];
}

static void globs_match_and_weigh(void **state)
{
	static const struct {
		const char *glob, *text;
		int weight;
	} CASES[] = {
		{ "", "", 0 },
		{ "", "a", -1 },
		{ "*", "", 0 },
		{ "*", "abc", 0 },
		{ "abc", "abc", 3 },
		{ "abc", "ABC", -1 },
		{ "abc", "abcd", -1 },
		{ "abcd", "abc", -1 },
		{ "a*c", "abbc", 2 },
		{ "a*c", "ac", 2 },
		{ "*b*", "abba", 1 },
		{ "a?c", "abc", 2 },
		{ "a?c", "ac", -1 },
		{ "abc*", "abc", 3 },
		{ "abc***", "abc", 3 },
		{ "abc?", "abc", -1 },
		{ "*abab*c", "abaababxabc", 5 },
		{ "a\\*c", "a*c", 3 },
		{ "a\\*c", "abc", -1 },
		{ "*\\?", "what?", 1 },
		{ "a\\", "a", -1 },
		{ "\\", "\\", -1 },
		{ "\\\\", "\\", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		int weight = pl_quirk_glob(CASES[i].glob, CASES[i].text);

		if (weight != CASES[i].weight)
			fail_msg("[%s] against \"%s\": %d, not %d", CASES[i].glob, CASES[i].text,
				 weight, CASES[i].weight);
	}
}

/* A glob that would take for ever by trying every division. */
static void a_glob_of_stars_is_quick(void **state)
{
	char glob[PL_MAX_QUIRK_MODEL] = "", text[256];

	(void)state;
	for (size_t i = 0; i + 2 < sizeof(glob) - 1; i += 2)
		memcpy(glob + i, "*a", 3);
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	text[sizeof(text) - 2] = 'b';
	assert_int_equal(pl_quirk_glob(glob, text), -1);
}

static void the_most_telling_section_wins(void **state)
{
	add(*state, "[*]\nrequest-delay = 1\nusb-send-delay = 1\ninit-delay = 1\n"
		    "usb-max-interfaces = 1\n"
		    "[03f0:*]\nusb-send-delay = 2\ninit-delay = 2\nusb-max-interfaces = 2\n"
		    "[HP*107a]\ninit-delay = 3\nusb-max-interfaces = 3\n"
		    "[03f0:0C17]\nusb-max-interfaces = 5\n"
		    "[HP Inc. HP Laser 107a]\ninit-delay = 4\nusb-max-interfaces = 4\n"
		    "[03f0:0c18]\nusb-max-interfaces = 9\n"
		    "[04f9:*]\nusb-max-interfaces = 9\n");
	assert_int_equal(value(*state, PL_QUIRK_REQUEST_DELAY), 1);
	assert_int_equal(value(*state, PL_QUIRK_SEND_DELAY), 2);
	assert_int_equal(value(*state, PL_QUIRK_INIT_DELAY), 4);
	assert_int_equal(value(*state, PL_QUIRK_MAX_INTERFACES), 5);
	assert_int_equal(value(*state, PL_QUIRK_ZLP_SEND), 0);
}

static void among_equals_the_first_wins(void **state)
{
	add(*state, "[03f0:*]\nrequest-delay = 1\n[03f0:*]\nrequest-delay = 2\nzlp-send = true\n"
		    "[H*]\nrequest-delay = 3\n");
	add(*state, "[03f0:*]\nzlp-send = false\n");
	assert_int_equal(value(*state, PL_QUIRK_REQUEST_DELAY), 1);
	assert_int_equal(value(*state, PL_QUIRK_ZLP_SEND), 1);
}

static void headers_are_whole_lines(void **state)
{
	struct pl_quirks q;

	add(*state,
	    "[HP*]\nhttp-connection = close\nhttp-X-More = \"a b\"\nhttp-host = elsewhere\n");
	add(*state, "[HP LaserJet*]\nhttp-connection = keep-alive\n");
	pl_quirks_find(*state, 0x03f0, 1, "HP", "Ink", &q);
	assert_string_equal(q.headers, "connection: close\r\nX-More: a b\r\n");
	pl_quirks_find(*state, 0x03f0, 1, "HP", "LaserJet 1", &q);
	assert_string_equal(q.headers, "connection: keep-alive\r\n");
	pl_quirks_find(*state, 0x04a9, 1, "Canon", "X", &q);
	assert_string_equal(q.headers, "");
}

static void false_overrules_true(void **state)
{
	struct pl_quirks q;

	add(*state, "[*]\nblacklist = true\n[HP*]\nblacklist = false\nunidir = true\n");
	pl_quirks_find(*state, 0x03f0, 1, "HP", "x", &q);
	assert_int_equal(q.value[PL_QUIRK_BLACKLIST], 0);
	assert_int_equal(q.value[PL_QUIRK_UNIDIR], 1);
	assert_true(pl_quirks_forbid(&q));
	assert_string_equal(q.file, "test.conf");
	assert_int_equal(q.line, 5);
	pl_quirks_find(*state, 0x04f9, 1, "Brother", "x", &q);
	assert_true(q.value[PL_QUIRK_BLACKLIST]);
	assert_int_equal(q.line, 2);
	pl_quirks_find(NULL, 0x04f9, 1, "Brother", "x", &q);
	assert_false(pl_quirks_forbid(&q));
}

/* ipp-usb puts the maker before a product that does not begin with it. */
static void names_are_ipp_usbs(void **state)
{
	struct pl_quirks q;

	add(*state, "[HP LaserJet 9]\nzlp-send = true\n[Canon X]\nzlp-send = true\n[ Y ]\n"
		    "zlp-send = true\n");
	pl_quirks_find(*state, 1, 1, "HP", "HP LaserJet 9", &q);
	assert_true(q.value[PL_QUIRK_ZLP_SEND]);
	pl_quirks_find(*state, 1, 1, " Canon ", "X ", &q);
	assert_true(q.value[PL_QUIRK_ZLP_SEND]);
	pl_quirks_find(*state, 1, 1, "", "Y", &q);
	assert_true(q.value[PL_QUIRK_ZLP_SEND]);
	pl_quirks_find(*state, 1, 1, "Hewlett-Packard", "HP LaserJet 9", &q);
	assert_false(q.value[PL_QUIRK_ZLP_SEND]);
}

static void values_are_read(void **state)
{
	add(*state, "; comment\r\n[ \"HP\"* ] behind\r\n"
		    "  init-delay = 1s250ms # comment\r\n"
		    "request-delay=\"30\"\r\n"
		    "usb-send-delay = \\\n 1m\n"
		    "usb-send-delay-threshold = 512 ; comment\n"
		    "zlp-send = true\n http-connection = \"\"\nmodel = \"B # 210\"\n"
		    "init-timeout = 20s\ninit-reset = hard\nbuggy-ipp-responses = sanitize\n"
		    "disable-scan = true\nignore-ipp-status = false\n");
	assert_int_equal(value(*state, PL_QUIRK_INIT_DELAY), 1250);
	assert_int_equal(value(*state, PL_QUIRK_REQUEST_DELAY), 30);
	assert_int_equal(value(*state, PL_QUIRK_SEND_DELAY), 60000);
	assert_int_equal(value(*state, PL_QUIRK_SEND_THRESHOLD), 512);
	assert_int_equal(value(*state, PL_QUIRK_ZLP_SEND), 1);
	assert_int_equal(value(*state, PL_QUIRK_INIT_TIMEOUT), 20000);
	assert_int_equal(value(*state, PL_QUIRK_HEADERS), 0); /* empty: none is sent */
}

static void a_long_delay_is_cut(void **state)
{
	add(*state, "[*]\ninit-delay = 99999999999999999999h\nrequest-delay = 4294967295\n");
	assert_int_equal(value(*state, PL_QUIRK_INIT_DELAY), PL_MAX_QUIRK_DELAY);
	assert_int_equal(value(*state, PL_QUIRK_REQUEST_DELAY), PL_MAX_QUIRK_DELAY);
}

/* Each is one fault on line 3; the lines around it count. */
static void faults_are_named_and_passed_over(void **state)
{
	static const char *const FAULTS[] = {
		"blacklist = yes",
		"blacklist =",
		"nonsense = 1",
		"usb-max-interfaces = -1",
		"init-delay = 1x",
		"init-delay = s",
		"init-reset = maybe",
		"= 1",
		"just words",
		"request-delay = 1",
		"mfg = \"open",
		"usb-max-interfaces = 4294967296",
		"buggy-ipp-responses = no",
		"init-delay = 1s2",
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(FAULTS) / sizeof(FAULTS[0]); i++) {
		struct pl_quirk_set *set;
		struct pl_error err;

		assert_int_equal(pl_quirks_create(&set, NULL), PL_OK);
		snprintf(text, sizeof(text), "[*]\nrequest-delay = 7\n%s\nzlp-send = true\n",
			 FAULTS[i]);
		if (pl_quirks_add(set, pl_span_of(text), "x.conf", &err) != PL_E_INVALID ||
		    !strstr(err.text, "x.conf line 3: "))
			fail_msg("\"%s\" was taken, or named badly: %s", FAULTS[i], err.text);
		assert_int_equal(value(set, PL_QUIRK_REQUEST_DELAY), 7);
		assert_int_equal(value(set, PL_QUIRK_ZLP_SEND), 1);
		pl_quirks_destroy(set);
	}
}

/* Words behind a section that cannot be read belong to nobody. */
static void a_broken_section_takes_nothing_along(void **state)
{
	static const char *const FILES[] = {
		"zlp-send = true\n",
		"[HP*]\n[broken\nzlp-send = true\n",
		"[HP*]\n[]\nzlp-send = true\n",
		"[HP*]\n[\"open]\nzlp-send = true\n",
	};
	char longest[PL_MAX_QUIRK_MODEL + 32] = "[";
	struct pl_error err;

	for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++)
		assert_int_equal(pl_quirks_add(*state, pl_span_of(FILES[i]), "x", &err),
				 PL_E_INVALID);
	memset(longest + 1, '*', PL_MAX_QUIRK_MODEL);
	strcpy(longest + 1 + PL_MAX_QUIRK_MODEL, "]\nzlp-send = true\n");
	assert_int_equal(pl_quirks_add(*state, pl_span_of(longest), "x", &err), PL_E_INVALID);
	assert_int_equal(pl_quirks_add(*state, (struct pl_span){ "[*]\0", 4 }, "x", &err),
			 PL_E_INVALID);
	assert_int_equal(value(*state, PL_QUIRK_ZLP_SEND), 0);
}

static void there_is_a_bound(void **state)
{
	struct pl_error err;

	for (int i = 0; i < PL_MAX_QUIRK_ROWS; i++)
		add(*state, "[x]\n");
	assert_int_equal(pl_quirks_add(*state, pl_span_of("[*]\n"), "x", &err), PL_E_FULL);
	assert_int_equal(pl_quirks_count(*state), PL_MAX_QUIRK_ROWS);
}

static void cups_rows_count_where_no_section_does(void **state)
{
	static const char ROWS[] = "# comment\n0x04A9 0x1746 unidir\n\n0x4a9 0x304a blacklist\n"
				   "0x0519 unidir\n0x0519 0x0001 delay-close\n"
				   "0x067b 0x2305 no-reattach soft-reset unidir\n"
				   "0x03f0 0x0c17 unidir\n0x03f0 0x0c17 delay-close\n";
	struct pl_error err;
	struct pl_quirks q;

	assert_int_equal(pl_quirks_add_cups(*state, pl_span_of(ROWS), "rows", &err), PL_OK);
	pl_quirks_find(*state, 0x04a9, 0x1746, "Canon", "MP280", &q);
	assert_true(q.value[PL_QUIRK_UNIDIR] && !q.value[PL_QUIRK_BLACKLIST]);
	assert_string_equal(q.file, "rows");
	assert_int_equal(q.line, 2);
	pl_quirks_find(*state, 0x04a9, 0x304a, "Canon", "CP-10", &q);
	assert_true(q.value[PL_QUIRK_BLACKLIST]);
	pl_quirks_find(*state, 0x0519, 0x0002, "Star", "x", &q);
	assert_true(q.value[PL_QUIRK_UNIDIR]);
	pl_quirks_find(*state, 0x0519, 0x0001, "Star", "TSP743", &q);
	assert_false(pl_quirks_forbid(&q)); /* its own row says nothing of the kind */
	pl_quirks_find(*state, 0x067b, 0x2305, "", "", &q);
	assert_true(q.value[PL_QUIRK_UNIDIR]);
	assert_int_equal(value(*state, PL_QUIRK_UNIDIR), 1); /* the first of two rows */
	add(*state, "[*]\nunidir = false\n");
	assert_int_equal(value(*state, PL_QUIRK_UNIDIR), 0);
	assert_int_equal(
		pl_quirks_add_cups(*state, pl_span_of("0x04a9 unidir\n4a9 unidir\n"), "rows", &err),
		PL_E_INVALID);
	assert_non_null(strstr(err.text, "rows line 2"));
}

int main(void)
{
#define WITH_SET(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs_match_and_weigh),
		cmocka_unit_test(a_glob_of_stars_is_quick),
		WITH_SET(the_most_telling_section_wins),
		WITH_SET(among_equals_the_first_wins),
		WITH_SET(false_overrules_true),
		WITH_SET(names_are_ipp_usbs),
		WITH_SET(values_are_read),
		WITH_SET(headers_are_whole_lines),
		WITH_SET(a_long_delay_is_cut),
		cmocka_unit_test(faults_are_named_and_passed_over),
		WITH_SET(a_broken_section_takes_nothing_along),
		WITH_SET(there_is_a_bound),
		WITH_SET(cups_rows_count_where_no_section_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
