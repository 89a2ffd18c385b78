/* SPDX-License-Identifier: Apache-2.0 */
/* A record on its way in: named by its hash, sealed, stored. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "os/os.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/hash.h"
#include "platen/json.h"
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

enum pl_result pl_spool_unseal(struct pl_spool *spool, const char *hash, const void *sealed,
			       size_t n, struct pl_bytes *out)
{
	return pl_seal_unwrap(spool->seal, pl_span_of(hash), sealed, n, out);
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
