/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that reading JSON answers "no" instead of guessing, and refuses what must not come in. */
#include "platen/json.h"

#include <cjson/cJSON.h>

#include "unit.h"

static cJSON *parse(const char *text)
{
	cJSON *doc = NULL;
	struct pl_error err;

	assert_result(pl_json_parse(pl_span_of(text), &doc, &err), PL_OK);
	return doc;
}

static void refused(struct pl_span text)
{
	cJSON *doc = NULL;
	struct pl_error err = { 0 };

	assert_result(pl_json_parse(text, &doc, &err), PL_E_PROTOCOL);
	assert_null(doc);
	assert_true(err.text[0] != '\0');
}

static void refuses_what_is_no_json(void **state)
{
	(void)state;
	refused(SPAN(""));
	refused(SPAN("  "));
	refused(SPAN("{"));
	refused(SPAN("{\"a\":1} x"));
	refused(SPAN("{\"a\":1}{}"));
	refused(SPAN("\xef\xbb\xbf{\"a\":\"\xff\"}"));
	refused(SPAN("\"\xc0\x80\""));	       /* overlong NUL */
	refused(SPAN("\"\xed\xa0\x80\""));     /* a surrogate */
	refused(SPAN("\"\xf4\x90\x80\x80\"")); /* past U+10FFFF */
	refused(SPAN("\"\xe2\x82"));	       /* cut */
	refused(SPAN("\"a\\u0000b\""));
	refused(SPAN("\"a\0b\""));
	refused(SPAN("\"\\\\\\u0000\""));
}

static void takes_every_character(void **state)
{
	cJSON *doc = parse("[\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x96\xa8 \\\" \\\\u0000 \\u00e9\"]");

	(void)state;
	assert_string_equal(pl_json_text(doc, "0"),
			    "\xc3\xa9\xe2\x82\xac\xf0\x9f\x96\xa8 \" \\u0000 \xc3\xa9");
	cJSON_Delete(doc);
}

static void nests_sixteen_deep_and_no_deeper(void **state)
{
	char text[64];

	(void)state;
	memset(text, '[', 17);
	memset(text + 17, ']', 17);
	refused((struct pl_span){ text, 34 });
	cJSON_Delete(parse("[[[[[[[[[[[[[[[[\"[[[[[\"]]]]]]]]]]]]]]]]"));
	cJSON_Delete(parse("[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]"));
}

static void walks_paths(void **state)
{
	cJSON *doc = parse("{\"a\":{\"b\":[{\"c\":\"deep\"},7,null]},\"\":1,\"0\":\"zero\"}");

	(void)state;
	assert_string_equal(pl_json_text(doc, "a.b.0.c"), "deep");
	assert_string_equal(pl_json_text(doc, "0"), "zero");
	assert_ptr_equal(pl_json_at(doc, ""), doc);
	assert_null(pl_json_at(doc, "a.b.3"));
	assert_null(pl_json_at(doc, "a.b.-1"));
	assert_null(pl_json_at(doc, "a.b.x"));
	assert_null(pl_json_at(doc, "a.b.0.c.d"));
	assert_null(pl_json_at(doc, "A"));
	assert_null(pl_json_at(NULL, "a"));
	assert_int_equal(pl_json_count(doc, "a.b"), 3);
	assert_int_equal(pl_json_count(doc, "a"), 0);
	cJSON_Delete(doc);
}

static void takes_only_the_kind_asked_for(void **state)
{
	cJSON *doc = parse("{\"t\":\"1\",\"n\":5,\"f\":1.5,\"h\":1e300,\"b\":true,\"z\":null,"
			   "\"m\":9007199254740991,\"o\":9007199254740993,\"neg\":-3}");
	int64_t n = -1;
	bool b = false;
	char text[3] = "ab";

	(void)state;
	assert_true(pl_json_int(doc, "n", 0, 10, &n));
	assert_int_equal(n, 5);
	assert_true(pl_json_int(doc, "m", 0, PL_MAX_JSON_INT, &n));
	assert_true(n == PL_MAX_JSON_INT);
	assert_true(pl_json_int(doc, "neg", -5, 0, &n));
	assert_int_equal(n, -3);
	assert_false(pl_json_int(doc, "n", 6, 10, &n));
	assert_false(pl_json_int(doc, "n", 0, 4, &n));
	assert_false(pl_json_int(doc, "t", 0, 10, &n));
	assert_false(pl_json_int(doc, "f", 0, 10, &n));
	assert_false(pl_json_int(doc, "h", 0, PL_MAX_JSON_INT, &n));
	assert_false(pl_json_int(doc, "o", 0, PL_MAX_JSON_INT, &n));
	assert_false(pl_json_int(doc, "z", 0, 10, &n));
	assert_int_equal(n, -3);
	assert_true(pl_json_bool(doc, "b", &b));
	assert_true(b);
	assert_false(pl_json_bool(doc, "n", &b));
	assert_null(pl_json_text(doc, "n"));
	assert_false(pl_json_copy(doc, "n", text, sizeof(text)));
	assert_string_equal(text, "ab");
	assert_true(pl_json_copy(doc, "t", text, sizeof(text)));
	assert_string_equal(text, "1");
	cJSON_Delete(doc);
	doc = parse("\"abc\"");
	assert_false(pl_json_copy(doc, "", text, 3));
	cJSON_Delete(doc);
}

static void unknown_numbers_and_texts_are_null(void **state)
{
	cJSON *doc = cJSON_CreateObject();
	struct pl_bytes b;

	(void)state;
	pl_bytes_init(&b, 200);
	pl_json_add_int(doc, "a", INT64_MIN);
	pl_json_add_int(doc, "b", PL_MAX_JSON_INT);
	pl_json_add_int(doc, "c", -1);
	pl_json_add_text(doc, "d", "");
	pl_json_add_text(doc, "e", NULL);
	pl_json_add_text(doc, "f", "x");
	assert_result(pl_json_print(doc, &b), PL_OK);
	assert_span(
		pl_bytes_span(&b),
		"{\"a\":null,\"b\":9007199254740991,\"c\":-1,\"d\":null,\"e\":null,\"f\":\"x\"}");
	pl_bytes_finish(&b);
	cJSON_Delete(doc);
}

static void reads_times(void **state)
{
	int64_t ms = 0;

	(void)state;
	assert_true(pl_time_read("1970-01-01T00:00:00Z", &ms));
	assert_true(ms == 0);
	assert_true(pl_time_read("2026-01-31T23:59:59.123Z", &ms));
	assert_true(ms == 1769903999123);
	assert_true(pl_time_read("2024-02-29T12:00:00.5Z", &ms));
	assert_true(ms == 1709208000500);
	assert_true(pl_time_read("2000-03-01T00:00:00.1239Z", &ms));
	assert_true(ms == 951868800123);
	assert_true(pl_time_read("1969-12-31T23:59:59Z", &ms));
	assert_true(ms == -1000);
	assert_false(pl_time_read("2025-02-29T12:00:00Z", &ms));
	assert_false(pl_time_read("2026-13-01T00:00:00Z", &ms));
	assert_false(pl_time_read("2026-01-01T24:00:00Z", &ms));
	assert_false(pl_time_read("2026-01-01T00:00:00", &ms));
	assert_false(pl_time_read("2026-01-01T00:00:00.Z", &ms));
	assert_false(pl_time_read("2026-01-01T00:00:00+01:00", &ms));
	assert_false(pl_time_read("2026-01-01 00:00:00Z", &ms));
	assert_false(pl_time_read("2026-01-01T00:00:00Zx", &ms));
	assert_false(pl_time_read("", &ms));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_is_no_json),
		cmocka_unit_test(takes_every_character),
		cmocka_unit_test(nests_sixteen_deep_and_no_deeper),
		cmocka_unit_test(walks_paths),
		cmocka_unit_test(takes_only_the_kind_asked_for),
		cmocka_unit_test(unknown_numbers_and_texts_are_null),
		cmocka_unit_test(reads_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
