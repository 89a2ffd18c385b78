/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store on SQLite: WAL with synchronous=FULL, so that a commit that was answered is on the
 * disk, and readers never wait for the writer. Prepared statements are kept in a small table by
 * their text.
 */
#include "db.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS		5000 /* how long one process waits for another's commit */
#define KEPT_STATEMENTS 512  /* a power of two */

struct kept {
	uint64_t hash; /* of the text; 0: free */
	sqlite3_stmt *stmt;
	bool in_use;
};

struct sqlite_db {
	struct pl_db db;
	sqlite3 *handle;
	bool relaxed; /* synchronous=NORMAL now */
	struct kept kept[KEPT_STATEMENTS];
};

struct sqlite_rows {
	struct pl_db_rows rows;
	sqlite3_stmt *stmt;
	struct kept *kept; /* NULL: a statement of its own, finalised at the end */
	sqlite3 *handle;
};

static enum pl_result failed(sqlite3 *handle, struct pl_error *err)
{
	const char *text = sqlite3_errmsg(handle);

	switch (sqlite3_errcode(handle)) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return pl_error_set(err, PL_E_BUSY, "the store is locked: %s", text);
	case SQLITE_FULL: return pl_error_set(err, PL_E_FULL, "the disk of the store is full");
	case SQLITE_IOERR:
		return pl_error_set(err, PL_E_FULL, "the disk of the store failed: %s", text);
	case SQLITE_CONSTRAINT: return pl_error_set(err, PL_E_REFUSED, "%s", text);
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return pl_error_set(err, PL_E_PROTOCOL, "the store is damaged: %s", text);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return pl_error_set(err, PL_E_DENIED, "the store cannot be written: %s", text);
	case SQLITE_NOMEM: return pl_error_set(err, PL_E_NO_MEMORY, "out of memory in the store");
	default: return pl_error_set(err, PL_E_IO, "the store failed: %s", text);
	}
}

static uint64_t hash_of(const char *sql)
{
	uint64_t h = 1469598103934665603u; /* FNV-1a */

	for (; *sql; sql++)
		h = (h ^ (unsigned char)*sql) * 1099511628211u;
	return h ? h : 1;
}

/* Finds or prepares the statement. A text that is in use already, or finds no free place, gets one
 * of its own. */
static enum pl_result prepare(struct sqlite_db *s, const char *sql, sqlite3_stmt **ret_stmt,
			      struct kept **ret_kept, struct pl_error *err)
{
	uint64_t hash = hash_of(sql);
	struct kept *place = NULL;

	for (size_t i = 0; i < 8 && !place; i++) {
		struct kept *k = &s->kept[(hash + i) % KEPT_STATEMENTS];

		if (k->hash == hash && !strcmp(sqlite3_sql(k->stmt), sql)) {
			if (k->in_use)
				break;
			k->in_use = true;
			*ret_stmt = k->stmt;
			*ret_kept = k;
			return PL_OK;
		}
		if (k->hash == 0)
			place = k;
	}
	if (sqlite3_prepare_v3(s->handle, sql, -1, place ? SQLITE_PREPARE_PERSISTENT : 0, ret_stmt,
			       NULL) != SQLITE_OK)
		return failed(s->handle, err);
	if (place)
		*place = (struct kept){ hash, *ret_stmt, true };
	*ret_kept = place;
	return PL_OK;
}

static void release(sqlite3_stmt *stmt, struct kept *kept)
{
	if (!kept) {
		sqlite3_finalize(stmt);
		return;
	}
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	kept->in_use = false;
}

static int bind_one(sqlite3_stmt *stmt, int at, const struct pl_db_value *v)
{
	switch (v->type) {
	case PL_DB_INT: return sqlite3_bind_int64(stmt, at, v->number);
	case PL_DB_TEXT:
		return sqlite3_bind_text64(stmt, at, v->at, v->size, SQLITE_STATIC, SQLITE_UTF8);
	case PL_DB_BLOB:
		return v->size ? sqlite3_bind_blob64(stmt, at, v->at, v->size, SQLITE_STATIC)
			       : sqlite3_bind_zeroblob(stmt, at, 0);
	case PL_DB_NULL: break;
	}
	return sqlite3_bind_null(stmt, at);
}

static enum pl_result bind_all(struct sqlite_db *s, sqlite3_stmt *stmt,
			       const struct pl_db_value *args, size_t n, struct pl_error *err)
{
	for (size_t i = 0; i < n; i++)
		if (bind_one(stmt, (int)i + 1, &args[i]) != SQLITE_OK)
			return failed(s->handle, err);
	return PL_OK;
}

static enum pl_result sqlite_script(struct pl_db *db, const char *sql, struct pl_error *err)
{
	struct sqlite_db *s = (struct sqlite_db *)db;

	return sqlite3_exec(s->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? PL_OK
									   : failed(s->handle, err);
}

static enum pl_result sqlite_run(struct pl_db *db, const char *sql, const struct pl_db_value *args,
				 size_t n, int64_t *ret_changed, struct pl_error *err)
{
	struct sqlite_db *s = (struct sqlite_db *)db;
	sqlite3_stmt *stmt = NULL;
	struct kept *kept = NULL;
	enum pl_result r = prepare(s, sql, &stmt, &kept, err);
	int rc;

	if (r != PL_OK)
		return r;
	r = bind_all(s, stmt, args, n, err);
	if (r != PL_OK)
		goto out;
	do
		rc = sqlite3_step(stmt);
	while (rc == SQLITE_ROW);
	if (rc != SQLITE_DONE)
		r = failed(s->handle, err);
	else if (ret_changed)
		*ret_changed = sqlite3_changes(s->handle);
out:
	release(stmt, kept);
	return r;
}

/* In WAL mode, synchronous=NORMAL writes a commit without waiting for the disk; the next one with
 * FULL brings both there. */
static enum pl_result sqlite_begin(struct pl_db *db, bool durable, struct pl_error *err)
{
	struct sqlite_db *s = (struct sqlite_db *)db;
	enum pl_result r = PL_OK;

	if (s->relaxed == durable) {
		r = sqlite_script(
			db, durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", err);
		if (r == PL_OK)
			s->relaxed = !durable;
	}
	return r == PL_OK ? sqlite_run(db, "BEGIN IMMEDIATE", PL_NO_ARGS, NULL, err) : r;
}

static enum pl_result sqlite_query(struct pl_db *db, struct pl_db_rows **ret_rows, const char *sql,
				   const struct pl_db_value *args, size_t n, struct pl_error *err)
{
	struct sqlite_db *s = (struct sqlite_db *)db;
	struct sqlite_rows *rows = calloc(1, sizeof *rows);
	enum pl_result r;

	if (!rows)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory in the store");
	rows->rows.ops = db->ops;
	rows->handle = s->handle;
	r = prepare(s, sql, &rows->stmt, &rows->kept, err);
	if (r != PL_OK) {
		free(rows);
		return r;
	}
	r = bind_all(s, rows->stmt, args, n, err);
	if (r != PL_OK) {
		release(rows->stmt, rows->kept);
		free(rows);
		return r;
	}
	*ret_rows = &rows->rows;
	return PL_OK;
}

static enum pl_result sqlite_next(struct pl_db_rows *rows, struct pl_error *err)
{
	struct sqlite_rows *s = (struct sqlite_rows *)rows;

	switch (sqlite3_step(s->stmt)) {
	case SQLITE_ROW: return PL_OK;
	case SQLITE_DONE: return pl_error_set(err, PL_E_NOT_FOUND, "there is no such row");
	default: return failed(s->handle, err);
	}
}

static enum pl_db_type sqlite_type_at(struct pl_db_rows *rows, int column)
{
	switch (sqlite3_column_type(((struct sqlite_rows *)rows)->stmt, column)) {
	case SQLITE_NULL: return PL_DB_NULL;
	case SQLITE_INTEGER:
	case SQLITE_FLOAT: return PL_DB_INT;
	case SQLITE_BLOB: return PL_DB_BLOB;
	default: return PL_DB_TEXT;
	}
}

static int64_t sqlite_int_at(struct pl_db_rows *rows, int column)
{
	return sqlite3_column_int64(((struct sqlite_rows *)rows)->stmt, column);
}

static struct pl_span sqlite_bytes_at(struct pl_db_rows *rows, int column)
{
	sqlite3_stmt *stmt = ((struct sqlite_rows *)rows)->stmt;
	const char *at = sqlite3_column_type(stmt, column) == SQLITE_BLOB
				 ? sqlite3_column_blob(stmt, column)
				 : (const char *)sqlite3_column_text(stmt, column);

	return (struct pl_span){ at ? at : "", (size_t)sqlite3_column_bytes(stmt, column) };
}

static void sqlite_done(struct pl_db_rows *rows)
{
	struct sqlite_rows *s = (struct sqlite_rows *)rows;

	release(s->stmt, s->kept);
	free(s);
}

static enum pl_result sqlite_copy_to(struct pl_db *db, const char *path, struct pl_error *err)
{
	return pl_db_run(db, "VACUUM INTO ?1", PL_ARGS(pl_db_text(path)), err);
}

static enum pl_result sqlite_check(struct pl_db *db, bool thorough, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r =
		pl_db_one(db, &rows, thorough ? "PRAGMA integrity_check" : "PRAGMA quick_check",
			  PL_NO_ARGS, err);

	if (r == PL_OK && strcmp(pl_db_text_at(rows, 0), "ok") != 0)
		r = pl_error_set(err, PL_E_PROTOCOL, "the store is damaged: %s",
				 pl_db_text_at(rows, 0));
	pl_db_done(rows);
	return r;
}

static void sqlite_close(struct pl_db *db)
{
	struct sqlite_db *s = (struct sqlite_db *)db;

	for (size_t i = 0; i < KEPT_STATEMENTS; i++)
		sqlite3_finalize(s->kept[i].stmt);
	sqlite3_close(s->handle);
	free(s);
}

static const struct pl_db_ops SQLITE_OPS = {
	.name = "sqlite",
	.id_type = "INTEGER PRIMARY KEY",
	.blob_type = "BLOB",
	.begin = sqlite_begin,
	.script = sqlite_script,
	.run = sqlite_run,
	.query = sqlite_query,
	.next = sqlite_next,
	.type_at = sqlite_type_at,
	.int_at = sqlite_int_at,
	.bytes_at = sqlite_bytes_at,
	.done = sqlite_done,
	.copy_to = sqlite_copy_to,
	.check = sqlite_check,
	.close = sqlite_close,
};

enum pl_result pl_db_open_sqlite(const char *path, bool create, bool reader, struct pl_db **ret_db,
				 struct pl_error *err)
{
	int flags = create ? SQLITE_OPEN_CREATE | SQLITE_OPEN_READWRITE : SQLITE_OPEN_READWRITE;
	struct sqlite_db *s;
	enum pl_result r;

	if (!create && access(path, F_OK) < 0 && errno == ENOENT)
		return pl_error_set(err, PL_E_NOT_FOUND, "%s does not exist", path);
	s = calloc(1, sizeof *s);
	if (!s)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory in the store");
	s->db.ops = &SQLITE_OPS;
	if (sqlite3_open_v2(path, &s->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		r = failed(s->handle, err);
		goto fail;
	}
	if (create)
		(void)chmod(path, 0600);
	sqlite3_busy_timeout(s->handle, BUSY_MS);
	sqlite3_extended_result_codes(s->handle, 0);
	r = sqlite_script(
		&s->db,
		"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
		"PRAGMA wal_autocheckpoint=4000; PRAGMA trusted_schema=OFF;",
		err);
	if (r == PL_OK && reader)
		r = sqlite_script(&s->db, "PRAGMA query_only=ON; PRAGMA cache_size=-2000;", err);
	if (r == PL_OK && !reader)
		r = sqlite_script(&s->db, "PRAGMA cache_size=-16000;", err);
	if (r != PL_OK)
		goto fail;
	*ret_db = &s->db;
	return PL_OK;
fail:
	sqlite_close(&s->db);
	return r;
}
