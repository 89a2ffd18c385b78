/* SPDX-License-Identifier: Apache-2.0 */
/* Proves the table of the standards row by row (no two rows contradict, both directions agree,
 * every text may leave the PC), and that reasons and alerts end up telling the same story. */
#include "platen/alert.h"

#include <ctype.h>
#include <stdio.h>

#include "alert_table.h"
#include "unit.h"

static struct pl_alert_meaning m;
static struct pl_snapshot s;

static void assert_reason(const char *reason, const char *code, int number, const char *group)
{
	assert_true(pl_alert_by_reason(pl_span_of(reason), &m));
	assert_string_equal(m.code, code);
	assert_int_equal(m.number, number);
	assert_string_equal(m.group, group);
	assert_true(m.description[0]);
}

/* RFC 8011's words, each with the code PWG 5100.9 gives it. */
static void knows_the_words_of_rfc_8011(void **state)
{
	(void)state;
	assert_reason("cover-open", "coverOpen", 3, "cover");
	assert_reason("door-open", "doorOpen", 501, "cover");
	assert_reason("interlock-open", "interlockOpen", 5, "cover");
	assert_reason("media-empty", "inputMediaSupplyEmpty", 808, "input");
	assert_reason("media-low", "inputMediaSupplyLow", 807, "input");
	assert_reason("media-jam", "jam", 8, "mediaPath");
	assert_reason("media-needed", "inputMediaChangeRequest", 809, "input");
	assert_reason("input-tray-missing", "inputMediaTrayMissing", 801, "input");
	assert_reason("output-tray-missing", "outputMediaTrayMissing", 901, "output");
	assert_reason("output-area-almost-full", "outputMediaTrayAlmostFull", 902, "output");
	assert_reason("output-area-full", "outputMediaTrayFull", 903, "output");
	assert_reason("toner-low", "markerTonerAlmostEmpty", 1104, "markerSupplies");
	assert_reason("toner-empty", "markerTonerEmpty", 1101, "markerSupplies");
	assert_reason("marker-supply-low", "markerSupplyAlmostEmpty", 1122, "markerSupplies");
	assert_reason("marker-supply-empty", "markerSupplyEmpty", 1123, "markerSupplies");
	assert_reason("marker-waste-almost-full", "markerWasteAlmostFull", 1125, "markerSupplies");
	assert_reason("marker-waste-full", "markerWasteFull", 1126, "markerSupplies");
	assert_reason("fuser-over-temp", "markerFuserOverTemperature", 1002, "marker");
	assert_reason("fuser-under-temp", "markerFuserUnderTemperature", 1001, "marker");
	assert_reason("opc-near-eol", "markerOpcLifeAlmostOver", 1111, "markerSupplies");
	assert_reason("opc-life-over", "markerOpcLifeOver", 1112, "markerSupplies");
	assert_reason("developer-low", "markerDeveloperAlmostEmpty", 1113, "markerSupplies");
	assert_reason("developer-empty", "markerDeveloperEmpty", 1114, "markerSupplies");
	assert_reason("interpreter-resource-unavailable", "interpreterResourceUnavailable", 1507,
		      "interpreter");
	assert_reason("paused", "", 0, "generalPrinter");
	assert_reason("spool-area-full", "", 0, "hostResourcesMIBStorageTable");
}

static void composes_the_finishers(void **state)
{
	(void)state;
	assert_reason("stapler-almost-empty-warning", "subunitAlmostEmpty", 12, "finDevice");
	assert_string_equal(m.reason, "stapler-almost-empty");
	assert_string_equal(m.description, "Stapler: almost empty");
	assert_reason("separation-cutter-unrecoverable-storage-error",
		      "subunitUnrecoverableStorageError", 32, "finDevice");
	assert_reason("die-cutter-jam-error", "jam", 8, "finDevice");
	assert_false(pl_alert_by_reason(SPAN("stapler-"), &m));
	assert_false(pl_alert_by_reason(SPAN("stapler"), &m));
	assert_false(pl_alert_by_reason(SPAN("stapler-on-fire"), &m));
}

static void suffixes_are_severities(void **state)
{
	(void)state;
	assert_span(pl_reason_stem(SPAN("media-low-warning")), "media-low");
	assert_span(pl_reason_stem(SPAN("media-low-report")), "media-low");
	assert_span(pl_reason_stem(SPAN("com.vendor.thing-error")), "com.vendor.thing");
	assert_int_equal(pl_reason_severity(SPAN("media-low-warning")), PL_SEVERITY_WARNING);
	assert_int_equal(pl_reason_severity(SPAN("media-low")), PL_SEVERITY_UNKNOWN);
	/* Keywords that end in "-error" by themselves. */
	assert_span(pl_reason_stem(SPAN("input-media-tray-feed-error")),
		    "input-media-tray-feed-error");
	assert_span(pl_reason_stem(SPAN("input-media-tray-feed-error-warning")),
		    "input-media-tray-feed-error");
	assert_int_equal(pl_reason_severity(SPAN("binder-recoverable-storage-error")),
			 PL_SEVERITY_UNKNOWN);
	assert_span(pl_reason_stem(SPAN("-error")), "-error");
}

static void codes_are_found_by_name_and_number(void **state)
{
	(void)state;
	assert_true(pl_alert_by_code(SPAN("coverOpen"), &m));
	assert_string_equal(m.reason, "cover-open");
	assert_true(pl_alert_by_code(SPAN("808"), &m));
	assert_string_equal(m.reason, "media-empty");
	assert_true(pl_alert_by_code(SPAN("staplerAlmostEmpty"), &m));
	assert_string_equal(m.reason, "stapler-almost-empty");
	assert_string_equal(m.code, "subunitAlmostEmpty");
	assert_true(pl_alert_by_code(SPAN("31103"), &m));
	assert_string_equal(m.reason, "separation-cutter-cover-open");
	assert_true(pl_alert_by_code(SPAN("makeEnvelopeRecoverableStorageError"), &m));
	assert_string_equal(m.group, "finDevice");
	assert_false(pl_alert_by_code(SPAN("30299"), &m));
	assert_false(pl_alert_by_code(SPAN("0"), &m));
	assert_false(pl_alert_by_code(SPAN(""), &m));
	assert_false(pl_alert_by_code(SPAN("99999"), &m));
	assert_false(pl_alert_by_code(SPAN("thingBroken"), &m));
}

static void assert_row(const struct alert_row *row)
{
	size_t n = strlen(row->description);

	assert_true(row->code[0] || row->reason[0]);
	assert_int_equal(row->number != 0, row->code[0] != '\0');
	assert_true(row->group < GROUP_COUNT && ALERT_GROUP_NAMES[row->group][0]);
	assert_true(n > 0 && isupper((unsigned char)row->description[0]));
	assert_int_not_equal(row->description[n - 1], '.');
	for (size_t i = 0; i < n; i++)
		assert_true(row->description[i] >= ' ' && row->description[i] <= '~' &&
			    row->description[i] != '@');
	for (const char *c = row->reason; *c; c++)
		assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '-');
}

static void every_row_makes_sense(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALERT_ROW_COUNT; i++) {
		const struct alert_row *a = &ALERT_ROWS[i];

		assert_row(a);
		for (size_t j = 0; j < i; j++) {
			const struct alert_row *b = &ALERT_ROWS[j];

			/* One number, one name; a reason stands in one row. */
			if (a->number != 0)
				assert_int_equal(a->number == b->number,
						 strcmp(a->code, b->code) == 0);
			assert_false(a->reason[0] && strcmp(a->reason, b->reason) == 0);
		}
	}
}

static void every_reason_finds_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALERT_ROW_COUNT; i++) {
		if (!ALERT_ROWS[i].reason[0])
			continue;
		assert_true(pl_alert_by_reason(pl_span_of(ALERT_ROWS[i].reason), &m));
		assert_string_equal(m.reason, ALERT_ROWS[i].reason);
		if (ALERT_ROWS[i].code[0])
			assert_true(pl_alert_by_code(pl_span_of(ALERT_ROWS[i].code), &m));
	}
	assert_int_equal(ALERT_DEVICE_COUNT, 17);
	for (size_t d = 0; d < ALERT_DEVICE_COUNT; d++) {
		for (size_t c = 0; c < ALERT_CONDITION_COUNT; c++) {
			char word[PL_MAX_REASON];

			assert_true((size_t)snprintf(word, sizeof(word), "%s-%s-warning",
						     ALERT_DEVICES[d].reason,
						     ALERT_CONDITIONS[c].reason) < sizeof(word));
			assert_true(pl_alert_by_reason(pl_span_of(word), &m));
			assert_int_equal(m.number, ALERT_CONDITIONS[c].number);
		}
	}
}

static void alerts_are_added_once(void **state)
{
	struct pl_alert *a;

	(void)state;
	pl_snapshot_init(&s);
	a = pl_snapshot_add_alert(&s, SPAN("coverOpen"), PL_SEVERITY_UNKNOWN, PL_SOURCE_IPP);
	assert_int_equal(a->severity, PL_SEVERITY_CRITICAL);
	assert_string_equal(a->group, "cover");
	assert_true(a->since_ms == PL_UNKNOWN);
	assert_ptr_equal(a,
			 pl_snapshot_add_alert(&s, SPAN("3"), PL_SEVERITY_WARNING, PL_SOURCE_IPP));
	assert_int_equal(s.alert_count, 1);
	assert_null(
		pl_snapshot_add_alert(&s, SPAN("nonsense"), PL_SEVERITY_WARNING, PL_SOURCE_IPP));
}

static void both_lists_tell_the_same_story(void **state)
{
	(void)state;
	pl_snapshot_init(&s);
	pl_snapshot_add_reason(&s, SPAN("media-empty-warning"), PL_SOURCE_LEDM);
	pl_snapshot_add_reason(&s, SPAN("paused"), PL_SOURCE_LEDM);
	pl_snapshot_add_reason(&s, SPAN("com.vendor.secret-error"), PL_SOURCE_LEDM);
	pl_snapshot_add_alert(&s, SPAN("coverOpen"), PL_SEVERITY_WARNING, PL_SOURCE_IPP);
	pl_alert_reconcile(&s);
	assert_int_equal(s.alert_count, 2);
	assert_string_equal(s.alerts[1].code, "inputMediaSupplyEmpty");
	assert_int_equal(s.alerts[1].severity, PL_SEVERITY_WARNING);
	assert_int_equal(s.alerts[1].source, PL_SOURCE_LEDM);
	assert_int_equal(s.reason_count, 4);
	assert_string_equal(s.reasons[3], "cover-open-warning");
	pl_alert_reconcile(&s);
	assert_int_equal(s.alert_count, 2);
	assert_int_equal(s.reason_count, 4);
}

static void a_finishers_jam_is_not_the_printers(void **state)
{
	(void)state;
	pl_snapshot_init(&s);
	pl_snapshot_add_reason(&s, SPAN("stapler-jam-error"), PL_SOURCE_IPP);
	pl_snapshot_add_reason(&s, SPAN("media-jam-error"), PL_SOURCE_IPP);
	pl_alert_reconcile(&s);
	assert_int_equal(s.alert_count, 2);
	assert_int_equal(s.reason_count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_words_of_rfc_8011),
		cmocka_unit_test(composes_the_finishers),
		cmocka_unit_test(suffixes_are_severities),
		cmocka_unit_test(codes_are_found_by_name_and_number),
		cmocka_unit_test(every_row_makes_sense),
		cmocka_unit_test(every_reason_finds_itself),
		cmocka_unit_test(alerts_are_added_once),
		cmocka_unit_test(both_lists_tell_the_same_story),
		cmocka_unit_test(a_finishers_jam_is_not_the_printers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
