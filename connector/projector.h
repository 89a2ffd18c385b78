/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PROJECTOR_H
#define PL_PROJECTOR_H

/*
 * Projector: derives devices, alerts, counters and the state of actions from the records, in the
 * order in which they were stored, after they were acknowledged. How far it has come stands in the
 * store (table projection) and moves in the same transaction as what was derived: a record is
 * applied exactly once, also across kill -9, and what was not applied then is applied after the
 * next start.
 *
 *     report ─▶ records, acknowledged ─▶ a turn of the store's chore ─▶ devices, alerts, … ─▶ news
 *
 * Threads: any; it works on the store's. Memory: its own.
 */

#include "server.h"

struct pl_projector;

/* Becomes the store's chore and begins with what an earlier life left. */
enum pl_result pl_projector_open(struct pl_server *server, struct pl_db *db,
				 struct pl_projector **ret_projector, struct pl_error *err);
void pl_projector_close(
	struct pl_projector *projector); /* after pl_store_stop(); NULL is allowed */

/* Records up to this number (records.no) have been committed. Never blocks. */
void pl_projector_wake(struct pl_projector *projector, int64_t record_no);

/* Waits until everything is applied that was stored before this call, so that an answer shows what
 * was acknowledged before its question; false when that takes longer than `by_ms`. Does not wait at
 * all while the projector is far behind. */
bool pl_projector_settle(struct pl_projector *projector, int64_t by_ms);

/* Records that are stored and not applied yet. */
int64_t pl_projector_waiting(struct pl_projector *projector);

/* For whoever removes records, in the same transaction: keeps the numbers of records that are
 * stored later from looking applied. */
enum pl_result pl_projector_removed(struct pl_db *db, struct pl_error *err);

#endif
