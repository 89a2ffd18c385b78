/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that text encodings go both ways, and that each value has one spelling only. */
#include "platen/encode.h"

#include "unit.h"

static const struct {
	const char *plain, *base64, *base64url;
} PAIRS[] = {
	/* RFC 4648 section 10 */
	{ "", "", "" },
	{ "f", "Zg==", "Zg" },
	{ "fo", "Zm8=", "Zm8" },
	{ "foo", "Zm9v", "Zm9v" },
	{ "foob", "Zm9vYg==", "Zm9vYg" },
	{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
	{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
	/* where the alphabets differ */
	{ "\xfb\xff\xbf", "+/+/", "-_-_" },
};

static void base64_both_ways(void **state)
{
	struct pl_bytes b;

	(void)state;
	pl_bytes_init(&b, 100);
	for (size_t i = 0; i < sizeof(PAIRS) / sizeof(PAIRS[0]); i++) {
		size_t n = strlen(PAIRS[i].plain);

		pl_bytes_clear(&b);
		assert_result(pl_base64_write(PL_BASE64, PAIRS[i].plain, n, &b), PL_OK);
		assert_span(pl_bytes_span(&b), PAIRS[i].base64);
		pl_bytes_clear(&b);
		assert_result(pl_base64_write(PL_BASE64URL, PAIRS[i].plain, n, &b), PL_OK);
		assert_span(pl_bytes_span(&b), PAIRS[i].base64url);
		pl_bytes_clear(&b);
		assert_result(pl_base64_read(PL_BASE64, pl_span_of(PAIRS[i].base64), &b), PL_OK);
		assert_span(pl_bytes_span(&b), PAIRS[i].plain);
		pl_bytes_clear(&b);
		assert_result(pl_base64_read(PL_BASE64URL, pl_span_of(PAIRS[i].base64url), &b),
			      PL_OK);
		assert_span(pl_bytes_span(&b), PAIRS[i].plain);
	}
	pl_bytes_finish(&b);
}

static void refuses_every_other_spelling(void **state)
{
	static const char *const WRONG[] = { "Zg",    "Zg=",  "Zg===", "Zh==",	   "Zm9=",
					     "Z",     "=",    "====",  "Zg==Zg==", "Zm9v\n",
					     "Zm 9v", "Zm9-", "Zm9v=" };
	static const char *const WRONG_URL[] = {
		"Zg==", "Zh", "Zm9", "A", "Zm9+", "Zm9v.", "Zm9/"
	};
	struct pl_bytes b;

	(void)state;
	pl_bytes_init(&b, 100);
	assert_result(pl_bytes_add_text(&b, "kept"), PL_OK);
	for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++)
		assert_result(pl_base64_read(PL_BASE64, pl_span_of(WRONG[i]), &b), PL_E_PROTOCOL);
	for (size_t i = 0; i < sizeof(WRONG_URL) / sizeof(WRONG_URL[0]); i++)
		assert_result(pl_base64_read(PL_BASE64URL, pl_span_of(WRONG_URL[i]), &b),
			      PL_E_PROTOCOL);
	assert_span(pl_bytes_span(&b), "kept");
	pl_bytes_finish(&b);
}

static void stays_within_the_buffer(void **state)
{
	struct pl_bytes b;

	(void)state;
	pl_bytes_init(&b, 5);
	assert_result(pl_base64_read(PL_BASE64, SPAN("Zm9vYmFy"), &b), PL_E_TOO_BIG);
	assert_int_equal(b.size, 0);
	pl_bytes_finish(&b);
}

static void hex_both_ways(void **state)
{
	uint8_t bytes[4];
	char text[9];

	(void)state;
	assert_true(pl_hex_read(SPAN("00ff1a9b"), bytes, 4));
	assert_memory_equal(bytes, "\x00\xff\x1a\x9b", 4);
	pl_hex_write(bytes, 4, text);
	assert_string_equal(text, "00ff1a9b");
	assert_false(pl_hex_read(SPAN("00FF1A9B"), bytes, 4));
	assert_false(pl_hex_read(SPAN("00ff1a9"), bytes, 4));
	assert_false(pl_hex_read(SPAN("00ff1a9b0"), bytes, 4));
	assert_false(pl_hex_read(SPAN("00ff1a9g"), bytes, 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_both_ways),
		cmocka_unit_test(refuses_every_other_spelling),
		cmocka_unit_test(stays_within_the_buffer),
		cmocka_unit_test(hex_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
