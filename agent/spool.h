/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_SPOOL_H
#define PL_AGENT_SPOOL_H

/*
 * Spool: what the connector has to know, kept on disk until the connector says it has it.
 * pl_spool_add() returns when the record is durable; only then can the uplink see it. Bodies are
 * sealed on disk. Bounded in bytes and age: when full, old snapshots of a printer are coalesced
 * first; alerts, results, resets and audit go last, and what is lost is counted.
 *
 *     seq 41 alert.opened usb-03f0-2b17-VNB3K12345 {"code":"coverOpen",…}
 *
 * One SQLite file (WAL, synchronous FULL), which also holds the journal of actions and the history
 * of what was sent, so that "done" and its result become true in one commit.
 * Threads: any; one mutex, held during the spool's own disk access and nothing else.
 * Memory: bodies are copied; the caller keeps its own.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/bytes.h"
#include "platen/random.h"
#include "platen/result.h"
#include "platen/seal.h"

#define PL_MAX_KIND	   48		/* with NUL */
#define PL_MAX_PRINTER_KEY 160		/* with NUL */
#define PL_MAX_RECORD_BODY (48 * 1024)	/* bytes of JSON text */
#define PL_MAX_BATCH	   500		/* records; WIRE.md */
#define PL_MAX_BATCH_BYTES (256 * 1024) /* well below the wire's 1 MiB */

struct cJSON;
struct pl_spool;

struct pl_spool_options {
	const char *path; /* "/var/lib/platen/spool.db" */
	const struct pl_seal *seal;
	int64_t max_bytes; /* of sealed bodies */
	int64_t max_age_ms;
};

/* Opens or makes the file. A damaged one is put aside (".damaged") with a log line, never deleted,
 * and a new one begun. Returns PL_OK | PL_E_DENIED | PL_E_FULL | PL_E_BUSY (another agent has it) |
 * PL_E_IO. */
enum pl_result pl_spool_open(const struct pl_spool_options *options, struct pl_spool **ret_spool,
			     struct pl_error *err);
void pl_spool_close(struct pl_spool *spool); /* NULL is allowed */

/* Appends one record, taken now. `body` must already have passed the allow-list; printer_key NULL:
 * about the PC. After a failure nothing was added: what is to be told is still to be told. Returns
 * PL_OK | PL_E_TOO_BIG (body over PL_MAX_RECORD_BODY) | PL_E_FULL (disk) | PL_E_IO. */
enum pl_result pl_spool_add(struct pl_spool *spool, const char *kind, const char *printer_key,
			    const struct cJSON *body, struct pl_error *err);

struct pl_spool_state {
	char spool_id[PL_UUID_TEXT];
	int64_t records, bytes, dropped; /* dropped: since the spool was made */
	int64_t last_seq;
	int64_t urgent;	   /* waiting records that should not wait for the next interval */
	int64_t oldest_ms; /* wall time of the oldest waiting record; 0 none */
};
void pl_spool_state(struct pl_spool *spool, struct pl_spool_state *ret_state);

/* Waits until a record comes that should leave at once, `by_ms` passes or pl_spool_nudge() is
 * called. True: there is one. */
bool pl_spool_wait(struct pl_spool *spool, int64_t by_ms);
void pl_spool_nudge(struct pl_spool *spool);

/* For the uplink: writes the JSON of the oldest records ("[{…},{…}]", at most max_records and
 * PL_MAX_BATCH_BYTES) to `out` and marks them as offered: they are not coalesced any more. Returns
 * PL_OK (*ret_count may be 0) | PL_E_NO_MEMORY | PL_E_IO. */
enum pl_result pl_spool_peek(struct pl_spool *spool, int max_records, struct pl_bytes *out,
			     int *ret_count, int64_t *ret_last_seq, struct pl_error *err);

/* Deletes every record up to and including `seq`. */
enum pl_result pl_spool_ack(struct pl_spool *spool, int64_t seq, struct pl_error *err);

/* Takes a new spool_id and numbers the waiting records anew from 1 (409 new_spool). */
enum pl_result pl_spool_renew(struct pl_spool *spool, struct pl_error *err);

/* Gives up the one record `seq`, which the connector will not take (413 for it alone). */
enum pl_result pl_spool_drop(struct pl_spool *spool, int64_t seq, struct pl_error *err);

#endif
