/* SPDX-License-Identifier: Apache-2.0 */
/* Proves what counts as an event: each thing once, nothing for nothing, and the snapshot says only
 * what is new. */
#include "track.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "platen/clock.h"
#include "platen/json.h"
#include "unit.h"

#define START_MS 1769846400000LL /* 2026-01-31T08:00:00Z */
#define HOUR_MS	 3600000LL
#define LOOK_MS	 10000 /* from one look to the next */

static struct pl_tracker t;
static struct pl_reading r;
static struct {
	char kind[32];
	cJSON *body;
} got[16];
static size_t got_count;
static int64_t now_ms;

static int64_t tell(void *arg)
{
	(void)arg;
	return now_ms;
}

static const struct pl_clock CLOCK = { .now_ms = tell, .wall_ms = tell };

static void record(void *arg, const char *kind, const char *key, const cJSON *body)
{
	(void)arg;
	assert_string_equal(key, "usb-03f0-2b17-VNB3K12345");
	assert_true(got_count < sizeof(got) / sizeof(got[0]));
	strcpy(got[got_count].kind, kind);
	got[got_count++].body = cJSON_Duplicate(body, true);
}

static const struct pl_outlet OUTLET = { record, NULL };

static void forget(void)
{
	while (got_count > 0)
		cJSON_Delete(got[--got_count].body);
}

static int look(bool counted)
{
	struct pl_reading now = r;

	forget();
	now_ms += LOOK_MS;
	return pl_track(&t, &now, counted, &OUTLET);
}

static const cJSON *body_of(const char *kind)
{
	for (size_t i = 0; i < got_count; i++)
		if (strcmp(got[i].kind, kind) == 0)
			return got[i].body;
	return NULL;
}

/* An idle printer with one toner, already reported once. */
static int begin(void **state)
{
	struct pl_supply *toner;

	(void)state;
	now_ms = START_MS;
	pl_clock_use(&CLOCK);
	pl_tracker_init(&t);
	memset(&r, 0, sizeof(r));
	pl_snapshot_init(&r.snapshot);
	strcpy(r.key, "usb-03f0-2b17-VNB3K12345");
	r.taken_at_ms = START_MS;
	pl_snapshot_set_state(&r.snapshot, PL_STATE_IDLE, PL_SOURCE_IPP);
	pl_snapshot_add_reason(&r.snapshot, SPAN("none"), PL_SOURCE_IPP);
	pl_snapshot_count(&r.snapshot, PL_COUNTER_IMPRESSIONS, 931, PL_SOURCE_LEDM);
	toner = pl_snapshot_add_supply(&r.snapshot, PL_SOURCE_LEDM);
	pl_supply_set_type(toner, SPAN("toner"));
	pl_supply_set_colorant(toner, SPAN("black"));
	toner->level_percent = 61;
	strcpy(toner->serial_number, "CRUM-1");
	look(true);
	return 0;
}

static int end(void **state)
{
	(void)state;
	forget();
	pl_clock_use(NULL);
	return 0;
}

static void the_first_reading_is_reported_whole(void **state)
{
	const cJSON *body = body_of("printer.snapshot");

	(void)state;
	assert_int_equal(got_count, 1);
	assert_true(cJSON_IsTrue(pl_json_at(body, "full")));
	assert_string_equal(pl_json_text(body, "state.printer_state"), "idle");
	assert_non_null(pl_json_at(body, "errors"));
}

static void nothing_new_is_no_record(void **state)
{
	(void)state;
	r.taken_at_ms += 10000;
	assert_int_equal(look(true), 0);
	assert_int_equal(got_count, 0);
}

static void a_change_brings_its_section_alone(void **state)
{
	const cJSON *body;

	(void)state;
	r.snapshot.supplies[0].level_percent = 60;
	assert_int_equal(look(true), 0);
	body = body_of("printer.snapshot");
	assert_true(cJSON_IsFalse(pl_json_at(body, "full")));
	assert_non_null(pl_json_at(body, "supplies"));
	assert_int_equal(cJSON_GetArraySize(body), 2);
}

static void once_a_day_everything_is_told(void **state)
{
	(void)state;
	r.taken_at_ms += 25 * HOUR_MS;
	look(true);
	assert_true(cJSON_IsTrue(pl_json_at(body_of("printer.snapshot"), "full")));
	r.taken_at_ms -= 1000 * HOUR_MS; /* the clock jumps back */
	look(true);
	assert_true(cJSON_IsTrue(pl_json_at(body_of("printer.snapshot"), "full")));
}

static void an_alert_opens_once_and_closes_once(void **state)
{
	(void)state;
	pl_snapshot_add_alert(&r.snapshot, SPAN("coverOpen"), PL_SEVERITY_CRITICAL, PL_SOURCE_IPP);
	r.taken_at_ms += 10000;
	assert_int_equal(look(true), 1);
	assert_string_equal(pl_json_text(body_of("alert.opened"), "code"), "coverOpen");
	assert_string_equal(pl_json_text(body_of("alert.opened"), "since"),
			    "2026-01-31T08:00:10.000Z");
	r.taken_at_ms += 10000;
	assert_int_equal(look(true), 0);
	assert_int_equal(got_count, 0);
	r.snapshot.alert_count = 0;
	r.taken_at_ms += 10000;
	assert_int_equal(look(true), 1);
	assert_string_equal(pl_json_text(body_of("alert.closed"), "since"),
			    "2026-01-31T08:00:10.000Z");
	assert_string_equal(pl_json_text(body_of("alert.closed"), "closed_at"),
			    "2026-01-31T08:00:30.000Z");
}

static void another_cartridge_is_known_by_its_number(void **state)
{
	(void)state;
	strcpy(r.snapshot.supplies[0].serial_number, "CRUM-2");
	r.snapshot.supplies[0].level_percent = 100;
	assert_int_equal(look(true), 1);
	assert_string_equal(pl_json_text(body_of("supply.replaced"), "evidence"), "serial_number");
	assert_string_equal(pl_json_text(body_of("supply.replaced"), "serial_number_before"),
			    "CRUM-1");
}

static void without_a_number_by_its_level(void **state)
{
	int64_t before = 0;

	(void)state;
	r.snapshot.supplies[0].serial_number[0] = '\0';
	r.snapshot.supplies[0].level_percent = 3;
	look(true);
	assert_int_equal(look(true), 0);
	r.snapshot.supplies[0].level_percent = 8; /* wavering is no cartridge */
	assert_int_equal(look(true), 0);
	r.snapshot.supplies[0].level_percent = 100;
	assert_int_equal(look(true), 0); /* once is no proof, nor is twice */
	assert_int_equal(look(true), 0);
	assert_true(t.jumps);
	assert_int_equal(look(false), 0); /* nor is what was not read again */
	assert_int_equal(look(true), 1);
	assert_false(t.jumps);
	assert_string_equal(pl_json_text(body_of("supply.replaced"), "evidence"), "level");
	assert_true(
		pl_json_int(body_of("supply.replaced"), "level_percent_before", 0, 100, &before));
	assert_int_equal(before, 8);
	r.snapshot.supplies[0].level_percent = PL_UNKNOWN;
	assert_int_equal(look(true), 0);
}

/* 0, 0, 61, 61, 0, 0, …: the door stands open, the cartridge is the same, and two looks happen to
 * see the same. */
static void a_level_that_flickers_is_no_cartridge(void **state)
{
	(void)state;
	r.snapshot.supplies[0].serial_number[0] = '\0';
	look(true);
	for (int i = 0; i < 21; i++) {
		r.snapshot.supplies[0].level_percent = i / 2 % 2 ? 61 : 0;
		look(true);
		assert_null(body_of("supply.replaced"));
	}
}

static void a_fall_is_told_with_both_values(void **state)
{
	int64_t before = 0, after = 0;

	(void)state;
	r.snapshot.counters[PL_COUNTER_IMPRESSIONS].value = 12;
	assert_int_equal(look(true), 1);
	assert_true(pl_json_int(body_of("counter.reset"), "before", 0, 1000, &before));
	assert_true(pl_json_int(body_of("counter.reset"), "after", 0, 1000, &after));
	assert_int_equal(before, 931);
	assert_int_equal(after, 12);
}

static void two_sources_are_not_compared(void **state)
{
	(void)state;
	r.snapshot.counters[PL_COUNTER_IMPRESSIONS].value = 12;
	r.snapshot.counters[PL_COUNTER_IMPRESSIONS].source = PL_SOURCE_PJL;
	assert_int_equal(look(false), 0);
	assert_null(body_of("counter.reset"));
}

static void a_job_ends_when_its_pages_are_counted(void **state)
{
	const cJSON *body;

	(void)state;
	r.snapshot.printer_state = PL_STATE_PROCESSING;
	r.taken_at_ms += 1000;
	look(false);
	assert_null(body_of("job.finished"));
	r.snapshot.printer_state = PL_STATE_IDLE;
	r.taken_at_ms += 14200;
	look(false); /* counters are not read yet */
	assert_null(body_of("job.finished"));
	pl_snapshot_count(&r.snapshot, PL_COUNTER_IMPRESSIONS, 941, PL_SOURCE_LEDM);
	r.snapshot.counters[PL_COUNTER_IMPRESSIONS].value = 941;
	assert_int_equal(look(true), 1);
	body = body_of("job.finished");
	assert_int_equal(pl_json_at(body, "impressions_before")->valuedouble, 931);
	assert_int_equal(pl_json_at(body, "impressions_after")->valuedouble, 941);
	assert_int_equal(pl_json_at(body, "duration_ms")->valuedouble, 14200);
	assert_int_equal(look(true), 0);
}

static void a_job_between_two_looks_is_seen_by_its_pages(void **state)
{
	(void)state;
	r.snapshot.counters[PL_COUNTER_IMPRESSIONS].value = 932;
	assert_int_equal(look(true), 1);
	assert_true(cJSON_IsNull(pl_json_at(body_of("job.finished"), "duration_ms")));
}

static void no_sentence_of_an_error_is_reported(void **state)
{
	const cJSON *errors;

	(void)state;
	pl_snapshot_complain(&r.snapshot, PL_SOURCE_PJL, "the queue ann-private has a job");
	r.snapshot.errors[0].code = PL_E_BUSY;
	look(true);
	errors = pl_json_at(body_of("printer.snapshot"), "errors");
	assert_string_equal(pl_json_text(errors, "0.error"), "busy");
	assert_int_equal(cJSON_GetArraySize(cJSON_GetArrayItem(errors, 0)), 2);
}

/* The counters of before a restart hold, though nothing else of then is known. */
static void a_fall_while_nobody_looked_is_told(void **state)
{
	struct pl_ledger ledger = t.kept.ledger;

	(void)state;
	pl_tracker_init(&t);
	t.kept.ledger = ledger;
	r.snapshot.counters[PL_COUNTER_IMPRESSIONS].value = 12;
	assert_int_equal(look(true), 1);
	assert_string_equal(pl_json_text(body_of("counter.reset"), "cause"), "reset");
	assert_true(cJSON_IsTrue(pl_json_at(body_of("printer.snapshot"), "full")));
	pl_tracker_init(&t);
	t.kept.ledger = ledger;
	r.snapshot.counters[PL_COUNTER_IMPRESSIONS].value = 2000;
	assert_int_equal(look(true), 0); /* a rise is no job of ours, and no fall */
}

/* LEDM is silent for one look: PJL's count is no rise and no fall of LEDM's. */
static void another_language_ends_no_job(void **state)
{
	(void)state;
	r.snapshot.counters[PL_COUNTER_IMPRESSIONS] = (struct pl_count){ 1200, PL_SOURCE_PJL };
	assert_int_equal(look(true), 0);
	r.snapshot.counters[PL_COUNTER_IMPRESSIONS] = (struct pl_count){ 930, PL_SOURCE_LEDM };
	assert_int_equal(look(true), 1);
	assert_non_null(body_of("counter.reset")); /* of LEDM's own 931, before PJL spoke */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_fall_while_nobody_looked_is_told, begin, end),
		cmocka_unit_test_setup_teardown(another_language_ends_no_job, begin, end),
		cmocka_unit_test_setup_teardown(the_first_reading_is_reported_whole, begin, end),
		cmocka_unit_test_setup_teardown(nothing_new_is_no_record, begin, end),
		cmocka_unit_test_setup_teardown(a_change_brings_its_section_alone, begin, end),
		cmocka_unit_test_setup_teardown(once_a_day_everything_is_told, begin, end),
		cmocka_unit_test_setup_teardown(an_alert_opens_once_and_closes_once, begin, end),
		cmocka_unit_test_setup_teardown(another_cartridge_is_known_by_its_number, begin,
						end),
		cmocka_unit_test_setup_teardown(without_a_number_by_its_level, begin, end),
		cmocka_unit_test_setup_teardown(a_level_that_flickers_is_no_cartridge, begin, end),
		cmocka_unit_test_setup_teardown(a_fall_is_told_with_both_values, begin, end),
		cmocka_unit_test_setup_teardown(two_sources_are_not_compared, begin, end),
		cmocka_unit_test_setup_teardown(a_job_ends_when_its_pages_are_counted, begin, end),
		cmocka_unit_test_setup_teardown(a_job_between_two_looks_is_seen_by_its_pages, begin,
						end),
		cmocka_unit_test_setup_teardown(no_sentence_of_an_error_is_reported, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
