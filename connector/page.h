/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PAGE_H
#define PL_PAGE_H

/*
 * Page: rows sorted and cut into pages in memory, for lists whose order depends on what is not in
 * the store (who is online). A cursor carries the last row's sort key and id, so that rows that
 * come and go between two pages neither repeat nor vanish.
 *
 * Threads: pure. Memory: rows are the caller's; a cursor is its own text.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/bytes.h"
#include "web.h"

struct pl_page_row {
	int64_t no;
	char id[PL_MAX_ID];
	bool known;	/* unknown keys come last, whichever way the order runs */
	int64_t number; /* the key, or */
	char text[64];	/* the key, compared without case; numbers are equal then */
};

/* Sorts; `down`: greatest first. */
void pl_page_sort(struct pl_page_row *rows, size_t count, bool down);

/* The first row behind the cursor (NULL: 0). PL_E_INVALID: not a cursor. */
enum pl_result pl_page_start(const struct pl_page_row *rows, size_t count, bool down,
			     const char *cursor, size_t *ret_start);

/* Writes the cursor of this row. */
enum pl_result pl_page_cursor(const struct pl_page_row *row, struct pl_bytes *out);

#endif
