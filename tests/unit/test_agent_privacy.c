/* SPDX-License-Identifier: Apache-2.0 */
/* Proves the gate: what has no row does not leave, whatever shape it comes in; texts are cut to
 * their characters and length; and the table says what the project promises. */
#include "privacy.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "platen/json.h"
#include "unit.h"

/* What the gate makes of `body`, as text; the caller frees it. */
static char *filtered(const char *kind, const char *body)
{
	cJSON *doc = cJSON_Parse(body), *kept;
	char *text;

	assert_non_null(doc);
	kept = pl_privacy_filter(kind, doc);
	text = kept ? cJSON_PrintUnformatted(kept) : NULL;
	cJSON_Delete(kept);
	cJSON_Delete(doc);
	return text;
}

static void becomes(const char *kind, const char *body, const char *wanted)
{
	char *text = filtered(kind, body);

	assert_non_null(text);
	assert_string_equal(text, wanted);
	free(text);
}

static void unknown_members_stay(void **state)
{
	(void)state;
	becomes("alert.opened", "{\"code\":\"jam\",\"user\":\"ann\",\"nested\":{\"code\":\"x\"}}",
		"{\"code\":\"jam\"}");
	becomes("printer.snapshot",
		"{\"state\":{\"printer_state\":\"idle\",\"message\":\"CANARY\",\"job\":{\"name\":"
		"\"x\"}}}",
		"{\"state\":{\"printer_state\":\"idle\"}}");
	becomes("printer.snapshot", "{\"media\":[{\"name\":\"CANARY\",\"level\":3}]}",
		"{\"media\":[{\"level\":3}]}");
	becomes("printer.snapshot", "{\"jobs\":[{\"level\":3}],\"access\":{\"note\":\"CANARY\"}}",
		"{\"access\":{}}");
}

static void unknown_kinds_stay(void **state)
{
	(void)state;
	assert_null(filtered("print.job", "{\"code\":\"jam\"}"));
	assert_null(filtered("alert.opened", "[\"code\"]"));
}

/* A leaf in place of an object, an object in place of a leaf: neither smuggles anything out. */
static void wrong_shapes_stay(void **state)
{
	(void)state;
	becomes("printer.snapshot", "{\"state\":\"CANARY\",\"supplies\":\"CANARY\"}", "{}");
	becomes("printer.snapshot",
		"{\"supplies\":[\"CANARY\",[\"CANARY\"],{\"level\":\"CANARY\"}]}",
		"{\"supplies\":[{}]}");
	becomes("alert.opened", "{\"code\":{\"a\":\"CANARY\"},\"index\":\"CANARY\"}", "{}");
	becomes("printer.snapshot",
		"{\"state.message\":\"CANARY\",\"state\":{\"reasons\":{\"\":\"C\"}}}",
		"{\"state\":{}}");
	becomes("printer.snapshot", "{\"supplies[].level\":5,\"media[].level\":6}", "{}");
}

static void unknown_values_stay_unknown(void **state)
{
	(void)state;
	becomes("printer.snapshot",
		"{\"supplies\":null,\"identity\":{\"make\":null},\"counters\":{\"scans\":null}}",
		"{\"supplies\":null,\"identity\":{\"make\":null},\"counters\":{\"scans\":null}}");
}

static void texts_are_cut_to_their_characters(void **state)
{
	(void)state;
	becomes("printer.snapshot", "{\"identity\":{\"model\":\"M\\u00e9 2\\u0007 a@b.example\"}}",
		"{\"identity\":{\"model\":\"M 2 ab.example\"}}");
	becomes("printer.snapshot", "{\"state\":{\"reasons\":[\"media-empty error\",\"<b>\"]}}",
		"{\"state\":{\"reasons\":[\"media-emptyerror\",\"b\"]}}");
	becomes("alert.opened", "{\"since\":\"2026-01-31T08:15:29.800Z, Ann\"}",
		"{\"since\":\"2026-01-31T08:15:29.800Z\"}");
	becomes("printer.snapshot", "{\"identity\":{\"make\":\"\\u65e5\\u672c\"}}",
		"{\"identity\":{\"make\":null}}");
}

static void texts_are_cut_to_their_length(void **state)
{
	char body[400], wanted[200], long_text[201];
	char *text;

	(void)state;
	memset(long_text, 'x', 200);
	long_text[200] = '\0';
	snprintf(body, sizeof(body), "{\"identity\":{\"serial_number\":\"%s\"}}", long_text);
	snprintf(wanted, sizeof(wanted), "{\"identity\":{\"serial_number\":\"%.64s\"}}", long_text);
	text = filtered("printer.snapshot", body);
	assert_string_equal(text, wanted);
	free(text);
}

static const struct pl_privacy_row *row_of(const char *kind, const char *path)
{
	for (size_t i = 0; i < PL_PRIVACY_COUNT; i++)
		if (strcmp(PL_PRIVACY[i].kind, kind) == 0 && strcmp(PL_PRIVACY[i].path, path) == 0)
			return &PL_PRIVACY[i];
	return NULL;
}

static void the_table_keeps_its_promises(void **state)
{
	static const char *const DEVICE_TEXTS[] = {
		"identity.make",	  "identity.model",	    "identity.firmware",
		"identity.serial_number", "supplies[].part_number", "supplies[].serial_number",
		"supplies[].description",
	};
	static const char *const STAYING[] = { "state.message", "media[].name", "access.note" };

	(void)state;
	for (size_t i = 0; i < sizeof(DEVICE_TEXTS) / sizeof(DEVICE_TEXTS[0]); i++) {
		const struct pl_privacy_row *row = row_of("printer.snapshot", DEVICE_TEXTS[i]);

		assert_non_null(row);
		assert_int_equal(row->chars, PL_CHARS_DEVICE);
		assert_int_equal(row->max, 64);
	}
	for (size_t i = 0; i < sizeof(STAYING) / sizeof(STAYING[0]); i++)
		assert_false(row_of("printer.snapshot", STAYING[i])->leaves);
	for (size_t i = 1; i < PL_PRIVACY_COUNT; i++)
		for (size_t j = 0; j < i; j++)
			assert_false(strcmp(PL_PRIVACY[i].kind, PL_PRIVACY[j].kind) == 0 &&
				     strcmp(PL_PRIVACY[i].path, PL_PRIVACY[j].path) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_members_stay),
		cmocka_unit_test(unknown_kinds_stay),
		cmocka_unit_test(wrong_shapes_stay),
		cmocka_unit_test(unknown_values_stay_unknown),
		cmocka_unit_test(texts_are_cut_to_their_characters),
		cmocka_unit_test(texts_are_cut_to_their_length),
		cmocka_unit_test(the_table_keeps_its_promises),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
