/* SPDX-License-Identifier: Apache-2.0 */
/* What left this PC: a bounded table of messages, a few counters for calls without a body, and the
 * trace file for those who want every byte. */
#include "sent.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platen/clock.h"
#include "platen/log.h"
#include "sent_state.h"
#include "spool_db.h"

#define MAX_MESSAGES 500
#define MAX_BYTES    (4 * 1024 * 1024)
#define MAX_MESSAGE  (2 * 1024 * 1024)
#define MAX_COUNTED  8 /* paths of calls without a body */

struct pl_sent_state {
	struct pl_sent_entry counted[MAX_COUNTED];
	struct pl_append_file *trace;
	char trace_path[PL_MAX_PATH];
	int64_t trace_size, trace_max;
};

enum pl_result pl_sent_state_create(struct pl_sent_state **ret_state, struct pl_error *err)
{
	struct pl_sent_state *s = calloc(1, sizeof(*s));

	if (!s)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	*ret_state = s;
	return PL_OK;
}

void pl_sent_state_destroy(struct pl_sent_state *state)
{
	if (!state)
		return;
	pl_append_close(state->trace);
	free(state);
}

/* --- the trace file --- */

enum pl_result pl_sent_trace(struct pl_spool *spool, const char *path, int64_t max_bytes,
			     struct pl_error *err)
{
	struct pl_sent_state *s = spool->sent;
	enum pl_result r = PL_OK;

	pl_spool_lock(spool);
	pl_append_close(s->trace);
	s->trace = NULL;
	if (path) {
		snprintf(s->trace_path, sizeof(s->trace_path), "%s", path);
		s->trace_max = max_bytes;
		r = pl_append_open(path, PL_FILE_SECRET, &s->trace, &s->trace_size, err);
	}
	pl_spool_unlock(spool);
	return r;
}

bool pl_sent_is_traced(struct pl_spool *spool)
{
	bool traced;

	pl_spool_lock(spool);
	traced = spool->sent->trace != NULL;
	pl_spool_unlock(spool);
	return traced;
}

/* The full file becomes ".1". */
static enum pl_result rotate(struct pl_sent_state *s)
{
	char old[PL_MAX_PATH + 8];
	enum pl_result r;

	snprintf(old, sizeof(old), "%s.1", s->trace_path);
	pl_append_close(s->trace);
	s->trace = NULL;
	r = pl_file_rename(s->trace_path, old, NULL);
	return r == PL_OK ? pl_append_open(s->trace_path, PL_FILE_SECRET, &s->trace, &s->trace_size,
					   NULL)
			  : r;
}

void pl_sent_trace_bytes(struct pl_spool *spool, const void *data, size_t n)
{
	struct pl_sent_state *s = spool->sent;
	enum pl_result r = PL_OK;

	pl_spool_lock(spool);
	if (s->trace && s->trace_size > 0 && s->trace_size + (int64_t)n > s->trace_max)
		r = rotate(s);
	if (s->trace && r == PL_OK)
		r = pl_append_add(s->trace, data, n, NULL);
	if (s->trace && r == PL_OK)
		s->trace_size += (int64_t)n;
	pl_spool_unlock(spool);
	if (r != PL_OK)
		log_warn(NULL, "the trace of what is sent cannot be written why=%s",
			 pl_result_name(r));
}

/* --- messages --- */

static void place_of(int64_t at_ms, char ret_place[static 32])
{
	snprintf(ret_place, 32, "sent/%" PRId64, at_ms);
}

static enum pl_result insert(struct pl_spool *spool, const char *method, const char *target,
			     const void *body, size_t size, int64_t *ret_id, struct pl_error *err)
{
	static const char ADD[] = "INSERT INTO sent(at, method, target, status, size, body)"
				  " VALUES(?1, ?2, ?3, 0, ?4, ?5)";
	int64_t now = pl_clock_wall_ms();
	struct pl_bytes sealed;
	sqlite3_stmt *s = NULL;
	char place[32];
	enum pl_result r;

	pl_bytes_init(&sealed, MAX_MESSAGE + PL_SEAL_OVERHEAD);
	place_of(now, place);
	r = pl_seal_wrap(spool->seal, pl_span_of(place), body, size, &sealed);
	if (r == PL_OK && sqlite3_prepare_v2(spool->db, ADD, -1, &s, NULL) != SQLITE_OK)
		r = pl_spool_failed(spool, err);
	if (r == PL_OK) {
		sqlite3_bind_int64(s, 1, now);
		sqlite3_bind_text(s, 2, method, -1, SQLITE_STATIC);
		sqlite3_bind_text(s, 3, target, -1, SQLITE_STATIC);
		sqlite3_bind_int64(s, 4, (int64_t)size);
		sqlite3_bind_blob(s, 5, sealed.at, (int)sealed.size, SQLITE_STATIC);
		r = pl_spool_run(spool, s, err);
		*ret_id = sqlite3_last_insert_rowid(spool->db);
	}
	sqlite3_finalize(s);
	pl_bytes_finish(&sealed);
	return r;
}

/* Keeps the newest messages within both bounds; the one just noted always stays. */
static enum pl_result trim(struct pl_spool *spool, int64_t id, struct pl_error *err)
{
	char sql[320];

	snprintf(sql, sizeof(sql),
		 "DELETE FROM sent WHERE id <= %" PRId64 " - %d OR id < (SELECT MIN(id) FROM"
		 " (SELECT id, SUM(size) OVER (ORDER BY id DESC) AS sum FROM sent)"
		 " WHERE sum <= %d OR id = %" PRId64 ")",
		 id, MAX_MESSAGES, MAX_BYTES, id);
	return pl_spool_exec(spool, sql, err);
}

enum pl_result pl_sent_note(struct pl_spool *spool, const char *method, const char *target,
			    const void *body, size_t size, int64_t *ret_id, struct pl_error *err)
{
	int64_t id = 0;
	enum pl_result r;

	pl_spool_lock(spool);
	r = pl_spool_begin(spool, err);
	if (r == PL_OK) {
		r = insert(spool, method, target, body, size, &id, err);
		if (r == PL_OK)
			r = trim(spool, id, err);
		r = pl_spool_end(spool, r, err);
	}
	pl_spool_unlock(spool);
	if (r == PL_OK)
		*ret_id = id;
	return r;
}

void pl_sent_answered(struct pl_spool *spool, int64_t id, int status)
{
	char sql[96];

	snprintf(sql, sizeof(sql), "UPDATE sent SET status = %d WHERE id = %" PRId64, status, id);
	pl_spool_lock(spool);
	(void)pl_spool_exec(spool, sql, NULL);
	pl_spool_unlock(spool);
}

/* The counter of a path, or the one that was used least lately. */
static struct pl_sent_entry *counter_of(struct pl_sent_state *s, const char *method,
					const char *target)
{
	struct pl_sent_entry *oldest = &s->counted[0];

	for (int i = 0; i < MAX_COUNTED; i++) {
		struct pl_sent_entry *e = &s->counted[i];

		if (strcmp(e->method, method) == 0 && strcmp(e->target, target) == 0)
			return e;
		if (e->at_ms < oldest->at_ms)
			oldest = e;
	}
	*oldest = (struct pl_sent_entry){ 0 };
	snprintf(oldest->method, sizeof(oldest->method), "%s", method);
	snprintf(oldest->target, sizeof(oldest->target), "%s", target);
	return oldest;
}

void pl_sent_count(struct pl_spool *spool, const char *method, const char *target, int status)
{
	struct pl_sent_entry *e;

	pl_spool_lock(spool);
	e = counter_of(spool->sent, method, target);
	e->at_ms = pl_clock_wall_ms();
	e->status = status;
	e->count++;
	pl_spool_unlock(spool);
}

/* --- for the person --- */

static int newest_first(const void *a, const void *b)
{
	const struct pl_sent_entry *x = a, *y = b;

	if (x->at_ms != y->at_ms)
		return x->at_ms < y->at_ms ? 1 : -1;
	return x->id < y->id ? 1 : x->id > y->id ? -1 : 0;
}

static size_t list_counted(const struct pl_sent_state *s, struct pl_sent_entry *entries, size_t cap)
{
	size_t n = 0;

	for (int i = 0; i < MAX_COUNTED && n < cap; i++)
		if (s->counted[i].count > 0)
			entries[n++] = s->counted[i];
	return n;
}

static enum pl_result list_messages(struct pl_spool *spool, struct pl_sent_entry *entries,
				    size_t cap, size_t *n, struct pl_error *err)
{
	static const char LIST[] = "SELECT id, at, method, target, status, size FROM sent"
				   " ORDER BY id DESC LIMIT ?1";
	sqlite3_stmt *s = NULL;
	enum pl_result r = PL_OK;
	int code = SQLITE_DONE;

	if (sqlite3_prepare_v2(spool->db, LIST, -1, &s, NULL) != SQLITE_OK)
		return pl_spool_failed(spool, err);
	sqlite3_bind_int64(s, 1, (int64_t)(cap - *n));
	while ((code = sqlite3_step(s)) == SQLITE_ROW) {
		struct pl_sent_entry *e = &entries[(*n)++];

		*e = (struct pl_sent_entry){ .id = sqlite3_column_int64(s, 0),
					     .at_ms = sqlite3_column_int64(s, 1),
					     .status = sqlite3_column_int(s, 4),
					     .size = sqlite3_column_int64(s, 5),
					     .count = 1 };
		snprintf(e->method, sizeof(e->method), "%s",
			 (const char *)sqlite3_column_text(s, 2));
		snprintf(e->target, sizeof(e->target), "%s",
			 (const char *)sqlite3_column_text(s, 3));
	}
	if (code != SQLITE_DONE)
		r = pl_spool_failed(spool, err);
	sqlite3_finalize(s);
	return r;
}

enum pl_result pl_sent_list(struct pl_spool *spool, struct pl_sent_entry *ret_entries, size_t cap,
			    size_t *ret_count, struct pl_error *err)
{
	enum pl_result r;
	size_t n;

	pl_spool_lock(spool);
	n = list_counted(spool->sent, ret_entries, cap);
	r = list_messages(spool, ret_entries, cap, &n, err);
	pl_spool_unlock(spool);
	if (r != PL_OK)
		return r;
	qsort(ret_entries, n, sizeof(ret_entries[0]), newest_first);
	*ret_count = n;
	return PL_OK;
}

enum pl_result pl_sent_body(struct pl_spool *spool, int64_t id, struct pl_bytes *out,
			    struct pl_error *err)
{
	sqlite3_stmt *s = NULL;
	char place[32];
	enum pl_result r;

	pl_spool_lock(spool);
	if (sqlite3_prepare_v2(spool->db, "SELECT at, body FROM sent WHERE id = ?1", -1, &s,
			       NULL) != SQLITE_OK) {
		r = pl_spool_failed(spool, err);
	} else {
		sqlite3_bind_int64(s, 1, id);
		if (sqlite3_step(s) != SQLITE_ROW) {
			r = pl_error_set(err, PL_E_NOT_FOUND,
					 "message %" PRId64 " is not kept (any more)", id);
		} else {
			place_of(sqlite3_column_int64(s, 0), place);
			r = pl_seal_unwrap(spool->seal, pl_span_of(place),
					   sqlite3_column_blob(s, 1),
					   (size_t)sqlite3_column_bytes(s, 1), out);
			if (r != PL_OK)
				r = pl_error_set(err, r, "message %" PRId64 " cannot be opened",
						 id);
		}
	}
	sqlite3_finalize(s);
	pl_spool_unlock(spool);
	return r;
}
