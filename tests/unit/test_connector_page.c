/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that pages neither repeat nor lose a row, whatever comes and goes between them. */
#include <stdio.h>
#include <stdlib.h>

#include "page.h"
#include "unit.h"

#define COUNT 200

static struct pl_page_row rows[COUNT];

static void fill(unsigned seed)
{
	memset(rows, 0, sizeof rows);
	for (int i = 0; i < COUNT; i++) {
		seed = seed * 1103515245 + 12345;
		rows[i].no = i;
		snprintf(rows[i].id, sizeof rows[i].id, "id-%03d", (i * 37) % COUNT);
		rows[i].known = seed >> 16 & 3;
		rows[i].number = rows[i].known ? (int64_t)(seed >> 20 & 15) - 5 : 0;
		if (rows[i].known)
			snprintf(rows[i].text, sizeof rows[i].text, "%c",
				 'a' + (int)(seed >> 25 & 3));
	}
}

/* Walks all pages; how many rows it met. */
static int walk(bool down, size_t limit)
{
	static bool seen[COUNT];
	char cursor[256] = "";
	int total = 0;

	memset(seen, 0, sizeof seen);
	pl_page_sort(rows, COUNT, down);
	for (;;) {
		struct pl_bytes text;
		size_t start = 0, i;

		assert_result(pl_page_start(rows, COUNT, down, *cursor ? cursor : NULL, &start),
			      PL_OK);
		for (i = start; i < COUNT && i < start + limit; i++) {
			assert_false(seen[rows[i].no]);
			seen[rows[i].no] = true;
			total++;
		}
		if (i == COUNT)
			return total;
		pl_bytes_init(&text, sizeof cursor - 1);
		assert_result(pl_page_cursor(&rows[i - 1], &text), PL_OK);
		snprintf(cursor, sizeof cursor, "%s", (const char *)text.at);
		pl_bytes_finish(&text);
	}
}

static void every_row_once(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed < 20; seed++) {
		fill(seed);
		assert_int_equal(walk(false, 7), COUNT);
		assert_int_equal(walk(true, 1), COUNT);
	}
}

static void unknown_keys_come_last_either_way(void **state)
{
	(void)state;
	fill(3);
	for (int down = 0; down < 2; down++) {
		bool unknown = false;

		pl_page_sort(rows, COUNT, down);
		for (int i = 0; i < COUNT; i++) {
			assert_false(unknown && rows[i].known);
			unknown = !rows[i].known;
		}
		assert_true(unknown);
	}
}

static void a_cursor_whose_row_is_gone_goes_on_behind_it(void **state)
{
	struct pl_bytes text;
	size_t start = 0;

	(void)state;
	fill(5);
	pl_page_sort(rows, COUNT, false);
	pl_bytes_init(&text, 256);
	assert_result(pl_page_cursor(&rows[50], &text), PL_OK);
	memmove(&rows[50], &rows[51], (COUNT - 51) * sizeof rows[0]);
	assert_result(pl_page_start(rows, COUNT - 1, false, (const char *)text.at, &start), PL_OK);
	assert_int_equal(start, 50);
	pl_bytes_finish(&text);
}

static void no_cursor_of_ours(void **state)
{
	size_t start = 0;

	(void)state;
	assert_result(pl_page_start(rows, COUNT, false, "!!!", &start), PL_E_INVALID);
	assert_result(pl_page_start(rows, COUNT, false, "", &start), PL_E_INVALID);
	assert_result(pl_page_start(rows, COUNT, false, "AAAA", &start), PL_E_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_once),
		cmocka_unit_test(unknown_keys_come_last_either_way),
		cmocka_unit_test(a_cursor_whose_row_is_gone_goes_on_behind_it),
		cmocka_unit_test(no_cursor_of_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
