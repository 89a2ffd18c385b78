/* SPDX-License-Identifier: Apache-2.0 */
/* Proves platen.snapshot/1: the same reading gives the same bytes, in the order that is documented,
 * and unknown is null. */
#include "snapshot_json.h"

#include <stdlib.h>

#include "unit.h"

static struct pl_reading r;

static int begin(void **state)
{
	(void)state;
	memset(&r, 0, sizeof(r));
	pl_snapshot_init(&r.snapshot);
	strcpy(r.key, "usb-03f0-2b17-VNB3K12345");
	r.usb = (struct pl_usb_device){ .vendor_id = 0x03f0,
					.product_id = 0x2b17,
					.bus = 1,
					.address = 4,
					.port_path = "1-2" };
	r.taken_at_ms = 1769847330123;
	return 0;
}

static void reads(const char *wanted)
{
	cJSON *doc = pl_reading_to_json(&r);
	char *text = cJSON_PrintUnformatted(doc);

	assert_string_equal(text, wanted);
	free(text);
	cJSON_Delete(doc);
}

static void nothing_told_is_null(void **state)
{
	(void)state;
	reads("{\"key\":\"usb-03f0-2b17-VNB3K12345\","
	      "\"usb\":{\"vendor_id\":\"03f0\",\"product_id\":\"2b17\",\"bus\":1,\"address\":4,"
	      "\"port_path\":\"1-2\",\"serial\":null},"
	      "\"identity\":{\"make\":null,\"model\":null,\"serial_number\":null,\"uuid\":null,"
	      "\"firmware\":null,\"device_id\":null,\"confidence\":\"weak\",\"sources\":{}},"
	      "\"state\":{\"printer_state\":\"unknown\",\"asleep\":null,\"reasons\":null,"
	      "\"message\":null},"
	      "\"supplies\":null,"
	      "\"counters\":{\"impressions\":null,\"impressions_color\":null,"
	      "\"impressions_monochrome\":null,\"sheets\":null,\"sheets_duplex\":null,\"scans\":"
	      "null,"
	      "\"copies\":null,\"faxes\":null,\"jams\":null,\"sources\":{}},"
	      "\"media\":null,\"alerts\":null,\"settings\":null,"
	      "\"access\":{\"owner\":\"none\",\"tier\":0,\"interfaces\":[],\"busy\":false,"
	      "\"actions\":[],\"note\":null},"
	      "\"taken_at\":\"2026-01-31T08:15:30.123Z\",\"errors\":[]}");
}

static void is_section(enum pl_section section, const char *wanted)
{
	cJSON *doc = pl_section_to_json(&r, section);
	char *text = cJSON_PrintUnformatted(doc);

	assert_string_equal(text, wanted);
	free(text);
	cJSON_Delete(doc);
}

static void what_is_told_stands_there(void **state)
{
	struct pl_supply *s;
	struct pl_medium *m;

	(void)state;
	pl_snapshot_set_state(&r.snapshot, PL_STATE_STOPPED, PL_SOURCE_IPP);
	pl_snapshot_add_reason(&r.snapshot, SPAN("media-empty-error"), PL_SOURCE_IPP);
	r.snapshot.asleep = PL_NO;
	is_section(PL_SECTION_STATE, "{\"printer_state\":\"stopped\",\"asleep\":false,"
				     "\"reasons\":[\"media-empty-error\"],\"message\":null}");
	s = pl_snapshot_add_supply(&r.snapshot, PL_SOURCE_IPP);
	pl_supply_set_type(s, SPAN("waste-toner"));
	s->level_code = -3;
	is_section(PL_SECTION_SUPPLIES,
		   "[{\"index\":1,\"class\":\"filled\",\"type\":\"wasteToner\",\"colorant\":null,"
		   "\"description\":null,\"unit\":null,\"max_capacity\":null,\"level\":null,"
		   "\"level_code\":-3,\"level_percent\":null,\"part_number\":null,"
		   "\"serial_number\":null,\"state\":\"unknown\"}]");
	m = pl_snapshot_add_medium(&r.snapshot, PL_SOURCE_IPP);
	strcpy(m->name, "Tray 1");
	m->capacity = 250;
	m->level = 0;
	is_section(PL_SECTION_MEDIA, "[{\"name\":\"Tray 1\",\"level\":0,\"level_code\":null,"
				     "\"capacity\":250,\"size\":null}]");
	pl_snapshot_count(&r.snapshot, PL_COUNTER_IMPRESSIONS, 4294967296, PL_SOURCE_LEDM);
	is_section(PL_SECTION_COUNTERS,
		   "{\"impressions\":4294967296,\"impressions_color\":null,"
		   "\"impressions_monochrome\":null,\"sheets\":null,\"sheets_duplex\":null,"
		   "\"scans\":null,\"copies\":null,\"faxes\":null,\"jams\":null,"
		   "\"sources\":{\"impressions\":\"ledm\"}}");
}

static void none_and_not_told_are_two_things(void **state)
{
	(void)state;
	is_section(PL_SECTION_ALERTS, "null");
	pl_snapshot_add_reason(&r.snapshot, SPAN("none"), PL_SOURCE_IPP);
	is_section(PL_SECTION_ALERTS, "[]");
	is_section(PL_SECTION_STATE, "{\"printer_state\":\"unknown\",\"asleep\":null,"
				     "\"reasons\":[],\"message\":null}");
}

static void an_error_has_a_word_and_a_sentence(void **state)
{
	(void)state;
	pl_snapshot_complain(&r.snapshot, PL_SOURCE_PJL, "the printer is silent");
	r.snapshot.errors[0].code = PL_E_TIMEOUT;
	is_section(PL_SECTION_ERRORS, "[{\"source\":\"pjl\",\"code\":\"timeout\","
				      "\"error\":\"the printer is silent\"}]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_told_is_null, begin),
		cmocka_unit_test_setup(what_is_told_stands_there, begin),
		cmocka_unit_test_setup(none_and_not_told_are_two_things, begin),
		cmocka_unit_test_setup(an_error_has_a_word_and_a_sentence, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
