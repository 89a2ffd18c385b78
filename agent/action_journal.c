/* SPDX-License-Identifier: Apache-2.0 */
/* The table of actions. */
#include "action_journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MAX_PAYLOAD (64 * 1024)

static sqlite3_stmt *prepare(struct pl_spool *spool, const char *sql, const char *id)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(spool->db, sql, -1, &s, NULL) != SQLITE_OK)
		return NULL;
	sqlite3_bind_text(s, 1, id, -1, SQLITE_STATIC);
	return s;
}

static void copy_column(sqlite3_stmt *s, int column, char *ret_text, size_t cap)
{
	const char *text = (const char *)sqlite3_column_text(s, column);

	snprintf(ret_text, cap, "%s", text ? text : "");
}

enum pl_result pl_journal_get(struct pl_spool *spool, const char *id,
			      struct pl_journal_entry *ret_entry, struct pl_error *err)
{
	sqlite3_stmt *s = prepare(spool,
				  "SELECT id, type, state, posted, reason, started_at, finished_at,"
				  " not_after FROM action WHERE id = ?1",
				  id);
	struct pl_journal_entry e = { 0 };
	enum pl_result r = PL_OK;
	int code = s ? sqlite3_step(s) : SQLITE_ERROR;

	if (code == SQLITE_ROW) {
		copy_column(s, 0, e.id, sizeof(e.id));
		copy_column(s, 1, e.type, sizeof(e.type));
		e.state = (enum pl_action_state)sqlite3_column_int(s, 2);
		e.posted = sqlite3_column_int(s, 3);
		copy_column(s, 4, e.reason, sizeof(e.reason));
		e.started_ms = sqlite3_column_int64(s, 5);
		e.finished_ms = sqlite3_column_int64(s, 6);
		e.not_after_ms = sqlite3_column_int64(s, 7);
		*ret_entry = e;
	} else if (code == SQLITE_DONE) {
		r = pl_error_set(err, PL_E_NOT_FOUND, "no action has the id %s", id);
	} else {
		r = pl_spool_failed(spool, err);
	}
	sqlite3_finalize(s);
	return r;
}

enum pl_result pl_journal_add(struct pl_spool *spool, const struct pl_journal_entry *entry,
			      struct pl_span payload, struct pl_error *err)
{
	sqlite3_stmt *s = prepare(spool,
				  "INSERT INTO action(id, type, state, posted, reason, started_at,"
				  " finished_at, not_after, payload)"
				  " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
				  entry->id);
	struct pl_bytes sealed;
	enum pl_result r;

	if (!s)
		return pl_spool_failed(spool, err);
	pl_bytes_init(&sealed, MAX_PAYLOAD);
	r = pl_seal_wrap(spool->seal, pl_span_of(entry->id), payload.at, payload.size, &sealed);
	if (r != PL_OK) {
		r = pl_error_set(err, r, "the action is too big to be journalled");
	} else {
		sqlite3_bind_text(s, 2, entry->type, -1, SQLITE_STATIC);
		sqlite3_bind_int(s, 3, (int)entry->state);
		sqlite3_bind_int(s, 4, entry->posted);
		sqlite3_bind_text(s, 5, entry->reason, -1, SQLITE_STATIC);
		sqlite3_bind_int64(s, 6, entry->started_ms);
		sqlite3_bind_int64(s, 7, entry->finished_ms);
		sqlite3_bind_int64(s, 8, entry->not_after_ms);
		sqlite3_bind_blob(s, 9, sealed.at, (int)sealed.size, SQLITE_STATIC);
		r = pl_spool_run(spool, s, err);
	}
	sqlite3_finalize(s);
	pl_bytes_finish(&sealed);
	return r;
}

enum pl_result pl_journal_update(struct pl_spool *spool, const struct pl_journal_entry *entry,
				 struct pl_error *err)
{
	sqlite3_stmt *s = prepare(spool,
				  "UPDATE action SET state = ?2, posted = ?3, reason = ?4,"
				  " started_at = ?5, finished_at = ?6 WHERE id = ?1",
				  entry->id);
	enum pl_result r;

	if (!s)
		return pl_spool_failed(spool, err);
	sqlite3_bind_int(s, 2, (int)entry->state);
	sqlite3_bind_int(s, 3, entry->posted);
	sqlite3_bind_text(s, 4, entry->reason, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 5, entry->started_ms);
	sqlite3_bind_int64(s, 6, entry->finished_ms);
	r = pl_spool_run(spool, s, err);
	sqlite3_finalize(s);
	return r;
}

enum pl_result pl_journal_next(struct pl_spool *spool, int state, const char *after,
			       char ret_id[static PL_MAX_ID], struct pl_error *err)
{
	sqlite3_stmt *s = prepare(spool,
				  "SELECT id FROM action WHERE id > ?1 AND (state = ?2 OR"
				  " (?2 = -1 AND posted <> state + 1)) ORDER BY id LIMIT 1",
				  after);
	enum pl_result r = PL_OK;
	int code;

	if (!s)
		return pl_spool_failed(spool, err);
	sqlite3_bind_int(s, 2, state);
	code = sqlite3_step(s);
	if (code == SQLITE_ROW)
		copy_column(s, 0, ret_id, PL_MAX_ID);
	else
		r = code == SQLITE_DONE ? PL_E_NOT_FOUND : pl_spool_failed(spool, err);
	sqlite3_finalize(s);
	return r;
}

enum pl_result pl_journal_payload(struct pl_spool *spool, const char *id, struct pl_bytes *out,
				  struct pl_error *err)
{
	sqlite3_stmt *s = prepare(spool, "SELECT payload FROM action WHERE id = ?1", id);
	enum pl_result r;

	if (s && sqlite3_step(s) == SQLITE_ROW)
		r = pl_seal_unwrap(spool->seal, pl_span_of(id), sqlite3_column_blob(s, 0),
				   (size_t)sqlite3_column_bytes(s, 0), out);
	else
		r = PL_E_NOT_FOUND;
	sqlite3_finalize(s);
	if (r != PL_OK)
		return pl_error_set(err, r, "the journal's copy of action %s cannot be opened", id);
	return PL_OK;
}

enum pl_result pl_journal_prune(struct pl_spool *spool, int64_t before_ms, struct pl_error *err)
{
	char sql[128];

	snprintf(sql, sizeof(sql),
		 "DELETE FROM action WHERE state >= %d AND not_after < %" PRId64
		 " AND posted = state + 1",
		 PL_ACTION_DONE, before_ms);
	return pl_spool_exec(spool, sql, err);
}

enum pl_result pl_journal_count(struct pl_spool *spool, const char *type, int64_t since_ms,
				int64_t *ret_count, struct pl_error *err)
{
	sqlite3_stmt *s = prepare(
		spool, "SELECT count(*) FROM action WHERE type = ?1 AND started_at > ?2", type);
	enum pl_result r = PL_OK;

	if (s)
		sqlite3_bind_int64(s, 2, since_ms);
	if (s && sqlite3_step(s) == SQLITE_ROW)
		*ret_count = sqlite3_column_int64(s, 0);
	else
		r = pl_spool_failed(spool, err);
	sqlite3_finalize(s);
	return r;
}
