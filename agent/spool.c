/* SPDX-License-Identifier: Apache-2.0 */
/* Records: appended, shown to the uplink in order, deleted when the connector has them. */
#include "spool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "os/os.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/hash.h"
#include "platen/json.h"
#include "platen/log.h"
#include "sent_state.h"
#include "spool_db.h"

#define HASH_DIGITS  32 /* the first 16 bytes of a SHA-256 */
#define PRINTER_SIZE 16 /* bytes of the blind index of a printer's key */
#define AGE_EVERY_MS 3600000

/* What a kind is worth when room is short (the highest rank goes last), and whether it should leave
 * at once. */
static const struct {
	const char *kind;
	int rank;
	bool urgent;
} KINDS[] = {
	{ "agent.health", 0, false },
	{ "agent.hello", 0, true },
	{ "job.finished", 0, false },
	{ "config.drift", 0, false },
	{ "printer.snapshot", 1, false }, /* urgent where it tells a state or everything */
	{ "printer.attached", 2, true },
	{ "printer.detached", 2, true },
	{ "printer.moved", 2, true },
	{ "alert.opened", 3, true },
	{ "alert.closed", 3, true },
	{ "supply.replaced", 3, true },
	{ "counter.reset", 3, true },
	{ "action.result", 4, true },
	{ "audit", 4, false },
};
#define RANK_OF_OTHERS 2

static void weigh(const char *kind, const struct cJSON *body, int *ret_rank, bool *ret_urgent)
{
	bool full = false;

	*ret_rank = RANK_OF_OTHERS;
	*ret_urgent = false;
	for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
		if (strcmp(KINDS[i].kind, kind) == 0) {
			*ret_rank = KINDS[i].rank;
			*ret_urgent = KINDS[i].urgent;
		}
	if (strcmp(kind, "printer.snapshot") == 0)
		*ret_urgent = pl_json_at(body, "state") != NULL ||
			      (pl_json_bool(body, "full", &full) && full);
}

enum pl_result pl_spool_open(const struct pl_spool_options *options, struct pl_spool **ret_spool,
			     struct pl_error *err)
{
	struct pl_spool *s = calloc(1, sizeof(*s));
	enum pl_result r;

	if (!s)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pthread_mutex_init(&s->lock, NULL);
	pl_clock_cond_init(&s->news);
	s->seal = options->seal;
	s->max_bytes = options->max_bytes;
	s->max_age_ms = options->max_age_ms;
	snprintf(s->path, sizeof(s->path), "%s", options->path);
	pl_os_boot_id(s->boot_id);
	r = pl_spool_open_db(s, err);
	if (r == PL_OK)
		r = pl_sent_state_create(&s->sent, err);
	if (r != PL_OK) {
		pl_spool_close(s);
		return r;
	}
	s->fresh = s->urgent > 0;
	*ret_spool = s;
	return PL_OK;
}

void pl_spool_close(struct pl_spool *spool)
{
	if (!spool)
		return;
	pl_spool_close_db(spool);
	pl_sent_state_destroy(spool->sent);
	pthread_cond_destroy(&spool->news);
	pthread_mutex_destroy(&spool->lock);
	free(spool);
}

/* --- adding --- */

struct draft {
	int64_t seq, uptime_ms, taken_ms;
	const char *kind, *printer_key;
	int rank;
	bool urgent;
	char hash[HASH_DIGITS + 1];
	struct pl_bytes body;	/* JSON */
	struct pl_bytes sealed; /* "printer_key LF body" */
};

static void draft_finish(struct draft *d)
{
	pl_bytes_finish(&d->body);
	pl_bytes_finish(&d->sealed);
}

/* WIRE.md section 4: computed once, kept for life. */
static void draft_hash(const struct pl_spool *spool, struct draft *d)
{
	char taken[PL_MAX_TIME_TEXT], head[256];
	uint8_t digest[PL_HASH_SIZE];
	struct pl_hash h;
	int n;

	pl_clock_text(d->taken_ms, taken);
	n = snprintf(head, sizeof(head), "%s\n%" PRId64 "\n%s\n%s\n%" PRId64 "\n%s\n",
		     spool->spool_id, d->seq, d->kind, spool->boot_id, d->uptime_ms, taken);
	pl_hash_init(&h);
	pl_hash_add(&h, head, (size_t)n);
	pl_hash_add(&h, d->body.at, d->body.size);
	pl_hash_end(&h, digest);
	pl_hex_write(digest, HASH_DIGITS / 2, d->hash);
}

enum pl_result pl_spool_seal_body(struct pl_spool *spool, const char *hash, const char *printer_key,
				  struct pl_span body, struct pl_bytes *out)
{
	struct pl_bytes plain;
	enum pl_result r;

	pl_bytes_init(&plain, PL_MAX_RECORD_BODY + PL_MAX_PRINTER_KEY + 1);
	r = pl_bytes_add_text(&plain, printer_key ? printer_key : "");
	if (r == PL_OK)
		r = pl_bytes_add_text(&plain, "\n");
	if (r == PL_OK)
		r = pl_bytes_add(&plain, body.at, body.size);
	if (r == PL_OK)
		r = pl_seal_wrap(spool->seal, pl_span_of(hash), plain.at, plain.size, out);
	pl_bytes_finish(&plain);
	return r;
}

static enum pl_result draft_make(struct pl_spool *spool, const char *kind, const char *printer_key,
				 const struct cJSON *body, struct draft *d, struct pl_error *err)
{
	enum pl_result r;

	*d = (struct draft){ .seq = spool->last_seq + 1,
			     .uptime_ms = pl_os_uptime_ms(),
			     .taken_ms = pl_clock_wall_ms(),
			     .kind = kind,
			     .printer_key = printer_key };
	pl_bytes_init(&d->body, PL_MAX_RECORD_BODY);
	pl_bytes_init(&d->sealed, PL_MAX_RECORD_BODY + 1024);
	weigh(kind, body, &d->rank, &d->urgent);
	r = pl_json_print(body, &d->body);
	if (r == PL_OK) {
		draft_hash(spool, d);
		r = pl_spool_seal_body(spool, d->hash, printer_key, pl_bytes_span(&d->body),
				       &d->sealed);
	}
	if (r == PL_OK)
		return PL_OK;
	draft_finish(d);
	return pl_error_set(err, r, "a %s record of over %d bytes cannot be kept", kind,
			    PL_MAX_RECORD_BODY);
}

static enum pl_result draft_store(struct pl_spool *spool, const struct draft *d,
				  struct pl_error *err)
{
	sqlite3_stmt *s = pl_spool_sql(spool, PL_SQL_ADD);
	uint8_t printer[PL_HASH_SIZE];

	if (!s)
		return pl_spool_failed(spool, err);
	sqlite3_bind_int64(s, 1, d->seq);
	sqlite3_bind_text(s, 2, d->kind, -1, SQLITE_STATIC);
	if (d->printer_key) {
		pl_seal_blind(spool->seal, pl_span_of(d->printer_key), printer);
		sqlite3_bind_blob(s, 3, printer, PRINTER_SIZE, SQLITE_STATIC);
	}
	sqlite3_bind_text(s, 4, spool->boot_id, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 5, d->uptime_ms);
	sqlite3_bind_int64(s, 6, d->taken_ms);
	sqlite3_bind_text(s, 7, d->hash, -1, SQLITE_STATIC);
	sqlite3_bind_int(s, 8, d->rank);
	sqlite3_bind_int(s, 9, d->urgent);
	sqlite3_bind_int64(s, 10, pl_spool_lived_ms(spool));
	sqlite3_bind_blob(s, 11, d->sealed.at, (int)d->sealed.size, SQLITE_STATIC);
	return pl_spool_run(spool, s, err);
}

static enum pl_result keep_bounds(struct pl_spool *spool, int64_t size, struct pl_error *err)
{
	if (spool->bytes + size > spool->max_bytes)
		return pl_spool_make_room(spool, err);
	if (pl_spool_lived_ms(spool) - spool->aged_ms < AGE_EVERY_MS)
		return PL_OK;
	spool->aged_ms = pl_spool_lived_ms(spool);
	return pl_spool_age(spool, err);
}

enum pl_result pl_spool_add_locked(struct pl_spool *spool, const char *kind,
				   const char *printer_key, const struct cJSON *body,
				   struct pl_error *err)
{
	struct draft d;
	enum pl_result r;

	if (strlen(kind) >= PL_MAX_KIND ||
	    (printer_key && strlen(printer_key) >= PL_MAX_PRINTER_KEY))
		return pl_error_set(err, PL_E_INVALID, "a record's kind or printer is too long");
	r = draft_make(spool, kind, printer_key, body, &d, err);
	if (r != PL_OK)
		return r;
	r = keep_bounds(spool, (int64_t)d.sealed.size, err);
	if (r == PL_OK)
		r = draft_store(spool, &d, err);
	if (r == PL_OK) {
		spool->last_seq = d.seq;
		spool->records++;
		spool->bytes += (int64_t)d.sealed.size;
		spool->urgent += d.urgent;
		spool->oldest_ms = spool->records == 1 ? d.taken_ms : spool->oldest_ms;
		spool->fresh_uncommitted |= d.urgent;
	}
	draft_finish(&d);
	return r;
}

static enum pl_result add_once(struct pl_spool *spool, const char *kind, const char *printer_key,
			       const struct cJSON *body, struct pl_error *err)
{
	enum pl_result r = pl_spool_begin(spool, err);

	if (r == PL_OK) {
		r = pl_spool_add_locked(spool, kind, printer_key, body, err);
		r = pl_spool_end(spool, r, err);
	}
	return r;
}

enum pl_result pl_spool_add(struct pl_spool *spool, const char *kind, const char *printer_key,
			    const struct cJSON *body, struct pl_error *err)
{
	enum pl_result r;

	pl_spool_lock(spool);
	r = add_once(spool, kind, printer_key, body, err);
	if (r == PL_E_FULL) {
		/* After a checkpoint the log begins anew in the space that it has already. */
		sqlite3_wal_checkpoint_v2(spool->db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
		r = add_once(spool, kind, printer_key, body, err);
	}
	pl_spool_unlock(spool);
	return r;
}

/* --- looking --- */

void pl_spool_state(struct pl_spool *spool, struct pl_spool_state *ret_state)
{
	pl_spool_lock(spool);
	*ret_state = (struct pl_spool_state){ .records = spool->records,
					      .bytes = spool->bytes,
					      .dropped = spool->dropped,
					      .last_seq = spool->last_seq,
					      .urgent = spool->urgent,
					      .oldest_ms = spool->oldest_ms };
	memcpy(ret_state->spool_id, spool->spool_id, sizeof(ret_state->spool_id));
	pl_spool_unlock(spool);
}

bool pl_spool_wait(struct pl_spool *spool, int64_t by_ms)
{
	bool came;

	pl_spool_lock(spool);
	while (!spool->fresh && pl_clock_wait(&spool->news, &spool->lock, by_ms))
		;
	came = spool->fresh;
	spool->fresh = false;
	pl_spool_unlock(spool);
	return came;
}

void pl_spool_nudge(struct pl_spool *spool)
{
	pl_spool_lock(spool);
	spool->fresh = true;
	pthread_cond_broadcast(&spool->news);
	pl_spool_unlock(spool);
}

/* --- leaving --- */

enum pl_result pl_spool_unseal(struct pl_spool *spool, const char *hash, const void *sealed,
			       size_t n, struct pl_bytes *out)
{
	return pl_seal_unwrap(spool->seal, pl_span_of(hash), sealed, n, out);
}

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
