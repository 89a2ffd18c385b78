/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that what was sent can be shown, to the byte, within bounds. */
#include <stdio.h>
#include <stdlib.h>

#include "a_spool.h"
#include "platen/file.h"
#include "scratch.h"
#include "sent.h"
#include "unit.h"

#define YEAR_MS (366LL * 86400 * 1000)

static void shows_messages_newest_first(void **state)
{
	struct pl_spool *spool = a_spool("sent", 1024 * 1024, YEAR_MS);
	struct pl_sent_entry list[10];
	struct pl_bytes body;
	int64_t one = 0, two = 0;
	size_t n = 0;

	(void)state;
	assert_result(pl_sent_note(spool, "POST", "/sda/v1/enroll", "{\"a\":1}", 7, &one, NULL),
		      PL_OK);
	assert_result(pl_sent_note(spool, "POST", "/sda/v1/reports", "{}", 2, &two, NULL), PL_OK);
	pl_sent_answered(spool, one, 200);
	assert_result(pl_sent_list(spool, list, 10, &n, NULL), PL_OK);
	assert_int_equal(n, 2);
	assert_int_equal(list[0].id, two);
	assert_int_equal(list[0].status, 0);
	assert_int_equal(list[1].status, 200);
	assert_int_equal(list[1].size, 7);
	assert_string_equal(list[1].target, "/sda/v1/enroll");
	pl_bytes_init(&body, 100);
	assert_result(pl_sent_body(spool, one, &body, NULL), PL_OK);
	assert_span(pl_bytes_span(&body), "{\"a\":1}");
	assert_result(pl_sent_body(spool, two + 1, &body, NULL), PL_E_NOT_FOUND);
	pl_bytes_finish(&body);
	pl_spool_close(spool);

	spool = a_spool("sent", 1024 * 1024, YEAR_MS); /* a restart hides nothing */
	assert_result(pl_sent_list(spool, list, 10, &n, NULL), PL_OK);
	assert_int_equal(n, 2);
	pl_spool_close(spool);
}

static void counts_calls_without_a_body(void **state)
{
	struct pl_spool *spool = a_spool("counted", 1024 * 1024, YEAR_MS);
	struct pl_sent_entry list[10];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 50; i++)
		pl_sent_count(spool, "GET", "/sda/v1/work", 204);
	pl_sent_count(spool, "GET", "/sda/v1/config", 200);
	assert_result(pl_sent_list(spool, list, 10, &n, NULL), PL_OK);
	assert_int_equal(n, 2);
	assert_int_equal(list[0].count + list[1].count, 51);
	for (int i = 0; i < 100; i++) {
		char target[32];

		snprintf(target, sizeof(target), "/t/%d", i);
		pl_sent_count(spool, "GET", target, 404);
	}
	assert_result(pl_sent_list(spool, list, 10, &n, NULL), PL_OK);
	assert_int_equal(n, 8);
	pl_spool_close(spool);
}

static void keeps_the_newest_within_bounds(void **state)
{
	struct pl_spool *spool = a_spool("bounds", 1024 * 1024, YEAR_MS);
	struct pl_sent_entry *list = calloc(1000, sizeof(*list));
	size_t n = 0;
	int64_t id = 0, size = 0;
	char *big = calloc(1, 1024 * 1024);

	(void)state;
	for (int i = 0; i < 600; i++)
		assert_result(pl_sent_note(spool, "POST", "/x", "{}", 2, &id, NULL), PL_OK);
	assert_result(pl_sent_list(spool, list, 1000, &n, NULL), PL_OK);
	assert_int_equal(n, 500);
	for (int i = 0; i < 10; i++)
		assert_result(pl_sent_note(spool, "POST", "/x", big, 1024 * 1024, &id, NULL),
			      PL_OK);
	assert_result(pl_sent_list(spool, list, 1000, &n, NULL), PL_OK);
	for (size_t i = 0; i < n; i++)
		size += list[i].size;
	assert_in_range(size, 3 * 1024 * 1024, 4 * 1024 * 1024);
	assert_int_equal(list[0].id, id);
	free(big);
	free(list);
	pl_spool_close(spool);
}

static void traces_into_a_file_that_does_not_grow_for_ever(void **state)
{
	struct pl_spool *spool = a_spool("traced", 1024 * 1024, YEAR_MS);
	struct pl_bytes file;
	char path[160], old[170];

	(void)state;
	scratch_path("outgoing.log", path, sizeof(path));
	snprintf(old, sizeof(old), "%s.1", path);
	assert_false(pl_sent_is_traced(spool));
	pl_sent_trace_bytes(spool, "lost", 4);
	assert_result(pl_sent_trace(spool, path, 100, NULL), PL_OK);
	assert_true(pl_sent_is_traced(spool));
	for (int i = 0; i < 30; i++)
		pl_sent_trace_bytes(spool, "0123456789", 10);
	pl_bytes_init(&file, 200);
	assert_result(pl_file_read(path, PL_FILE_SECRET, &file, NULL), PL_OK);
	assert_int_equal(file.size, 100);
	pl_bytes_clear(&file);
	assert_result(pl_file_read(old, PL_FILE_SECRET, &file, NULL), PL_OK);
	assert_int_equal(file.size, 100);
	pl_bytes_finish(&file);
	pl_spool_close(spool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_messages_newest_first),
		cmocka_unit_test(counts_calls_without_a_body),
		cmocka_unit_test(keeps_the_newest_within_bounds),
		cmocka_unit_test(traces_into_a_file_that_does_not_grow_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
