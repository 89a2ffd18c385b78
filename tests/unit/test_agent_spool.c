/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that records leave in order, once, whole and as they were taken; that they survive a
 * restart, a damaged file and a full disk; and that a new spool loses none of them. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "a_spool.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/file.h"
#include "platen/json.h"
#include "scratch.h"
#include "unit.h"
#include "wire.h"

#define MB	(1024 * 1024)
#define YEAR_MS (366LL * 86400 * 1000)

static int64_t seq_of(const cJSON *batch, int i)
{
	int64_t seq = 0;
	char path[24];

	snprintf(path, sizeof(path), "%d.seq", i);
	assert_true(pl_json_int(batch, path, 1, PL_MAX_JSON_INT, &seq));
	return seq;
}

static void records_have_the_members_of_the_wire(void **state)
{
	struct pl_spool *spool = a_spool("members", MB, YEAR_MS);
	cJSON *request = wire_json("reports.request"), *batch;
	const cJSON *want, *member;

	(void)state;
	a_record(spool, "alert.opened", "usb-03f0-2b17-VNB3K12345", "{\"code\":\"coverOpen\"}");
	a_record(spool, "agent.health", NULL, "{}");
	batch = a_batch(spool, 500);
	want = pl_json_at(request, "records.0");
	cJSON_ArrayForEach(member, want)
	{
		char path[64];
		const cJSON *have;

		snprintf(path, sizeof(path), "0.%s", member->string);
		have = pl_json_at(batch, path);
		if (!have || (have->type & 0xff) != (member->type & 0xff))
			fail_msg("%s is missing or of another kind", path);
	}
	assert_int_equal(cJSON_GetArraySize(cJSON_GetArrayItem(batch, 0)),
			 cJSON_GetArraySize(want));
	assert_string_equal(pl_json_text(batch, "0.printer_key"), "usb-03f0-2b17-VNB3K12345");
	assert_string_equal(pl_json_text(batch, "0.body.code"), "coverOpen");
	assert_true(cJSON_IsNull(pl_json_at(batch, "1.printer_key")));
	assert_int_equal(strlen(pl_json_text(batch, "0.hash")), 32);
	cJSON_Delete(batch);
	cJSON_Delete(request);
	pl_spool_close(spool);
}

/* The hash is computed again here, from what is on the wire, as WIRE.md says. */
static void hash_is_what_the_wire_says(void **state)
{
	struct pl_spool *spool = a_spool("hash", MB, YEAR_MS);
	struct pl_spool_state about;
	char text[512], want[PL_HASH_TEXT];
	uint8_t digest[PL_HASH_SIZE];
	cJSON *batch;
	int64_t uptime_ms = 0;

	(void)state;
	a_record(spool, "job.finished", "k", "{\"impressions_before\":931}");
	pl_spool_state(spool, &about);
	batch = a_batch(spool, 1);
	assert_true(pl_json_int(batch, "0.uptime_ms", 0, PL_MAX_JSON_INT, &uptime_ms));
	snprintf(text, sizeof(text), "%s\n1\njob.finished\n%s\n%lld\n%s\n%s", about.spool_id,
		 pl_json_text(batch, "0.boot_id"), (long long)uptime_ms,
		 pl_json_text(batch, "0.taken_at"), "{\"impressions_before\":931}");
	pl_sha256(text, strlen(text), digest);
	pl_hex_write(digest, 16, want);
	assert_string_equal(pl_json_text(batch, "0.hash"), want);
	cJSON_Delete(batch);
	pl_spool_close(spool);
}

static void records_leave_in_order_and_once(void **state)
{
	struct pl_spool *spool = a_spool("order", MB, YEAR_MS);
	struct pl_spool_state about;
	cJSON *batch;

	(void)state;
	for (int i = 0; i < 7; i++)
		a_record(spool, "job.finished", "k", "{}");
	batch = a_batch(spool, 3);
	assert_int_equal(cJSON_GetArraySize(batch), 3);
	assert_int_equal(seq_of(batch, 0), 1);
	assert_int_equal(seq_of(batch, 2), 3);
	cJSON_Delete(batch);
	assert_result(pl_spool_ack(spool, 3, NULL), PL_OK);
	assert_result(pl_spool_ack(spool, 3, NULL), PL_OK);
	batch = a_batch(spool, 500);
	assert_int_equal(cJSON_GetArraySize(batch), 4);
	assert_int_equal(seq_of(batch, 0), 4);
	cJSON_Delete(batch);
	assert_result(pl_spool_ack(spool, 7, NULL), PL_OK);
	pl_spool_state(spool, &about);
	assert_int_equal(about.records, 0);
	assert_int_equal(about.bytes, 0);
	batch = a_batch(spool, 500);
	assert_int_equal(cJSON_GetArraySize(batch), 0);
	cJSON_Delete(batch);
	pl_spool_close(spool);
}

static void no_seq_is_used_twice(void **state)
{
	struct pl_spool *spool = a_spool("twice", MB, YEAR_MS);
	cJSON *batch;

	(void)state;
	a_record(spool, "job.finished", "k", "{}");
	a_record(spool, "job.finished", "k", "{}");
	assert_result(pl_spool_ack(spool, 2, NULL), PL_OK);
	pl_spool_close(spool);
	spool = a_spool("twice", MB, YEAR_MS);
	a_record(spool, "job.finished", "k", "{}");
	batch = a_batch(spool, 500);
	assert_int_equal(seq_of(batch, 0), 3);
	cJSON_Delete(batch);
	pl_spool_close(spool);
}

static void restart_keeps_everything(void **state)
{
	struct pl_spool *spool = a_spool("restart", MB, YEAR_MS);
	struct pl_spool_state before, after;
	cJSON *one, *two;

	(void)state;
	a_record(spool, "alert.opened", "k", "{\"a\":1}");
	a_record(spool, "job.finished", "k", "{\"b\":2}");
	pl_spool_state(spool, &before);
	one = a_batch(spool, 500);
	pl_spool_close(spool);
	spool = a_spool("restart", MB, YEAR_MS);
	pl_spool_state(spool, &after);
	two = a_batch(spool, 500);
	assert_true(cJSON_Compare(one, two, true));
	assert_string_equal(before.spool_id, after.spool_id);
	assert_int_equal(after.records, 2);
	assert_int_equal(after.bytes, before.bytes);
	assert_int_equal(after.last_seq, 2);
	assert_int_equal(after.urgent, 1);
	cJSON_Delete(one);
	cJSON_Delete(two);
	pl_spool_close(spool);
}

static void new_spool_loses_no_record(void **state)
{
	struct pl_spool *spool = a_spool("renew", MB, YEAR_MS);
	struct pl_spool_state before, after;
	cJSON *one, *two;

	(void)state;
	for (int i = 0; i < 5; i++)
		a_record(spool, "job.finished", "k", "{}");
	assert_result(pl_spool_ack(spool, 2, NULL), PL_OK);
	assert_result(pl_spool_drop(spool, 4, NULL), PL_OK);
	pl_spool_state(spool, &before);
	assert_int_equal(before.dropped, 1);
	one = a_batch(spool, 500);
	assert_result(pl_spool_renew(spool, NULL), PL_OK);
	pl_spool_state(spool, &after);
	assert_string_not_equal(before.spool_id, after.spool_id);
	assert_int_equal(after.dropped, 0);
	assert_int_equal(after.last_seq, 2);
	two = a_batch(spool, 500);
	assert_int_equal(seq_of(two, 0), 1);
	assert_int_equal(seq_of(two, 1), 2);
	assert_string_equal(pl_json_text(one, "0.hash"), pl_json_text(two, "0.hash"));
	assert_string_equal(pl_json_text(one, "1.hash"), pl_json_text(two, "1.hash"));
	a_record(spool, "job.finished", "k", "{}");
	cJSON_Delete(two);
	two = a_batch(spool, 500);
	assert_int_equal(seq_of(two, 2), 3);
	cJSON_Delete(one);
	cJSON_Delete(two);
	pl_spool_close(spool);
}

static void batch_stays_within_its_bytes(void **state)
{
	struct pl_spool *spool = a_spool("bytes", 8 * MB, YEAR_MS);
	char *body = malloc(40000);
	struct pl_bytes out;
	int count;
	int64_t last_seq;

	(void)state;
	snprintf(body, 40000, "{\"x\":\"%0*d\"}", 39000, 1);
	for (int i = 0; i < 20; i++)
		a_record(spool, "counter.reset", "k", body);
	pl_bytes_init(&out, 2 * MB);
	assert_result(pl_spool_peek(spool, 500, &out, &count, &last_seq, NULL), PL_OK);
	assert_in_range(out.size, PL_MAX_BATCH_BYTES - 40000, PL_MAX_BATCH_BYTES + 1);
	assert_int_equal(count, 6);
	pl_bytes_finish(&out);
	free(body);
	pl_spool_close(spool);
}

static void too_big_a_body_is_refused(void **state)
{
	struct pl_spool *spool = a_spool("big", 8 * MB, YEAR_MS);
	char *text = calloc(1, PL_MAX_RECORD_BODY + 1);
	cJSON *body = cJSON_CreateObject();
	struct pl_error err;

	(void)state;
	memset(text, 'x', PL_MAX_RECORD_BODY);
	cJSON_AddStringToObject(body, "x", text);
	assert_result(pl_spool_add(spool, "agent.health", NULL, body, &err), PL_E_TOO_BIG);
	a_record(spool, "agent.health", NULL, "{}");
	cJSON_Delete(body);
	free(text);
	pl_spool_close(spool);
}

static void nothing_readable_lies_on_the_disk(void **state)
{
	static const char *const SECRETS[] = { "VNB3K12345", "SecretModel" };
	struct pl_spool *spool = a_spool("sealed", MB, YEAR_MS);
	char path[160];
	struct stat about;

	(void)state;
	a_record(spool, "printer.snapshot", "usb-03f0-2b17-VNB3K12345",
		 "{\"full\":true,\"identity\":{\"model\":\"SecretModel\"}}");
	for (int wal = 0; wal < 2; wal++) {
		struct pl_bytes file;

		scratch_path(wal ? "sealed-wal" : "sealed", path, sizeof(path));
		assert_int_equal(stat(path, &about), 0);
		assert_int_equal(about.st_mode & 077, 0);
		pl_bytes_init(&file, 4 * MB);
		assert_result(pl_file_read(path, PL_FILE_SECRET, &file, NULL), PL_OK);
		for (size_t i = 0; i < sizeof(SECRETS) / sizeof(SECRETS[0]) && file.size > 0; i++)
			assert_null(memmem(file.at, file.size, SECRETS[i], strlen(SECRETS[i])));
		pl_bytes_finish(&file);
	}
	pl_spool_close(spool);
}

static void second_agent_is_kept_out(void **state)
{
	struct pl_spool *spool = a_spool("busy", MB, YEAR_MS), *other = NULL;
	struct pl_seal *seal = pl_seal_create((const uint8_t *)"an example key, 31 letters long.");
	char path[160];
	struct pl_spool_options options = { .path = path, .seal = seal, .max_bytes = MB };
	struct pl_error err;

	(void)state;
	scratch_path("busy", path, sizeof(path));
	a_record(spool, "agent.health", NULL, "{}");
	assert_result(pl_spool_open(&options, &other, &err), PL_E_BUSY);
	assert_non_null(strstr(err.text, "another platen-agent"));
	pl_seal_close(seal);
	pl_spool_close(spool);
}

static void damaged_file_is_put_aside(void **state)
{
	struct pl_spool *spool;
	struct pl_spool_state about;
	char path[160], aside[160];

	(void)state;
	scratch_write("damaged",
		      "This is not a database, and it is long enough to be looked at as one: "
		      "SQLite reads the first hundred bytes of a file before it says no.",
		      135, path, sizeof(path));
	spool = a_spool("damaged", MB, YEAR_MS);
	a_record(spool, "agent.health", NULL, "{}");
	pl_spool_state(spool, &about);
	assert_int_equal(about.records, 1);
	pl_spool_close(spool);
	scratch_path("damaged.damaged", aside, sizeof(aside));
	assert_int_equal(access(aside, F_OK), 0);
}

/* Somebody changes one sealed body on the disk: that record is left out, the others go. */
static void changed_record_is_left_out(void **state)
{
	struct pl_spool *spool = a_spool("changed", MB, YEAR_MS);
	struct pl_spool_state about;
	char path[160], command[400];
	cJSON *batch;

	(void)state;
	for (int i = 0; i < 3; i++)
		a_record(spool, "job.finished", "k", "{}");
	pl_spool_close(spool);
	scratch_path("changed", path, sizeof(path));
	snprintf(command, sizeof(command),
		 "sqlite3 %s \"UPDATE record SET body = zeroblob(40) WHERE seq = 1\"", path);
	assert_int_equal(system(command), 0);
	spool = a_spool("changed", MB, YEAR_MS);
	batch = a_batch(spool, 500);
	assert_int_equal(cJSON_GetArraySize(batch), 2);
	assert_int_equal(seq_of(batch, 0), 2);
	pl_spool_state(spool, &about);
	assert_int_equal(about.dropped, 1);
	cJSON_Delete(batch);
	pl_spool_close(spool);
}

/* --- waiting --- */

struct later {
	struct pl_spool *spool;
	const char *kind;
};

static void *add_later(void *arg)
{
	struct later *l = arg;

	usleep(50000);
	a_record(l->spool, l->kind, NULL, "{}");
	return NULL;
}

static int64_t waited_ms(struct pl_spool *spool, const char *kind, bool *ret_came)
{
	struct later l = { spool, kind };
	int64_t began = pl_clock_now_ms();
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, add_later, &l), 0);
	*ret_came = pl_spool_wait(spool, pl_clock_in_ms(600));
	pthread_join(thread, NULL);
	return pl_clock_now_ms() - began;
}

static void urgent_records_wake_and_others_do_not(void **state)
{
	struct pl_spool *spool = a_spool("wait", MB, YEAR_MS);
	bool came;

	(void)state;
	assert_in_range(waited_ms(spool, "alert.opened", &came), 40, 500);
	assert_true(came);
	assert_in_range(waited_ms(spool, "job.finished", &came), 590, 2000);
	assert_false(came);
	pl_spool_nudge(spool);
	assert_true(pl_spool_wait(spool, pl_clock_in_ms(0)));
	assert_false(pl_spool_wait(spool, pl_clock_in_ms(0)));
	pl_spool_close(spool);
}

static void snapshot_is_urgent_where_it_tells_a_state(void **state)
{
	struct pl_spool *spool = a_spool("urgent", MB, YEAR_MS);
	struct pl_spool_state about;

	(void)state;
	a_record(spool, "printer.snapshot", "k", "{\"full\":false,\"counters\":{}}");
	pl_spool_state(spool, &about);
	assert_int_equal(about.urgent, 0);
	a_record(spool, "printer.snapshot", "k", "{\"full\":false,\"state\":{}}");
	a_record(spool, "printer.snapshot", "k", "{\"full\":true}");
	a_record(spool, "something.new", "k", "{}");
	pl_spool_state(spool, &about);
	assert_int_equal(about.urgent, 2);
	pl_spool_close(spool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_have_the_members_of_the_wire),
		cmocka_unit_test(hash_is_what_the_wire_says),
		cmocka_unit_test(records_leave_in_order_and_once),
		cmocka_unit_test(no_seq_is_used_twice),
		cmocka_unit_test(restart_keeps_everything),
		cmocka_unit_test(new_spool_loses_no_record),
		cmocka_unit_test(batch_stays_within_its_bytes),
		cmocka_unit_test(too_big_a_body_is_refused),
		cmocka_unit_test(nothing_readable_lies_on_the_disk),
		cmocka_unit_test(second_agent_is_kept_out),
		cmocka_unit_test(damaged_file_is_put_aside),
		cmocka_unit_test(changed_record_is_left_out),
		cmocka_unit_test(urgent_records_wake_and_others_do_not),
		cmocka_unit_test(snapshot_is_urgent_where_it_tells_a_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
