/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_SPOOL_DB_H
#define PL_AGENT_SPOOL_DB_H

/*
 * Spool database: the inside of the spool, shared by the files that keep something in it: records
 * (spool.c), their bounds (spool_room.c), what was sent (sent.c), the journal of actions
 * (action_journal.c). Whoever reaches in here holds the lock.
 *
 * Threads: with the lock held. Memory: the spool's.
 */

#include <pthread.h>
#include <sqlite3.h>

#include "platen/file.h"
#include "spool.h"

enum pl_spool_statement {
	PL_SQL_BEGIN,
	PL_SQL_COMMIT,
	PL_SQL_ROLLBACK,
	PL_SQL_META_GET,
	PL_SQL_META_SET,
	PL_SQL_ADD,
	PL_SQL_PEEK,
	PL_SQL_OFFER,
	PL_SQL_ACK,
	PL_SQL_TOTALS,
	PL_SQL_COUNT
};

struct pl_spool {
	pthread_mutex_t lock;
	pthread_cond_t news;
	bool fresh; /* an urgent record or a nudge since the last wait */
	bool fresh_uncommitted;

	sqlite3 *db;
	sqlite3_stmt *statements[PL_SQL_COUNT];
	const struct pl_seal *seal;
	int64_t max_bytes, max_age_ms;
	char path[PL_MAX_PATH];

	char spool_id[PL_UUID_TEXT], boot_id[PL_UUID_TEXT];
	int64_t last_seq, records, bytes, urgent, dropped, oldest_ms;
	int64_t lived_ms, lived_since_ms; /* see pl_spool_lived_ms() */
	int64_t aged_ms;		  /* when pl_spool_age() last ran, on that scale */
	struct pl_sent_state *sent;
};

static inline void pl_spool_lock(struct pl_spool *spool)
{
	pthread_mutex_lock(&spool->lock);
}

static inline void pl_spool_unlock(struct pl_spool *spool)
{
	pthread_mutex_unlock(&spool->lock);
}

/* The statement, made when first wanted, reset and unbound; NULL when that fails. */
sqlite3_stmt *pl_spool_sql(struct pl_spool *spool, enum pl_spool_statement which);

/* Runs SQL that has no parameters and gives no rows. */
enum pl_result pl_spool_exec(struct pl_spool *spool, const char *sql, struct pl_error *err);

/* Steps a statement that gives no rows, and resets it. */
enum pl_result pl_spool_run(struct pl_spool *spool, sqlite3_stmt *statement, struct pl_error *err);

/* What the database's last failure means. */
enum pl_result pl_spool_failed(struct pl_spool *spool, struct pl_error *err);

/* A transaction: everything between becomes true together. pl_spool_end() commits after PL_OK,
 * else rolls back, and returns what counts. They do not nest. */
enum pl_result pl_spool_begin(struct pl_spool *spool, struct pl_error *err);
enum pl_result pl_spool_end(struct pl_spool *spool, enum pl_result so_far, struct pl_error *err);

enum pl_result pl_spool_meta_set(struct pl_spool *spool, const char *name, const char *value,
				 struct pl_error *err);
bool pl_spool_meta_get(struct pl_spool *spool, const char *name, char *ret_value, size_t cap);

enum pl_result pl_spool_meta_set_int(struct pl_spool *spool, const char *name, int64_t value,
				     struct pl_error *err);
int64_t pl_spool_meta_get_int(struct pl_spool *spool, const char *name); /* 0: none */

/* pl_spool_add() within a transaction of the caller's. */
enum pl_result pl_spool_add_locked(struct pl_spool *spool, const char *kind,
				   const char *printer_key, const struct cJSON *body,
				   struct pl_error *err);

/* Counts records, bytes and urgent ones anew from the table. */
enum pl_result pl_spool_recount(struct pl_spool *spool, struct pl_error *err);

/* How long this spool has been open in all, in milliseconds. Ages are measured in it, so that a
 * wall clock that jumps makes nothing old. */
int64_t pl_spool_lived_ms(const struct pl_spool *spool);

/* Seals "printer_key LF body" under the record's hash, and opens it again. */
enum pl_result pl_spool_seal_body(struct pl_spool *spool, const char *hash, const char *printer_key,
				  struct pl_span body, struct pl_bytes *out);
enum pl_result pl_spool_unseal(struct pl_spool *spool, const char *hash, const void *sealed,
			       size_t n, struct pl_bytes *out);

/* Opens `path`, putting a damaged file aside; and closes what was opened. */
enum pl_result pl_spool_open_db(struct pl_spool *spool, struct pl_error *err);
void pl_spool_close_db(struct pl_spool *spool);

/* Gives up what is older than max_age_ms. */
enum pl_result pl_spool_age(struct pl_spool *spool, struct pl_error *err);

/* Makes room when the spool is over its bounds; see spool_room.c. */
enum pl_result pl_spool_make_room(struct pl_spool *spool, struct pl_error *err);

#endif
