/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_EWS_PAGE_H
#define PL_EWS_PAGE_H

/*
 * EWS pages: what the relay itself says on a session's port: why not, that it is over, and the
 * step by which a browser enters. They load nothing and run nothing but the one script of the
 * entrance.
 *
 * Threads: pure. Memory: the caller's buffer.
 */

#include "platen/bytes.h"

/* The policy of a printer's own page: it may load from, send to and be framed by its own port
 * alone; it has no workers, no plug-ins, no other windows' reach. */
extern const char pl_ews_printer_policy[];

/* The policy of our own pages. */
extern const char pl_ews_own_policy[];

/* A page with a title and one sentence. */
enum pl_result pl_ews_page_say(const char *title, const char *sentence, struct pl_bytes *out);

/* The entrance: sends the ticket on by itself, or at the press of a button. `ticket` has letters,
 * digits, - and _ only. */
enum pl_result pl_ews_page_enter(const char *ticket, struct pl_bytes *out);

#endif
