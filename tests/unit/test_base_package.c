/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that a manifest is read as it was written, that nothing else is taken for one, and that
 * versions are ordered as people read them. */
#include "platen/package.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#include "unit.h"

#define SHA "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
#define GOOD                                                                                       \
	"{\"format\":\"platen.package/1\",\"name\":\"Spring\",\"models\":[\"LaserJet MFP\"],"      \
	"\"version\":\"20250901\",\"size\":10,\"sha256\":\"" SHA "\"}"

static void a_manifest_both_ways(void **state)
{
	struct pl_package p = { .name = "Spring update",
				.version = "2.1.7",
				.models = { "LaserJet MFP M227fdw", "LaserJet Pro" },
				.model_count = 2,
				.sha256 = SHA,
				.size = PL_MAX_PACKAGE };
	struct pl_package again;
	struct pl_bytes text;
	struct pl_error err;

	(void)state;
	pl_bytes_init(&text, PL_MAX_MANIFEST);
	assert_result(pl_package_write(&p, &text, &err), PL_OK);
	assert_result(pl_package_read(pl_bytes_span(&text), &again, &err), PL_OK);
	assert_string_equal(again.name, p.name);
	assert_string_equal(again.version, p.version);
	assert_int_equal(again.model_count, 2);
	assert_string_equal(again.models[1], p.models[1]);
	assert_string_equal(again.sha256, SHA);
	assert_int_equal(again.size, PL_MAX_PACKAGE);
	p.size = 0; /* what no reader takes is not written */
	assert_result(pl_package_write(&p, &text, &err), PL_E_INVALID);
	assert_non_null(strstr(err.text, "\"size\""));
	pl_bytes_finish(&text);
}

static void what_is_no_manifest(void **state)
{
	static const struct {
		const char *from, *to, *said;
	} CHANGES[] = {
		{ "package/1", "package/2", "format" },
		{ "\"Spring\"", "\"\"", "name" },
		{ "\"Spring\"", "\" Spring\"", "name" },
		{ "\"Spring\"", "\"\\u001b[2J\"", "name" },
		{ "[\"LaserJet MFP\"]", "[]", "models" },
		{ "[\"LaserJet MFP\"]", "\"LaserJet\"", "models" },
		{ "[\"LaserJet MFP\"]", "[7]", "models" },
		{ "\"20250901\"", "20250901", "version" },
		{ ":10,", ":0,", "size" },
		{ ":10,", ":268435457,", "size" },
		{ ":10,", ":1.5,", "size" },
		{ "2c26", "2C26", "sha256" },
		{ "e7ae\"", "e7\"", "sha256" },
		{ "\"size\"", "\"sizes\"", "nobody knows" },
		{ "\"size\":10", "\"size\":10,\"size\":10", "twice" },
	};
	struct pl_package p;
	struct pl_error err;
	char text[1024];

	(void)state;
	assert_result(pl_package_read(SPAN(GOOD), &p, &err), PL_OK);
	for (size_t i = 0; i < sizeof(CHANGES) / sizeof(CHANGES[0]); i++) {
		const char *at = strstr(GOOD, CHANGES[i].from);

		assert_non_null(at);
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - GOOD), GOOD, CHANGES[i].to,
			 at + strlen(CHANGES[i].from));
		assert_result(pl_package_read(pl_span_of(text), &p, &err), PL_E_PROTOCOL);
		assert_non_null(strstr(err.text, CHANGES[i].said));
	}
	assert_result(pl_package_read(SPAN("[]"), &p, &err), PL_E_PROTOCOL);
	assert_result(pl_package_read(SPAN(""), &p, &err), PL_E_PROTOCOL);
}

static void an_envelope_both_ways(void **state)
{
	cJSON *envelope = cJSON_CreateObject();
	struct pl_bytes manifest, signature;
	struct pl_error err;

	(void)state;
	pl_bytes_init(&manifest, PL_MAX_MANIFEST);
	pl_bytes_init(&signature, PL_MAX_PACKAGE_SIGNATURE);
	assert_result(pl_package_open(envelope, &manifest, &signature, &err), PL_E_PROTOCOL);
	assert_result(pl_package_seal(SPAN(GOOD), SPAN("\x30\x00\xff"), envelope), PL_OK);
	assert_result(pl_package_open(envelope, &manifest, &signature, &err), PL_OK);
	assert_span(pl_bytes_span(&manifest), GOOD);
	assert_int_equal(signature.size, 3);
	assert_memory_equal(signature.at, "\x30\x00\xff", 3);
	cJSON_Delete(envelope);
	pl_bytes_finish(&manifest);
	pl_bytes_finish(&signature);
}

static void whom_it_fits(void **state)
{
	struct pl_package p;
	struct pl_error err;

	(void)state;
	assert_result(pl_package_read(SPAN(GOOD), &p, &err), PL_OK);
	assert_true(pl_package_fits(&p, "HP", "LaserJet MFP"));
	assert_true(pl_package_fits(&p, "", "laserjet mfp"));
	assert_true(pl_package_fits(&p, "LaserJet", "MFP")); /* "make model" is the same text */
	assert_false(pl_package_fits(&p, "HP", "LaserJet"));
	assert_false(pl_package_fits(&p, "HP", "LaserJet MFP M227"));
	assert_false(pl_package_fits(&p, "LaserJet MFP", ""));
}

static void the_order_of_versions(void **state)
{
	static const struct {
		const char *first, *second;
		enum pl_version_order order;
	} PAIRS[] = {
		{ "20230414", "20250901", PL_VERSION_OLDER },
		{ "2.9", "2.10", PL_VERSION_OLDER },
		{ "2.1.1", "2.1", PL_VERSION_NEWER },
		{ "WMP1CN1942BR", "WMP1CN1919BR", PL_VERSION_NEWER },
		{ "1.07", "1.7", PL_VERSION_SAME },
		{ "1.11", "1.11", PL_VERSION_SAME },
		{ "2.1", "R07", PL_VERSION_UNLIKE },
		{ "1.9a", "1.9b", PL_VERSION_UNLIKE },
		{ "1.2", "1-2", PL_VERSION_UNLIKE },
		{ "2.1a", "3.1b", PL_VERSION_UNLIKE },
		{ "99999999999999999999998", "99999999999999999999999", PL_VERSION_OLDER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(PAIRS) / sizeof(PAIRS[0]); i++)
		assert_int_equal(pl_version_compare(PAIRS[i].first, PAIRS[i].second),
				 PAIRS[i].order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_manifest_both_ways),	 cmocka_unit_test(what_is_no_manifest),
		cmocka_unit_test(an_envelope_both_ways), cmocka_unit_test(whom_it_fits),
		cmocka_unit_test(the_order_of_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
