/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_BATCH_H
#define PL_BATCH_H

/*
 * Batch: one POST /reports, read and checked (WIRE.md section 4): nothing in it is believed before
 * this. Threads: pure. Memory: the batch owns its document; records point into it, and into the
 * text that was read.
 */

#include <stdint.h>

#include "platen/bytes.h"
#include "platen/result.h"
#include "platen/span.h"

#define PL_MAX_RECORDS 500
#define PL_RECORD_HASH 16  /* bytes */
#define PL_MAX_KEY     128 /* bytes of a printer key */

struct cJSON;

struct pl_record {
	int64_t seq;
	const char *kind;
	const char *boot_id;
	int64_t uptime_ms;
	int64_t taken_ms;	 /* the PC's wall clock */
	int64_t at_ms;		 /* when it happened by our clock */
	const char *printer_key; /* NULL: about the PC */
	uint8_t hash[PL_RECORD_HASH];
	struct cJSON *body;
	struct pl_span text; /* the body as it came; empty where only `body` tells it */
};

struct pl_batch {
	struct cJSON *doc;
	const char *spool_id, *boot_id;
	int64_t uptime_ms; /* -1: not told */
	int64_t dropped;
	int64_t audit_seq; /* -1: not told */
	const char *audit_head;
	int64_t received_ms;
	struct pl_record *records;
	int count;
};

/* Reads a batch that arrived at `received_ms` (wall clock). Returns PL_OK | PL_E_PROTOCOL (not
 * JSON) | PL_E_INVALID (a member is wrong; err names it) | PL_E_NO_MEMORY. */
enum pl_result pl_batch_read(struct pl_span text, int64_t received_ms, struct pl_batch *ret_batch,
			     struct pl_error *err);
void pl_batch_finish(struct pl_batch *batch);

#endif
