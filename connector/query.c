/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A query that is put together.
 */
#include "query.h"

#define MAX_SQL (32 * 1024)

void pl_query_init(struct pl_query *q, const char *sql)
{
	pl_bytes_init(&q->sql, MAX_SQL);
	q->count = 0;
	q->failed = false;
	pl_query_add(q, sql);
}

void pl_query_finish(struct pl_query *q)
{
	pl_bytes_finish(&q->sql);
}

void pl_query_add(struct pl_query *q, const char *sql)
{
	if (pl_bytes_add_text(&q->sql, sql) != PL_OK)
		q->failed = true;
}

void pl_query_value(struct pl_query *q, struct pl_db_value value)
{
	if (q->count == PL_MAX_QUERY_ARGS) {
		q->failed = true;
		return;
	}
	q->args[q->count++] = value;
	if (pl_bytes_add_format(&q->sql, "?%zu", q->count) != PL_OK)
		q->failed = true;
}

void pl_query_and(struct pl_query *q, const char *expression, struct pl_db_value value)
{
	pl_query_add(q, " AND ");
	pl_query_add(q, expression);
	pl_query_value(q, value);
}

enum pl_result pl_query_run(struct pl_query *q, struct pl_db *db, struct pl_db_rows **ret_rows,
			    struct pl_error *err)
{
	if (q->failed)
		return pl_error_set(err, PL_E_TOO_BIG, "this question is too long");
	return pl_db_query(db, ret_rows, (const char *)q->sql.at, q->args, q->count, err);
}
