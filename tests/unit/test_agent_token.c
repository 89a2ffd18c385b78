/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that the enrolment token of WIRE.md is read, and that a damaged one is told as such. */
#include <stdio.h>

#include <cjson/cJSON.h>

#include "enroll.h"
#include "platen/encode.h"
#include "platen/json.h"
#include "unit.h"
#include "wire.h"

static void reads_the_example(void **state)
{
	struct pl_bytes text = wire_text("token.string");
	cJSON *json = wire_json("token.json");
	struct pl_token token;
	char pin[PL_FINGERPRINT_TEXT] = "sha256:";

	(void)state;
	assert_result(pl_token_parse(pl_bytes_span(&text), &token, NULL), PL_OK);
	assert_string_equal(token.server, pl_json_text(json, "url"));
	assert_string_equal(token.secret, pl_json_text(json, "secret"));
	assert_int_equal(token.pin_count, 1);
	pl_hex_write(token.pins[0], PL_HASH_SIZE, pin + 7);
	assert_string_equal(pin, pl_json_text(json, "pins.0"));
	cJSON_Delete(json);
	pl_bytes_finish(&text);
}

static void every_cut_is_refused(void **state)
{
	struct pl_bytes text = wire_text("token.string");
	struct pl_token token;
	struct pl_error err;

	(void)state;
	for (size_t n = 0; n < text.size; n++) {
		struct pl_span cut = { (const char *)text.at, n };

		assert_result(pl_token_parse(cut, &token, &err), PL_E_INVALID);
		assert_non_null(strstr(err.text, "not an enrolment token"));
	}
	pl_bytes_finish(&text);
}

static void refused(const char *json, const char *why)
{
	struct pl_bytes text;
	struct pl_token token;
	struct pl_error err = { 0 };

	pl_bytes_init(&text, 4096);
	assert_result(pl_bytes_add_text(&text, "plt1."), PL_OK);
	assert_result(pl_base64_write(PL_BASE64URL, json, strlen(json), &text), PL_OK);
	assert_result(pl_token_parse(pl_bytes_span(&text), &token, &err), PL_E_INVALID);
	if (!strstr(err.text, why))
		fail_msg("\"%s\" does not say \"%s\"", err.text, why);
	pl_bytes_finish(&text);
}

#define PIN    "\"sha256:ad2b4a6364141f3b396f114e3ea73bb5a440685d374a6c9d21474a9cc3b1a777\""
#define SECRET "\"secret\":\"y1YSooqqSOXnWHsNVNxjpiZBXaUWVAMJVzpRPp1PVAY\""

static void wrong_members_are_refused(void **state)
{
	(void)state;
	refused("{\"url\":\"http://a\",\"pins\":[" PIN "]," SECRET "}", "URL");
	refused("{\"pins\":[" PIN "]," SECRET "}", "URL");
	refused("{\"url\":\"https://a/x\",\"pins\":[" PIN "]," SECRET "}", "URL");
	refused("{\"url\":\"https://a\",\"pins\":[]," SECRET "}", "pins");
	refused("{\"url\":\"https://a\"," SECRET "}", "pins");
	refused("{\"url\":\"https://a\",\"pins\":[\"sha256:00\"]," SECRET "}", "pin is damaged");
	refused("{\"url\":\"https://a\",\"pins\":[7]," SECRET "}", "pin is damaged");
	refused("{\"url\":\"https://a\",\"pins\":[" PIN "," PIN "," PIN "," PIN "," PIN "," PIN
		"," PIN "," PIN "," PIN "]," SECRET "}",
		"too many");
	refused("{\"url\":\"https://a\",\"pins\":[" PIN "],\"secret\":\"short\"}", "secret");
	refused("{\"url\":\"https://a\",\"pins\":[" PIN "]}", "secret");
	refused("[]", "URL");
	refused("nonsense", "cut or mistyped");
}

static void other_texts_are_refused(void **state)
{
	char huge[1200];
	struct pl_token token;
	struct pl_error err;

	(void)state;
	assert_result(pl_token_parse(SPAN(""), &token, &err), PL_E_INVALID);
	assert_result(pl_token_parse(SPAN("hello"), &token, &err), PL_E_INVALID);
	assert_result(pl_token_parse(SPAN("plt2.e30"), &token, &err), PL_E_INVALID);
	assert_result(pl_token_parse(SPAN("plt1."), &token, &err), PL_E_INVALID);
	memcpy(huge, "plt1.", 5);
	memset(huge + 5, 'A', sizeof(huge) - 5);
	assert_result(pl_token_parse((struct pl_span){ huge, 1025 }, &token, &err), PL_E_INVALID);
	assert_non_null(strstr(err.text, "too long"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_example),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(wrong_members_are_refused),
		cmocka_unit_test(other_texts_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
