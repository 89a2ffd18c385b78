/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_INGEST_H
#define PL_INGEST_H

/*
 * Ingest: a batch of records into the store, in one transaction: each exactly once, and what it
 * means for devices, alerts, counters and actions. What others should hear of is collected and
 * posted after the commit.
 *
 * Threads: prepare on any, run on the store's. Memory: the ingest owns its batch, prepared bodies
 * and news.
 */

#include "batch.h"
#include "devices.h"
#include "events.h"
#include "server.h"

/* One thing to tell the console after the commit. */
struct pl_news {
	const char *type; /* "printer.changed" */
	char id[PL_MAX_ID], printer_id[PL_MAX_ID], site_id[PL_MAX_ID];
	char state[16];
};

#define PL_MAX_NEWS 64 /* of one batch; what comes after says the same again */

struct pl_ingest {
	struct pl_server *server;
	struct pl_roster_agent *agent;
	struct pl_batch batch;
	struct pl_bytes sealed; /* the bodies, one behind the other */
	size_t *sealed_at;	/* where each begins; count + 1 entries */
	struct pl_db *db;	/* during run */

	int64_t spool_no;
	int64_t ack;
	bool new_spool; /* answer 409: nothing of this batch was stored */
	struct pl_news news[PL_MAX_NEWS];
	int news_count;
};

/* Reads the batch and seals its bodies. `in` must be zeroed, with server and agent set. Returns as
 * pl_batch_read(). */
enum pl_result pl_ingest_prepare(struct pl_ingest *in, struct pl_db *db, struct pl_span text,
				 struct pl_error *err);
void pl_ingest_finish(struct pl_ingest *in);

/* Stores it. */
enum pl_result pl_ingest_run(struct pl_ingest *in, struct pl_db *db, struct pl_error *err);

/* Posts the news; call after the commit. */
void pl_ingest_tell(const struct pl_ingest *in);

/* Notes something to tell (once per type and id). For the projections. */
void pl_ingest_note(struct pl_ingest *in, const char *type, const char *id, const char *printer_id,
		    const char *site_id, const char *state);

#endif
