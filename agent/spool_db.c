/* SPDX-License-Identifier: Apache-2.0 */
/* The spool's SQLite file: opening it, its tables and statements, what its failures mean. */
#include "spool_db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/os.h"
#include "platen/clock.h"
#include "platen/log.h"

/* An agent has kilobytes of records, not megabytes: a small cache keeps it small. EXCLUSIVE needs
 * no shared memory and keeps a second agent out. */
static const char SETUP[] = "PRAGMA locking_mode = EXCLUSIVE;"
			    "PRAGMA journal_mode = WAL;"
			    "PRAGMA synchronous = FULL;"
			    "PRAGMA cache_size = -128;"
			    "PRAGMA temp_store = MEMORY;"
			    "PRAGMA wal_autocheckpoint = 128;";

static const char TABLES[] =
	"CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS record("
	"  seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, printer BLOB, boot_id TEXT NOT NULL,"
	"  uptime_ms INTEGER NOT NULL, taken_at INTEGER NOT NULL, hash TEXT NOT NULL,"
	"  rank INTEGER NOT NULL, urgent INTEGER NOT NULL, offered INTEGER NOT NULL DEFAULT 0,"
	"  lived_ms INTEGER NOT NULL, body BLOB NOT NULL);"
	"CREATE TABLE IF NOT EXISTS sent("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, method TEXT NOT NULL,"
	"  target TEXT NOT NULL, status INTEGER NOT NULL, size INTEGER NOT NULL, body BLOB NOT "
	"NULL);"
	"CREATE TABLE IF NOT EXISTS action("
	"  id TEXT PRIMARY KEY, type TEXT NOT NULL, state INTEGER NOT NULL,"
	"  posted INTEGER NOT NULL, reason TEXT NOT NULL, started_at INTEGER NOT NULL,"
	"  finished_at INTEGER NOT NULL, not_after INTEGER NOT NULL, payload BLOB NOT NULL);";

static const char *const SQL[PL_SQL_COUNT] = {
	[PL_SQL_BEGIN] = "BEGIN IMMEDIATE",
	[PL_SQL_COMMIT] = "COMMIT",
	[PL_SQL_ROLLBACK] = "ROLLBACK",
	[PL_SQL_META_GET] = "SELECT value FROM meta WHERE name = ?1",
	[PL_SQL_META_SET] = "INSERT INTO meta VALUES(?1, ?2) "
			    "ON CONFLICT(name) DO UPDATE SET value = excluded.value",
	[PL_SQL_ADD] = "INSERT INTO record(seq, kind, printer, boot_id, uptime_ms, taken_at, hash,"
		       " rank, urgent, lived_ms, body) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
	[PL_SQL_PEEK] = "SELECT seq, kind, boot_id, uptime_ms, taken_at, hash, body FROM record "
			"ORDER BY seq LIMIT ?1",
	[PL_SQL_OFFER] = "UPDATE record SET offered = 1 WHERE seq <= ?1 AND offered = 0",
	[PL_SQL_ACK] = "DELETE FROM record WHERE seq <= ?1",
	[PL_SQL_TOTALS] = "SELECT COUNT(*), COALESCE(SUM(LENGTH(body)), 0),"
			  " COALESCE(SUM(urgent), 0), COALESCE(MAX(seq), 0),"
			  " COALESCE(MAX(lived_ms), 0), COALESCE(MIN(taken_at), 0) FROM record",
};

enum pl_result pl_spool_failed(struct pl_spool *spool, struct pl_error *err)
{
	int code = sqlite3_errcode(spool->db);
	enum pl_result r = PL_E_IO;

	switch (code & 0xff) {
	case SQLITE_FULL:
		return pl_error_set(err, PL_E_FULL, "the disk with %s is full", spool->path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return pl_error_set(err, PL_E_BUSY, "another platen-agent is using %s",
				    spool->path);
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_AUTH: r = PL_E_DENIED; break;
	case SQLITE_NOMEM: r = PL_E_NO_MEMORY; break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: r = PL_E_PROTOCOL; break;
	default: break;
	}
	return pl_error_set(err, r, "the spool %s: %s", spool->path, sqlite3_errmsg(spool->db));
}

sqlite3_stmt *pl_spool_sql(struct pl_spool *spool, enum pl_spool_statement which)
{
	sqlite3_stmt **statement = &spool->statements[which];

	if (!*statement)
		sqlite3_prepare_v3(spool->db, SQL[which], -1, SQLITE_PREPARE_PERSISTENT, statement,
				   NULL);
	if (*statement) {
		sqlite3_reset(*statement);
		sqlite3_clear_bindings(*statement);
	}
	return *statement;
}

enum pl_result pl_spool_run(struct pl_spool *spool, sqlite3_stmt *statement, struct pl_error *err)
{
	enum pl_result r = PL_OK;

	if (!statement || sqlite3_step(statement) != SQLITE_DONE)
		r = pl_spool_failed(spool, err);
	if (statement)
		sqlite3_reset(statement);
	return r;
}

enum pl_result pl_spool_exec(struct pl_spool *spool, const char *sql, struct pl_error *err)
{
	if (sqlite3_exec(spool->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return pl_spool_failed(spool, err);
	return PL_OK;
}

enum pl_result pl_spool_begin(struct pl_spool *spool, struct pl_error *err)
{
	return pl_spool_run(spool, pl_spool_sql(spool, PL_SQL_BEGIN), err);
}

enum pl_result pl_spool_end(struct pl_spool *spool, enum pl_result so_far, struct pl_error *err)
{
	if (so_far == PL_OK)
		so_far = pl_spool_run(spool, pl_spool_sql(spool, PL_SQL_COMMIT), err);
	if (so_far == PL_OK) {
		if (spool->fresh_uncommitted) {
			spool->fresh = true;
			pthread_cond_broadcast(&spool->news);
		}
	} else {
		/* A full disk may already have rolled back by itself. */
		if (!sqlite3_get_autocommit(spool->db))
			(void)pl_spool_run(spool, pl_spool_sql(spool, PL_SQL_ROLLBACK), NULL);
		(void)pl_spool_recount(spool, NULL);
	}
	spool->fresh_uncommitted = false;
	return so_far;
}

enum pl_result pl_spool_meta_set(struct pl_spool *spool, const char *name, const char *value,
				 struct pl_error *err)
{
	sqlite3_stmt *s = pl_spool_sql(spool, PL_SQL_META_SET);

	sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 2, value, -1, SQLITE_STATIC);
	return pl_spool_run(spool, s, err);
}

bool pl_spool_meta_get(struct pl_spool *spool, const char *name, char *ret_value, size_t cap)
{
	sqlite3_stmt *s = pl_spool_sql(spool, PL_SQL_META_GET);
	bool found;

	sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
	found = s && sqlite3_step(s) == SQLITE_ROW;
	if (found)
		snprintf(ret_value, cap, "%s", (const char *)sqlite3_column_text(s, 0));
	sqlite3_reset(s);
	return found;
}

enum pl_result pl_spool_meta_set_int(struct pl_spool *spool, const char *name, int64_t value,
				     struct pl_error *err)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	return pl_spool_meta_set(spool, name, text, err);
}

int64_t pl_spool_meta_get_int(struct pl_spool *spool, const char *name)
{
	char text[24];

	return pl_spool_meta_get(spool, name, text, sizeof(text)) ? strtoll(text, NULL, 10) : 0;
}

int64_t pl_spool_lived_ms(const struct pl_spool *spool)
{
	return spool->lived_ms + (pl_clock_now_ms() - spool->lived_since_ms);
}

enum pl_result pl_spool_recount(struct pl_spool *spool, struct pl_error *err)
{
	sqlite3_stmt *s = pl_spool_sql(spool, PL_SQL_TOTALS);
	int64_t last = pl_spool_meta_get_int(spool, "last_seq");

	if (!s || sqlite3_step(s) != SQLITE_ROW)
		return pl_spool_failed(spool, err);
	spool->records = sqlite3_column_int64(s, 0);
	spool->bytes = sqlite3_column_int64(s, 1);
	spool->urgent = sqlite3_column_int64(s, 2);
	spool->last_seq = sqlite3_column_int64(s, 3) > last ? sqlite3_column_int64(s, 3) : last;
	if (sqlite3_column_int64(s, 4) > spool->lived_ms)
		spool->lived_ms = sqlite3_column_int64(s, 4);
	spool->oldest_ms = sqlite3_column_int64(s, 5);
	sqlite3_reset(s);
	spool->dropped = pl_spool_meta_get_int(spool, "dropped");
	return PL_OK;
}

/* --- opening --- */

static enum pl_result check(struct pl_spool *spool, struct pl_error *err)
{
	sqlite3_stmt *s = NULL;
	enum pl_result r = PL_OK;
	const char *word;

	if (sqlite3_prepare_v2(spool->db, "PRAGMA quick_check(1)", -1, &s, NULL) != SQLITE_OK ||
	    sqlite3_step(s) != SQLITE_ROW) {
		r = pl_spool_failed(spool, err);
	} else {
		word = (const char *)sqlite3_column_text(s, 0);
		if (!word || strcmp(word, "ok") != 0)
			r = pl_error_set(err, PL_E_PROTOCOL, "the spool %s is damaged",
					 spool->path);
	}
	sqlite3_finalize(s);
	return r;
}

static enum pl_result name_spool(struct pl_spool *spool, struct pl_error *err)
{
	if (pl_spool_meta_get(spool, "spool_id", spool->spool_id, sizeof(spool->spool_id)))
		return PL_OK;
	pl_random_uuid(spool->spool_id);
	return pl_spool_meta_set(spool, "spool_id", spool->spool_id, err);
}

static enum pl_result open_file(struct pl_spool *spool, struct pl_error *err)
{
	struct pl_append_file *file;
	int64_t size;
	enum pl_result r;

	/* SQLite would make it readable by others; its WAL takes over what the file has. */
	r = pl_append_open(spool->path, PL_FILE_SECRET, &file, &size, err);
	if (r != PL_OK)
		return r;
	pl_append_close(file);
	if (sqlite3_open_v2(spool->path, &spool->db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
			    NULL) != SQLITE_OK)
		return pl_spool_failed(spool, err);
	sqlite3_db_config(spool->db, SQLITE_DBCONFIG_LOOKASIDE, NULL, 256, 32);
	sqlite3_extended_result_codes(spool->db, 1);
	r = pl_spool_exec(spool, SETUP, err);
	if (r == PL_OK)
		r = check(spool, err);
	if (r == PL_OK)
		r = pl_spool_exec(spool, TABLES, err);
	if (r == PL_OK)
		r = name_spool(spool, err);
	if (r == PL_OK) {
		spool->lived_since_ms = pl_clock_now_ms();
		spool->lived_ms = pl_spool_meta_get_int(spool, "lived_ms");
		r = pl_spool_recount(spool, err);
	}
	return r;
}

static void close_file(struct pl_spool *spool)
{
	for (int i = 0; i < PL_SQL_COUNT; i++) {
		sqlite3_finalize(spool->statements[i]);
		spool->statements[i] = NULL;
	}
	sqlite3_close(spool->db);
	spool->db = NULL;
}

/* Out of the way, with its write-ahead log, for somebody to look at. */
static enum pl_result put_aside(struct pl_spool *spool, struct pl_error *err)
{
	char from[PL_MAX_PATH + 8], to[PL_MAX_PATH + 24];
	enum pl_result r;

	snprintf(to, sizeof(to), "%s.damaged", spool->path);
	r = pl_file_rename(spool->path, to, err);
	snprintf(from, sizeof(from), "%s-wal", spool->path);
	snprintf(to, sizeof(to), "%s.damaged-wal", spool->path);
	if (r == PL_OK)
		r = pl_file_rename(from, to, NULL);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

enum pl_result pl_spool_open_db(struct pl_spool *spool, struct pl_error *err)
{
	struct pl_error why = { 0 };
	enum pl_result r = open_file(spool, &why);

	if (r == PL_E_PROTOCOL) {
		log_error(NULL, "%s; it is kept as %s.damaged and a new one begun", why.text,
			  spool->path);
		close_file(spool);
		r = put_aside(spool, &why);
		if (r == PL_OK)
			r = open_file(spool, &why);
	}
	if (r != PL_OK && err)
		*err = why;
	return r;
}

void pl_spool_close_db(struct pl_spool *spool)
{
	if (spool->db)
		(void)pl_spool_meta_set_int(spool, "lived_ms", pl_spool_lived_ms(spool), NULL);
	close_file(spool);
}
