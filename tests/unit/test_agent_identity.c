/* SPDX-License-Identifier: Apache-2.0 */
/* Proves the resolver: placeholders are seen through, the label's number wins over the USB chip's,
 * doubt is said aloud, and keys depend only on what a sleeping printer tells. */
#include "identity.h"

#include "unit.h"

static struct pl_reading r;
static struct pl_evidence e;

static int begin(void **state)
{
	(void)state;
	memset(&r, 0, sizeof(r));
	memset(&e, 0, sizeof(e));
	pl_snapshot_init(&r.snapshot);
	r.usb.vendor_id = 0x03f0;
	r.usb.product_id = 0x2b17;
	strcpy(r.usb.port_path, "1-2.3");
	return 0;
}

static void tell(enum pl_source source, const char *serial)
{
	struct pl_snapshot part;

	pl_snapshot_init(&part);
	pl_snapshot_identify(&part, PL_ID_SERIAL_NUMBER, pl_span_of(serial), source);
	pl_evidence_note(&e, &part);
}

static void settles(const char *serial, enum pl_source source, enum pl_confidence confidence)
{
	pl_identity_settle(&r, &e);
	assert_string_equal(r.snapshot.identity[PL_ID_SERIAL_NUMBER].text, serial);
	assert_int_equal(r.snapshot.identity[PL_ID_SERIAL_NUMBER].source, source);
	assert_int_equal(r.confidence, confidence);
}

static void placeholders_are_no_serial_numbers(void **state)
{
	static const char *const BAD[] = { "",	   "0",	      "000000000000", "1234567890000",
					   "XXXX", "N/A",     "0123456789",   "12345",
					   "----", "unknown", "123456789012", "not set" };
	static const char *const GOOD[] = { "VNB3K12345",   "E78096A9F123456", "CN0012",
					    "00CNSJR10550", "1234567891234",   "5551234",
					    "X1Y" };

	(void)state;
	for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
		if (!pl_serial_is_placeholder(pl_span_of(BAD[i])))
			fail_msg("%s counts as a serial number", BAD[i]);
	for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++)
		if (pl_serial_is_placeholder(pl_span_of(GOOD[i])))
			fail_msg("%s counts as a placeholder", GOOD[i]);
}

static void hp_prefix_is_dropped_for_hp_alone(void **state)
{
	char text[PL_MAX_FACT];

	(void)state;
	pl_serial_normalise(SPAN(" 00cnsjr10550 "), 0x03f0, text);
	assert_string_equal(text, "CNSJR10550");
	pl_serial_normalise(SPAN("00CNSJR10550"), 0x04f9, text);
	assert_string_equal(text, "00CNSJR10550");
	pl_serial_normalise(SPAN("00CNSJR1055"), 0x03f0, text);
	assert_string_equal(text, "00CNSJR1055");
}

static void the_label_wins_over_usb(void **state)
{
	(void)state;
	tell(PL_SOURCE_USB, "00VNB3K12345");
	tell(PL_SOURCE_LEDM, "VNB3K12345");
	settles("VNB3K12345", PL_SOURCE_LEDM, PL_CONFIDENCE_STRONG);
	assert_int_equal(r.snapshot.error_count, 0);
}

static void a_contradiction_stays_visible(void **state)
{
	(void)state;
	tell(PL_SOURCE_IEEE1284, "VNB3K99999");
	tell(PL_SOURCE_LEDM, "VNB3K12345");
	settles("VNB3K12345", PL_SOURCE_LEDM, PL_CONFIDENCE_STRONG);
	assert_int_equal(r.snapshot.error_count, 1);
	assert_non_null(strstr(r.snapshot.errors[0].text, "VNB3K99999"));
	assert_int_equal(r.snapshot.errors[0].source, PL_SOURCE_IEEE1284);
}

static void usb_may_differ_without_complaint(void **state)
{
	(void)state;
	tell(PL_SOURCE_USB, "0000A123");
	tell(PL_SOURCE_PJL, "E78096A9");
	settles("E78096A9", PL_SOURCE_PJL, PL_CONFIDENCE_STRONG);
	assert_int_equal(r.snapshot.error_count, 0);
}

static void canon_over_usb_alone_is_weak(void **state)
{
	(void)state;
	r.usb.vendor_id = 0x04a9;
	tell(PL_SOURCE_USB, "0000A1XYZ");
	settles("0000A1XYZ", PL_SOURCE_USB, PL_CONFIDENCE_WEAK);
}

static void nothing_told_is_unknown_and_weak(void **state)
{
	(void)state;
	tell(PL_SOURCE_USB, "0000000000");
	settles("", PL_SOURCE_NONE, PL_CONFIDENCE_WEAK);
	pl_snapshot_identify(&r.snapshot, PL_ID_UUID, SPAN("e3248000-80ce-11db-8000-3c2af4a1b2c3"),
			     PL_SOURCE_IPP);
	settles("", PL_SOURCE_NONE, PL_CONFIDENCE_STRONG);
}

static void names_take_one_form(void **state)
{
	static const char *const NAMES[][3] = {
		{ "HP", "HP LaserJet M227", "LaserJet M227" },
		{ "Hewlett-Packard", "HP LaserJet 4250", "LaserJet 4250" },
		{ "Brother", "HL-L2350DW series", "HL-L2350DW series" },
		{ "HP", "HPX", "HPX" },
		{ "HP", "HP ", "HP" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
		pl_snapshot_init(&r.snapshot);
		pl_snapshot_identify(&r.snapshot, PL_ID_MAKE, pl_span_of(NAMES[i][0]),
				     PL_SOURCE_IPP);
		pl_snapshot_identify(&r.snapshot, PL_ID_MODEL, pl_span_of(NAMES[i][1]),
				     PL_SOURCE_IPP);
		pl_identity_settle(&r, &e);
		assert_string_equal(r.snapshot.identity[PL_ID_MODEL].text, NAMES[i][2]);
	}
}

static void keys_are_stable_and_harmless(void **state)
{
	char key[PL_MAX_KEY];

	(void)state;
	strcpy(r.usb.serial, "00VNB3K12345");
	pl_identity_key(&r.usb, SPAN(""), key);
	assert_string_equal(key, "usb-03f0-2b17-VNB3K12345");
	strcpy(r.usb.serial, "A/B c\xc3\xa9\"d");
	pl_identity_key(&r.usb, SPAN(""), key);
	assert_string_equal(key, "usb-03f0-2b17-A-B-C---D");
	strcpy(r.usb.serial, "0000000000");
	pl_identity_key(&r.usb, SPAN("E78096A9"), key);
	assert_string_equal(key, "usb-03f0-2b17-E78096A9");
	pl_identity_key(&r.usb, SPAN("1234567890"), key);
	assert_string_equal(key, "usb-03f0-2b17-port-1-2.3");
	memset(r.usb.serial, 'S', sizeof(r.usb.serial) - 1);
	r.usb.serial[0] = 'T';
	pl_identity_key(&r.usb, SPAN(""), key);
	assert_true(strlen(key) < PL_MAX_KEY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(placeholders_are_no_serial_numbers, begin),
		cmocka_unit_test_setup(hp_prefix_is_dropped_for_hp_alone, begin),
		cmocka_unit_test_setup(the_label_wins_over_usb, begin),
		cmocka_unit_test_setup(a_contradiction_stays_visible, begin),
		cmocka_unit_test_setup(usb_may_differ_without_complaint, begin),
		cmocka_unit_test_setup(canon_over_usb_alone_is_weak, begin),
		cmocka_unit_test_setup(nothing_told_is_unknown_and_weak, begin),
		cmocka_unit_test_setup(names_take_one_form, begin),
		cmocka_unit_test_setup(keys_are_stable_and_harmless, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
