/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_QUIRKS_H
#define PL_QUIRKS_H

/*
 * Quirks: what a printer model cannot bear, as data.
 * The format is that of ipp-usb's quirk files, so that theirs are read too. A section names a model
 * by a glob over "Maker Model" as USB tells them, or by its numbers:
 *
 *     [HP Inc. HP Laser 107a]
 *       blacklist = true              answers 404 to everything
 *     [04f9:209b]
 *       usb-max-interfaces = 1
 *
 * For each word the most telling section counts: VID:PID, then the glob with the most characters
 * that are no wildcards, then VID:*, then [*]; among equals the one that was read first. CUPS keeps
 * rows of its own, "0x04a9 0x1746 unidir"; they count where no section says otherwise.
 *
 * Threads: a set is filled by one, then read by any. Memory: the set owns copies of what it needs,
 * about 200 bytes a section.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/result.h"
#include "platen/span.h"

#define PL_MAX_QUIRK_ROWS    1024 /* of either kind */
#define PL_MAX_QUIRK_MODEL   128
#define PL_MAX_QUIRK_FILE    32
#define PL_MAX_QUIRK_HEADERS 160   /* bytes with NUL, of all that one section wants */
#define PL_MAX_QUIRK_DELAY   60000 /* milliseconds; longer ones are cut to it */

/* The words that change what is done here. */
enum pl_quirk {
	PL_QUIRK_BLACKLIST,	 /* do not talk to it beyond its 1284 ID */
	PL_QUIRK_UNIDIR,	 /* do not read from it: the same for us */
	PL_QUIRK_MAX_INTERFACES, /* use only the first so many; 0: all */
	PL_QUIRK_INIT_DELAY,	 /* ms before the first request of a conversation */
	PL_QUIRK_REQUEST_DELAY,	 /* ms between requests */
	PL_QUIRK_SEND_DELAY,	 /* ms between transfers to the printer, … */
	PL_QUIRK_SEND_THRESHOLD, /* … before one of more bytes than this */
	PL_QUIRK_ZLP_SEND,	 /* a full last packet is followed by an empty one */
	PL_QUIRK_INIT_TIMEOUT,	 /* ms that an answer may take, where that is more than usual */
	PL_QUIRK_HEADERS,	 /* 1: `headers` holds lines for the head of each request */
	PL_QUIRK_KEPT_AWAKE,	 /* it does not sleep while it is asked: leave it alone when idle */
	PL_QUIRK_COUNT
};

/* What holds for one printer; all zero: nothing odd is known. */
struct pl_quirks {
	uint32_t value[PL_QUIRK_COUNT];
	char headers[PL_MAX_QUIRK_HEADERS]; /* for every request, each line ended by CRLF */
	char file[PL_MAX_QUIRK_FILE];	    /* who forbids to ask, and where: "blacklist.conf", 6 */
	int line;
};

struct pl_quirk_set;

enum pl_result pl_quirks_create(struct pl_quirk_set **ret_set, struct pl_error *err);
void pl_quirks_destroy(struct pl_quirk_set *set); /* NULL is allowed */

/* Adds the sections of one file. `name` is for people ("HP.conf"). A line that makes no sense is
 * passed over, the others count. Returns PL_OK | PL_E_INVALID (the first such line and why) |
 * PL_E_FULL | PL_E_NO_MEMORY. */
enum pl_result pl_quirks_add(struct pl_quirk_set *set, struct pl_span text, const char *name,
			     struct pl_error *err);

/* Adds the rows of a quirk file of CUPS's usb back-end. Results as above. */
enum pl_result pl_quirks_add_cups(struct pl_quirk_set *set, struct pl_span text, const char *name,
				  struct pl_error *err);

/* Finds what holds for the printer with these numbers and USB strings. A NULL set holds nothing. */
void pl_quirks_find(const struct pl_quirk_set *set, uint16_t vendor_id, uint16_t product_id,
		    const char *manufacturer, const char *product, struct pl_quirks *ret_quirks);

/* How many sections and rows a set holds. */
size_t pl_quirks_count(const struct pl_quirk_set *set);

/* Matches text against a glob: * any characters, ? one, \c the character c; letter case counts.
 * Returns how many characters of the glob are no wildcards; -1: no match. */
int pl_quirk_glob(const char *glob, const char *text);

static inline bool pl_quirks_forbid(const struct pl_quirks *q)
{
	return q->value[PL_QUIRK_BLACKLIST] || q->value[PL_QUIRK_UNIDIR];
}

#endif
