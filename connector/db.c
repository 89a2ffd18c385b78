/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every engine has in common: the small questions, asked in terms of the operations table.
 */
#include "db.h"

enum pl_result pl_db_change(struct pl_db *db, const char *sql, const struct pl_db_value *args,
			    size_t n, struct pl_error *err)
{
	int64_t changed = 0;
	enum pl_result r = db->ops->run(db, sql, args, n, &changed, err);

	if (r == PL_OK && changed == 0)
		return pl_error_set(err, PL_E_NOT_FOUND, "there is no such row");
	return r;
}

enum pl_result pl_db_one(struct pl_db *db, struct pl_db_rows **ret_rows, const char *sql,
			 const struct pl_db_value *args, size_t n, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r = pl_db_query(db, &rows, sql, args, n, err);

	if (r != PL_OK)
		return r;
	r = pl_db_next(rows, err);
	if (r != PL_OK) {
		pl_db_done(rows);
		return r;
	}
	*ret_rows = rows;
	return PL_OK;
}

enum pl_result pl_db_number(struct pl_db *db, int64_t *ret_number, const char *sql,
			    const struct pl_db_value *args, size_t n, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r = pl_db_one(db, &rows, sql, args, n, err);

	if (r != PL_OK)
		return r;
	*ret_number = pl_db_int_at(rows, 0);
	pl_db_done(rows);
	return PL_OK;
}

void pl_db_close(struct pl_db *db)
{
	if (db)
		db->ops->close(db);
}
