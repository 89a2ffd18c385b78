/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that device IDs are read as printers write them, lies and all, and that their status half
 * becomes state, reasons and supplies. */
#include "platen/devid.h"

#include <stdio.h>

#include "unit.h"

static struct pl_snapshot s;

static void reads_keys(void **state)
{
	struct pl_devid id;

	(void)state;
	assert_result(pl_devid_parse(SPAN("MFG:Brother;CMD:PJL, PCL,URF;MDL: HL-L2350DW series ;"
					  "CLS:PRINTER;SN:E7;MFG:again;"),
				     &id),
		      PL_OK);
	assert_span(id.make, "Brother");
	assert_span(id.model, "HL-L2350DW series");
	assert_span(id.serial, "E7");
	assert_true(pl_devid_speaks(&id, "pcl"));
	assert_true(pl_devid_speaks(&id, "URF"));
	assert_false(pl_devid_speaks(&id, "PC"));
}

static void reads_long_keys_and_vendors_own(void **state)
{
	struct pl_devid id;

	(void)state;
	assert_result(pl_devid_parse(SPAN("MANUFACTURER:HP;COMMAND SET:PCL;MODEL:X;SERN:S1"), &id),
		      PL_OK);
	assert_span(id.serial, "S1");
	assert_true(pl_devid_speaks(&id, "PCL"));
	assert_result(pl_devid_parse(SPAN("mfg:Kyocera;mdl:M2040dn;ser:VR12345"), &id), PL_OK);
	assert_span(id.serial, "VR12345");
	assert_result(pl_devid_parse(SPAN("a:b:c;MFG:A:B;MDL:C\0\0"), &id), PL_OK);
	assert_span(id.make, "A:B");
	assert_span(id.model, "C");
}

static void refuses_what_names_nobody(void **state)
{
	struct pl_devid id = { .make = SPAN("kept") };

	(void)state;
	assert_result(pl_devid_parse(SPAN("MFG:;MDL:X;"), &id), PL_E_PROTOCOL);
	assert_result(pl_devid_parse(SPAN(""), &id), PL_E_PROTOCOL);
	assert_result(pl_devid_parse(SPAN(";;;::::"), &id), PL_E_PROTOCOL);
	assert_span(id.make, "kept");
}

static void shows_only_what_may_leave(void **state)
{
	struct pl_devid id;
	char text[128];

	(void)state;
	assert_result(pl_devid_parse(SPAN("MFG:HP;MDL:M1;CMD:PJL,PCL;DES:Anna's;CID:x;CLS:PRINTER;"
					  "SN:AB@C\303\274;STATUS:BUSY;"),
				     &id),
		      PL_OK);
	pl_devid_public(&id, text, sizeof(text));
	assert_string_equal(text, "MFG:HP;MDL:M1;CLS:PRINTER;SN:ABC;CMD:PJL,PCL;");
	pl_devid_public(&id, text, 42);
	assert_string_equal(text, "MFG:HP;MDL:M1;CLS:PRINTER;SN:ABC;CMD:PJL;");
	pl_devid_public(&id, text, 41);
	assert_string_equal(text, "MFG:HP;MDL:M1;CLS:PRINTER;SN:ABC;");
	pl_devid_public(&id, text, 20);
	assert_string_equal(text, "MFG:HP;MDL:M1;");
	pl_devid_public(&id, text, 1);
	assert_string_equal(text, "");
}

static void read_status(const char *fields)
{
	char text[512];

	snprintf(text, sizeof(text), "MFG:HP;MDL:Deskjet;CMD:PCL;SN:CN21R1C0BP;%s", fields);
	pl_snapshot_init(&s);
	pl_devid_snapshot(pl_span_of(text), &s);
	assert_string_equal(s.identity[PL_ID_SERIAL_NUMBER].text, "CN21R1C0BP");
	assert_int_equal(s.identity[PL_ID_SERIAL_NUMBER].source, PL_SOURCE_IEEE1284);
}

static void identity_alone_has_no_status(void **state)
{
	(void)state;
	pl_snapshot_init(&s);
	pl_devid_identify(SPAN("MFG:HP;MDL:Deskjet;STATUS:BUSY;SUPPLIES:K:5;"), &s);
	assert_string_equal(s.identity[PL_ID_MODEL].text, "Deskjet");
	assert_int_equal(s.printer_state, PL_STATE_UNKNOWN);
	assert_int_equal(s.supply_count, 0);
}

static void reads_vstatus(void **state)
{
	(void)state;
	read_status("VSTATUS:$HB0$NC0,ff,DN,IDLE,CUT,K0,C0,DP,NR,KP092,CP041;");
	assert_int_equal(s.printer_state, PL_STATE_IDLE);
	assert_true(s.reasons_known);
	assert_int_equal(s.reason_count, 0);
	assert_int_equal(s.supply_count, 2);
	assert_string_equal(s.supplies[0].type, "inkCartridge");
	assert_string_equal(s.supplies[0].colorant, "black");
	assert_int_equal(s.supplies[0].level_percent, 92);
	assert_string_equal(s.supplies[1].colorant, "cyan-magenta-yellow");
	assert_int_equal(s.supplies[1].level_percent, 41);
	assert_int_equal(s.supplies[1].state, PL_SUPPLY_STATE_UNKNOWN);
}

/* A DeskJet 920C: the pens in fields of their own, so that all others move. */
static void reads_vstatus_of_another_shape(void **state)
{
	(void)state;
	read_status("VSTATUS:$HBO,$NCO,ff,UP,IDLE,CUT,K0,C0,SM,NR,KP093,CP097;");
	assert_int_equal(s.supply_count, 2);
	assert_int_equal(s.supplies[0].level_percent, 93);
	assert_int_equal(s.supplies[1].level_percent, 97);
	assert_int_equal(s.printer_state, PL_STATE_STOPPED);
	assert_true(pl_snapshot_has_reason(&s, "cover-open"));
}

static void vstatus_tells_faults(void **state)
{
	(void)state;
	read_status("VSTATUS:$HB0$AA0,ff,DN,OOPA,CUT,KP005;");
	assert_int_equal(s.printer_state, PL_STATE_STOPPED);
	assert_true(pl_snapshot_has_reason(&s, "media-empty"));
	assert_int_equal(s.supplies[1].state, PL_SUPPLY_MISSING);
	assert_true(s.supplies[1].level == PL_UNKNOWN);
	read_status("VSTATUS:$HB0$NC0,ff,DN,PWDN,KP005;");
	assert_int_equal(s.asleep, PL_YES);
	read_status("VSTATUS:$H00000000$M00000000,ff,DN,GLORP;");
	assert_int_equal(s.printer_state, PL_STATE_UNKNOWN);
	assert_int_equal(s.error_count, 1);
	assert_int_equal(s.supply_count, 0);
}

/* Revision 0: 14 digits, status, number of pens, 8 digits each. */
static void reads_the_s_field(void **state)
{
	(void)state;
	/*           lid open-bits   status pens  head+supply black 61 %, supply cyan, low, 7 % */
	read_status("S:00888000000000"
		    "00"
		    "2"
		    "C100003D"
		    "44050007;");
	assert_int_equal(s.printer_state, PL_STATE_IDLE);
	assert_int_equal(s.supply_count, 2);
	assert_string_equal(s.supplies[0].type, "inkCartridge");
	assert_string_equal(s.supplies[0].colorant, "black");
	assert_int_equal(s.supplies[0].level_percent, 61);
	assert_int_equal(s.supplies[0].state, PL_SUPPLY_OK); /* its trigger says: sufficient */
	assert_int_equal(s.supplies[1].state, PL_SUPPLY_LOW);
	assert_true(pl_snapshot_has_reason(&s, "marker-supply-low"));
}

static void s_field_tells_faults_and_covers(void **state)
{
	(void)state;
	read_status("S:00888000000000"
		    "09"
		    "0;");
	assert_int_equal(s.printer_state, PL_STATE_STOPPED);
	assert_true(pl_snapshot_has_reason(&s, "media-empty"));
	read_status("S:00988000000000"
		    "00"
		    "0;");
	assert_int_equal(s.printer_state, PL_STATE_STOPPED);
	assert_true(pl_snapshot_has_reason(&s, "cover-open"));
	read_status("S:0388800000000000"
		    "13"
		    "1"
		    "C1004032;");
	assert_int_equal(s.asleep, PL_YES);
	assert_int_equal(s.supplies[0].state, PL_SUPPLY_MISSING);
}

static void s_field_of_short_pens(void **state)
{
	(void)state;
	/* Two heads, then two supplies of 4 digits: black 50 %, cyan 30 %. */
	read_status("S:02888000000000"
		    "02"
		    "4"
		    "1000"
		    "2000"
		    "1032"
		    "201E;");
	assert_int_equal(s.printer_state, PL_STATE_PROCESSING);
	assert_int_equal(s.supply_count, 2);
	assert_string_equal(s.supplies[0].type, "ink");
	assert_int_equal(s.supplies[0].level_percent, 50);
	assert_string_equal(s.supplies[1].colorant, "cyan");
	assert_int_equal(s.supplies[1].level_percent, 30);
}

static void odd_s_fields_are_complained_of(void **state)
{
	static const char *const ODD[] = {
		"S:;S:0", "S:0", "S:09888000", "S:zz", "S:00888000000000ff9", "S:008880000000000"
	};

	(void)state;
	read_status("S:00888000000000"
		    "00"
		    "9"
		    "C100;");
	assert_int_equal(s.error_count, 1);
	for (size_t i = 0; i < sizeof(ODD) / sizeof(ODD[0]); i++) {
		read_status(ODD[i]);
		assert_true(s.error_count >= 1);
	}
}

static void reads_plain_words(void **state)
{
	(void)state;
	read_status("STATUS:BUSY;SUPPLIES:BK:61,C=40, M:0 ,Y:?;");
	assert_int_equal(s.printer_state, PL_STATE_PROCESSING);
	assert_int_equal(s.supply_count, 4);
	assert_string_equal(s.supplies[0].colorant, "black");
	assert_int_equal(s.supplies[0].level_percent, 61);
	assert_int_equal(s.supplies[1].level_percent, 40);
	assert_int_equal(s.supplies[2].state, PL_SUPPLY_EMPTY);
	assert_true(s.supplies[3].level_percent == PL_UNKNOWN);
	assert_int_equal(s.supplies[3].level_code, -2);
	read_status("STATUS:IDLE, media-low-warning,gibberish;");
	assert_int_equal(s.printer_state, PL_STATE_IDLE);
	assert_int_equal(s.reason_count, 1);
	assert_string_equal(s.reasons[0], "media-low-warning");
	read_status("STATUS:PAPER OUT;");
	assert_true(pl_snapshot_has_reason(&s, "media-empty"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_keys),
		cmocka_unit_test(reads_long_keys_and_vendors_own),
		cmocka_unit_test(refuses_what_names_nobody),
		cmocka_unit_test(shows_only_what_may_leave),
		cmocka_unit_test(identity_alone_has_no_status),
		cmocka_unit_test(reads_vstatus),
		cmocka_unit_test(reads_vstatus_of_another_shape),
		cmocka_unit_test(vstatus_tells_faults),
		cmocka_unit_test(reads_the_s_field),
		cmocka_unit_test(s_field_tells_faults_and_covers),
		cmocka_unit_test(s_field_of_short_pens),
		cmocka_unit_test(odd_s_fields_are_complained_of),
		cmocka_unit_test(reads_plain_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
