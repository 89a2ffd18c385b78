/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_INGEST_H
#define PL_INGEST_H

/*
 * Ingest: a batch of records into the store, in one transaction, each exactly once: stored is what
 * is acknowledged. What the records mean is derived from them afterwards (projector.h).
 *
 * Threads: prepare on any, run on the store's. Memory: the ingest owns its batch and the prepared
 * bodies.
 */

#include "batch.h"
#include "server.h"

struct pl_ingest {
	struct pl_server *server;
	struct pl_roster_agent *agent;
	struct pl_batch batch;
	struct pl_bytes sealed; /* the bodies, one behind the other */
	size_t *sealed_at;	/* where each begins; count + 1 entries */
	struct pl_db *db;	/* during run */

	int64_t spool_no;
	int64_t ack;
	int64_t last_no; /* the newest of its records in the store; 0: all were known */
	bool new_spool;	 /* answer 409: nothing of this batch was stored */
};

/* Reads the batch and seals its bodies. `in` must be zeroed, with server and agent set. Returns as
 * pl_batch_read(). */
enum pl_result pl_ingest_prepare(struct pl_ingest *in, struct pl_db *db, struct pl_span text,
				 struct pl_error *err);
void pl_ingest_finish(struct pl_ingest *in);

/* Stores it. Call pl_ingest_stored() with the result of the commit. */
enum pl_result pl_ingest_run(struct pl_ingest *in, struct pl_db *db, struct pl_error *err);

/* The batch was committed, or was not: tells the projector, or forgets what was believed stored. */
void pl_ingest_stored(const struct pl_ingest *in, enum pl_result result);

#endif
