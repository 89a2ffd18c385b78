/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_DB_H
#define PL_DB_H

/*
 * Database: one connection to the store, behind a table of operations, so that another engine is
 * another file beside db_sqlite.c. What stands above writes SQL that both SQLite and PostgreSQL
 * take (ON CONFLICT, RETURNING, numbered parameters `?1`), and never names an engine.
 *
 *     struct pl_db_rows *rows;
 *     r = pl_db_query(db, &rows, "SELECT name FROM customers WHERE id=?1", PL_ARGS(pl_db_text(id)),
 * err); while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) use(pl_db_text_at(rows, 0));
 *     pl_db_done(rows);
 *
 * Statements are prepared once per connection and kept. Times are milliseconds since 1970
 * (INTEGER). Threads: a connection belongs to one thread. Memory: what a row hands out lives until
 * the next pl_db_next().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "platen/result.h"
#include "platen/span.h"

struct pl_db;
struct pl_db_rows;

enum pl_db_type { PL_DB_NULL, PL_DB_INT, PL_DB_TEXT, PL_DB_BLOB };

struct pl_db_value {
	enum pl_db_type type;
	int64_t number;
	const void *at; /* text or bytes, borrowed for the call */
	size_t size;
};

static inline struct pl_db_value pl_db_int(int64_t number)
{
	return (struct pl_db_value){ PL_DB_INT, number, NULL, 0 };
}

static inline struct pl_db_value pl_db_null(void)
{
	return (struct pl_db_value){ PL_DB_NULL, 0, NULL, 0 };
}

/* NULL text becomes SQL's NULL. */
static inline struct pl_db_value pl_db_text(const char *text)
{
	return (struct pl_db_value){ text ? PL_DB_TEXT : PL_DB_NULL, 0, text,
				     text ? strlen(text) : 0 };
}

/* Text that is "" where unknown becomes SQL's NULL. */
static inline struct pl_db_value pl_db_word(const char *text)
{
	return pl_db_text(text && *text ? text : NULL);
}

static inline struct pl_db_value pl_db_blob(const void *at, size_t size)
{
	return (struct pl_db_value){ at ? PL_DB_BLOB : PL_DB_NULL, 0, at, size };
}

/* The arguments of a statement: PL_ARGS(pl_db_text(id), pl_db_int(7)), or PL_NO_ARGS. */
#define PL_ARGS(...)                                                                               \
	(const struct pl_db_value[]){ __VA_ARGS__ },                                               \
		sizeof((const struct pl_db_value[]){ __VA_ARGS__ }) / sizeof(struct pl_db_value)
#define PL_NO_ARGS NULL, (size_t)0

/* What an engine implements. All return PL_OK | PL_E_BUSY (another process holds the write lock) |
 * PL_E_FULL (disk) | PL_E_REFUSED (a UNIQUE or other constraint) | PL_E_IO with a sentence in err.
 */
struct pl_db_ops {
	const char *name;      /* "sqlite" */
	const char *id_type;   /* a 64-bit primary key that counts by itself */
	const char *blob_type; /* bytes */

	/* Begins a transaction that writes. `durable`: its COMMIT returns when it is on the disk;
	 * else it may be lost in a power cut, whole, with what was committed after it. */
	enum pl_result (*begin)(struct pl_db *db, bool durable, struct pl_error *err);
	/* Runs several statements without arguments (migrations). */
	enum pl_result (*script)(struct pl_db *db, const char *sql, struct pl_error *err);
	/* Runs one statement; *ret_changed (may be NULL) counts the rows it changed. */
	enum pl_result (*run)(struct pl_db *db, const char *sql, const struct pl_db_value *args,
			      size_t n, int64_t *ret_changed, struct pl_error *err);
	/* Starts a query; the rows must be given back with done(). */
	enum pl_result (*query)(struct pl_db *db, struct pl_db_rows **ret_rows, const char *sql,
				const struct pl_db_value *args, size_t n, struct pl_error *err);
	/* Steps to the next row: PL_OK, or PL_E_NOT_FOUND after the last. */
	enum pl_result (*next)(struct pl_db_rows *rows, struct pl_error *err);
	enum pl_db_type (*type_at)(struct pl_db_rows *rows, int column);
	int64_t (*int_at)(struct pl_db_rows *rows, int column);
	struct pl_span (*bytes_at)(struct pl_db_rows *rows, int column); /* NUL behind the end */
	void (*done)(struct pl_db_rows *rows);
	/* Copies the whole store into an empty file while others write (backup). */
	enum pl_result (*copy_to)(struct pl_db *db, const char *path, struct pl_error *err);
	/* Is it whole? `thorough`: also that each index says what its table says. PL_E_PROTOCOL
	 * with the first damage found. */
	enum pl_result (*check)(struct pl_db *db, bool thorough, struct pl_error *err);
	void (*close)(struct pl_db *db);
};

/* First members of what an engine allocates. */
struct pl_db {
	const struct pl_db_ops *ops;
};
struct pl_db_rows {
	const struct pl_db_ops *ops;
};

/* Opens the SQLite file at `path` (WAL, synchronous=FULL), made when `create`. `reader`: only
 * reads. Returns PL_OK | PL_E_NOT_FOUND | PL_E_DENIED | PL_E_PROTOCOL (not a database) | PL_E_IO.
 */
enum pl_result pl_db_open_sqlite(const char *path, bool create, bool reader, struct pl_db **ret_db,
				 struct pl_error *err);
void pl_db_close(struct pl_db *db); /* NULL is allowed */

static inline enum pl_result pl_db_run(struct pl_db *db, const char *sql,
				       const struct pl_db_value *args, size_t n,
				       struct pl_error *err)
{
	return db->ops->run(db, sql, args, n, NULL, err);
}

static inline enum pl_result pl_db_query(struct pl_db *db, struct pl_db_rows **ret_rows,
					 const char *sql, const struct pl_db_value *args, size_t n,
					 struct pl_error *err)
{
	return db->ops->query(db, ret_rows, sql, args, n, err);
}

static inline enum pl_result pl_db_next(struct pl_db_rows *rows, struct pl_error *err)
{
	return rows->ops->next(rows, err);
}

/* Ends a query; NULL is allowed. */
static inline void pl_db_done(struct pl_db_rows *rows)
{
	if (rows)
		rows->ops->done(rows);
}

/* Runs one statement that must change exactly one row. PL_E_NOT_FOUND when it changed none. */
enum pl_result pl_db_change(struct pl_db *db, const char *sql, const struct pl_db_value *args,
			    size_t n, struct pl_error *err);

/* Queries one row: PL_OK with *ret_rows on it (give back with pl_db_done()) | PL_E_NOT_FOUND. */
enum pl_result pl_db_one(struct pl_db *db, struct pl_db_rows **ret_rows, const char *sql,
			 const struct pl_db_value *args, size_t n, struct pl_error *err);

/* Queries one number. PL_E_NOT_FOUND where there is no row. */
enum pl_result pl_db_number(struct pl_db *db, int64_t *ret_number, const char *sql,
			    const struct pl_db_value *args, size_t n, struct pl_error *err);

static inline bool pl_db_null_at(struct pl_db_rows *rows, int column)
{
	return rows->ops->type_at(rows, column) == PL_DB_NULL;
}

/* 0 for NULL. */
static inline int64_t pl_db_int_at(struct pl_db_rows *rows, int column)
{
	return rows->ops->int_at(rows, column);
}

/* NULL for SQL's NULL. */
static inline const char *pl_db_text_at(struct pl_db_rows *rows, int column)
{
	return pl_db_null_at(rows, column) ? NULL : rows->ops->bytes_at(rows, column).at;
}

/* "" for NULL, cut to the buffer. */
static inline void pl_db_copy_at(struct pl_db_rows *rows, int column, char *out, size_t cap)
{
	pl_span_copy(pl_db_null_at(rows, column) ? (struct pl_span){ "", 0 }
						 : rows->ops->bytes_at(rows, column),
		     out, cap);
}

static inline struct pl_span pl_db_blob_at(struct pl_db_rows *rows, int column)
{
	return pl_db_null_at(rows, column) ? (struct pl_span){ NULL, 0 }
					   : rows->ops->bytes_at(rows, column);
}

#endif
