/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that the wire's example of a batch is read member by member, that each wrong member is
 * named, and that a PC's wrong clock does not decide when something happened. */
#include <cjson/cJSON.h>
#include <stdio.h>

#include "batch.h"
#include "platen/json.h"
#include "unit.h"
#include "wire.h"

#define NOW INT64_C(1769847330300) /* 2026-01-31T08:15:30.300Z */

static void reads_the_example(void **state)
{
	struct pl_bytes text = wire_text("reports.request");
	struct pl_error err = { 0 };
	struct pl_batch batch;

	(void)state;
	assert_result(pl_batch_read(pl_bytes_span(&text), NOW, &batch, &err), PL_OK);
	assert_int_equal(batch.count, 2);
	assert_string_equal(batch.spool_id, "7f3c2a90-1e4b-4d68-a5c7-2b9f0e8d6134");
	assert_int_equal(batch.audit_seq, 12);
	assert_int_equal(batch.records[0].seq, 41);
	assert_string_equal(batch.records[0].kind, "alert.opened");
	assert_string_equal(batch.records[1].printer_key, "usb-03f0-2b17-VNB3K12345");
	assert_int_equal(batch.records[0].hash[0], 0x0f);
	assert_int_equal(batch.records[0].at_ms, INT64_C(1769847330123));
	for (int i = 0; i < batch.count; i++) { /* kept as it came, spaces and all */
		assert_true(batch.records[i].text.size > 2);
		assert_int_equal(batch.records[i].text.at[0], '{');
		assert_int_equal(batch.records[i].text.at[batch.records[i].text.size - 1], '}');
	}
	pl_batch_finish(&batch);
	pl_bytes_finish(&text);
}

/* The text that is kept of the first of two records. */
static void keeps(const char *members, const char *text)
{
	static const char REST[] = "\"seq\":%d,\"kind\":\"k\",\"boot_id\":\"b\",\"uptime_ms\":1,"
				   "\"taken_at\":\"2026-01-31T08:15:30.123Z\","
				   "\"hash\":\"00000000000000000000000000000000\"";
	char first[512], second[512], all[2048];
	struct pl_error err = { 0 };
	struct pl_batch batch;

	snprintf(first, sizeof first, REST, 1);
	snprintf(second, sizeof second, REST, 2);
	snprintf(all, sizeof all,
		 "{\"spool_id\":\"s\",\"boot_id\":\"b\",\"x\":[\"]\"],\"records\":[ {%s,%s} ,"
		 "{%s,\"body\":{\"n\":2}}]}",
		 members, first, second);
	assert_result(pl_batch_read(pl_span_of(all), NOW, &batch, &err), PL_OK);
	assert_int_equal(batch.records[0].text.size, strlen(text));
	assert_memory_equal(batch.records[0].text.at ? batch.records[0].text.at : "", text,
			    strlen(text));
	assert_true(pl_span_is(batch.records[1].text, "{\"n\":2}"));
	pl_batch_finish(&batch);
}

static void keeps_a_body_as_it_came(void **state)
{
	(void)state;
	keeps("\"body\":{}", "{}");
	keeps("\"body\" : { \"a\" : [1, {\"b\":\"}\\\"]\"}] }",
	      "{ \"a\" : [1, {\"b\":\"}\\\"]\"}] }");
	keeps("\"x\":{\"body\":{\"no\":1}},\"body\":{\"yes\":1},\"body\":{\"no\":2}",
	      "{\"yes\":1}");
	keeps("\"b\\u006fdy\":{\"checked\":1},\"body\":{\"not\":1}", ""); /* which is it? */
}

/* The example with one member of its first record changed; what comes of it. */
static enum pl_result read_changed(const char *member, cJSON *value, struct pl_error *err)
{
	cJSON *doc = wire_json("reports.request");
	cJSON *record = cJSON_GetArrayItem(cJSON_GetObjectItem(doc, "records"), 0);
	struct pl_batch batch;
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, 64 * 1024);
	cJSON_DeleteItemFromObject(record, member);
	if (value)
		cJSON_AddItemToObject(record, member, value);
	assert_result(pl_json_print(doc, &text), PL_OK);
	r = pl_batch_read(pl_bytes_span(&text), NOW, &batch, err);
	if (r == PL_OK)
		pl_batch_finish(&batch);
	pl_bytes_finish(&text);
	cJSON_Delete(doc);
	return r;
}

static void names_what_is_wrong(void **state)
{
	static const char *const REQUIRED[] = { "seq",	    "kind", "boot_id", "uptime_ms",
						"taken_at", "hash", "body" };
	struct pl_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof REQUIRED / sizeof REQUIRED[0]; i++) {
		assert_result(read_changed(REQUIRED[i], NULL, &err), PL_E_INVALID);
		assert_non_null(strstr(err.text, REQUIRED[i]));
		assert_non_null(strstr(err.text, "records[0]"));
	}
	assert_result(read_changed("seq", cJSON_CreateNumber(43), &err), PL_E_INVALID);
	assert_non_null(strstr(err.text, "rise"));
	assert_result(read_changed("printer_key", NULL, &err), PL_OK);
	assert_result(read_changed("printer_key", cJSON_CreateNull(), &err), PL_OK);
	assert_result(read_changed("printer_key", cJSON_CreateString("a b"), &err), PL_E_INVALID);
	assert_result(read_changed("something_new", cJSON_CreateString("ignored"), &err), PL_OK);
}

/* Reads one record taken at `taken_at`, 200 ms before it was sent, and tells when it happened. */
static int64_t happened(const char *taken_at, const char *boot_id)
{
	char text[1024];
	struct pl_error err = { 0 };
	struct pl_batch batch;
	int64_t at;

	snprintf(
		text, sizeof text,
		"{\"spool_id\":\"s\",\"boot_id\":\"b\",\"uptime_ms\":10200,\"records\":[{\"seq\":1,"
		"\"kind\":\"k\",\"boot_id\":\"%s\",\"uptime_ms\":10000,\"taken_at\":\"%s\","
		"\"hash\":\"00000000000000000000000000000000\",\"body\":{}}]}",
		boot_id, taken_at);
	assert_result(pl_batch_read(pl_span_of(text), NOW, &batch, &err), PL_OK);
	at = batch.records[0].at_ms;
	pl_batch_finish(&batch);
	return at;
}

static void a_wrong_clock_does_not_count(void **state)
{
	(void)state;
	assert_int_equal(happened("2026-01-31T08:15:30.100Z", "b"), NOW - 200);
	assert_int_equal(happened("2026-01-31T08:15:00.000Z", "b"), NOW - 30300); /* believed */
	assert_int_equal(happened("2031-01-01T00:00:00.000Z", "b"), NOW - 200);
	assert_int_equal(happened("1970-01-01T00:00:00.000Z", "b"), NOW - 200);
	assert_int_equal(happened("2031-01-01T00:00:00.000Z", "another"), NOW);
	assert_int_equal(happened("2025-01-01T00:00:00.000Z", "another"), INT64_C(1735689600000));
}

static void every_kind_of_the_wire_is_an_object(void **state)
{
	static const char *const KINDS[] = {
		"agent.hello",	    "agent.health",  "printer.attached",
		"printer.detached", "printer.moved", "printer.snapshot",
		"alert.opened",	    "alert.closed",  "supply.replaced",
		"counter.reset",    "job.finished",  "config.drift",
		"action.result",    "audit",
	};

	(void)state;
	for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
		char name[64];
		cJSON *doc;

		snprintf(name, sizeof name, "record.%s", KINDS[i]);
		doc = wire_json(name);
		assert_true(cJSON_IsObject(doc));
		cJSON_Delete(doc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_example),
		cmocka_unit_test(keeps_a_body_as_it_came),
		cmocka_unit_test(names_what_is_wrong),
		cmocka_unit_test(a_wrong_clock_does_not_count),
		cmocka_unit_test(every_kind_of_the_wire_is_an_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
