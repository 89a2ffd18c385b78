/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPP_PJL_PARTS_H
#define IPP_PJL_PARTS_H

/*
 * A PJL answer, part by part: an echo of the command, lines, a form feed.
 *
 *     @PJL INFO PAGECOUNT\r\nPAGECOUNT=18421\r\n\f
 *
 * Threads: pure. Memory: spans into the caller's answer.
 */

#include <stdbool.h>

#include "platen/pjl.h"

struct pjl_part {
	unsigned info; /* one enum pl_pjl_info, 0: something else (an echo, noise) */
	bool ended;    /* by its form feed, or by the next command's echo */
	struct pl_span lines;
};

/* Takes the next part from `rest`. What stands before the first "@PJL" is a part without a
 * category. False at the end. Unsolicited "@PJL USTATUS DEVICE" has the form of a status and counts
 * as one. */
bool pjl_next_part(struct pl_span *rest, struct pjl_part *ret_part);

/* Takes the next line, trimmed, empty ones and UELs passed over. False at the end. */
bool pjl_next_line(struct pl_span *lines, struct pl_span *ret_line);

/* Splits `KEY = "value"` into its trimmed sides, quotes removed; a line without '=' is all value.
 */
void pjl_split(struct pl_span line, struct pl_span *ret_key, struct pl_span *ret_value);

/* "?" or nothing at all: the printer knows the question, or not, and has no answer. */
bool pjl_is_void(struct pl_span lines);

/* The words of a category as they stand behind "INFO " ("PAGECOUNT"). */
const char *pjl_info_name(unsigned info);

/* Readers of one category each; true when it told something. */
bool pjl_read_status(struct pl_span lines, bool is_pantum, struct pl_snapshot *s);
bool pjl_read_id(struct pl_span lines, struct pl_snapshot *s);
bool pjl_read_pagecount(struct pl_span lines, struct pl_snapshot *s);
bool pjl_read_prodinfo(struct pl_span lines, struct pl_snapshot *s);
bool pjl_read_supplies(struct pl_span lines, struct pl_snapshot *s);

#endif
