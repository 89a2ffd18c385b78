/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_RETENTION_H
#define PL_RETENTION_H

/*
 * Retention: what is older than the settings say goes, a little at a time, so that reports never
 * wait for it. Snapshots are thinned before: first those go that tell only what changed, later the
 * full ones with all other records. Counter readings, counter resets and the audit are kept for
 * ever.
 *
 * Threads: the store's, inside of one of its jobs. Memory: plain values.
 */

#include "db.h"

struct pl_retention {
	int64_t now_ms;
	int64_t records_days, parts_days, alerts_days, actions_days, bundles_days;
	int64_t removed; /* rows, by this run; PL_RETENTION_STEP of a sort: there may be more */
};

#define PL_RETENTION_STEP 500

/* For pl_store_write(): removes at most PL_RETENTION_STEP rows of each sort. */
enum pl_result pl_retention_run(struct pl_db *db, void *retention, struct pl_error *err);

#endif
