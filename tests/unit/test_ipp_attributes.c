/* SPDX-License-Identifier: Apache-2.0 */
/* Proves what IPP attributes mean, for printers that keep to the standards and for those seen not
 * to, and that captures of real printers are read as they should be. */
#include <stdio.h>

#include "ipp_answer.h"
#include "ipp_octets.h"
#include "platen/ipp.h"

#define STRINGS(...)                                                                               \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

static struct pl_snapshot s;
static struct pl_error err;

static int begin(void **state)
{
	(void)state;
	pl_snapshot_init(&s);
	return 0;
}

static void read_bytes(const void *bytes, size_t size)
{
	struct pl_ipp_answer *a = NULL;

	pl_snapshot_init(&s);
	assert_result(pl_ipp_decode(bytes, size, &a, &err), PL_OK);
	pl_ipp_snapshot(a, &s);
	pl_ipp_answer_destroy(a);
}

static void read_answer(ipp_t *ipp)
{
	struct pl_bytes bytes = answer_end(ipp);

	read_bytes(bytes.at, bytes.size);
	pl_bytes_finish(&bytes);
}

static ipp_t *with_state(int state, const char *reason)
{
	ipp_t *ipp = answer_begin(IPP_STATUS_OK);

	add_enum(ipp, "printer-state", state);
	ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "printer-state-reasons", NULL, reason);
	return ipp;
}

static void reads_identity(void **state)
{
	ipp_t *ipp = with_state(3, "none");

	(void)state;
	add_text(ipp, "printer-make-and-model", "HP LaserJet MFP M234sdw");
	ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_URI, "printer-uuid", NULL,
		     "urn:uuid:CFE92100-67C4-11D4-A45F-F8D027761251");
	add_text(ipp, "printer-firmware-string-version", "20.44.NU25M7");
	add_text(ipp, "printer-device-id", "MFG:HP;MDL:HP LaserJet MFP M234sdw;CMD:PCLM;SN:VNB3;");
	read_answer(ipp);
	assert_string_equal(s.identity[PL_ID_MAKE].text, "HP");
	assert_string_equal(s.identity[PL_ID_MODEL].text, "HP LaserJet MFP M234sdw");
	assert_string_equal(s.identity[PL_ID_SERIAL_NUMBER].text, "VNB3");
	assert_string_equal(s.identity[PL_ID_UUID].text, "cfe92100-67c4-11d4-a45f-f8d027761251");
	assert_string_equal(s.identity[PL_ID_FIRMWARE].text, "20.44.NU25M7");
	assert_string_equal(s.identity[PL_ID_DEVICE_ID].text,
			    "MFG:HP;MDL:HP LaserJet MFP M234sdw;SN:VNB3;CMD:PCLM;");
}

static void make_and_model_come_apart(void **state)
{
	ipp_t *ipp = with_state(3, "none");

	(void)state;
	add_text(ipp, "printer-make-and-model", "KONICA MINOLTA bizhub C258");
	read_answer(ipp);
	assert_string_equal(s.identity[PL_ID_MAKE].text, "KONICA MINOLTA");
	assert_string_equal(s.identity[PL_ID_MODEL].text, "bizhub C258");
}

static void reads_state_and_reasons(void **state)
{
	ipp_t *ipp = answer_begin(IPP_STATUS_OK);

	(void)state;
	add_enum(ipp, "printer-state", 5);
	add_strings(ipp, IPP_TAG_KEYWORD, "printer-state-reasons", 2,
		    STRINGS("media-empty-error", "toner-low-warning"));
	add_text(ipp, "printer-state-message", "Papier nachlegen");
	read_answer(ipp);
	assert_int_equal(s.printer_state, PL_STATE_STOPPED);
	assert_int_equal(s.state_source, PL_SOURCE_IPP);
	assert_int_equal(s.reason_count, 2);
	assert_string_equal(s.reasons[0], "media-empty-error");
	assert_string_equal(s.message, "Papier nachlegen");
	assert_int_equal(s.asleep, PL_NO);
}

static void what_is_not_told_stays_unknown(void **state)
{
	ipp_t *ipp = answer_begin(IPP_STATUS_OK);

	(void)state;
	add_integer(ipp, "queued-job-count", 0);
	read_answer(ipp);
	assert_int_equal(s.printer_state, PL_STATE_UNKNOWN);
	assert_int_equal(s.asleep, PL_MAYBE);
	assert_false(s.reasons_known);
	assert_int_equal(s.supply_count, 0);
	for (int i = 0; i < PL_COUNTER_COUNT; i++)
		assert_true(s.counters[i].value == PL_UNKNOWN);
	ipp = answer_begin(IPP_STATUS_OK);
	add_enum(ipp, "printer-state", 17);
	read_answer(ipp);
	assert_int_equal(s.printer_state, PL_STATE_UNKNOWN);
	assert_int_equal(s.error_count, 1);
}

/* Kyocera: idle, no reasons, and "Sleeping...  " as its message; a bare "other" as its alert. */
static void a_sleeping_kyocera(void **state)
{
	ipp_t *ipp = with_state(3, "none");

	(void)state;
	add_text(ipp, "printer-state-message", "Sleeping...  ");
	add_octets(ipp, "printer-alert", 1, STRINGS("other"));
	add_strings(ipp, IPP_TAG_NAME, "marker-names", 2, STRINGS("TK-1170", "Waste Toner Box"));
	add_strings(ipp, IPP_TAG_KEYWORD, "marker-types", 2, STRINGS("toner", "waste-toner"));
	add_strings(ipp, IPP_TAG_NAME, "marker-colors", 2, STRINGS("#000000", "none"));
	add_integers(ipp, "marker-levels", 2, (const int[]){ 40, 0 });
	add_integers(ipp, "marker-low-levels", 2, (const int[]){ 10, 0 });
	add_integers(ipp, "marker-high-levels", 2, (const int[]){ 100, 95 });
	read_answer(ipp);
	assert_int_equal(s.asleep, PL_YES);
	assert_string_equal(s.message, "Sleeping...");
	assert_int_equal(s.alert_count, 0);
	assert_int_equal(s.error_count, 0);
	assert_int_equal(s.supply_count, 2);
	assert_int_equal(s.supplies[0].level_percent, 40);
	assert_string_equal(s.supplies[1].type, "wasteToner");
	assert_int_equal(s.supplies[1].supply_class, PL_SUPPLY_FILLED);
	assert_int_equal(s.supplies[1].level_percent, 100);
	assert_int_equal(s.supplies[1].state, PL_SUPPLY_OK);
}

/* A waste container's marker-levels rise; printer-supply tells the space that remains. */
static void waste_means_the_same_from_both_sources(void **state)
{
	ipp_t *ipp = with_state(3, "none");

	(void)state;
	add_strings(ipp, IPP_TAG_KEYWORD, "marker-types", 3,
		    STRINGS("waste-toner", "waste-ink", "waste-toner"));
	add_integers(ipp, "marker-levels", 3, (const int[]){ 96, 70, 100 });
	add_integers(ipp, "marker-high-levels", 3, (const int[]){ 95, 95, 95 });
	read_answer(ipp);
	assert_int_equal(s.supplies[0].level_percent, 4);
	assert_int_equal(s.supplies[0].state, PL_SUPPLY_LOW);
	assert_int_equal(s.supplies[1].level_percent, 30);
	assert_int_equal(s.supplies[1].state, PL_SUPPLY_OK);
	assert_int_equal(s.supplies[2].level_percent, 0);
	assert_int_equal(s.supplies[2].state, PL_SUPPLY_EMPTY);
	ipp = with_state(3, "none");
	add_octets(ipp, "printer-supply", 1,
		   STRINGS("index=1;class=receptacleThatIsFilled;type=wasteToner;unit=percent;"
			   "maxcapacity=100;level=4;colorantname=none;"));
	read_answer(ipp);
	assert_int_equal(s.supplies[0].level_percent, 4);
	assert_int_equal(s.supplies[0].supply_class, PL_SUPPLY_FILLED);
}

static void reads_printer_supply(void **state)
{
	ipp_t *ipp = with_state(3, "none");

	(void)state;
	add_octets(ipp, "printer-supply", 4,
		   STRINGS("index=1;class=supplyThatIsConsumed;type=toner;unit=percent;"
			   "maxcapacity=100;level=61;colorantname=black;",
			   "type=opc;unit=impressions;maxcapacity=12000;level=-3;",
			   "INDEX=3; Type=inkCartridge;unit=other;maxcapacity=-2;level=-2;",
			   "toner"));
	add_strings(ipp, IPP_TAG_TEXT, "printer-supply-description", 3,
		    STRINGS("Black Cartridge", "Drum", "Ink"));
	add_integers(ipp, "marker-levels", 4, (const int[]){ 61, 50, 50, 50 });
	add_integers(ipp, "marker-low-levels", 4, (const int[]){ 65, 10, 10, 10 });
	read_answer(ipp);
	assert_int_equal(s.supply_count, 3);
	assert_string_equal(s.supplies[0].description, "Black Cartridge");
	assert_string_equal(s.supplies[0].colorant, "black");
	assert_int_equal(s.supplies[0].level, 61);
	assert_int_equal(s.supplies[0].level_code, 0);
	assert_string_equal(s.supplies[1].unit, "impressions");
	assert_int_equal(s.supplies[1].max_capacity, 12000);
	assert_true(s.supplies[1].level == PL_UNKNOWN);
	assert_int_equal(s.supplies[1].level_code, -3);
	assert_true(s.supplies[1].level_percent == PL_UNKNOWN);
	assert_int_equal(s.supplies[1].state, PL_SUPPLY_STATE_UNKNOWN);
	assert_string_equal(s.supplies[2].type, "inkCartridge");
	assert_string_equal(s.supplies[2].unit, "");
	assert_int_equal(s.error_count, 1);
}

static void marker_lists_of_different_lengths(void **state)
{
	ipp_t *ipp = with_state(3, "none");

	(void)state;
	add_strings(ipp, IPP_TAG_NAME, "marker-names", 1, STRINGS("Photo Black ink"));
	add_strings(ipp, IPP_TAG_NAME, "marker-colors", 1, STRINGS("#000000"));
	add_integers(ipp, "marker-levels", 3, (const int[]){ 27, -2, 400 });
	read_answer(ipp);
	assert_int_equal(s.supply_count, 3);
	assert_string_equal(s.supplies[0].colorant, "photo-black");
	assert_int_equal(s.supplies[1].level_code, -2);
	assert_string_equal(s.supplies[1].type, "");
	assert_int_equal(s.supplies[2].level_code, -2);
	assert_true(s.supplies[2].level == PL_UNKNOWN);
}

static void reads_alerts(void **state)
{
	ipp_t *ipp = with_state(5, "cover-open-error");

	(void)state;
	add_octets(ipp, "printer-alert", 5,
		   STRINGS("code=coverOpen;index=1;severity=critical;training=untrained;"
			   "group=cover;groupindex=2;location=1;time=81010",
			   "code=subunitEmpty;severity=warning;group=input;",
			   "severity=warningBinaryChangeEvent;code=1104", "nonsense", "code=;"));
	read_answer(ipp);
	assert_int_equal(s.alert_count, 3);
	assert_string_equal(s.alerts[0].code, "coverOpen");
	assert_int_equal(s.alerts[0].severity, PL_SEVERITY_CRITICAL);
	assert_string_equal(s.alerts[1].code, "inputMediaSupplyEmpty");
	assert_int_equal(s.alerts[1].severity, PL_SEVERITY_WARNING);
	assert_string_equal(s.alerts[2].code, "markerTonerAlmostEmpty");
	assert_int_equal(s.error_count, 1);
	assert_non_null(strstr(s.errors[0].text, "2 values of printer-alert"));
}

static void reads_trays(void **state)
{
	ipp_t *ipp = with_state(3, "none");

	(void)state;
	add_octets(ipp, "printer-input-tray", 3,
		   STRINGS("type=sheetFeedAutoNonRemovableTray;dimunit=micrometers;"
			   "mediafeed=279400;mediaxfeed=215900;maxcapacity=250;level=-3;status=19;"
			   "name=Sheet\\ feeder\\ bin\\;1;",
			   "mediafeed=116929;mediaxfeed=82677;dimunit=tenThousandthsOfInches;"
			   "maxcapacity=-2;level=0;name=Tray 2;",
			   "level=;maxcapacity=x;dimunit=tenThousandthsOfInches;mediafeed=5"));
	read_answer(ipp);
	assert_int_equal(s.medium_count, 3);
	assert_string_equal(s.media[0].name, "Sheet feeder bin;1");
	assert_string_equal(s.media[0].size, "na_letter_8.5x11in");
	assert_int_equal(s.media[0].capacity, 250);
	assert_int_equal(s.media[0].level_code, -3);
	assert_string_equal(s.media[1].size, "iso_a4_210x297mm");
	assert_int_equal(s.media[1].level, 0);
	assert_true(s.media[1].capacity == PL_UNKNOWN);
	assert_true(s.media[2].level == PL_UNKNOWN);
}

static void add_collection(ipp_t *ipp, const char *name, int count, const char *const *members,
			   const int *values)
{
	ipp_t *col = ippNew();

	for (int i = 0; i < count; i++)
		ippAddInteger(col, IPP_TAG_PRINTER, IPP_TAG_INTEGER, members[i], values[i]);
	ippAddCollection(ipp, IPP_TAG_PRINTER, name, col);
	ippDelete(col);
}

static void reads_counters(void **state)
{
	ipp_t *ipp = with_state(3, "none");

	(void)state;
	add_integer(ipp, "printer-impressions-completed", 931);
	add_integer(ipp, "printer-media-sheets-completed", 700);
	add_integer(ipp, "printer-pages-completed", 950);
	add_collection(ipp, "printer-impressions-completed-col", 5,
		       STRINGS("blank", "full-color", "full-color-two-sided", "monochrome",
			       "monochrome-two-sided"),
		       (const int[]){ 1, 100, 30, 500, 300 });
	add_collection(ipp, "printer-media-sheets-completed-col", 3,
		       STRINGS("full-color-two-sided", "monochrome-two-sided", "monochrome"),
		       (const int[]){ 15, 150, 500 });
	read_answer(ipp);
	assert_int_equal(s.counters[PL_COUNTER_IMPRESSIONS].value, 931);
	assert_int_equal(s.counters[PL_COUNTER_SHEETS].value, 700);
	assert_int_equal(s.counters[PL_COUNTER_IMPRESSIONS_COLOR].value, 130);
	assert_int_equal(s.counters[PL_COUNTER_IMPRESSIONS_MONOCHROME].value, 800);
	assert_int_equal(s.counters[PL_COUNTER_SHEETS_DUPLEX].value, 165);
	assert_int_equal(s.counters[PL_COUNTER_IMPRESSIONS].source, PL_SOURCE_IPP);
}

/* The right names with the wrong kinds of value. */
static void odd_kinds_leave_unknown(void **state)
{
	ipp_t *ipp = answer_begin(IPP_STATUS_OK);

	(void)state;
	add_text(ipp, "printer-state", "idle");
	add_integer(ipp, "printer-state-reasons", 3);
	add_text(ipp, "marker-levels", "61");
	add_integer(ipp, "printer-supply", 5);
	add_text(ipp, "printer-impressions-completed", "931");
	ippAddOutOfBand(ipp, IPP_TAG_PRINTER, IPP_TAG_UNKNOWN, "printer-media-sheets-completed");
	add_integer(ipp, "printer-impressions-completed-col", 1);
	read_answer(ipp);
	assert_int_equal(s.printer_state, PL_STATE_UNKNOWN);
	assert_int_equal(s.reason_count, 0);
	assert_true(s.counters[PL_COUNTER_IMPRESSIONS].value == PL_UNKNOWN);
	assert_true(s.counters[PL_COUNTER_SHEETS].value == PL_UNKNOWN);
	assert_int_equal(s.supply_count, 1);
	assert_int_equal(s.supplies[0].level_code, -2);
}

/* Octet strings are bytes: no NUL need stand behind them. */
static void rows_end_where_they_end(void **state)
{
	static const char ROW[] = "code=coverOpen\\";
	static const char TRAY[] = "name=ab\\;level=5;";

	(void)state;
	for (size_t n = 0; n < sizeof(ROW); n++) {
		char *exact = malloc(n ? n : 1);

		memcpy(exact, ROW, n);
		ipp_read_alert((struct pl_span){ exact, n }, &s);
		ipp_read_supply((struct pl_span){ exact, n }, (struct pl_span){ 0 }, &s);
		free(exact);
	}
	for (size_t n = 0; n < sizeof(TRAY); n++) {
		char *exact = malloc(n ? n : 1);

		memcpy(exact, TRAY, n);
		ipp_read_tray((struct pl_span){ exact, n }, &s);
		free(exact);
	}
	assert_int_equal(s.alert_count, 1);
}

static bool read_capture(const char *name)
{
	const char *folder = getenv("PLATEN_CAPTURES");
	static uint8_t bytes[PL_MAX_IPP_ANSWER];
	char path[512];
	size_t size;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder ? folder : ".", name);
	f = folder ? fopen(path, "rb") : NULL;
	if (!f)
		return false;
	size = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	read_bytes(bytes, size);
	return true;
}

static void a_brother_capture(void **state)
{
	static const char *const COLORS[] = { "magenta", "cyan", "yellow", "black" };
	static const int LEVELS[] = { 11, 9, 45, 11 };

	(void)state;
	if (!read_capture("get-printer-attributes-brother-mfcj5320dw.bin"))
		skip();
	assert_string_equal(s.identity[PL_ID_MODEL].text, "MFC-J5320DW");
	assert_string_equal(s.identity[PL_ID_UUID].text, "e3248000-80ce-11db-8000-30055ce13be2");
	assert_int_equal(s.printer_state, PL_STATE_IDLE);
	assert_string_equal(s.reasons[0], "marker-supply-low-warning");
	assert_int_equal(s.supply_count, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(s.supplies[i].type, "inkCartridge");
		assert_string_equal(s.supplies[i].colorant, COLORS[i]);
		assert_int_equal(s.supplies[i].level_percent, LEVELS[i]);
		assert_int_equal(s.supplies[i].state,
				 LEVELS[i] <= 18 ? PL_SUPPLY_LOW : PL_SUPPLY_OK);
	}
	assert_int_equal(s.error_count, 0);
}

static void an_epson_capture(void **state)
{
	(void)state;
	if (!read_capture("get-printer-attributes-epsonxp6000.bin"))
		skip();
	assert_string_equal(s.identity[PL_ID_MAKE].text, "EPSON");
	assert_string_equal(s.identity[PL_ID_MODEL].text, "XP-6000 Series");
	assert_string_equal(s.identity[PL_ID_SERIAL_NUMBER].text, "583434593035343012");
	assert_string_equal(s.identity[PL_ID_FIRMWARE].text, "20.44.NU25M7");
	assert_int_equal(s.supply_count, 5);
	assert_string_equal(s.supplies[0].colorant, "photo-black");
	assert_string_equal(s.supplies[4].colorant, "black");
	assert_int_equal(s.supplies[3].level_percent, 6);
	assert_int_equal(s.supplies[3].state, PL_SUPPLY_LOW);
	assert_int_equal(s.alert_count, 1);
	assert_string_equal(s.alerts[0].code, "other");
	assert_int_equal(s.medium_count, 4);
	assert_string_equal(s.media[0].name, "Sheet feeder bin 1");
	assert_string_equal(s.media[0].size, "na_letter_8.5x11in");
	assert_int_equal(s.media[0].level_code, -2);
	assert_int_equal(s.error_count, 0);
}

#define CASE(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(reads_identity),
		CASE(make_and_model_come_apart),
		CASE(reads_state_and_reasons),
		CASE(what_is_not_told_stays_unknown),
		CASE(a_sleeping_kyocera),
		CASE(waste_means_the_same_from_both_sources),
		CASE(reads_printer_supply),
		CASE(marker_lists_of_different_lengths),
		CASE(reads_alerts),
		CASE(reads_trays),
		CASE(reads_counters),
		CASE(odd_kinds_leave_unknown),
		CASE(rows_end_where_they_end),
		CASE(a_brother_capture),
		CASE(an_epson_capture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
