/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_QUERY_H
#define PL_QUERY_H

/*
 * Query: an SQL text that grows with its arguments, so that a value is never written into the text.
 *
 *     struct pl_query q;
 *     pl_query_init(&q, "SELECT no FROM alerts a WHERE 1=1");
 *     pl_query_and(&q, "a.code=", pl_db_text(code));        … AND a.code=?1
 *
 * Threads: one at a time. Memory: arguments are borrowed until the query has run; finish frees the
 * text.
 */

#include "db.h"
#include "platen/bytes.h"

#define PL_MAX_QUERY_ARGS 256

struct pl_query {
	struct pl_bytes sql;
	struct pl_db_value args[PL_MAX_QUERY_ARGS];
	size_t count;
	bool failed; /* too long: pl_query_run() says so */
};

void pl_query_init(struct pl_query *q, const char *sql);
void pl_query_finish(struct pl_query *q);

/* Adds text as it is. Only text of ours. */
void pl_query_add(struct pl_query *q, const char *sql);

/* Adds the next parameter's name ("?3") and its value. */
void pl_query_value(struct pl_query *q, struct pl_db_value value);

/* Adds " AND " expression and the value. */
void pl_query_and(struct pl_query *q, const char *expression, struct pl_db_value value);

enum pl_result pl_query_run(struct pl_query *q, struct pl_db *db, struct pl_db_rows **ret_rows,
			    struct pl_error *err);

#endif
