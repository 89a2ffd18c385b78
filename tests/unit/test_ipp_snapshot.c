/* SPDX-License-Identifier: Apache-2.0 */
/* Proves the snapshot's promises: unknown stays unknown, lists are bounded, supplies speak one
 * vocabulary, levels settle without a guess. */
#include "platen/snapshot.h"

#include <stdio.h>

#include "unit.h"

static struct pl_snapshot s;

static int begin(void **state)
{
	(void)state;
	pl_snapshot_init(&s);
	return 0;
}

static void everything_begins_unknown(void **state)
{
	(void)state;
	for (int i = 0; i < PL_ID_COUNT; i++) {
		assert_string_equal(s.identity[i].text, "");
		assert_int_equal(s.identity[i].source, PL_SOURCE_NONE);
		assert_non_null(pl_identity_name((enum pl_identity_field)i));
	}
	for (int i = 0; i < PL_COUNTER_COUNT; i++) {
		assert_true(s.counters[i].value == PL_UNKNOWN);
		assert_non_null(pl_counter_name((enum pl_counter)i));
	}
	assert_int_equal(s.printer_state, PL_STATE_UNKNOWN);
	assert_int_equal(s.asleep, PL_MAYBE);
	assert_false(s.reasons_known);
	assert_string_equal(pl_printer_state_name(s.printer_state), "unknown");
	assert_null(pl_source_name(PL_SOURCE_NONE));
	assert_string_equal(pl_source_name(PL_SOURCE_IEEE1284), "ieee1284");
}

static void the_first_identity_counts(void **state)
{
	(void)state;
	pl_snapshot_identify(&s, PL_ID_MODEL, SPAN("  "), PL_SOURCE_IPP);
	assert_int_equal(s.identity[PL_ID_MODEL].source, PL_SOURCE_NONE);
	pl_snapshot_identify(&s, PL_ID_MODEL, SPAN(" M234 "), PL_SOURCE_IPP);
	pl_snapshot_identify(&s, PL_ID_MODEL, SPAN("other"), PL_SOURCE_PJL);
	assert_string_equal(s.identity[PL_ID_MODEL].text, "M234");
	assert_int_equal(s.identity[PL_ID_MODEL].source, PL_SOURCE_IPP);
	pl_snapshot_identify(&s, PL_ID_UUID, SPAN("urn:uuid:E3248000-80CE-11DB"), PL_SOURCE_IPP);
	assert_string_equal(s.identity[PL_ID_UUID].text, "e3248000-80ce-11db");
}

static void counters_take_no_negative(void **state)
{
	(void)state;
	pl_snapshot_count(&s, PL_COUNTER_JAMS, -1, PL_SOURCE_LEDM);
	assert_int_equal(s.counters[PL_COUNTER_JAMS].source, PL_SOURCE_NONE);
	pl_snapshot_count(&s, PL_COUNTER_JAMS, 0, PL_SOURCE_LEDM);
	assert_int_equal(s.counters[PL_COUNTER_JAMS].value, 0);
	assert_int_equal(s.counters[PL_COUNTER_JAMS].source, PL_SOURCE_LEDM);
}

static void reasons_are_keywords_once(void **state)
{
	(void)state;
	pl_snapshot_add_reason(&s, SPAN("Not A Keyword"), PL_SOURCE_IPP);
	pl_snapshot_add_reason(&s, SPAN(""), PL_SOURCE_IPP);
	assert_false(s.reasons_known);
	pl_snapshot_add_reason(&s, SPAN("none"), PL_SOURCE_IPP);
	assert_true(s.reasons_known);
	assert_int_equal(s.reason_count, 0);
	pl_snapshot_add_reason(&s, SPAN("media-low-warning"), PL_SOURCE_IPP);
	pl_snapshot_add_reason(&s, SPAN("media-low-warning"), PL_SOURCE_IPP);
	assert_int_equal(s.reason_count, 1);
	assert_true(pl_snapshot_has_reason(&s, "media-low"));
	assert_true(pl_snapshot_has_reason(&s, "media-low-report"));
	assert_false(pl_snapshot_has_reason(&s, "media"));
}

static void lists_are_bounded(void **state)
{
	char word[PL_MAX_REASON];

	(void)state;
	for (int i = 0; i < 100; i++) {
		snprintf(word, sizeof(word), "reason-%d", i);
		pl_snapshot_add_reason(&s, pl_span_of(word), PL_SOURCE_IPP);
		pl_snapshot_complain(&s, PL_SOURCE_IPP, "complaint %d", i);
		assert_int_equal(pl_snapshot_add_supply(&s, PL_SOURCE_IPP) != NULL,
				 i < PL_MAX_SUPPLIES);
		assert_int_equal(pl_snapshot_add_medium(&s, PL_SOURCE_IPP) != NULL,
				 i < PL_MAX_MEDIA);
	}
	assert_int_equal(s.reason_count, PL_MAX_REASONS);
	assert_int_equal(s.error_count, PL_MAX_ERRORS);
	assert_int_equal(s.supplies[PL_MAX_SUPPLIES - 1].index, PL_MAX_SUPPLIES);
}

static void assert_type(const char *told, const char *type, enum pl_supply_class class)
{
	struct pl_supply supply = { 0 };

	pl_supply_set_type(&supply, pl_span_of(told));
	assert_string_equal(supply.type, type);
	assert_int_equal(supply.supply_class, class);
}

static void types_have_one_vocabulary(void **state)
{
	(void)state;
	assert_type("toner-cartridge", "tonerCartridge", PL_SUPPLY_CONSUMED);
	assert_type("tonerCartridge", "tonerCartridge", PL_SUPPLY_CONSUMED);
	assert_type("ink", "ink", PL_SUPPLY_CONSUMED);
	assert_type("inkTank", "inkTank", PL_SUPPLY_CONSUMED);
	assert_type("rechargeableToner", "toner", PL_SUPPLY_CONSUMED);
	assert_type("waste-toner", "wasteToner", PL_SUPPLY_FILLED);
	assert_type("wasteInk", "wasteInk", PL_SUPPLY_FILLED);
	assert_type("fuser", "fuser", PL_SUPPLY_CONSUMED);
	assert_type("unobtainium", "other", PL_SUPPLY_CLASS_UNKNOWN);
	assert_type("", "", PL_SUPPLY_CLASS_UNKNOWN);
}

static void assert_colorant(const char *told, const char *colorant)
{
	struct pl_supply supply = { 0 };

	pl_supply_set_colorant(&supply, pl_span_of(told));
	assert_string_equal(supply.colorant, colorant);
}

static void colorants_have_one_vocabulary(void **state)
{
	(void)state;
	assert_colorant("K", "black");
	assert_colorant("Black", "black");
	assert_colorant("#000000", "black");
	assert_colorant("CMY", "cyan-magenta-yellow");
	assert_colorant("CyanMagentaYellow", "cyan-magenta-yellow");
	assert_colorant("#00FFFF#FF00FF#FFFF00", "cyan-magenta-yellow");
	assert_colorant("pK", "photo-black");
	assert_colorant("Light Light Black", "light-light-black");
	assert_colorant("none", "none");
	assert_colorant("#123456", "");
	assert_colorant("unknown", "");
	assert_colorant("", "");
}

static struct pl_supply settled(int64_t level, int64_t max, const char *unit, int64_t low)
{
	struct pl_supply supply = { .level = level,
				    .max_capacity = max,
				    .level_percent = PL_UNKNOWN };

	pl_span_copy(pl_span_of(unit), supply.unit, sizeof(supply.unit));
	pl_supply_settle(&supply, low);
	return supply;
}

static void levels_settle(void **state)
{
	(void)state;
	assert_int_equal(settled(61, 100, "percent", PL_UNKNOWN).level_percent, 61);
	/* without a mark of the printer's own nobody knows what is low */
	assert_int_equal(settled(61, 100, "percent", PL_UNKNOWN).state, PL_SUPPLY_STATE_UNKNOWN);
	assert_int_equal(settled(1, 100, "percent", PL_UNKNOWN).state, PL_SUPPLY_STATE_UNKNOWN);
	assert_int_equal(settled(61, PL_UNKNOWN, "percent", PL_UNKNOWN).level_percent, 61);
	assert_true(settled(61, PL_UNKNOWN, "sheets", PL_UNKNOWN).level_percent == PL_UNKNOWN);
	assert_int_equal(settled(1, 1000, "impressions", PL_UNKNOWN).level_percent, 1);
	assert_int_equal(settled(2000, 1000, "impressions", PL_UNKNOWN).level_percent, 100);
	assert_int_equal(settled(0, 100, "percent", PL_UNKNOWN).state, PL_SUPPLY_EMPTY);
	assert_int_equal(settled(15, 100, "percent", 15).state, PL_SUPPLY_LOW);
	assert_int_equal(settled(16, 100, "percent", 15).state, PL_SUPPLY_OK);
	assert_int_equal(settled(PL_UNKNOWN, 100, "percent", 15).state, PL_SUPPLY_STATE_UNKNOWN);
	assert_true(settled(INT64_MAX, 100, "percent", 15).level_percent == PL_UNKNOWN);
}

static void a_told_state_stays(void **state)
{
	struct pl_supply supply = { .level = 80,
				    .max_capacity = 100,
				    .level_percent = PL_UNKNOWN,
				    .state = PL_SUPPLY_LOW };

	(void)state;
	pl_supply_settle(&supply, PL_UNKNOWN);
	assert_int_equal(supply.state, PL_SUPPLY_LOW);
	assert_int_equal(supply.level_percent, 80);
}

static void reasons_speak_of_the_one_supply_they_can_mean(void **state)
{
	struct pl_supply *black, *waste, *second;

	(void)state;
	black = pl_snapshot_add_supply(&s, PL_SOURCE_PJL);
	pl_supply_set_type(black, pl_span_of("toner"));
	black->state = PL_SUPPLY_OK;
	waste = pl_snapshot_add_supply(&s, PL_SOURCE_PJL);
	pl_supply_set_type(waste, pl_span_of("wasteToner"));
	pl_snapshot_add_reason(&s, pl_span_of("toner-low-warning"), PL_SOURCE_PJL);
	pl_supply_reconcile(&s);
	assert_int_equal(black->state, PL_SUPPLY_LOW);
	assert_int_equal(waste->state, PL_SUPPLY_STATE_UNKNOWN);
	pl_snapshot_add_reason(&s, pl_span_of("marker-supply-empty-error"), PL_SOURCE_PJL);
	pl_supply_reconcile(&s);
	assert_int_equal(black->state, PL_SUPPLY_EMPTY); /* waste is no supply that empties */
	assert_int_equal(waste->state, PL_SUPPLY_STATE_UNKNOWN);

	second = pl_snapshot_add_supply(&s, PL_SOURCE_PJL);
	pl_supply_set_type(second, pl_span_of("toner"));
	black->state = PL_SUPPLY_OK;
	pl_supply_reconcile(&s);
	assert_int_equal(black->state, PL_SUPPLY_OK);
	assert_int_equal(second->state, PL_SUPPLY_STATE_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reasons_speak_of_the_one_supply_they_can_mean, begin),
		cmocka_unit_test_setup(everything_begins_unknown, begin),
		cmocka_unit_test_setup(the_first_identity_counts, begin),
		cmocka_unit_test_setup(counters_take_no_negative, begin),
		cmocka_unit_test_setup(reasons_are_keywords_once, begin),
		cmocka_unit_test_setup(lists_are_bounded, begin),
		cmocka_unit_test(types_have_one_vocabulary),
		cmocka_unit_test(colorants_have_one_vocabulary),
		cmocka_unit_test(levels_settle),
		cmocka_unit_test(a_told_state_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
