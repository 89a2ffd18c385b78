/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_STORE_H
#define PL_STORE_H

/*
 * Store: one thread that writes. Whoever wants something stored hands it a job; all jobs that wait
 * are run in one transaction and answered after its commit, so that a thousand PCs share one fsync.
 * A job that fails is rolled back alone (a savepoint each).
 *
 * Reading goes past it: each worker of the pool has its own connection (pool.h).
 * Threads: jobs from any thread; `run` and `done` are called on the store's thread. Memory: a job
 * belongs to its caller and must live until `done`.
 */

#include "db.h"

struct pl_store;

struct pl_store_job {
	/* Writes. What it leaves in `arg` may be shown to others only in done(). */
	enum pl_result (*run)(struct pl_db *db, void *arg, struct pl_error *err);
	/* Called once: PL_OK means it is on the disk. Must not block. */
	void (*done)(void *arg, enum pl_result result, const struct pl_error *err);
	void *arg;

	struct pl_store_job *next; /* the store's own from here */
	enum pl_result result;
	struct pl_error err;
};

/* What the store's thread does in the gaps between jobs: work that is derived from what is stored,
 * and that is done again after a crash until it has been done. Where jobs leave no gap it has a
 * turn twice a second all the same, and more often the further it is behind.
 */
struct pl_store_chore {
	/* A short turn, in a transaction of its own; in a gap it ends as soon as a job waits
	 * (pl_store_is_awaited()). *ret_more: there is more to do. */
	enum pl_result (*run)(struct pl_db *db, void *arg, bool in_gap, bool *ret_more,
			      struct pl_error *err);
	/* The turn was committed, or failed and was rolled back. Must not block. */
	void (*done)(void *arg, enum pl_result result, const struct pl_error *err);
	/* How far it is behind, in percent of what it may be: 100 = a turn after every commit.
	 * Called with the store locked. */
	int (*pressure)(void *arg);
	void *arg;
};

/* Where a store lives: "sqlite:PATH". Another engine is another word in front of the colon. */
enum pl_result pl_store_connect(const char *where, bool create, bool reader, struct pl_db **ret_db,
				struct pl_error *err);

/* Opens the store, migrates it, starts its thread. */
enum pl_result pl_store_open(const char *where, struct pl_store **ret_store, struct pl_error *err);

/* Sets the chore, once, before the first nudge; it must live until pl_store_stop(). */
void pl_store_set_chore(struct pl_store *store, const struct pl_store_chore *chore);
/* There is something to do for the chore: soon, or `at_once` because somebody waits for it. Never
 * blocks. */
void pl_store_nudge(struct pl_store *store, bool at_once);
/* Does a job wait? For the chore. */
bool pl_store_is_awaited(struct pl_store *store);

/* Does what is queued, and the chore's work for a few seconds, then ends its thread; whatever is
 * put afterwards is refused. */
void pl_store_stop(struct pl_store *store);
void pl_store_close(struct pl_store *store); /* after pl_store_stop(); NULL is allowed */

/* Queues a job. Never blocks. False: the store is closing. */
bool pl_store_put(struct pl_store *store, struct pl_store_job *job);

/* Queues a job and waits for its commit. Not from the store's thread, nor from one that serves
 * connections. */
enum pl_result pl_store_write(struct pl_store *store,
			      enum pl_result (*run)(struct pl_db *db, void *arg,
						    struct pl_error *err),
			      void *arg, struct pl_error *err);

/* For /metrics: transactions, jobs and failed commits since the start, and jobs waiting now. */
struct pl_store_figures {
	int64_t commits, jobs, failures, waiting;
};
void pl_store_figures(struct pl_store *store, struct pl_store_figures *ret_figures);

#endif
