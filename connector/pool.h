/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_POOL_H
#define PL_POOL_H

/*
 * Pool: a few threads for whatever takes longer than a millisecond: queries, passwords, exports.
 * Each has its own reading connection to the store. Threads: any may put. Memory: a job belongs to
 * its caller until run() returns.
 */

#include <stdbool.h>

#include "db.h"

#define PL_POOL_THREADS	 4
#define PL_MAX_POOL_JOBS 1024 /* waiting; past that the answer is "busy" */

struct pl_pool;

struct pl_pool_job {
	void (*run)(struct pl_db *reader, void *arg);
	void *arg;
	struct pl_pool_job *next; /* the pool's own */
};

enum pl_result pl_pool_open(const char *where, struct pl_pool **ret_pool, struct pl_error *err);

/* Runs what is queued, then ends; whatever is put afterwards is refused. */
void pl_pool_stop(struct pl_pool *pool);
void pl_pool_close(struct pl_pool *pool); /* after pl_pool_stop(); NULL is allowed */

/* False: too many are waiting, or it has been stopped. */
bool pl_pool_put(struct pl_pool *pool, struct pl_pool_job *job);

#endif
