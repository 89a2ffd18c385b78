/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_SENT_H
#define PL_AGENT_SENT_H

/*
 * Sent: every message that left this PC, for the person who owns it (`platen sent`, the tray).
 * A message with a body is written down before it leaves, so that no crash can hide it; the
 * enrolment token is masked. Calls without a body (the long poll) are counted per path.
 * Kept: the newest 500 messages, 4 MiB. With trace_outgoing the same goes to a file as well.
 *
 * Threads: any. Memory: on disk, in the spool's file, sealed.
 */

#include <stdbool.h>
#include <stdint.h>

#include "platen/bytes.h"
#include "platen/result.h"
#include "spool.h"

struct pl_sent_entry {
	int64_t id;    /* rises; 0 for calls without a body, which are counted */
	int64_t at_ms; /* wall time */
	char method[8];
	char target[192];
	int status;    /* HTTP status of the answer; 0: none came */
	int64_t size;  /* bytes of body */
	int64_t count; /* how often, for calls without a body; else 1 */
};

/* Where trace_outgoing goes; path NULL switches it off. At max_bytes the file becomes ".1". Returns
 * PL_OK | PL_E_DENIED | PL_E_FULL | PL_E_IO. */
enum pl_result pl_sent_trace(struct pl_spool *spool, const char *path, int64_t max_bytes,
			     struct pl_error *err);

bool pl_sent_is_traced(struct pl_spool *spool);

/* For the uplink: plain bytes that are about to leave; does nothing without pl_sent_trace(). */
void pl_sent_trace_bytes(struct pl_spool *spool, const void *data, size_t n);

/* Notes a message that is about to leave; *ret_id names it for pl_sent_answered(). */
enum pl_result pl_sent_note(struct pl_spool *spool, const char *method, const char *target,
			    const void *body, size_t size, int64_t *ret_id, struct pl_error *err);

/* Notes the answer's status for that message. */
void pl_sent_answered(struct pl_spool *spool, int64_t id, int status);

/* Counts a call without a body. */
void pl_sent_count(struct pl_spool *spool, const char *method, const char *target, int status);

/* Lists, newest first. Returns PL_OK (*ret_count may be 0) | PL_E_IO. */
enum pl_result pl_sent_list(struct pl_spool *spool, struct pl_sent_entry *ret_entries, size_t cap,
			    size_t *ret_count, struct pl_error *err);

/* Adds the body of one message, as it was sent. Returns PL_OK | PL_E_NOT_FOUND | PL_E_TOO_BIG |
 * PL_E_IO. */
enum pl_result pl_sent_body(struct pl_spool *spool, int64_t id, struct pl_bytes *out,
			    struct pl_error *err);

#endif
