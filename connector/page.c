/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sorting, and cursors as base64url of "known LF number LF text LF id".
 */
#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "platen/encode.h"

static int compare(const struct pl_page_row *a, const struct pl_page_row *b, bool down)
{
	int order;

	if (a->known != b->known)
		return a->known ? -1 : 1;
	order = (a->number > b->number) - (a->number < b->number);
	if (order == 0)
		order = strcasecmp(a->text, b->text);
	if (down)
		order = -order;
	return order ? order : strcmp(a->id, b->id);
}

static int compare_up(const void *a, const void *b)
{
	return compare(a, b, false);
}

static int compare_down(const void *a, const void *b)
{
	return compare(a, b, true);
}

void pl_page_sort(struct pl_page_row *rows, size_t count, bool down)
{
	if (count > 1)
		qsort(rows, count, sizeof *rows, down ? compare_down : compare_up);
}

static bool read_cursor(const char *cursor, struct pl_page_row *row)
{
	struct pl_bytes text;
	struct pl_span rest, part;
	bool ok = false;

	memset(row, 0, sizeof *row);
	pl_bytes_init(&text, 512);
	if (pl_base64_read(PL_BASE64URL, pl_span_of(cursor), &text) != PL_OK)
		goto out;
	rest = pl_bytes_span(&text);
	part = pl_span_take(&rest, '\n');
	row->known = pl_span_is(part, "1");
	part = pl_span_take(&rest, '\n');
	row->number = part.size ? strtoll(part.at, NULL, 10) : 0;
	part = pl_span_take(&rest, '\n');
	ok = pl_span_copy(part, row->text, sizeof row->text) && rest.size > 0 &&
	     pl_span_copy(rest, row->id, sizeof row->id);
out:
	pl_bytes_finish(&text);
	return ok;
}

enum pl_result pl_page_start(const struct pl_page_row *rows, size_t count, bool down,
			     const char *cursor, size_t *ret_start)
{
	struct pl_page_row last;
	size_t low = 0, high = count;

	if (!cursor) {
		*ret_start = 0;
		return PL_OK;
	}
	if (!read_cursor(cursor, &last))
		return PL_E_INVALID;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&rows[middle], &last, down) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_start = low;
	return PL_OK;
}

enum pl_result pl_page_cursor(const struct pl_page_row *row, struct pl_bytes *out)
{
	char text[256];
	int n = snprintf(text, sizeof text, "%d\n%lld\n%s\n%s", row->known, (long long)row->number,
			 row->text, row->id);

	return pl_base64_write(PL_BASE64URL, text, (size_t)n, out);
}
