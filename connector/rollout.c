/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Roll-outs in the store: made, paused, resumed, cancelled.
 */
#include "rollout.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action_store.h"
#include "platen/clock.h"
#include "platen/random.h"

/* A printer that may be part of it. */
struct member {
	int64_t device_no;
	uint8_t lot[PL_HASH_SIZE]; /* its place in the order */
};

static int by_lot(const void *a, const void *b)
{
	return memcmp(((const struct member *)a)->lot, ((const struct member *)b)->lot,
		      PL_HASH_SIZE);
}

static void draw_lot(const struct pl_rollout *ro, int64_t device_no, struct member *m)
{
	char text[PL_MAX_ID + 24];
	int n = snprintf(text, sizeof text, "%s %lld", ro->id, (long long)device_no);

	m->device_no = device_no;
	pl_sha256(text, (size_t)n, m->lot);
}

static enum pl_result find_members(struct pl_db *db, const struct pl_rollout *ro,
				   struct member *members, size_t *ret_count, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	*ret_count = 0;
	r = pl_db_query(db, &rows,
			"SELECT no, coalesce(make,''), coalesce(model,'') FROM devices WHERE"
			" customer_id=?1 AND (?2='' OR site_id=?2) AND merged_into IS NULL"
			" AND model IS NOT NULL AND coalesce(firmware,'') <> ?3",
			PL_ARGS(pl_db_text(ro->customer_id), pl_db_text(ro->site_id),
				pl_db_text(ro->package.version)),
			err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK)
		if (*ret_count < PL_MAX_ROLLOUT_DEVICES &&
		    pl_package_fits(&ro->package, pl_db_text_at(rows, 1), pl_db_text_at(rows, 2)))
			draw_lot(ro, pl_db_int_at(rows, 0), &members[(*ret_count)++]);
	pl_db_done(rows);
	if (r != PL_E_NOT_FOUND)
		return r;
	if (*ret_count == 0)
		return pl_error_set(err, PL_E_REFUSED,
				    "No printer here is of a model of this package without having "
				    "its version already");
	return PL_OK;
}

/* The ring of the i-th of n printers: each ring has at least its share of them. */
static int ring_of(const struct pl_rollout *ro, size_t i, size_t n)
{
	int ring = 0;

	while (ring < ro->ring_count - 1 && (i + 1) * 100 > n * (size_t)ro->rings[ring] &&
	       !(ring == 0 && i == 0))
		ring++;
	return ring;
}

static enum pl_result insert(struct pl_db *db, const struct pl_rollout *ro, int64_t *ret_no,
			     struct pl_error *err)
{
	cJSON *list = cJSON_CreateIntArray(ro->rings, ro->ring_count);
	char *rings = cJSON_PrintUnformatted(list);
	bool any_time = ro->window_from < 0;
	enum pl_result r;

	cJSON_Delete(list);
	r = rings ? pl_db_number(
			    db, ret_no,
			    "INSERT INTO rollouts (id, customer_id, site_id, name, sha256, "
			    "package_name, version, forced, rings, ring, stop_percent, window_from,"
			    " window_to, time_zone, state, created_by, created_at) VALUES"
			    " (?1,?2,?3,?4,?5,?6,?7,?8,?9,0,?10,?11,?12,?13,'running',?14,?15)"
			    " RETURNING no",
			    PL_ARGS(pl_db_text(ro->id), pl_db_text(ro->customer_id),
				    pl_db_word(ro->site_id), pl_db_text(ro->name),
				    pl_db_text(ro->package.sha256), pl_db_text(ro->package.name),
				    pl_db_text(ro->package.version), pl_db_int(ro->force),
				    pl_db_text(rings), pl_db_int(ro->stop_percent),
				    any_time ? pl_db_null() : pl_db_int(ro->window_from),
				    any_time ? pl_db_null() : pl_db_int(ro->window_to),
				    pl_db_word(ro->time_zone), pl_db_text(ro->created_by),
				    pl_db_int(ro->now_ms)),
			    err)
		  : pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	cJSON_free(rings);
	return r;
}

enum pl_result pl_rollout_create(struct pl_db *db, struct pl_rollout *ro, struct pl_error *err)
{
	struct member *members = calloc(PL_MAX_ROLLOUT_DEVICES, sizeof *members);
	int64_t no = 0;
	size_t count = 0;
	enum pl_result r;

	if (!members)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pl_random_uuid(ro->id);
	r = find_members(db, ro, members, &count, err);
	if (r == PL_OK)
		r = insert(db, ro, &no, err);
	qsort(members, count, sizeof *members, by_lot);
	for (size_t i = 0; i < count && r == PL_OK; i++)
		r = pl_db_run(db,
			      "INSERT INTO rollout_printers (rollout_no, device_no, customer_id, "
			      "ring, state) VALUES (?1,?2,?3,?4,'waiting')",
			      PL_ARGS(pl_db_int(no), pl_db_int(members[i].device_no),
				      pl_db_text(ro->customer_id),
				      pl_db_int(ring_of(ro, i, count))),
			      err);
	free(members);
	ro->device_count = (int64_t)count;
	return r;
}

/* What its printers have not begun is withdrawn; what is being written goes on. */
static enum pl_result withdraw(struct pl_db *db, int64_t no, struct pl_error *err)
{
	const int64_t now = pl_clock_wall_ms();
	enum pl_result r;

	r = pl_db_run(db,
		      "UPDATE rollout_printers SET state='cancelled' WHERE rollout_no=?1 AND "
		      "state='waiting'",
		      PL_ARGS(pl_db_int(no)), err);
	if (r == PL_OK)
		r = pl_db_run(db,
			      "UPDATE actions SET state='cancelled', ended_at=?2, message='The "
			      "roll-out was cancelled' WHERE state='queued' AND id IN (SELECT "
			      "action_id FROM rollout_printers WHERE rollout_no=?1)",
			      PL_ARGS(pl_db_int(no), pl_db_int(now)), err);
	if (r == PL_OK)
		r = pl_db_run(db,
			      "UPDATE actions SET cancel_at=coalesce(cancel_at, ?2) WHERE "
			      "state='delivered' AND id IN (SELECT action_id FROM rollout_printers "
			      "WHERE rollout_no=?1)",
			      PL_ARGS(pl_db_int(no), pl_db_int(now)), err);
	return r;
}

enum pl_result pl_rollout_do(struct pl_db *db, const char *id, enum pl_rollout_verb verb,
			     struct pl_error *err)
{
	static const struct {
		const char *from, *to, *refused;
	} VERBS[] = {
		[PL_ROLLOUT_PAUSE] = { "running", "paused",
				       "Only a running roll-out can be paused" },
		[PL_ROLLOUT_RESUME] = { "paused stopped", "running",
					"Only one that is paused or stopped can be resumed" },
		[PL_ROLLOUT_CANCEL] = { "running paused stopped", "cancelled",
					"It has ended already" },
	};
	struct pl_db_rows *rows = NULL;
	char state[16];
	int64_t no;
	enum pl_result r;

	r = pl_db_one(db, &rows, "SELECT no, state FROM rollouts WHERE id=?1",
		      PL_ARGS(pl_db_text(id)), err);
	if (r != PL_OK)
		return r;
	no = pl_db_int_at(rows, 0);
	pl_db_copy_at(rows, 1, state, sizeof state);
	pl_db_done(rows);
	if (!strstr(VERBS[verb].from, state))
		return pl_error_set(err, PL_E_REFUSED, "%s", VERBS[verb].refused);
	r = pl_db_run(
		db, "UPDATE rollouts SET state=?2, reason=NULL, ended_at=?3 WHERE no=?1",
		PL_ARGS(pl_db_int(no), pl_db_text(VERBS[verb].to),
			verb == PL_ROLLOUT_CANCEL ? pl_db_int(pl_clock_wall_ms()) : pl_db_null()),
		err);
	/* Whoever resumes has looked at the failures so far: they do not stop it again. */
	if (r == PL_OK && verb == PL_ROLLOUT_RESUME)
		r = pl_db_run(db,
			      "UPDATE rollout_printers SET state='passed_over' WHERE rollout_no=?1 "
			      "AND state='failed'",
			      PL_ARGS(pl_db_int(no)), err);
	return r == PL_OK && verb == PL_ROLLOUT_CANCEL ? withdraw(db, no, err) : r;
}
