/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PRIVACY_H
#define PL_PRIVACY_H

/*
 * Privacy: what may leave this PC. One table (privacy_table.c) lists every field of every record:
 * whether it leaves, which characters it may have, how long it may be. What is not in the table
 * does not leave. The same table writes docs/data-use.md.
 *
 *     printer.snapshot  identity.model   leaves  printable ASCII without @, 64 bytes
 *     printer.snapshot  state.message    stays   (the printer's display may name people)
 *
 * Threads: pure. Memory: the caller's.
 */

#include <stdbool.h>
#include <stddef.h>

#include "platen/bytes.h"
#include "platen/result.h"
#include "platen/span.h"

struct cJSON;

/* What a leaf may consist of. A value of another kind is left out, as if it had no row. */
enum pl_chars {
	PL_CHARS_NUMBER,
	PL_CHARS_BOOLEAN,
	PL_CHARS_TIME,	 /* RFC 3339: digits and -:.TZ */
	PL_CHARS_WORD,	 /* letters, digits and -_.:/ : codes and keywords */
	PL_CHARS_DEVICE, /* a device's own text: printable ASCII without '@' */
	PL_CHARS_OWN,	 /* a text of this program: printable ASCII without '@' */
};

struct pl_privacy_row {
	const char *kind; /* record kind; rows of one kind stand together */
	const char *path; /* "supplies[].level": members joined by dots, [] for every list item */
	bool leaves;
	enum pl_chars chars;
	size_t max;	 /* bytes of text; 0 for numbers and booleans */
	const char *why; /* what it is for, or why it stays; for docs/data-use.md */
};

extern const struct pl_privacy_row PL_PRIVACY[];
extern const size_t PL_PRIVACY_COUNT;

/* A copy of `body` that holds nothing but what the table lets leave: texts cut to their characters
 * and length, null where nothing of a text was left. The caller deletes it. NULL: no such kind, or
 * no memory. */
struct cJSON *pl_privacy_filter(const char *kind, const struct cJSON *body);

/* A text that belongs at `path` as it may leave: cut to its row's characters and length; for a row
 * of numbers only where it is one. False: it stays, or nothing of it is left. */
bool pl_privacy_text(const char *kind, const char *path, struct pl_span text, char *ret_text,
		     size_t cap);

/* Writes docs/data-use.md. */
enum pl_result pl_privacy_document(struct pl_bytes *out);

#endif
