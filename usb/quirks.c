/* SPDX-License-Identifier: Apache-2.0 */
/* Which quirks hold for a printer. */
#include "quirks.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WEIGHT_NUMBERS INT_MAX /* VID:PID */
#define WEIGHT_VENDOR  1       /* VID:*, a little more than [*] */
#define MAX_NAME       320
#define ROWS_AT_FIRST  16

enum pl_result pl_quirks_create(struct pl_quirk_set **ret_set, struct pl_error *err)
{
	struct pl_quirk_set *set = calloc(1, sizeof(*set));

	if (!set)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	*ret_set = set;
	return PL_OK;
}

void pl_quirks_destroy(struct pl_quirk_set *set)
{
	if (!set)
		return;
	free(set->rows);
	free(set->cups);
	free(set);
}

size_t pl_quirks_count(const struct pl_quirk_set *set)
{
	return set->row_count + set->cups_count;
}

/* Makes room for one more element; sizes double, from ROWS_AT_FIRST on. */
static enum pl_result make_room(void **list, size_t count, size_t size, struct pl_error *err)
{
	bool is_full = count == 0 || (count >= ROWS_AT_FIRST && (count & (count - 1)) == 0);
	void *more;

	if (count == PL_MAX_QUIRK_ROWS)
		return pl_error_set(err, PL_E_FULL, "more than %d quirks", PL_MAX_QUIRK_ROWS);
	if (!is_full)
		return PL_OK;
	more = realloc(*list, (count == 0 ? ROWS_AT_FIRST : 2 * count) * size);
	if (!more)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	*list = more;
	return PL_OK;
}

enum pl_result quirks_add_row(struct pl_quirk_set *set, const struct quirk_row *row,
			      struct pl_error *err)
{
	void *list = set->rows;
	enum pl_result r = make_room(&list, set->row_count, sizeof(*row), err);

	set->rows = list;
	if (r == PL_OK)
		set->rows[set->row_count++] = *row;
	return r;
}

enum pl_result quirks_add_cups_row(struct pl_quirk_set *set, const struct cups_row *row,
				   struct pl_error *err)
{
	void *list = set->cups;
	enum pl_result r = make_room(&list, set->cups_count, sizeof(*row), err);

	set->cups = list;
	if (r == PL_OK)
		set->cups[set->cups_count++] = *row;
	return r;
}

/* One character of a glob that is no wildcard: *ret_size bytes of it. '\0': a lone backslash or the
 * end, which match nothing. */
static char literal(const char *glob, size_t *ret_size)
{
	*ret_size = glob[0] == '\\' && glob[1] ? 2 : 1;
	if (glob[0] == '\\')
		return glob[1];
	return glob[0];
}

/* Every literal character of a glob that matches has matched once, so they can be counted alone. */
static int count_literals(const char *glob)
{
	int n = 0;

	for (size_t size; *glob; glob += size) {
		char c = *glob;

		literal(glob, &size);
		n += c != '*' && c != '?';
	}
	return n;
}

int pl_quirk_glob(const char *glob, const char *text)
{
	const char *at = glob, *star = NULL, *resume = NULL;
	size_t size;

	while (*text) {
		if (*at == '*') {
			star = ++at;
			resume = text;
		} else if (*at == '?') {
			at++;
			text++;
		} else if (*at && literal(at, &size) == *text) {
			at += size;
			text++;
		} else if (star) { /* let the last star take one character more */
			at = star;
			text = ++resume;
		} else {
			return -1;
		}
	}
	while (*at == '*')
		at++;
	return *at ? -1 : count_literals(glob);
}

/* "HP LaserJet 107a"; the maker is put before a product that does not begin with it. */
static void name_of(const char *manufacturer, const char *product, char ret_name[static MAX_NAME])
{
	struct pl_span maker = pl_span_trim(pl_span_of(manufacturer));
	struct pl_span model = pl_span_trim(pl_span_of(product));
	bool named = maker.size <= model.size &&
		     (maker.size == 0 || memcmp(maker.at, model.at, maker.size) == 0);

	if (named)
		maker.size = 0;
	snprintf(ret_name, MAX_NAME, "%.*s%s%.*s", (int)maker.size, maker.at ? maker.at : "",
		 maker.size > 0 ? " " : "", (int)model.size, model.at ? model.at : "");
}

static int weigh(const struct quirk_row *row, uint16_t vendor_id, uint16_t product_id,
		 const char *name)
{
	if (row->model[0])
		return pl_quirk_glob(row->model, name);
	if (row->vendor_id != vendor_id)
		return -1;
	if (row->product_id == ANY_PRODUCT)
		return WEIGHT_VENDOR;
	return row->product_id == product_id ? WEIGHT_NUMBERS : -1;
}

static void take_origin(struct pl_quirks *q, const struct quirk_row *row)
{
	memcpy(q->file, row->file, sizeof(q->file));
	q->line = row->line;
}

/* CUPS takes one row: that of the very model, else that of its maker. */
static void add_cups(const struct pl_quirk_set *set, uint16_t vendor_id, uint16_t product_id,
		     const int weights[static PL_QUIRK_COUNT], struct pl_quirks *q)
{
	const struct cups_row *found = NULL;

	for (size_t i = 0; i < set->cups_count; i++) {
		const struct cups_row *row = &set->cups[i];

		if (row->vendor_id == vendor_id &&
		    (row->product_id == product_id || (row->product_id == ANY_PRODUCT && !found)) &&
		    (!found || found->product_id == ANY_PRODUCT))
			found = row;
	}
	if (!found)
		return;
	if (weights[PL_QUIRK_BLACKLIST] < 0)
		q->value[PL_QUIRK_BLACKLIST] = found->blacklist;
	if (weights[PL_QUIRK_UNIDIR] < 0)
		q->value[PL_QUIRK_UNIDIR] = found->unidir;
	if (q->line == 0 && pl_quirks_forbid(q)) {
		memcpy(q->file, set->cups_file, sizeof(q->file));
		q->line = found->line;
	}
}

void pl_quirks_find(const struct pl_quirk_set *set, uint16_t vendor_id, uint16_t product_id,
		    const char *manufacturer, const char *product, struct pl_quirks *ret_quirks)
{
	const struct quirk_row *by[PL_QUIRK_COUNT] = { NULL };
	struct pl_quirks q = { 0 };
	int weights[PL_QUIRK_COUNT];
	char name[MAX_NAME];

	for (int k = 0; k < PL_QUIRK_COUNT; k++)
		weights[k] = -1;
	name_of(manufacturer, product, name);
	for (size_t i = 0; set && i < set->row_count; i++) {
		const struct quirk_row *row = &set->rows[i];
		int weight = row->told ? weigh(row, vendor_id, product_id, name) : -1;

		for (int k = 0; k < PL_QUIRK_COUNT; k++) {
			if (weight <= weights[k] || !(row->told & 1u << k))
				continue;
			weights[k] = weight;
			q.value[k] = row->value[k];
			by[k] = row;
		}
	}
	if (by[PL_QUIRK_HEADERS])
		memcpy(q.headers, by[PL_QUIRK_HEADERS]->headers, sizeof(q.headers));
	if (q.value[PL_QUIRK_BLACKLIST])
		take_origin(&q, by[PL_QUIRK_BLACKLIST]);
	else if (q.value[PL_QUIRK_UNIDIR])
		take_origin(&q, by[PL_QUIRK_UNIDIR]);
	if (set)
		add_cups(set, vendor_id, product_id, weights, &q);
	*ret_quirks = q;
}
