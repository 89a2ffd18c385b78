/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CSV_H
#define PL_CSV_H

/*
 * CSV: a list of flat JSON objects as RFC 4180 text, with a head. A cell that a spreadsheet would
 * run as a formula begins with an apostrophe. Threads: pure. Memory: the caller's.
 */

#include "platen/bytes.h"

struct cJSON;

/* Adds the head (the names) and one line per object; members that are null or missing are empty
 * cells. */
enum pl_result pl_csv_write(const struct cJSON *items, const char *const *names,
			    struct pl_bytes *out);

#endif
