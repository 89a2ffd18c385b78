/* SPDX-License-Identifier: Apache-2.0 */
/* Proves merging: the better source wins in whatever order it comes, gaps are filled without mixing
 * halves, and contradictions stay visible. */
#include "merge.h"

#include "unit.h"

static struct pl_snapshot into, ledm, ipp, pjl, id;

static int begin(void **state)
{
	(void)state;
	pl_snapshot_init(&into);
	pl_snapshot_init(&ledm);
	pl_snapshot_init(&ipp);
	pl_snapshot_init(&pjl);
	pl_snapshot_init(&id);
	return 0;
}

static struct pl_supply *supply(struct pl_snapshot *s, enum pl_source source, const char *type,
				const char *colorant, int64_t level)
{
	struct pl_supply *row = pl_snapshot_add_supply(s, source);

	pl_supply_set_type(row, pl_span_of(type));
	if (colorant)
		pl_supply_set_colorant(row, pl_span_of(colorant));
	if (level != PL_UNKNOWN) {
		strcpy(row->unit, "percent");
		row->max_capacity = 100;
		row->level = level;
	}
	pl_supply_settle(row, PL_UNKNOWN);
	return row;
}

static void order_does_not_matter(void **state)
{
	(void)state;
	pl_snapshot_count(&ledm, PL_COUNTER_IMPRESSIONS, 931, PL_SOURCE_LEDM);
	pl_snapshot_count(&pjl, PL_COUNTER_IMPRESSIONS, 931, PL_SOURCE_PJL);
	pl_snapshot_identify(&ledm, PL_ID_MODEL, SPAN("HP LaserJet MFP M227"), PL_SOURCE_LEDM);
	pl_snapshot_identify(&id, PL_ID_MODEL, SPAN("LaserJet MFP M227"), PL_SOURCE_IEEE1284);
	for (int turn = 0; turn < 2; turn++) {
		pl_snapshot_init(&into);
		pl_merge(&into, turn ? &ledm : &id);
		pl_merge(&into, &pjl);
		pl_merge(&into, turn ? &id : &ledm);
		assert_int_equal(into.counters[PL_COUNTER_IMPRESSIONS].source, PL_SOURCE_LEDM);
		assert_int_equal(into.counters[PL_COUNTER_IMPRESSIONS].value, 931);
		assert_string_equal(into.identity[PL_ID_MODEL].text, "LaserJet MFP M227");
		assert_int_equal(into.error_count, 0);
	}
}

static void the_serial_number_is_left_to_identity(void **state)
{
	(void)state;
	pl_snapshot_identify(&ledm, PL_ID_SERIAL_NUMBER, SPAN("VNB3K12345"), PL_SOURCE_LEDM);
	pl_merge(&into, &ledm);
	assert_string_equal(into.identity[PL_ID_SERIAL_NUMBER].text, "");
}

static void unknown_never_overwrites(void **state)
{
	(void)state;
	pl_snapshot_count(&pjl, PL_COUNTER_JAMS, 2, PL_SOURCE_PJL);
	pl_snapshot_set_state(&pjl, PL_STATE_IDLE, PL_SOURCE_PJL);
	pl_merge(&into, &pjl);
	pl_merge(&into, &ipp);
	pl_merge(&into, &ledm);
	assert_int_equal(into.counters[PL_COUNTER_JAMS].value, 2);
	assert_true(into.counters[PL_COUNTER_SCANS].value == PL_UNKNOWN);
	assert_int_equal(into.printer_state, PL_STATE_IDLE);
	assert_int_equal(into.asleep, PL_MAYBE);
	assert_false(into.reasons_known);
}

static void counters_that_contradict_are_told(void **state)
{
	(void)state;
	pl_snapshot_count(&ipp, PL_COUNTER_IMPRESSIONS, 900, PL_SOURCE_IPP);
	pl_snapshot_count(&ledm, PL_COUNTER_IMPRESSIONS, 931, PL_SOURCE_LEDM);
	pl_merge(&into, &ipp);
	pl_merge(&into, &ledm);
	assert_int_equal(into.counters[PL_COUNTER_IMPRESSIONS].value, 931);
	assert_int_equal(into.error_count, 1);
	assert_string_equal(into.errors[0].text, "impressions 900 contradicts 931 (ledm)");
	assert_int_equal(into.errors[0].source, PL_SOURCE_IPP);
}

static void a_printing_printer_may_count_meanwhile(void **state)
{
	(void)state;
	pl_snapshot_set_state(&ipp, PL_STATE_PROCESSING, PL_SOURCE_IPP);
	pl_snapshot_count(&ipp, PL_COUNTER_IMPRESSIONS, 930, PL_SOURCE_IPP);
	pl_snapshot_count(&ledm, PL_COUNTER_IMPRESSIONS, 931, PL_SOURCE_LEDM);
	pl_merge(&into, &ipp);
	pl_merge(&into, &ledm);
	assert_int_equal(into.error_count, 0);
}

static void reasons_join_under_the_better_spelling(void **state)
{
	(void)state;
	pl_snapshot_add_reason(&ledm, SPAN("media-empty"), PL_SOURCE_LEDM);
	pl_snapshot_add_reason(&ledm, SPAN("cover-open"), PL_SOURCE_LEDM);
	pl_snapshot_add_reason(&ipp, SPAN("media-empty-error"), PL_SOURCE_IPP);
	pl_merge(&into, &ledm);
	pl_merge(&into, &ipp);
	assert_int_equal(into.reason_count, 2);
	assert_string_equal(into.reasons[0], "media-empty-error");
	assert_string_equal(into.reasons[1], "cover-open");
	assert_int_equal(into.reasons_source, PL_SOURCE_IPP);
}

static void one_voice_for_sleep_is_enough(void **state)
{
	(void)state;
	ledm.asleep = PL_NO; /* M175nw: category "ready" while asleep */
	ipp.asleep = PL_YES;
	pl_merge(&into, &ipp);
	pl_merge(&into, &ledm);
	assert_int_equal(into.asleep, PL_YES);
}

static void supplies_are_matched_by_what_they_are(void **state)
{
	struct pl_supply *row;

	(void)state;
	supply(&ledm, PL_SOURCE_LEDM, "tonerCartridge", "K", PL_UNKNOWN);
	strcpy(ledm.supplies[0].part_number, "CF230A");
	supply(&ipp, PL_SOURCE_IPP, "opc", "black", 80);
	row = supply(&ipp, PL_SOURCE_IPP, "toner-cartridge", "black", 61);
	row->index = 2;
	pl_merge(&into, &ipp);
	pl_merge(&into, &ledm);
	assert_int_equal(into.supply_count, 2);
	assert_string_equal(into.supplies[0].part_number, "CF230A");
	assert_int_equal(into.supplies[0].level, 61);
	assert_int_equal(into.supplies[0].max_capacity, 100);
	assert_string_equal(into.supplies[0].unit, "percent");
	assert_int_equal(into.supplies[1].level, 80);
	assert_int_equal(into.supplies[1].index, 2);
}

static void waste_is_never_taken_for_toner(void **state)
{
	(void)state;
	supply(&ledm, PL_SOURCE_LEDM, "tonerCartridge", "K", 61);
	supply(&ipp, PL_SOURCE_IPP, "toner-cartridge", "black", 60);
	supply(&ipp, PL_SOURCE_IPP, "waste-toner", NULL, 90);
	pl_merge(&into, &ledm);
	pl_merge(&into, &ipp);
	assert_int_equal(into.supply_count, 2);
	assert_int_equal(into.supplies[0].level, 61);
	assert_int_equal(into.supplies[1].supply_class, PL_SUPPLY_FILLED);
	assert_int_equal(into.error_count, 0); /* one point apart is rounding */
}

static void levels_that_contradict_are_told(void **state)
{
	(void)state;
	supply(&ledm, PL_SOURCE_LEDM, "tonerCartridge", "K", 61);
	supply(&ipp, PL_SOURCE_IPP, "toner-cartridge", "black", 5);
	pl_merge(&into, &ledm);
	pl_merge(&into, &ipp);
	assert_int_equal(into.supplies[0].level_percent, 61);
	assert_int_equal(into.error_count, 1);
	assert_non_null(strstr(into.errors[0].text, "5% contradicts 61% (ledm)"));
}

static void two_alike_are_not_guessed_apart(void **state)
{
	(void)state;
	supply(&ledm, PL_SOURCE_LEDM, "inkCartridge", "K", PL_UNKNOWN);
	supply(&ledm, PL_SOURCE_LEDM, "inkCartridge", "K", PL_UNKNOWN);
	supply(&ipp, PL_SOURCE_IPP, "ink-cartridge", "black", 40);
	pl_merge(&into, &ledm);
	pl_merge(&into, &ipp);
	assert_int_equal(into.supply_count, 2);
	assert_true(into.supplies[0].level == PL_UNKNOWN);
	assert_true(into.supplies[1].level == PL_UNKNOWN);
}

static void trays_are_joined_by_their_order(void **state)
{
	struct pl_medium *tray;

	(void)state;
	tray = pl_snapshot_add_medium(&ledm, PL_SOURCE_LEDM);
	strcpy(tray->size, "iso_a4_210x297mm");
	tray = pl_snapshot_add_medium(&ipp, PL_SOURCE_IPP);
	strcpy(tray->name, "Tray 1");
	tray->level_code = -3;
	tray->capacity = 250;
	pl_merge(&into, &ledm);
	pl_merge(&into, &ipp);
	assert_int_equal(into.medium_count, 1);
	assert_string_equal(into.media[0].name, "Tray 1");
	assert_string_equal(into.media[0].size, "iso_a4_210x297mm");
	assert_int_equal(into.media[0].level_code, -3);
}

static void full_lists_stay_within_bounds(void **state)
{
	(void)state;
	for (int i = 0; i < PL_MAX_SUPPLIES; i++)
		supply(&ledm, PL_SOURCE_LEDM, "tonerCartridge", "K", 10);
	for (int i = 0; i < PL_MAX_SUPPLIES; i++)
		supply(&ipp, PL_SOURCE_IPP, "ink-cartridge", "cyan", 10);
	for (int i = 0; i < PL_MAX_ERRORS; i++)
		pl_snapshot_complain(&ledm, PL_SOURCE_LEDM, "complaint %d", i);
	pl_snapshot_complain(&ipp, PL_SOURCE_IPP, "one too many");
	pl_merge(&into, &ledm);
	pl_merge(&into, &ipp);
	assert_int_equal(into.supply_count, PL_MAX_SUPPLIES);
	assert_int_equal(into.error_count, PL_MAX_ERRORS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(order_does_not_matter, begin),
		cmocka_unit_test_setup(the_serial_number_is_left_to_identity, begin),
		cmocka_unit_test_setup(unknown_never_overwrites, begin),
		cmocka_unit_test_setup(counters_that_contradict_are_told, begin),
		cmocka_unit_test_setup(a_printing_printer_may_count_meanwhile, begin),
		cmocka_unit_test_setup(reasons_join_under_the_better_spelling, begin),
		cmocka_unit_test_setup(one_voice_for_sleep_is_enough, begin),
		cmocka_unit_test_setup(supplies_are_matched_by_what_they_are, begin),
		cmocka_unit_test_setup(waste_is_never_taken_for_toner, begin),
		cmocka_unit_test_setup(levels_that_contradict_are_told, begin),
		cmocka_unit_test_setup(two_alike_are_not_guessed_apart, begin),
		cmocka_unit_test_setup(trays_are_joined_by_their_order, begin),
		cmocka_unit_test_setup(full_lists_stay_within_bounds, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
