/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns of the projector. One turn applies what fits into TURN_MS and is one transaction. When a
 * record cannot be applied, the turn is rolled back and done again carefully, with a savepoint
 * around each record: the one that cannot be applied is told of and stays a record, and holds
 * nobody up.
 */
#include "projector.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "platen/clock.h"
#include "platen/log.h"
#include "project.h"
#include "record.h"

#define TURN_MS	     40
#define TURN_RECORDS 1000
#define LOOK_EVERY   16
#define GAP_RECORDS  128    /* even if a report waits: what is opened is worth some work */
#define FARTHEST     100000 /* records behind, where every commit of reports waits for a turn */
#define FAR_BEHIND   1000   /* records behind, from which on no reader waits for it */

struct pl_projector {
	struct pl_projection now;
	pthread_mutex_t mutex;
	pthread_cond_t moved;
	int64_t stored, applied; /* records.no, under the mutex */
	int64_t turn_applied;	 /* of the turn that runs */
	bool turn_ended;	 /* it left nothing */
	bool careful;		 /* the last turn failed */
};

/* A record read back, and what it points to. */
struct stored_record {
	struct pl_record record;
	int64_t no, agent_no, spool_no;
	char kind[65], boot_id[65], customer_id[PL_MAX_ID], key[PL_MAX_KEY];
	cJSON *body;
};

/* The first record behind `no`. PL_E_NOT_FOUND: there is none. What it holds is freed with
 * cJSON_Delete(s->body), which is NULL where it cannot be opened. */
static enum pl_result read_next(struct pl_projector *p, int64_t no, struct stored_record *s,
				struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_error why = { 0 };
	enum pl_result r;

	memset(s, 0, sizeof *s);
	r = pl_db_one(p->now.db, &rows,
		      "SELECT no, agent_no, customer_id, kind, boot_id, seq, taken_at,"
		      " coalesce(happened_at, taken_at), uptime_ms, sealed, spool_no FROM records"
		      " WHERE no > ?1 ORDER BY no LIMIT 1",
		      PL_ARGS(pl_db_int(no)), err);
	if (r != PL_OK)
		return r;
	s->no = pl_db_int_at(rows, 0);
	s->agent_no = pl_db_int_at(rows, 1);
	pl_db_copy_at(rows, 2, s->customer_id, sizeof s->customer_id);
	pl_db_copy_at(rows, 3, s->kind, sizeof s->kind);
	pl_db_copy_at(rows, 4, s->boot_id, sizeof s->boot_id);
	s->record.kind = s->kind;
	s->record.boot_id = s->boot_id;
	s->record.seq = pl_db_int_at(rows, 5);
	s->record.taken_ms = pl_db_int_at(rows, 6);
	s->record.at_ms = pl_db_int_at(rows, 7);
	s->record.uptime_ms = pl_db_int_at(rows, 8);
	r = pl_record_unwrap(p->now.server->ring, p->now.db, s->customer_id, pl_db_blob_at(rows, 9),
			     s->key, &s->body, &why);
	s->record.body = s->body;
	s->record.printer_key = *s->key ? s->key : NULL;
	s->spool_no = pl_db_int_at(rows, 10);
	pl_db_done(rows);
	if (r == PL_E_NO_MEMORY || r == PL_E_FULL || r == PL_E_BUSY) {
		*err = why;
		return r;
	}
	if (r != PL_OK && r != PL_E_GONE)
		log_error(NULL, "a record cannot be read no=%lld reason=\"%s\"", (long long)s->no,
			  why.text);
	return PL_OK;
}

static enum pl_result apply(struct pl_projector *p, const struct stored_record *s,
			    struct pl_error *err)
{
	int64_t device_no = 0;
	enum pl_result r;

	p->now.agent = pl_roster_find_no(p->now.server->roster, s->agent_no);
	p->now.spool_no = s->spool_no;
	if (!p->now.agent)
		return PL_OK; /* erased since */
	r = pl_project(&p->now, &s->record, &device_no, err);
	if (r == PL_OK && device_no > 0)
		r = pl_db_run(p->now.db, "UPDATE records SET device_no=?2 WHERE no=?1",
			      PL_ARGS(pl_db_int(s->no), pl_db_int(device_no)), err);
	return r;
}

/* True for failures of the store, not of the record: they will pass. */
static bool is_passing(enum pl_result r)
{
	return r == PL_E_FULL || r == PL_E_NO_MEMORY || r == PL_E_BUSY;
}

/* The same in a savepoint, with the desk written back before it ends. */
static enum pl_result apply_carefully(struct pl_projector *p, const struct stored_record *s,
				      struct pl_error *err)
{
	struct pl_db *db = p->now.db;
	struct pl_error why = { 0 };
	enum pl_result applied, r = pl_db_run(db, "SAVEPOINT projection", PL_NO_ARGS, err);

	if (r != PL_OK)
		return r;
	applied = apply(p, s, &why);
	if (applied == PL_OK)
		applied = pl_project_settle(&p->now, &why);
	if (is_passing(applied)) {
		*err = why;
		return applied;
	}
	if (applied != PL_OK) {
		log_error(NULL,
			  "a record was kept but not applied agent=%s kind=%s seq=%lld "
			  "reason=\"%s\"",
			  p->now.agent->id, s->kind, (long long)s->record.seq, why.text);
		pl_desk_clear(&p->now.desk);
		r = pl_db_run(db, "ROLLBACK TO SAVEPOINT projection", PL_NO_ARGS, err);
	}
	return r == PL_OK ? pl_db_run(db, "RELEASE SAVEPOINT projection", PL_NO_ARGS, err) : r;
}

/* Has a turn gone on for long enough? */
static bool is_over(const struct pl_projector *p, int n, int64_t by_ms, bool in_gap)
{
	if (n == TURN_RECORDS)
		return true;
	return n > 0 && n % LOOK_EVERY == 0 &&
	       (pl_clock_left_ms(by_ms) == 0 ||
		(in_gap && n >= GAP_RECORDS && pl_store_is_awaited(p->now.server->store)));
}

static enum pl_result run_turn(struct pl_db *db, void *arg, bool in_gap, bool *ret_more,
			       struct pl_error *err)
{
	struct pl_projector *p = arg;
	int64_t by_ms = pl_clock_in_ms(TURN_MS), first = 0, no;
	int n = 0;
	enum pl_result r =
		pl_db_number(db, &first, "SELECT up_to FROM projection", PL_NO_ARGS, err);

	no = first;
	p->now.db = db;
	p->now.news_count = 0;
	while (r == PL_OK && !is_over(p, n, by_ms, in_gap)) {
		struct stored_record s;

		r = read_next(p, no, &s, err);
		if (r == PL_OK && s.body)
			r = p->careful ? apply_carefully(p, &s, err) : apply(p, &s, err);
		if (r == PL_OK)
			no = s.no;
		cJSON_Delete(s.body);
		n++;
	}
	*ret_more = r == PL_OK;
	if (r == PL_E_NOT_FOUND)
		r = PL_OK;
	if (r == PL_OK)
		r = pl_project_settle(&p->now, err);
	if (r == PL_OK && no > first)
		r = pl_db_change(db, "UPDATE projection SET up_to=?1", PL_ARGS(pl_db_int(no)), err);
	p->turn_applied = no;
	p->turn_ended = !*ret_more;
	return r;
}

static void turn_done(void *arg, enum pl_result result, const struct pl_error *err)
{
	struct pl_projector *p = arg;

	pl_desk_clear(&p->now.desk);
	if (result != PL_OK && (p->careful || is_passing(result)))
		log_error(NULL, "records cannot be applied now error=%s reason=\"%s\"",
			  pl_result_name(result), err->text);
	p->careful = result != PL_OK;
	if (result != PL_OK)
		return;
	pthread_mutex_lock(&p->mutex);
	p->applied = p->turn_applied;
	if (p->turn_ended || p->stored < p->applied)
		p->stored = p->applied;
	pthread_cond_broadcast(&p->moved);
	pthread_mutex_unlock(&p->mutex);
	pl_project_tell(&p->now);
}

static int pressure(void *arg)
{
	return (int)(pl_projector_waiting(arg) * 100 / FARTHEST);
}

enum pl_result pl_projector_open(struct pl_server *server, struct pl_db *db,
				 struct pl_projector **ret_projector, struct pl_error *err)
{
	struct pl_projector *p = calloc(1, sizeof *p);
	const struct pl_store_chore chore = {
		.run = run_turn, .done = turn_done, .pressure = pressure, .arg = p
	};
	enum pl_result r;

	if (!p)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	r = pl_db_number(db, &p->stored, "SELECT coalesce(max(no), 0) FROM records", PL_NO_ARGS,
			 err);
	if (r == PL_OK)
		r = pl_db_number(db, &p->applied, "SELECT up_to FROM projection", PL_NO_ARGS, err);
	if (r != PL_OK) {
		free(p);
		return r;
	}
	p->now.server = server;
	pthread_mutex_init(&p->mutex, NULL);
	pl_clock_cond_init(&p->moved);
	pl_store_set_chore(server->store, &chore);
	if (p->stored > p->applied) {
		log_info(NULL, "records that were stored before the start are applied count=%lld",
			 (long long)(p->stored - p->applied));
		pl_store_nudge(server->store, true);
	}
	*ret_projector = p;
	return PL_OK;
}

void pl_projector_close(struct pl_projector *p)
{
	if (!p)
		return;
	pl_desk_clear(&p->now.desk);
	free(p->now.news);
	pthread_cond_destroy(&p->moved);
	pthread_mutex_destroy(&p->mutex);
	free(p);
}

void pl_projector_wake(struct pl_projector *p, int64_t record_no)
{
	pthread_mutex_lock(&p->mutex);
	if (p->stored < record_no)
		p->stored = record_no;
	pthread_mutex_unlock(&p->mutex);
	pl_store_nudge(p->now.server->store, false);
}

bool pl_projector_settle(struct pl_projector *p, int64_t by_ms)
{
	bool settled = true, behind;
	int64_t wanted;

	pthread_mutex_lock(&p->mutex);
	wanted = p->stored;
	behind = p->applied < wanted;
	pthread_mutex_unlock(&p->mutex);
	if (behind) /* not with the mutex held: the store asks for our pressure with its own */
		pl_store_nudge(p->now.server->store, true);
	pthread_mutex_lock(&p->mutex);
	while (p->applied < wanted && settled)
		settled = wanted - p->applied < FAR_BEHIND &&
			  pl_clock_wait(&p->moved, &p->mutex, by_ms);
	pthread_mutex_unlock(&p->mutex);
	return settled;
}

int64_t pl_projector_waiting(struct pl_projector *p)
{
	int64_t waiting;

	pthread_mutex_lock(&p->mutex);
	waiting = p->stored - p->applied;
	pthread_mutex_unlock(&p->mutex);
	return waiting;
}

enum pl_result pl_projector_removed(struct pl_db *db, struct pl_error *err)
{
	return pl_db_run(db,
			 "UPDATE projection SET up_to=(SELECT coalesce(max(no), 0) FROM records)"
			 " WHERE up_to > (SELECT coalesce(max(no), 0) FROM records)",
			 PL_NO_ARGS, err);
}
