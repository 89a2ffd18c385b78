/* SPDX-License-Identifier: Apache-2.0 */
/* Records on their way out: shown to the uplink in order, deleted when the connector has them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"
#include "spool_db.h"

/* A JSON string, or null for the empty one. */
static enum pl_result add_string(struct pl_bytes *out, struct pl_span text)
{
	char copy[PL_MAX_PRINTER_KEY];
	cJSON *string;
	enum pl_result r;

	if (text.size == 0)
		return pl_bytes_add_text(out, "null");
	pl_span_copy(text, copy, sizeof(copy));
	string = cJSON_CreateString(copy);
	if (!string)
		return PL_E_NO_MEMORY;
	r = pl_json_print(string, out);
	cJSON_Delete(string);
	return r;
}

/* Adds the row's record to `out`. PL_E_UNTRUSTED: its body was changed on the disk. */
static enum pl_result show(struct pl_spool *spool, sqlite3_stmt *row, struct pl_bytes *out)
{
	const char *hash = (const char *)sqlite3_column_text(row, 5);
	char taken[PL_MAX_TIME_TEXT];
	struct pl_bytes plain;
	struct pl_span body, key;
	enum pl_result r;

	pl_bytes_init(&plain, PL_MAX_RECORD_BODY + PL_MAX_PRINTER_KEY + 1);
	r = pl_spool_unseal(spool, hash, sqlite3_column_blob(row, 6),
			    (size_t)sqlite3_column_bytes(row, 6), &plain);
	body = pl_bytes_span(&plain);
	key = pl_span_take(&body, '\n');
	pl_clock_text(sqlite3_column_int64(row, 4), taken);
	if (r == PL_OK)
		r = pl_bytes_add_format(out, "{\"seq\":%" PRId64 ",\"kind\":",
					(int64_t)sqlite3_column_int64(row, 0));
	if (r == PL_OK)
		r = add_string(out, pl_span_of((const char *)sqlite3_column_text(row, 1)));
	if (r == PL_OK)
		r = pl_bytes_add_format(out,
					",\"boot_id\":\"%s\",\"uptime_ms\":%" PRId64
					",\"taken_at\":\"%s\",\"hash\":\"%s\",\"printer_key\":",
					(const char *)sqlite3_column_text(row, 2),
					(int64_t)sqlite3_column_int64(row, 3), taken, hash);
	if (r == PL_OK)
		r = add_string(out, key);
	if (r == PL_OK)
		r = pl_bytes_add_format(out, ",\"body\":%.*s}", (int)body.size, body.at);
	pl_bytes_finish(&plain);
	return r;
}

/* Collects records until one of the bounds; *ret_bad is a record that cannot be opened, 0 none. */
static enum pl_result collect(struct pl_spool *spool, int max_records, struct pl_bytes *out,
			      int *ret_count, int64_t *ret_last_seq, int64_t *ret_bad,
			      struct pl_error *err)
{
	sqlite3_stmt *s = pl_spool_sql(spool, PL_SQL_PEEK);
	enum pl_result r = PL_OK;
	int code = SQLITE_DONE;

	*ret_count = 0;
	*ret_bad = 0;
	if (!s)
		return pl_spool_failed(spool, err);
	sqlite3_bind_int(s, 1, max_records);
	r = pl_bytes_add_text(out, "[");
	while (r == PL_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
		size_t before = out->size;

		if (*ret_count > 0)
			r = pl_bytes_add_text(out, ",");
		if (r == PL_OK)
			r = show(spool, s, out);
		if (r != PL_OK || (out->size > PL_MAX_BATCH_BYTES && *ret_count > 0)) {
			pl_bytes_cut(out, before);
			if (r == PL_E_UNTRUSTED)
				*ret_bad = sqlite3_column_int64(s, 0);
			if (r == PL_E_UNTRUSTED || (r == PL_E_TOO_BIG && *ret_count > 0))
				r = PL_OK;
			break;
		}
		*ret_last_seq = sqlite3_column_int64(s, 0);
		++*ret_count;
	}
	if (r == PL_OK && *ret_count == 0 && *ret_bad == 0 && code != SQLITE_DONE)
		r = pl_spool_failed(spool, err);
	sqlite3_reset(s);
	return r == PL_OK ? pl_bytes_add_text(out, "]") : r;
}

static enum pl_result delete_one(struct pl_spool *spool, int64_t seq, struct pl_error *err)
{
	char sql[96];
	enum pl_result r;

	snprintf(sql, sizeof(sql), "DELETE FROM record WHERE seq = %" PRId64, seq);
	r = pl_spool_begin(spool, err);
	if (r != PL_OK)
		return r;
	r = pl_spool_exec(spool, sql, err);
	if (r == PL_OK)
		r = pl_spool_meta_set_int(spool, "dropped", spool->dropped + 1, err);
	if (r == PL_OK)
		r = pl_spool_meta_set_int(spool, "last_seq", spool->last_seq, err);
	r = pl_spool_end(spool, r, err);
	return r == PL_OK ? pl_spool_recount(spool, err) : r;
}

static enum pl_result offer(struct pl_spool *spool, int64_t last_seq, struct pl_error *err)
{
	sqlite3_stmt *s = pl_spool_sql(spool, PL_SQL_OFFER);

	if (!s)
		return pl_spool_failed(spool, err);
	sqlite3_bind_int64(s, 1, last_seq);
	return pl_spool_run(spool, s, err);
}

enum pl_result pl_spool_peek(struct pl_spool *spool, int max_records, struct pl_bytes *out,
			     int *ret_count, int64_t *ret_last_seq, struct pl_error *err)
{
	size_t before = out->size;
	int count = 0;
	int64_t last_seq = 0, bad = 0;
	enum pl_result r;

	pl_spool_lock(spool);
	do {
		pl_bytes_cut(out, before);
		r = collect(spool, max_records, out, &count, &last_seq, &bad, err);
		if (r == PL_OK && bad != 0 && count == 0) {
			log_error(NULL,
				  "a record of the spool was changed on the disk seq=%" PRId64
				  " and is left out",
				  bad);
			r = delete_one(spool, bad, err);
		}
	} while (r == PL_OK && bad != 0 && count == 0);
	if (r == PL_OK && count > 0)
		r = offer(spool, last_seq, err);
	pl_spool_unlock(spool);
	if (r != PL_OK)
		return r;
	*ret_count = count;
	*ret_last_seq = last_seq;
	return PL_OK;
}

enum pl_result pl_spool_ack(struct pl_spool *spool, int64_t seq, struct pl_error *err)
{
	sqlite3_stmt *s;
	enum pl_result r;

	pl_spool_lock(spool);
	r = pl_spool_begin(spool, err);
	if (r == PL_OK) {
		s = pl_spool_sql(spool, PL_SQL_ACK);
		sqlite3_bind_int64(s, 1, seq);
		r = pl_spool_run(spool, s, err);
		/* A seq is never used twice, also when every record is gone. */
		if (r == PL_OK)
			r = pl_spool_meta_set_int(spool, "last_seq", spool->last_seq, err);
		if (r == PL_OK)
			r = pl_spool_meta_set_int(spool, "lived_ms", pl_spool_lived_ms(spool), err);
		r = pl_spool_end(spool, r, err);
	}
	if (r == PL_OK)
		r = pl_spool_recount(spool, err);
	pl_spool_unlock(spool);
	return r;
}

enum pl_result pl_spool_drop(struct pl_spool *spool, int64_t seq, struct pl_error *err)
{
	enum pl_result r;

	pl_spool_lock(spool);
	r = delete_one(spool, seq, err);
	pl_spool_unlock(spool);
	return r;
}

/* Each record moves down to the lowest number that is free; in rising order none is in the way. */
static enum pl_result renumber(struct pl_spool *spool, struct pl_error *err)
{
	static const char NEXT[] = "UPDATE record SET seq = ?1 WHERE seq ="
				   " (SELECT MIN(seq) FROM record WHERE seq >= ?1)";
	sqlite3_stmt *s = NULL;
	enum pl_result r = PL_OK;

	if (sqlite3_prepare_v2(spool->db, NEXT, -1, &s, NULL) != SQLITE_OK)
		return pl_spool_failed(spool, err);
	for (int64_t seq = 1; r == PL_OK && seq <= spool->records; seq++) {
		sqlite3_bind_int64(s, 1, seq);
		r = pl_spool_run(spool, s, err);
	}
	sqlite3_finalize(s);
	return r;
}

enum pl_result pl_spool_renew(struct pl_spool *spool, struct pl_error *err)
{
	char id[PL_UUID_TEXT];
	enum pl_result r;

	pl_random_uuid(id);
	pl_spool_lock(spool);
	r = pl_spool_begin(spool, err);
	if (r == PL_OK) {
		r = renumber(spool, err);
		if (r == PL_OK)
			r = pl_spool_meta_set(spool, "spool_id", id, err);
		if (r == PL_OK)
			r = pl_spool_meta_set_int(spool, "last_seq", spool->records, err);
		if (r == PL_OK)
			r = pl_spool_meta_set_int(spool, "dropped", 0, err);
		r = pl_spool_end(spool, r, err);
	}
	if (r == PL_OK) {
		memcpy(spool->spool_id, id, sizeof(id));
		r = pl_spool_recount(spool, err);
	}
	pl_spool_unlock(spool);
	return r;
}
