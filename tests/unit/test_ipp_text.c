/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that whatever bytes a device sends come out as words that can be shown and numbers that
 * are honest. */
#include "media_size.h"
#include "text.h"

#include "unit.h"

static void assert_clean(struct pl_span told, size_t cap, const char *wanted)
{
	char out[64];

	memset(out, 'X', sizeof(out));
	text_clean(told, out, cap);
	assert_string_equal(out, wanted);
}

static void cleans_words(void **state)
{
	(void)state;
	assert_clean(SPAN("  Tray 1\r\n"), 64, "Tray 1");
	assert_clean(SPAN("a\tb\033c"), 64, "a b c");
	assert_clean(SPAN("K\303\274che"), 64, "K\303\274che");
	assert_clean(SPAN("\xff\xc0\xaf\xed\xa0\x80"), 64, "??????");
	assert_clean(SPAN("x\302\205y"), 64, "x y");
	assert_clean(SPAN("a\0b"), 64, "a b");
	assert_clean((struct pl_span){ 0 }, 64, "");
}

static void cuts_at_a_characters_edge(void **state)
{
	(void)state;
	assert_clean(SPAN("abcdef"), 4, "abc");
	assert_clean(SPAN("ab\303\274"), 4, "ab");
	assert_clean(SPAN("a\303\274b"), 4, "a\303\274");
	assert_clean(SPAN("abc def"), 5, "abc");
	assert_clean(SPAN("a"), 1, "");
}

static void assert_number(struct pl_span told, bool whole, bool leading, int64_t wanted)
{
	int64_t value = 77;

	assert_int_equal(text_number(told, &value), whole);
	assert_int_equal(value, whole ? wanted : 77);
	value = 77;
	assert_int_equal(text_leading_number(told, &value), leading);
	assert_int_equal(value, leading ? wanted : 77);
}

static void reads_numbers(void **state)
{
	(void)state;
	assert_number(SPAN("18421"), true, true, 18421);
	assert_number(SPAN(" -3 "), true, true, -3);
	assert_number(SPAN("+7"), true, true, 7);
	assert_number(SPAN("61%"), false, true, 61);
	assert_number(SPAN("Bad Value"), false, false, 0);
	assert_number(SPAN(""), false, false, 0);
	assert_number(SPAN("-"), false, false, 0);
	assert_number(SPAN("1-2"), false, true, 1);
	assert_number(SPAN("9223372036854775807"), true, true, INT64_MAX);
	assert_number(SPAN("9223372036854775808"), false, false, 0);
	assert_number(SPAN("99999999999999999999999"), false, false, 0);
}

static void compares_words(void **state)
{
	(void)state;
	assert_true(text_same_words(SPAN("toner-cartridge"), "tonerCartridge"));
	assert_true(text_same_words(SPAN("Toner Cartridge"), "tonerCartridge"));
	assert_true(text_same_words(SPAN(""), ""));
	assert_false(text_same_words(SPAN("toner"), "tonerCartridge"));
	assert_false(text_same_words(SPAN("tonerCartridges"), "tonerCartridge"));
	assert_true(text_has(SPAN("Energy: SLEEPING..."), "sleep"));
	assert_false(text_has(SPAN("slee"), "sleep"));
}

static void assert_size(int64_t width, int64_t length, const char *wanted)
{
	char name[64];

	media_size_name(width, length, name, sizeof(name));
	assert_string_equal(name, wanted);
}

static void names_media_sizes(void **state)
{
	char name[64];

	(void)state;
	assert_size(210000, 297000, "iso_a4_210x297mm");
	assert_size(297000, 210000, "iso_a4_210x297mm");
	assert_size(215900, 279400, "na_letter_8.5x11in");
	assert_size(209500, 297900, "iso_a4_210x297mm");
	assert_size(200000, 200000, "");
	assert_size(-2, -2, "");
	assert_size(INT64_MAX, INT64_MIN, "");
	media_size_from_word(SPAN("A4"), name, sizeof(name));
	assert_string_equal(name, "iso_a4_210x297mm");
	media_size_from_word(SPAN("na_letter_8.5x11in"), name, sizeof(name));
	assert_string_equal(name, "na_letter_8.5x11in");
	media_size_from_word(SPAN("Frau Müllers Papier"), name, sizeof(name));
	assert_string_equal(name, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cleans_words),	     cmocka_unit_test(cuts_at_a_characters_edge),
		cmocka_unit_test(reads_numbers),     cmocka_unit_test(compares_words),
		cmocka_unit_test(names_media_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
