/* SPDX-License-Identifier: Apache-2.0 */
/* Proves what a full spool gives up, and in which order: first the repetition in snapshots, last
 * the alerts, results and audit. */
#include <stdio.h>

#include <cjson/cJSON.h>

#include "a_spool.h"
#include "platen/json.h"
#include "unit.h"

#define DAY_MS	86400000LL
#define YEAR_MS (366 * DAY_MS)
#define NOON	(1769860800000LL) /* 2026-01-31T12:00:00Z */

/* A snapshot of some 1,000 bytes that tells one counter. */
static void snapshot(struct pl_spool *spool, const char *key, int impressions)
{
	char body[1200];

	snprintf(body, sizeof(body),
		 "{\"full\":false,\"counters\":{\"impressions\":%d},\"errors\":\"%0900d\"}",
		 impressions, 0);
	a_record(spool, "printer.snapshot", key, body);
}

static int count_kind(const cJSON *batch, const char *kind)
{
	const cJSON *record;
	int n = 0;

	cJSON_ArrayForEach(record, batch) n += strcmp(pl_json_text(record, "kind"), kind) == 0;
	return n;
}

static int64_t number(const cJSON *batch, int i, const char *member)
{
	char path[64];
	int64_t n = -1;

	snprintf(path, sizeof(path), "%d.%s", i, member);
	(void)pl_json_int(batch, path, 0, PL_MAX_JSON_INT, &n);
	return n;
}

static void snapshots_of_a_day_become_one(void **state)
{
	struct pl_spool *spool;
	struct pl_spool_state about;
	cJSON *batch;

	(void)state;
	a_clock_start(NOON);
	spool = a_spool("day", 256 * 1024, YEAR_MS);
	a_record(spool, "printer.snapshot", "a",
		 "{\"full\":true,\"identity\":{\"make\":\"HP\"},\"state\":1}");
	for (int day = 0; day < 3; day++) {
		for (int i = 0; i < 100; i++) {
			snapshot(spool, "a", 1000 * day + i);
			snapshot(spool, "b", 1000 * day + i);
		}
		a_clock_pass(DAY_MS);
	}
	a_record(spool, "alert.opened", "a", "{}");
	pl_spool_state(spool, &about);
	assert_true(about.bytes <= 256 * 1024);
	assert_int_equal(about.dropped, 0);
	batch = a_batch(spool, 500);
	/* The first day's of printer a has become one that tells all the first one told, full, and
	 * the last counters. */
	assert_true(cJSON_IsTrue(pl_json_at(batch, "0.body.full")));
	assert_string_equal(pl_json_text(batch, "0.body.identity.make"), "HP");
	assert_int_equal(number(batch, 0, "body.counters.impressions"), 99);
	assert_string_equal(pl_json_text(batch, "0.taken_at"), "2026-01-31T12:00:00.000Z");
	assert_int_equal(count_kind(batch, "alert.opened"), 1);
	for (int i = 1; i < cJSON_GetArraySize(batch); i++)
		assert_true(number(batch, i, "seq") > number(batch, i - 1, "seq"));
	/* The last reading of each day is still there. */
	for (int day = 0; day < 2; day++) {
		int found = 0;

		for (int i = 0; i < cJSON_GetArraySize(batch); i++)
			found += number(batch, i, "body.counters.impressions") == 1000 * day + 99;
		assert_int_equal(found, 2);
	}
	cJSON_Delete(batch);
	pl_spool_close(spool);
	a_clock_stop();
}

static void newer_full_snapshot_replaces_the_older(void **state)
{
	struct pl_spool *spool;
	cJSON *batch;

	(void)state;
	a_clock_start(NOON);
	spool = a_spool("full", 256 * 1024, YEAR_MS);
	a_record(spool, "printer.snapshot", "a", "{\"full\":true,\"media\":[1]}");
	a_record(spool, "printer.snapshot", "a", "{\"full\":true,\"state\":2}");
	for (int i = 0; i < 300; i++)
		snapshot(spool, "b", i);
	batch = a_batch(spool, 1);
	assert_int_equal(number(batch, 0, "seq"), 2);
	assert_null(pl_json_at(batch, "0.body.media"));
	cJSON_Delete(batch);
	pl_spool_close(spool);
	a_clock_stop();
}

static void offered_snapshots_stay_as_they_are(void **state)
{
	struct pl_spool *spool;
	cJSON *before, *after;

	(void)state;
	a_clock_start(NOON);
	spool = a_spool("offered", 256 * 1024, YEAR_MS);
	for (int i = 0; i < 10; i++)
		snapshot(spool, "a", i);
	before = a_batch(spool, 10);
	for (int i = 10; i < 300; i++)
		snapshot(spool, "a", i);
	after = a_batch(spool, 10);
	assert_true(cJSON_Compare(before, after, true));
	cJSON_Delete(before);
	cJSON_Delete(after);
	pl_spool_close(spool);
	a_clock_stop();
}

/* Nothing can be coalesced here: everything is of one weight class after the other. */
static void what_matters_most_goes_last(void **state)
{
	char body[1100];
	struct pl_spool *spool;
	struct pl_spool_state about;
	cJSON *batch;

	(void)state;
	a_clock_start(NOON);
	spool = a_spool("rank", 256 * 1024, YEAR_MS);
	snprintf(body, sizeof(body), "{\"x\":\"%01000d\"}", 0);
	for (int i = 0; i < 40; i++) {
		a_record(spool, "agent.health", NULL, body);
		a_record(spool, "action.result", NULL, body);
		a_record(spool, "alert.opened", "k", body);
		a_record(spool, "something.new", "k", body);
	}
	for (int i = 0; i < 250; i++)
		a_record(spool, "counter.reset", "k", body);
	pl_spool_state(spool, &about);
	assert_true(about.bytes <= 256 * 1024);
	batch = a_batch(spool, 500);
	assert_int_equal(count_kind(batch, "agent.health"), 0);
	assert_int_equal(count_kind(batch, "something.new"), 0);
	assert_int_equal(count_kind(batch, "action.result"), 40);
	assert_int_equal(about.records + about.dropped, 410);
	cJSON_Delete(batch);
	pl_spool_close(spool);
	a_clock_stop();
}

static void old_records_go_by_time_that_passed(void **state)
{
	struct pl_spool *spool;
	struct pl_spool_state about;

	(void)state;
	a_clock_start(NOON);
	spool = a_spool("age", 256 * 1024, 10 * DAY_MS);
	a_record(spool, "alert.opened", "k", "{}");
	a_clock_pass(9 * DAY_MS);
	a_record(spool, "alert.opened", "k", "{}");
	pl_spool_state(spool, &about);
	assert_int_equal(about.records, 2);
	a_clock_pass(2 * DAY_MS);
	a_record(spool, "alert.opened", "k", "{}");
	pl_spool_state(spool, &about);
	assert_int_equal(about.records, 2);
	assert_int_equal(about.dropped, 1);
	pl_spool_close(spool);
	a_clock_stop();
}

static void clock_that_jumps_makes_nothing_old(void **state)
{
	struct pl_spool *spool;
	struct pl_spool_state about;

	(void)state;
	a_clock_start(NOON);
	spool = a_spool("jump", 256 * 1024, 10 * DAY_MS);
	a_record(spool, "alert.opened", "k", "{}");
	a_clock_jump(20 * YEAR_MS);
	a_clock_pass(DAY_MS);
	a_record(spool, "alert.opened", "k", "{}");
	a_clock_jump(-40 * YEAR_MS);
	a_clock_pass(DAY_MS);
	a_record(spool, "alert.opened", "k", "{}");
	pl_spool_close(spool);
	spool = a_spool("jump", 256 * 1024, 10 * DAY_MS);
	a_clock_pass(DAY_MS);
	a_record(spool, "alert.opened", "k", "{}");
	pl_spool_state(spool, &about);
	assert_int_equal(about.records, 4);
	assert_int_equal(about.dropped, 0);
	pl_spool_close(spool);
	a_clock_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(snapshots_of_a_day_become_one),
		cmocka_unit_test(newer_full_snapshot_replaces_the_older),
		cmocka_unit_test(offered_snapshots_stay_as_they_are),
		cmocka_unit_test(what_matters_most_goes_last),
		cmocka_unit_test(old_records_go_by_time_that_passed),
		cmocka_unit_test(clock_that_jumps_makes_nothing_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
