/* SPDX-License-Identifier: Apache-2.0 */
/* Proves the span's little functions, above all with empty spans. */
#include "platen/span.h"

#include "unit.h"

static void takes_heads(void **state)
{
	struct pl_span rest = SPAN("a,,b");

	(void)state;
	assert_span(pl_span_take(&rest, ','), "a");
	assert_span(pl_span_take(&rest, ','), "");
	assert_int_equal(rest.size, 1);
	assert_span(pl_span_take(&rest, ','), "b");
	assert_int_equal(rest.size, 0);
	assert_span(pl_span_take(&rest, ','), "");
	rest = (struct pl_span){ 0 };
	assert_span(pl_span_take(&rest, ','), "");
}

static void trims_and_compares(void **state)
{
	(void)state;
	assert_span(pl_span_trim(SPAN("  a b\r\n")), "a b");
	assert_span(pl_span_trim(SPAN(" \t ")), "");
	assert_span(pl_span_trim((struct pl_span){ 0 }), "");
	assert_true(pl_span_is(SPAN("Tray"), "Tray"));
	assert_false(pl_span_is(SPAN("Tray"), "tray"));
	assert_true(pl_span_is_word(SPAN("Tray"), "tRAY"));
	assert_false(pl_span_is_word(SPAN("Tray"), "Tray1"));
	assert_true(pl_span_is((struct pl_span){ 0 }, ""));
	assert_true(pl_span_starts(SPAN("HTTP/1.1"), "HTTP/"));
	assert_false(pl_span_starts(SPAN("HT"), "HTTP/"));
	assert_int_equal(pl_span_of(NULL).size, 0);
}

static void copies_within_bounds(void **state)
{
	char out[4];

	(void)state;
	assert_true(pl_span_copy(SPAN("abc"), out, sizeof(out)));
	assert_string_equal(out, "abc");
	assert_false(pl_span_copy(SPAN("abcd"), out, sizeof(out)));
	assert_string_equal(out, "abc");
	assert_true(pl_span_copy((struct pl_span){ 0 }, out, sizeof(out)));
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_heads),
		cmocka_unit_test(trims_and_compares),
		cmocka_unit_test(copies_within_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
