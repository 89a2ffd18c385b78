/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OUTGOING_H
#define PL_OUTGOING_H

/*
 * Outgoing: a file with a copy of every message that the connector sends of its own accord, so that
 * it can be seen what leaves the site. One line each; at MAX bytes it becomes FILE.1 and begins
 * anew.
 *
 *     2026-01-31T08:15:30.200Z tls:logs.example.org:6514 <109>1 2026-01-31T08:15:30.123Z …
 *
 * Threads: one at a time. Memory: its own.
 */

#include "platen/result.h"
#include "platen/span.h"

struct pl_outgoing;

/* Opens or makes the file, for this user only. PL_E_DENIED | PL_E_IO. */
enum pl_result pl_outgoing_open(const char *path, struct pl_outgoing **ret_out,
				struct pl_error *err);
void pl_outgoing_close(struct pl_outgoing *out); /* NULL is allowed */

/* Notes what went where; NULL notes nothing. */
void pl_outgoing_write(struct pl_outgoing *out, const char *to, struct pl_span message);

#endif
