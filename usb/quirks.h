/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USB_QUIRKS_H
#define USB_QUIRKS_H

/*
 * The inside of a set of quirks, for quirks.c (who matches) and quirks_read.c (what the files say).
 * Threads: as platen/quirks.h says. Memory: the rows belong to the set.
 */

#include "platen/quirks.h"

#define ANY_PRODUCT (-1)

/* One section of a quirk file. */
struct quirk_row {
	char model[PL_MAX_QUIRK_MODEL]; /* glob; "": by number */
	uint16_t vendor_id;
	int product_id;
	unsigned told; /* bits 1u << enum pl_quirk: what it says something about */
	uint32_t value[PL_QUIRK_COUNT];
	char headers[PL_MAX_QUIRK_HEADERS];
	char file[PL_MAX_QUIRK_FILE];
	int line; /* of the last word that forbids to ask */
};

/* One row of CUPS's. */
struct cups_row {
	uint16_t vendor_id;
	int product_id;
	bool blacklist, unidir;
	int line;
};

struct pl_quirk_set {
	struct quirk_row *rows;
	size_t row_count;
	struct cups_row *cups;
	size_t cups_count;
	char cups_file[PL_MAX_QUIRK_FILE];
};

/* Adds a row; the pointer holds until the next one is added. Returns PL_OK | PL_E_FULL |
 * PL_E_NO_MEMORY. */
enum pl_result quirks_add_row(struct pl_quirk_set *set, const struct quirk_row *row,
			      struct pl_error *err);
enum pl_result quirks_add_cups_row(struct pl_quirk_set *set, const struct cups_row *row,
				   struct pl_error *err);

#endif
