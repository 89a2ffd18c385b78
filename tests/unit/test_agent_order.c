/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that the signature counts over the exact bytes, and every binding of an action after it.
 */
#include <stdio.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "action_parse.h"
#include "keys.h"
#include "platen/encode.h"
#include "platen/json.h"
#include "unit.h"
#include "wire.h"

#define AGENT	 "0b0c7a52-5a1e-4f6e-8e39-1f0a64a3d7c1"
#define CUSTOMER "6d1f7c52-3b8e-4c1a-9f57-0f4a2b9d8e10"
#define DAY_MS	 86400000LL

static int64_t until_ms; /* the example's not_after */

static struct pl_order_check check(void)
{
	return (struct pl_order_check){ .agent_id = AGENT,
					.customer_id = CUSTOMER,
					.now_ms = until_ms - DAY_MS };
}

static int start(void **state)
{
	(void)state;
	assert_true(pl_time_read("2027-01-31T12:00:00.000Z", &until_ms));
	return 0;
}

static void vector(const char *name)
{
	cJSON *v = wire_json(name);
	struct pl_bytes spki, payload, signature;
	bool verifies = false;
	enum pl_result r;

	pl_bytes_init(&spki, 1000);
	pl_bytes_init(&payload, 4000);
	pl_bytes_init(&signature, 1000);
	assert_result(pl_base64_read(PL_BASE64, pl_span_of(pl_json_text(v, "spki")), &spki), PL_OK);
	assert_result(pl_base64_read(PL_BASE64, pl_span_of(pl_json_text(v, "payload")), &payload),
		      PL_OK);
	assert_result(
		pl_base64_read(PL_BASE64, pl_span_of(pl_json_text(v, "signature")), &signature),
		PL_OK);
	assert_true(pl_json_bool(v, "verifies", &verifies));
	r = pl_key_verify(spki.at, spki.size, pl_bytes_span(&payload), signature.at,
			  signature.size);
	assert_result(r, verifies ? PL_OK : PL_E_UNTRUSTED);
	assert_result(pl_key_verify(spki.at, spki.size - 1, pl_bytes_span(&payload), signature.at,
				    signature.size),
		      PL_E_UNTRUSTED);
	assert_result(pl_key_verify(spki.at, spki.size, pl_bytes_span(&payload), "", 0),
		      PL_E_UNTRUSTED);
	pl_bytes_finish(&spki);
	pl_bytes_finish(&payload);
	pl_bytes_finish(&signature);
	cJSON_Delete(v);
}

static void signatures_are_as_the_vectors_say(void **state)
{
	(void)state;
	vector("vector.valid");
	vector("vector.tampered");
	vector("vector.stranger");
}

static void example_is_understood(void **state)
{
	struct pl_bytes text = wire_text("action.payload");
	struct pl_order_check c = check();
	struct pl_order o;

	(void)state;
	assert_result(pl_order_parse(pl_bytes_span(&text), &c, &o, NULL), PL_OK);
	assert_int_equal(o.verdict, PL_ACTION_DELIVERED);
	assert_string_equal(o.id, "5e8b1c9a-2f4d-4b7e-8a63-9d0c1e2f3a4b");
	assert_int_equal(o.action->type, PL_ACTION_IDENTIFY);
	assert_string_equal(o.action->printer_key, "usb-03f0-2b17-VNB3K12345");
	assert_string_equal(pl_json_text(o.action->parameters, "actions.0"), "flash");
	assert_true(o.action->not_after_ms == until_ms);
	pl_order_finish(&o);
	pl_bytes_finish(&text);
}

/* The example with one member put in, or replaced, or (value NULL) taken out. */
static struct pl_order parse_with(const char *member, const char *value)
{
	cJSON *doc = wire_json("action.payload");
	struct pl_order_check c = check();
	struct pl_order o = { 0 };
	struct pl_bytes text;

	pl_bytes_init(&text, 8192);
	cJSON_DeleteItemFromObjectCaseSensitive(doc, member);
	if (value)
		cJSON_AddRawToObject(doc, member, value);
	assert_result(pl_json_print(doc, &text), PL_OK);
	assert_result(pl_order_parse(pl_bytes_span(&text), &c, &o, NULL), PL_OK);
	pl_bytes_finish(&text);
	cJSON_Delete(doc);
	return o;
}

static void verdict(const char *member, const char *value, enum pl_action_state want,
		    const char *reason)
{
	struct pl_order o = parse_with(member, value);

	if (o.verdict != want || !strstr(o.reason, reason))
		fail_msg("%s %s: %s \"%s\"", member, value ? value : "-",
			 pl_action_state_name(o.verdict), o.reason);
	assert_int_equal(o.action != NULL, want == PL_ACTION_DELIVERED);
	pl_order_finish(&o);
}

static void every_binding_counts(void **state)
{
	(void)state;
	verdict("agent", "\"someone-else\"", PL_ACTION_REJECTED, "another PC");
	verdict("agent", NULL, PL_ACTION_REJECTED, "another PC");
	verdict("agent", "null", PL_ACTION_REJECTED, "another PC");
	verdict("customer", "\"0b0c7a52-5a1e-4f6e-8e39-1f0a64a3d7c1\"", PL_ACTION_REJECTED,
		"another PC");
	verdict("customer", NULL, PL_ACTION_REJECTED, "another PC");
	verdict("type", "\"factory_reset\"", PL_ACTION_REJECTED, "no action of this type");
	verdict("type", NULL, PL_ACTION_REJECTED, "no type");
	verdict("type", "7", PL_ACTION_REJECTED, "no type");
	verdict("device", "7", PL_ACTION_REJECTED, "printer");
	verdict("device", "null", PL_ACTION_DELIVERED, "");
	verdict("printer_key", NULL, PL_ACTION_DELIVERED, "");
	verdict("parameters", NULL, PL_ACTION_DELIVERED, "");
	verdict("parameters", "[1]", PL_ACTION_REJECTED, "parameters");
	verdict("something_new", "{}", PL_ACTION_DELIVERED, "");
}

static void time_counts(void **state)
{
	(void)state;
	verdict("not_after", "\"2027-01-30T12:00:00.000Z\"", PL_ACTION_EXPIRED, "too late");
	verdict("not_after", "\"2027-01-30T12:00:00.001Z\"", PL_ACTION_DELIVERED, "");
	verdict("not_after", "\"2027-03-01T12:00:00.000Z\"", PL_ACTION_DELIVERED, "");
	verdict("not_after", "\"2027-03-01T12:00:00.001Z\"", PL_ACTION_REJECTED, "30 days");
	verdict("not_after", "\"tomorrow\"", PL_ACTION_REJECTED, "until when");
	verdict("not_after", NULL, PL_ACTION_REJECTED, "until when");
}

static void preconditions_are_read_and_unknown_ones_refused(void **state)
{
	struct pl_order o = parse_with("preconditions", "{\"firmware\":\"2023\",\"serial_number\":"
							"\"VNB3\",\"idle\":true}");

	(void)state;
	assert_string_equal(o.action->want_firmware, "2023");
	assert_string_equal(o.action->want_serial, "VNB3");
	assert_true(o.action->want_idle);
	pl_order_finish(&o);
	verdict("preconditions", "null", PL_ACTION_DELIVERED, "");
	verdict("preconditions", NULL, PL_ACTION_DELIVERED, "");
	verdict("preconditions", "[]", PL_ACTION_REJECTED, "preconditions");
	verdict("preconditions", "{\"moon\":\"full\"}", PL_ACTION_REJECTED, "preconditions");
	verdict("preconditions", "{\"idle\":\"true\"}", PL_ACTION_REJECTED, "preconditions");
	verdict("preconditions", "{\"firmware\":7}", PL_ACTION_REJECTED, "preconditions");
}

static void local_policy_has_the_last_word(void **state)
{
	struct pl_bytes text = wire_text("action.payload");
	struct pl_order_check c = check();
	struct pl_order o;

	(void)state;
	c.forbid = 1u << PL_ACTION_IDENTIFY;
	assert_result(pl_order_parse(pl_bytes_span(&text), &c, &o, NULL), PL_OK);
	assert_int_equal(o.verdict, PL_ACTION_REJECTED);
	assert_non_null(strstr(o.reason, "local policy of this PC forbids identify"));
	pl_bytes_finish(&text);
}

static void without_an_id_nothing_can_be_answered(void **state)
{
	static const char *const WRONG[] = { "",
					     "[]",
					     "{}",
					     "{\"id\":7}",
					     "{\"id\":\"\"}",
					     "{\"id\":\"a b\"}",
					     "{\"id\":\"../../etc\"}",
					     "{\"id\":\"a\\u0000\"}" };
	struct pl_order_check c = check();
	struct pl_order o;
	struct pl_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++)
		assert_result(pl_order_parse(pl_span_of(WRONG[i]), &c, &o, &err), PL_E_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures_are_as_the_vectors_say),
		cmocka_unit_test(example_is_understood),
		cmocka_unit_test(every_binding_counts),
		cmocka_unit_test(time_counts),
		cmocka_unit_test(preconditions_are_read_and_unknown_ones_refused),
		cmocka_unit_test(local_policy_has_the_last_word),
		cmocka_unit_test(without_an_id_nothing_can_be_answered),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
