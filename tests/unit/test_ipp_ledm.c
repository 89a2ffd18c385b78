/* SPDX-License-Identifier: Apache-2.0 */
/* Proves what LEDM documents mean, in the shapes that printers gave them (prefixes of every kind,
 * the same name at many depths), and that hostile XML ends in a clear error. */
#include "platen/ledm.h"

#include <stdio.h>
#include <stdlib.h>

#include "platen/bytes.h"
#include "unit.h"

static struct pl_snapshot s;
static struct pl_error err;

static void read_document(enum pl_ledm_document document, const char *xml)
{
	pl_snapshot_init(&s);
	assert_result(pl_ledm_read(document, pl_span_of(xml), &s, &err), PL_OK);
}

static void finds_documents_in_the_tree(void **state)
{
	struct pl_ledm_tree tree;

	(void)state;
	assert_result(
		pl_ledm_read_tree(
			SPAN("<?xml version=\"1.0\"?>"
			     "<ledm:DiscoveryTree xmlns:ledm='a' xmlns:dd='b'>"
			     "<dd:Revision>SVN.1</dd:Revision>"
			     "<ledm:SupportedTree><dd:ResourceURI>/DevMgmt/ProductUsageDyn.xml"
			     "</dd:ResourceURI><dd:ResourceType>ledm:hpLedmProductUsageDyn"
			     "</dd:ResourceType></ledm:SupportedTree>"
			     "<ledm:SupportedTree><dd:ResourceURI>\n /Other/ProductStatusDyn.xml\n"
			     "</dd:ResourceURI></ledm:SupportedTree>"
			     "<ledm:SupportedTree><dd:ResourceURI>/evil x/ConsumableConfigDyn.xml"
			     "</dd:ResourceURI></ledm:SupportedTree>"
			     "<ledm:SupportedIfc><dd:ResourceURI>/DevMgmt/ProductConfigDyn.xml"
			     "</dd:ResourceURI></ledm:SupportedIfc></ledm:DiscoveryTree>"),
			&tree, &err),
		PL_OK);
	assert_string_equal(tree.path[PL_LEDM_PRODUCT_USAGE], "/DevMgmt/ProductUsageDyn.xml");
	assert_string_equal(tree.path[PL_LEDM_PRODUCT_STATUS], "/Other/ProductStatusDyn.xml");
	assert_string_equal(tree.path[PL_LEDM_CONSUMABLE_CONFIG], "");
	assert_string_equal(tree.path[PL_LEDM_PRODUCT_CONFIG], "");
	assert_string_equal(pl_ledm_path(PL_LEDM_PRODUCT_CONFIG), "/DevMgmt/ProductConfigDyn.xml");
}

/* The root has another prefix than the rest; the first revision is the schema's. */
static void reads_who_the_printer_is(void **state)
{
	(void)state;
	read_document(PL_LEDM_PRODUCT_CONFIG,
		      "<prdcfgdyn2:ProductConfigDyn><dd:Version><dd:Revision>SVN.50</dd:Revision>"
		      "<dd:Date>2009-03-16</dd:Date></dd:Version><prdcfgdyn:ProductInformation>"
		      "<dd:MakeAndModel>HP LaserJet MFP M234sdw</dd:MakeAndModel>"
		      "<dd:UUID>564E4233-4B31-3233-3435-001122334455</dd:UUID>"
		      "<dd:SerialNumber>VNB3K12345</dd:SerialNumber>"
		      "<dd:Version><dd:Revision>20231005</dd:Revision><dd:Date>2023-10-05</dd:Date>"
		      "</dd:Version></prdcfgdyn:ProductInformation></prdcfgdyn2:ProductConfigDyn>");
	assert_string_equal(s.identity[PL_ID_MAKE].text, "HP");
	assert_string_equal(s.identity[PL_ID_MODEL].text, "LaserJet MFP M234sdw");
	assert_string_equal(s.identity[PL_ID_SERIAL_NUMBER].text, "VNB3K12345");
	assert_string_equal(s.identity[PL_ID_FIRMWARE].text, "20231005");
	assert_string_equal(s.identity[PL_ID_UUID].text, "564e4233-4b31-3233-3435-001122334455");
	assert_int_equal(s.identity[PL_ID_MAKE].source, PL_SOURCE_LEDM);
}

static void a_firmware_that_is_only_a_date(void **state)
{
	(void)state;
	read_document(PL_LEDM_PRODUCT_CONFIG,
		      "<ProductConfigDyn><Version><Revision>SVN.50</Revision></Version>"
		      "<ProductInformation><Version><Date>2014-06-18</Date></Version>"
		      "</ProductInformation></ProductConfigDyn>");
	assert_string_equal(s.identity[PL_ID_FIRMWARE].text, "2014-06-18");
}

/* Thirty TotalImpressions; the same sheets under Letter and A4; only one is the life counter. */
static void only_direct_children_are_life_counters(void **state)
{
	(void)state;
	read_document(
		PL_LEDM_PRODUCT_USAGE,
		"<pudyn:ProductUsageDyn><dd:TotalImpressions>1</dd:TotalImpressions>"
		"<pudyn:PrinterSubunit><pudyn:UsageByMedia><dd:TotalImpressions>930"
		"</dd:TotalImpressions><dd:MediaSizeName>na_letter</dd:MediaSizeName>"
		"</pudyn:UsageByMedia><pudyn:UsageByMedia><dd:TotalImpressions>930"
		"</dd:TotalImpressions></pudyn:UsageByMedia>"
		"<dd:TotalImpressions PEID=\"5082\">931</dd:TotalImpressions>"
		"<dd:MonochromeImpressions>800</dd:MonochromeImpressions>"
		"<dd:ColorImpressions>131</dd:ColorImpressions><dd:DuplexSheets>12</"
		"dd:DuplexSheets>"
		"<dd:JamEvents>2</dd:JamEvents><dd:PCL6Impressions><dd:TotalImpressions>7"
		"</dd:TotalImpressions></dd:PCL6Impressions></pudyn:PrinterSubunit>"
		"<pudyn:ScannerEngineSubunit><dd:AdfImages>1</dd:AdfImages><dd:FlatbedImages>2"
		"</dd:FlatbedImages><dd:JamEvents>99</dd:JamEvents></pudyn:ScannerEngineSubunit>"
		"<pudyn:CopyApplicationSubunit><dd:TotalImpressions>44</dd:TotalImpressions>"
		"</pudyn:CopyApplicationSubunit><pudyn:MobileApplicationSubunit>"
		"<pudyn:TotalImpressions>55</pudyn:TotalImpressions>"
		"</pudyn:MobileApplicationSubunit></pudyn:ProductUsageDyn>");
	assert_int_equal(s.counters[PL_COUNTER_IMPRESSIONS].value, 931);
	assert_int_equal(s.counters[PL_COUNTER_IMPRESSIONS_MONOCHROME].value, 800);
	assert_int_equal(s.counters[PL_COUNTER_IMPRESSIONS_COLOR].value, 131);
	assert_int_equal(s.counters[PL_COUNTER_SHEETS_DUPLEX].value, 12);
	assert_int_equal(s.counters[PL_COUNTER_JAMS].value, 2);
	assert_int_equal(s.counters[PL_COUNTER_SCANS].value, 3);
	assert_int_equal(s.counters[PL_COUNTER_COPIES].value, 44);
	assert_true(s.counters[PL_COUNTER_SHEETS].value == PL_UNKNOWN);
	assert_true(s.counters[PL_COUNTER_FAXES].value == PL_UNKNOWN);
}

static void scan_images_outweigh_their_parts(void **state)
{
	(void)state;
	read_document(
		PL_LEDM_PRODUCT_USAGE,
		"<ProductUsageDyn><ScannerEngineSubunit><AdfImages>1</AdfImages><ScanImages>77"
		"</ScanImages><FlatbedImages>2</FlatbedImages></ScannerEngineSubunit>"
		"<PrinterSubunit><TotalImpressions>many</TotalImpressions></PrinterSubunit>"
		"</ProductUsageDyn>");
	assert_int_equal(s.counters[PL_COUNTER_SCANS].value, 77);
	assert_true(s.counters[PL_COUNTER_IMPRESSIONS].value == PL_UNKNOWN);
}

#define CONSUMABLE(inside) "<ccdyn:ConsumableInfo>" inside "</ccdyn:ConsumableInfo>"

static void reads_consumables(void **state)
{
	(void)state;
	read_document(
		PL_LEDM_CONSUMABLE_CONFIG,
		"<ccdyn:ConsumableConfigDyn><ccdyn:ProductConsumableInfo><dd:SerialNumber>no"
		"</dd:SerialNumber></ccdyn:ProductConsumableInfo>" CONSUMABLE(
			"<dd:Capacity><dd:MaxCapacity>12</dd:MaxCapacity><dd:Unit>"
			"100ImpressionsAt5PercentCoverage</dd:Unit></dd:Capacity>"
			"<dd:ConsumableLabelCode>K</dd:ConsumableLabelCode><dd:ConsumableLifeState>"
			"<dd:ConsumableState>ok</dd:ConsumableState><dd:MeasuredQuantityState>ok"
			"</dd:MeasuredQuantityState><dd:Brand>HP</dd:Brand></"
			"dd:ConsumableLifeState>"
			"<dd:ConsumableLowThreshold>10</dd:ConsumableLowThreshold>"
			"<dd:ConsumablePercentageLevelRemaining>10"
			"</dd:ConsumablePercentageLevelRemaining>"
			"<dd:ConsumableSelectibilityNumber>126A</dd:ConsumableSelectibilityNumber>"
			"<dd:ConsumableTypeEnum>tonerCartridge</dd:ConsumableTypeEnum>"
			"<dd:ProductNumber>CE310A</dd:ProductNumber>"
			"<dd:SerialNumber>-1515257599</dd:SerialNumber>")
			CONSUMABLE("<dd:ConsumableTypeEnum>printhead</dd:ConsumableTypeEnum>")
				CONSUMABLE(
					"<dd:ConsumableTypeEnum>ink</dd:ConsumableTypeEnum>"
					"<dd:ConsumableLabelCode>CMY</dd:ConsumableLabelCode>"
					"<dd:ConsumableSelectibilityNumber>304"
					"</dd:ConsumableSelectibilityNumber>"
					"<dd:ConsumablePercentageLevelRemaining>0"
					"</dd:ConsumablePercentageLevelRemaining>"
					"<dd:ConsumableLifeState><dd:MeasuredQuantityState>"
					"unknown</dd:MeasuredQuantityState>"
					"</dd:ConsumableLifeState>") "</"
								     "ccdyn:ConsumableConfigDyn>");
	assert_int_equal(s.supply_count, 2);
	assert_int_equal(s.supplies[0].index, 1);
	assert_string_equal(s.supplies[0].type, "tonerCartridge");
	assert_string_equal(s.supplies[0].colorant, "black");
	assert_string_equal(s.supplies[0].unit, "percent");
	assert_int_equal(s.supplies[0].level, 10);
	assert_int_equal(s.supplies[0].level_percent, 10);
	assert_int_equal(s.supplies[0].state, PL_SUPPLY_LOW);
	assert_string_equal(s.supplies[0].part_number, "CE310A");
	assert_string_equal(s.supplies[0].serial_number, "-1515257599");
	/* 0 that was not measured is not empty. */
	assert_int_equal(s.supplies[1].index, 2);
	assert_string_equal(s.supplies[1].colorant, "cyan-magenta-yellow");
	assert_true(s.supplies[1].level_percent == PL_UNKNOWN);
	assert_int_equal(s.supplies[1].level_code, -2);
	assert_int_equal(s.supplies[1].state, PL_SUPPLY_STATE_UNKNOWN);
	assert_string_equal(s.supplies[1].part_number, "304");
}

static void missing_and_empty_consumables(void **state)
{
	(void)state;
	read_document(PL_LEDM_CONSUMABLE_CONFIG,
		      "<ConsumableConfigDyn><ConsumableInfo><ConsumableTypeEnum>ink"
		      "</ConsumableTypeEnum><ConsumablePercentageLevelRemaining>50"
		      "</ConsumablePercentageLevelRemaining><ConsumableLifeState><ConsumableState>"
		      "missing</ConsumableState></ConsumableLifeState></ConsumableInfo>"
		      "<ConsumableInfo><ConsumableTypeEnum>inkTank</ConsumableTypeEnum>"
		      "<ConsumablePercentageLevelRemaining>0</ConsumablePercentageLevelRemaining>"
		      "<MarkerColor>Cyan</MarkerColor></ConsumableInfo></ConsumableConfigDyn>");
	assert_int_equal(s.supplies[0].state, PL_SUPPLY_MISSING);
	assert_true(s.supplies[0].level == PL_UNKNOWN);
	assert_int_equal(s.supplies[1].state, PL_SUPPLY_EMPTY);
	assert_string_equal(s.supplies[1].type, "inkTank");
	assert_string_equal(s.supplies[1].colorant, "cyan");
}

#define STATUS(category, words)                                                                    \
	"<psdyn:Status><pscat:StatusCategory>" category "</pscat:StatusCategory>"                  \
	"<psdyn:LocString lang=\"en\">" words "</psdyn:LocString></psdyn:Status>"
#define ALERT(id, severity, details)                                                               \
	"<psdyn:Alert><ad:ProductStatusAlertID>" id                                                \
	"</ad:ProductStatusAlertID><ad:Severity>" severity                                         \
	"</ad:Severity><ad:AlertDetails>" details "</ad:AlertDetails></psdyn:Alert>"
#define STATUS_DOCUMENT(inside) "<psdyn:ProductStatusDyn>" inside "</psdyn:ProductStatusDyn>"
#define ALERT_TABLE(inside)                                                                        \
	"<psdyn:AlertTable><dd:ModificationNumber>12</dd:ModificationNumber>" inside               \
	"</psdyn:AlertTable>"

static void reads_status_and_alerts(void **state)
{
	char mark[32];
	const char *xml = STATUS_DOCUMENT(
		STATUS("processing", "Printing") STATUS("trayEmptyOrOpen", "Load tray 1")
			ALERT_TABLE(ALERT("genuineHP", "Info", "") ALERT(
				"cartridgeLow", "Warning",
				"<ad:AlertDetailsConsumableTypeEnum>tonerCartridge"
				"</ad:AlertDetailsConsumableTypeEnum>")
					    ALERT("trayEmptyOrOpen", "Error", "")
						    ALERT("unheardOf", "Warning", "")));

	(void)state;
	read_document(PL_LEDM_PRODUCT_STATUS, xml);
	assert_int_equal(s.printer_state, PL_STATE_STOPPED);
	assert_string_equal(s.message, "Printing");
	assert_int_equal(s.asleep, PL_NO);
	assert_int_equal(s.reason_count, 3);
	assert_string_equal(s.reasons[0], "toner-low-warning");
	assert_string_equal(s.reasons[1], "media-empty-error");
	assert_string_equal(s.reasons[2], "other-warning");
	assert_int_equal(s.reasons_source, PL_SOURCE_LEDM);
	assert_result(pl_ledm_read_alert_mark(pl_span_of(xml), mark, &err), PL_OK);
	assert_string_equal(mark, "12");
}

static void a_category_alone_makes_a_reason(void **state)
{
	(void)state;
	read_document(PL_LEDM_PRODUCT_STATUS,
		      STATUS_DOCUMENT(STATUS("closeDoorOrCover", "Close door")));
	assert_int_equal(s.printer_state, PL_STATE_STOPPED);
	assert_int_equal(s.reason_count, 1);
	assert_string_equal(s.reasons[0], "cover-open-error");
}

static void sleep_by_category_and_by_words(void **state)
{
	(void)state;
	read_document(PL_LEDM_PRODUCT_STATUS, STATUS_DOCUMENT(STATUS("inPowerSave", "")));
	assert_int_equal(s.asleep, PL_YES);
	assert_int_equal(s.printer_state, PL_STATE_IDLE);
	assert_true(s.reasons_known);
	read_document(PL_LEDM_PRODUCT_STATUS, STATUS_DOCUMENT(STATUS("ready", "Power down mode")));
	assert_int_equal(s.asleep, PL_YES);
	assert_int_equal(s.printer_state, PL_STATE_IDLE);
	read_document(PL_LEDM_PRODUCT_STATUS, STATUS_DOCUMENT(STATUS("ready", "Ready")));
	assert_int_equal(s.asleep, PL_NO);
}

static void no_status_tells_nothing(void **state)
{
	char mark[32] = "kept";

	(void)state;
	read_document(PL_LEDM_PRODUCT_STATUS, STATUS_DOCUMENT(""));
	assert_int_equal(s.printer_state, PL_STATE_UNKNOWN);
	assert_int_equal(s.asleep, PL_MAYBE);
	assert_false(s.reasons_known);
	assert_result(pl_ledm_read_alert_mark(SPAN("<x/>"), mark, &err), PL_E_PROTOCOL);
	assert_string_equal(mark, "kept");
	assert_result(pl_ledm_read_alert_mark(SPAN("<ProductStatusDyn/>"), mark, &err), PL_OK);
	assert_string_equal(mark, "");
}

static void reads_trays_in_both_shapes(void **state)
{
	static const char *const DOCUMENTS[] = {
		"<MediaHandlingDyn><InputTray><InputBin>Tray1</InputBin><MediaSizeName>"
		"iso_a4_210x297mm</MediaSizeName><Capacity><MaxCapacity>150</MaxCapacity></"
		"Capacity>"
		"</InputTray><InputTray><InputBin>Tray2</InputBin></InputTray></MediaHandlingDyn>",
		"<m:MediaHandlingDyn><m:InputTrays><m:InputTray><d:InputBin>Tray1</d:InputBin>"
		"<d:MediaSizeName>A4</d:MediaSizeName><d:Capacity><d:MaxCapacity>150</"
		"d:MaxCapacity>"
		"</d:Capacity></m:InputTray><m:InputTray><d:InputBin>Tray2</d:InputBin></"
		"m:InputTray>"
		"</m:InputTrays></m:MediaHandlingDyn>",
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		read_document(PL_LEDM_MEDIA_HANDLING, DOCUMENTS[i]);
		assert_int_equal(s.medium_count, 2);
		assert_string_equal(s.media[0].name, "Tray1");
		assert_string_equal(s.media[0].size, "iso_a4_210x297mm");
		assert_int_equal(s.media[0].capacity, 150);
		assert_true(s.media[1].capacity == PL_UNKNOWN);
	}
}

static const char BOMB[] =
	"<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY a \"aaaaaaaaaa\">"
	"<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>"
	"<ProductUsageDyn>&c;</ProductUsageDyn>";

static void hostile_documents_are_refused(void **state)
{
	static const struct {
		const char *xml;
		enum pl_result wanted;
	} CASES[] = {
		{ "", PL_E_PROTOCOL },
		{ "404 Not Found", PL_E_PROTOCOL },
		{ "<html><body>EWS</body></html>", PL_E_PROTOCOL },
		{ "<ProductUsageDyn>", PL_E_PROTOCOL },
		{ "<ProductUsageDyn>&x;</ProductUsageDyn>", PL_E_PROTOCOL },
		{ "<ProductUsageDyn/><more/>", PL_E_PROTOCOL },
		{ "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><ProductUsageDyn/>", PL_E_PROTOCOL },
		{ BOMB, PL_E_PROTOCOL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		pl_snapshot_init(&s);
		err.text[0] = '\0';
		assert_result(
			pl_ledm_read(PL_LEDM_PRODUCT_USAGE, pl_span_of(CASES[i].xml), &s, &err),
			CASES[i].wanted);
		assert_true(err.text[0]);
	}
	assert_result(pl_ledm_read(PL_LEDM_DISCOVERY_TREE, SPAN("<DiscoveryTree/>"), &s, &err),
		      PL_E_INVALID);
}

static void depth_and_size_are_bounded(void **state)
{
	struct pl_bytes xml;

	(void)state;
	pl_bytes_init(&xml, 2 * PL_MAX_LEDM_DOCUMENT);
	assert_result(pl_bytes_add_text(&xml, "<ProductUsageDyn>"), PL_OK);
	for (int i = 0; i < 1000; i++)
		assert_result(pl_bytes_add_text(&xml, "<a>"), PL_OK);
	assert_result(pl_ledm_read(PL_LEDM_PRODUCT_USAGE, pl_bytes_span(&xml), &s, &err),
		      PL_E_TOO_BIG);
	pl_bytes_clear(&xml);
	assert_result(pl_bytes_add_text(&xml, "<ProductUsageDyn><"), PL_OK);
	for (int i = 0; i < 2000; i++)
		assert_result(pl_bytes_add_text(&xml, "n"), PL_OK);
	assert_result(pl_bytes_add_text(&xml, "/></ProductUsageDyn>"), PL_OK);
	assert_result(pl_ledm_read(PL_LEDM_PRODUCT_USAGE, pl_bytes_span(&xml), &s, &err),
		      PL_E_TOO_BIG);
	while (xml.size <= PL_MAX_LEDM_DOCUMENT)
		assert_result(pl_bytes_add_text(&xml, "                              "), PL_OK);
	assert_result(pl_ledm_read(PL_LEDM_PRODUCT_USAGE, pl_bytes_span(&xml), &s, &err),
		      PL_E_TOO_BIG);
	pl_bytes_finish(&xml);
}

/* A document that goes wrong in its last line has told nothing. */
static void a_broken_document_leaves_no_trace(void **state)
{
	static struct pl_snapshot before;

	(void)state;
	pl_snapshot_init(&s);
	pl_snapshot_count(&s, PL_COUNTER_IMPRESSIONS, 5, PL_SOURCE_LEDM);
	before = s;
	assert_result(pl_ledm_read(PL_LEDM_PRODUCT_USAGE,
				   SPAN("<ProductUsageDyn><PrinterSubunit><TotalImpressions>931"
					"</TotalImpressions></PrinterSubunit></ProductUsag"),
				   &s, &err),
		      PL_E_PROTOCOL);
	assert_memory_equal(&s, &before, sizeof(s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_documents_in_the_tree),
		cmocka_unit_test(reads_who_the_printer_is),
		cmocka_unit_test(a_firmware_that_is_only_a_date),
		cmocka_unit_test(only_direct_children_are_life_counters),
		cmocka_unit_test(scan_images_outweigh_their_parts),
		cmocka_unit_test(reads_consumables),
		cmocka_unit_test(missing_and_empty_consumables),
		cmocka_unit_test(reads_status_and_alerts),
		cmocka_unit_test(a_category_alone_makes_a_reason),
		cmocka_unit_test(sleep_by_category_and_by_words),
		cmocka_unit_test(no_status_tells_nothing),
		cmocka_unit_test(reads_trays_in_both_shapes),
		cmocka_unit_test(hostile_documents_are_refused),
		cmocka_unit_test(depth_and_size_are_bounded),
		cmocka_unit_test(a_broken_document_leaves_no_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
