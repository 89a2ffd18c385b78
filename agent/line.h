/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_LINE_H
#define PL_LINE_H

/*
 * Line: the one leased interface that IPP and LEDM share during a conversation. A language that
 * leaves it out of step hangs up; the next one picks up anew.
 *
 * Threads: the conversation's. Memory: hang up in the end.
 */

#include "conversation.h"
#include "platen/http1.h"
#include "platen/stream.h"

struct line {
	struct conversation *c;
	struct pl_stream *stream; /* NULL: not leased */
	bool has_asked;		  /* a request went out: the next one is not the first */
};

/* Leases the first spare interface that is free, 7/1/4 first, unless the line is up. Returns PL_OK
 * | what pl_usb_lease() says of the last one tried. Called before each request: it waits as long as
 * the printer's quirks want. */
enum pl_result line_pick_up(struct line *l, struct pl_error *err);
void line_hang_up(struct line *l);

/* When a request that is made now is given up: after `ms`, later for a printer whose quirks say
 * that it takes long to begin, and never after the conversation's end. */
int64_t line_by(const struct line *l, int64_t ms);

/* True when another request may follow this answer on the same line. */
bool line_may_go_on(const struct line *l, const struct pl_http_response *response);

/* How many interfaces of this printer speak HTTP without touching its print pipe, as far as it
 * bears them in use. */
int line_spares(const struct pl_usb_device *dev);

/* Asks in one language what the conversation's depth wants; what it told is taken. Returns PL_OK |
 * PL_E_NOT_FOUND (this printer does not speak it) | what the language says. */
enum pl_result line_talk_ipp(struct line *l, struct pl_error *err);
enum pl_result line_talk_ledm(struct line *l, struct pl_error *err);

/* True when what was told once, of this source, should be asked again: after a day. */
bool line_is_stale(const struct pl_known *known, enum pl_source source);

/* The same number for the same set of reasons. */
uint64_t line_hash_reasons(const struct pl_snapshot *s);

/* Remembers what a look brought and whether that is news. */
void line_compare_glance(struct pl_known *known, const struct pl_glance *now);

#endif
