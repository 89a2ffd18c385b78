/* SPDX-License-Identifier: Apache-2.0 */
/* Room in the spool. What goes first when it is full, step by step until a quarter is free:
 *   1. snapshots of one printer and one day become one (the last of a day keeps the counters);
 *   2. health, finished jobs and the like, oldest first;
 *   3. snapshots of one printer, days apart, become one;
 *   4. everything else by rank, oldest first; alerts, then results and audit, go last.
 * What was ever offered to the connector is not coalesced: its hash stands for its content. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "platen/json.h"
#include "platen/log.h"
#include "spool_db.h"

#define DAY_MS	     86400000
#define MAX_PRINTER  32 /* bytes of a blind index */
#define HIGHEST_RANK 4

struct snapshot {
	int64_t seq, day;
	int64_t size; /* of its sealed body */
	bool urgent;
	char hash[64];
	char printer_key[PL_MAX_PRINTER_KEY];
	cJSON *body; /* NULL: there is none */
};

static void snapshot_finish(struct snapshot *s)
{
	cJSON_Delete(s->body);
	s->body = NULL;
}

static enum pl_result snapshot_open(struct pl_spool *spool, sqlite3_stmt *row, struct snapshot *ret)
{
	struct pl_bytes plain;
	struct pl_span body;
	enum pl_result r;

	*ret = (struct snapshot){ .seq = sqlite3_column_int64(row, 0),
				  .day = sqlite3_column_int64(row, 1) / DAY_MS,
				  .size = sqlite3_column_bytes(row, 3),
				  .urgent = sqlite3_column_int(row, 4) != 0 };
	snprintf(ret->hash, sizeof(ret->hash), "%s", (const char *)sqlite3_column_text(row, 2));
	pl_bytes_init(&plain, PL_MAX_RECORD_BODY + PL_MAX_PRINTER_KEY + 1);
	r = pl_spool_unseal(spool, ret->hash, sqlite3_column_blob(row, 3),
			    (size_t)sqlite3_column_bytes(row, 3), &plain);
	body = pl_bytes_span(&plain);
	pl_span_copy(pl_span_take(&body, '\n'), ret->printer_key, sizeof(ret->printer_key));
	if (r == PL_OK)
		r = pl_json_parse(body, &ret->body, NULL);
	pl_bytes_finish(&plain);
	return r;
}

/* The first snapshot of a printer behind `after` that was not offered; PL_E_NOT_FOUND: none. */
static enum pl_result snapshot_next(struct pl_spool *spool, const void *printer, int printer_size,
				    int64_t after, struct snapshot *ret, struct pl_error *err)
{
	static const char NEXT[] =
		"SELECT seq, taken_at, hash, body, urgent FROM record WHERE seq > ?1 AND"
		" kind = 'printer.snapshot' AND printer = ?2 AND offered = 0"
		" ORDER BY seq LIMIT 1";
	sqlite3_stmt *s = NULL;
	enum pl_result r;
	int code;

	if (sqlite3_prepare_v2(spool->db, NEXT, -1, &s, NULL) != SQLITE_OK)
		return pl_spool_failed(spool, err);
	sqlite3_bind_int64(s, 1, after);
	sqlite3_bind_blob(s, 2, printer, printer_size, SQLITE_STATIC);
	code = sqlite3_step(s);
	if (code == SQLITE_ROW)
		r = snapshot_open(spool, s, ret);
	else
		r = code == SQLITE_DONE ? PL_E_NOT_FOUND : pl_spool_failed(spool, err);
	sqlite3_finalize(s);
	return r;
}

/* What the older one told and the newer one does not repeat still holds, unless the newer one tells
 * everything (WIRE.md, "Merging"). */
static void merge(cJSON *older, cJSON *newer)
{
	bool full = false;

	if (pl_json_bool(newer, "full", &full) && full)
		return;
	while (older->child) {
		cJSON *member = cJSON_DetachItemViaPointer(older, older->child);

		if (strcmp(member->string, "full") == 0) {
			cJSON_DeleteItemFromObjectCaseSensitive(newer, "full");
			cJSON_AddItemToObject(newer, "full", member);
		} else if (cJSON_GetObjectItemCaseSensitive(newer, member->string)) {
			cJSON_Delete(member);
		} else {
			cJSON_AddItemToObject(newer, member->string, member);
		}
	}
}

static enum pl_result replace_body(struct pl_spool *spool, struct snapshot *snapshot,
				   struct pl_error *err)
{
	sqlite3_stmt *s = NULL;
	struct pl_bytes text, sealed;
	enum pl_result r;

	pl_bytes_init(&text, PL_MAX_RECORD_BODY);
	pl_bytes_init(&sealed, PL_MAX_RECORD_BODY + 1024);
	r = pl_json_print(snapshot->body, &text);
	if (r == PL_OK)
		r = pl_spool_seal_body(spool, snapshot->hash, snapshot->printer_key,
				       pl_bytes_span(&text), &sealed);
	if (r == PL_OK &&
	    sqlite3_prepare_v2(spool->db, "UPDATE record SET body = ?1 WHERE seq = ?2", -1, &s,
			       NULL) != SQLITE_OK)
		r = pl_spool_failed(spool, err);
	if (r == PL_OK) {
		sqlite3_bind_blob(s, 1, sealed.at, (int)sealed.size, SQLITE_STATIC);
		sqlite3_bind_int64(s, 2, snapshot->seq);
		r = pl_spool_run(spool, s, err);
	}
	if (r == PL_OK) {
		spool->bytes += (int64_t)sealed.size - snapshot->size;
		snapshot->size = (int64_t)sealed.size;
	}
	sqlite3_finalize(s);
	pl_bytes_finish(&sealed);
	pl_bytes_finish(&text);
	return r;
}

static enum pl_result forget(struct pl_spool *spool, const struct snapshot *snapshot,
			     struct pl_error *err)
{
	char sql[64];
	enum pl_result r;

	snprintf(sql, sizeof(sql), "DELETE FROM record WHERE seq = %" PRId64, snapshot->seq);
	r = pl_spool_exec(spool, sql, err);
	if (r == PL_OK) {
		spool->bytes -= snapshot->size;
		spool->records--;
		spool->urgent -= snapshot->urgent;
	}
	return r;
}

static bool has_room(const struct pl_spool *spool)
{
	return spool->bytes <= spool->max_bytes / 4 * 3;
}

/* Coalesces one printer's snapshots from the oldest on. */
static enum pl_result coalesce_printer(struct pl_spool *spool, const void *printer,
				       int printer_size, bool across_days, struct pl_error *err)
{
	struct snapshot last = { 0 }, now = { 0 };
	enum pl_result r = PL_OK;

	while (!has_room(spool)) {
		r = snapshot_next(spool, printer, printer_size, last.seq, &now, err);
		if (r == PL_E_UNTRUSTED || r == PL_E_PROTOCOL) { /* peek will report it */
			snapshot_finish(&last);
			last = (struct snapshot){ .seq = now.seq };
			continue;
		}
		if (r != PL_OK)
			break;
		if (last.body && (across_days || last.day == now.day)) {
			merge(last.body, now.body);
			r = replace_body(spool, &now, err);
			if (r == PL_OK)
				r = forget(spool, &last, err);
		}
		snapshot_finish(&last);
		last = now;
		now.body = NULL;
		if (r != PL_OK)
			break;
	}
	snapshot_finish(&last);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

/* The printer behind `last` in the order of their indexes; false: none. */
static bool next_printer(struct pl_spool *spool, uint8_t printer[static MAX_PRINTER], int *size)
{
	static const char NEXT[] = "SELECT MIN(printer) FROM record WHERE printer > ?1 AND"
				   " kind = 'printer.snapshot'";
	sqlite3_stmt *s = NULL;
	bool found = false;

	if (sqlite3_prepare_v2(spool->db, NEXT, -1, &s, NULL) != SQLITE_OK)
		return false;
	sqlite3_bind_blob(s, 1, printer, *size, SQLITE_TRANSIENT);
	if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_type(s, 0) == SQLITE_BLOB &&
	    sqlite3_column_bytes(s, 0) <= MAX_PRINTER) {
		*size = sqlite3_column_bytes(s, 0);
		memcpy(printer, sqlite3_column_blob(s, 0), (size_t)*size);
		found = true;
	}
	sqlite3_finalize(s);
	return found;
}

static enum pl_result coalesce(struct pl_spool *spool, bool across_days, struct pl_error *err)
{
	uint8_t printer[MAX_PRINTER] = { 0 };
	enum pl_result r = PL_OK;
	int size = 0;

	while (r == PL_OK && !has_room(spool) && next_printer(spool, printer, &size))
		r = coalesce_printer(spool, printer, size, across_days, err);
	return r;
}

/* Counts what is lost and keeps the number of the last record, which may be among it. */
static enum pl_result account(struct pl_spool *spool, int lost, struct pl_error *err)
{
	enum pl_result r;

	if (lost == 0)
		return PL_OK;
	r = pl_spool_meta_set_int(spool, "dropped", spool->dropped + lost, err);
	if (r == PL_OK)
		r = pl_spool_meta_set_int(spool, "last_seq", spool->last_seq, err);
	return r == PL_OK ? pl_spool_recount(spool, err) : r;
}

/* Deletes the oldest records of a rank, a part of the spool at a time, until there is room. */
static enum pl_result shed(struct pl_spool *spool, int rank, struct pl_error *err)
{
	char sql[160];
	enum pl_result r = PL_OK;
	int lost = 1;

	while (r == PL_OK && lost > 0 && !has_room(spool)) {
		snprintf(sql, sizeof(sql),
			 "DELETE FROM record WHERE seq IN (SELECT seq FROM record WHERE rank = %d"
			 " ORDER BY seq LIMIT %" PRId64 ")",
			 rank, spool->records / 64 + 1);
		r = pl_spool_exec(spool, sql, err);
		lost = sqlite3_changes(spool->db);
		if (r == PL_OK)
			r = account(spool, lost, err);
	}
	return r;
}

enum pl_result pl_spool_age(struct pl_spool *spool, struct pl_error *err)
{
	char sql[96];
	enum pl_result r;

	snprintf(sql, sizeof(sql), "DELETE FROM record WHERE lived_ms < %" PRId64,
		 pl_spool_lived_ms(spool) - spool->max_age_ms);
	r = pl_spool_exec(spool, sql, err);
	return r == PL_OK ? account(spool, sqlite3_changes(spool->db), err) : r;
}

enum pl_result pl_spool_make_room(struct pl_spool *spool, struct pl_error *err)
{
	int64_t before = spool->dropped;
	enum pl_result r;

	r = pl_spool_age(spool, err);
	if (r == PL_OK)
		r = coalesce(spool, false, err);
	if (r == PL_OK)
		r = shed(spool, 0, err);
	if (r == PL_OK)
		r = coalesce(spool, true, err);
	for (int rank = 1; r == PL_OK && rank <= HIGHEST_RANK; rank++)
		r = shed(spool, rank, err);
	if (r == PL_OK && spool->dropped > before)
		log_warn(NULL,
			 "the spool is full: records were given up lost=%" PRId64
			 " in_all=%" PRId64,
			 spool->dropped - before, spool->dropped);
	return r;
}
