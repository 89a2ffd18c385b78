/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A batch into the store. A record is known by its place (spool, seq) and by its hash: seen with
 * the same hash it is skipped, seen with another the spool is a restored copy.
 */
#include "ingest.h"

#include <stdio.h>
#include <stdlib.h>

#include "platen/clock.h"
#include "platen/log.h"
#include "projector.h"
#include "record.h"

#define MAX_BODIES (6 * 1024 * 1024)

static enum pl_result seal_bodies(struct pl_ingest *in, struct pl_db *db, struct pl_error *err)
{
	struct pl_bytes text;
	enum pl_result r = PL_OK;

	pl_bytes_init(&text, MAX_BODIES);
	for (int i = 0; i < in->batch.count && r == PL_OK; i++) {
		in->sealed_at[i] = in->sealed.size;
		r = pl_record_wrap(in->server->ring, db, in->agent->customer_id,
				   &in->batch.records[i], &text, &in->sealed, err);
	}
	in->sealed_at[in->batch.count] = in->sealed.size;
	pl_bytes_finish(&text);
	return r;
}

enum pl_result pl_ingest_prepare(struct pl_ingest *in, struct pl_db *db, struct pl_span text,
				 struct pl_error *err)
{
	enum pl_result r;

	pl_bytes_init(&in->sealed, MAX_BODIES);
	r = pl_batch_read(text, pl_clock_wall_ms(), &in->batch, err);
	if (r == PL_OK && in->server->discard_reports && in->batch.count > 0)
		in->ack = in->batch.records[in->batch.count - 1].seq;
	if (r != PL_OK || in->server->discard_reports)
		return r;
	in->sealed_at = calloc((size_t)in->batch.count + 1, sizeof *in->sealed_at);
	return in->sealed_at ? seal_bodies(in, db, err)
			     : pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
}

void pl_ingest_finish(struct pl_ingest *in)
{
	pl_batch_finish(&in->batch);
	pl_bytes_finish(&in->sealed);
	free(in->sealed_at);
	in->sealed_at = NULL;
}

/* Makes the batch's spool the agent's, and retires the one before. */
static enum pl_result start_spool(struct pl_ingest *in, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_run(in->db,
		      "UPDATE spools SET retired_at=?2 WHERE agent_no=?1 AND retired_at IS NULL",
		      PL_ARGS(pl_db_int(in->agent->no), pl_db_int(in->batch.received_ms)), err);
	if (r == PL_OK)
		r = pl_db_one(
			in->db, &rows,
			"INSERT INTO spools (customer_id, agent_no, spool_id, last_seq, created_at)"
			" VALUES (?1,?2,?3,0,?4) RETURNING no",
			PL_ARGS(pl_db_text(in->agent->customer_id), pl_db_int(in->agent->no),
				pl_db_text(in->batch.spool_id), pl_db_int(in->batch.received_ms)),
			err);
	if (r != PL_OK)
		return r;
	in->spool_no = pl_db_int_at(rows, 0);
	in->ack = 0;
	pl_db_done(rows);
	return PL_OK;
}

static enum pl_result refuse_spool(struct pl_ingest *in, const char *why, struct pl_error *err)
{
	log_warn(NULL, "a restored or copied PC agent=%s spool=%s reason=\"%s\"", in->agent->id,
		 in->batch.spool_id, why);
	in->new_spool = true;
	return pl_db_run(in->db, "UPDATE agents SET clones=clones+1 WHERE no=?1",
			 PL_ARGS(pl_db_int(in->agent->no)), err);
}

static enum pl_result open_spool(struct pl_ingest *in, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	bool retired;
	enum pl_result r;

	r = pl_db_one(
		in->db, &rows,
		"SELECT no, last_seq, retired_at FROM spools WHERE agent_no=?1 AND spool_id=?2",
		PL_ARGS(pl_db_int(in->agent->no), pl_db_text(in->batch.spool_id)), err);
	if (r == PL_E_NOT_FOUND)
		return start_spool(in, err);
	if (r != PL_OK)
		return r;
	in->spool_no = pl_db_int_at(rows, 0);
	in->ack = pl_db_int_at(rows, 1);
	retired = !pl_db_null_at(rows, 2);
	pl_db_done(rows);
	return retired ? refuse_spool(in, "the agent had left this spool", err) : PL_OK;
}

/* A record at or before what is stored: the same again, or a stranger in its place? */
static enum pl_result check_known(struct pl_ingest *in, const struct pl_record *record,
				  bool *ret_same, struct pl_error *err)
{
	int64_t same = 0;
	enum pl_result r = pl_db_number(in->db, &same,
					"SELECT CASE WHEN hash=?3 THEN 1 ELSE 0 END FROM records "
					"WHERE spool_no=?1 AND seq=?2",
					PL_ARGS(pl_db_int(in->spool_no), pl_db_int(record->seq),
						pl_db_blob(record->hash, sizeof record->hash)),
					err);

	if (r == PL_E_NOT_FOUND)
		r = pl_db_number(in->db, &same,
				 "SELECT count(*) FROM records WHERE agent_no=?1 AND hash=?2",
				 PL_ARGS(pl_db_int(in->agent->no),
					 pl_db_blob(record->hash, sizeof record->hash)),
				 err);
	*ret_same = r == PL_OK && same != 0;
	return r;
}

static enum pl_result insert_record(struct pl_ingest *in, int at, struct pl_error *err)
{
	const struct pl_record *rec = &in->batch.records[at];
	const uint8_t *sealed = in->sealed.at + in->sealed_at[at];
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_one(in->db, &rows,
		      "INSERT INTO records (customer_id, agent_no, spool_no, seq, kind, taken_at, "
		      "happened_at, received_at, boot_id, uptime_ms, hash, part, sealed)"
		      " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)"
		      " ON CONFLICT (agent_no, hash) DO NOTHING RETURNING no",
		      PL_ARGS(pl_db_text(in->agent->customer_id), pl_db_int(in->agent->no),
			      pl_db_int(in->spool_no), pl_db_int(rec->seq), pl_db_text(rec->kind),
			      pl_db_int(rec->taken_ms), pl_db_int(rec->at_ms),
			      pl_db_int(in->batch.received_ms), pl_db_text(rec->boot_id),
			      pl_db_int(rec->uptime_ms), pl_db_blob(rec->hash, sizeof rec->hash),
			      pl_db_int(pl_record_is_part(rec)),
			      pl_db_blob(sealed, in->sealed_at[at + 1] - in->sealed_at[at])),
		      err);
	if (r == PL_E_NOT_FOUND)
		return PL_OK; /* it came under another spool already */
	if (r != PL_OK)
		return r;
	in->last_no = pl_db_int_at(rows, 0);
	pl_db_done(rows);
	return PL_OK;
}

static enum pl_result take_record(struct pl_ingest *in, int at, struct pl_error *err)
{
	const struct pl_record *rec = &in->batch.records[at];
	bool same = false;
	enum pl_result r;

	if (rec->seq <= in->ack) {
		r = check_known(in, rec, &same, err);
		if (r != PL_OK || same)
			return r;
		return refuse_spool(in, "a known number came with another content", err);
	}
	r = insert_record(in, at, err);
	if (r == PL_OK)
		in->ack = rec->seq;
	return r;
}

/* What a batch says of its PC, as a number that changes with it; never 0. */
static uint64_t note_of(const struct pl_ingest *in)
{
	const char *head = in->batch.audit_head ? in->batch.audit_head : "";
	const uint64_t numbers[] = { (uint64_t)in->spool_no, (uint64_t)in->batch.dropped,
				     (uint64_t)in->batch.audit_seq };
	uint64_t h = 1469598103934665603u; /* FNV-1a */

	for (size_t i = 0; i < sizeof numbers; i++)
		h = (h ^ ((const uint8_t *)numbers)[i]) * 1099511628211u;
	for (const char *c = in->batch.boot_id; *c; c++)
		h = (h ^ (uint8_t)*c) * 1099511628211u;
	for (h = (h ^ '\n') * 1099511628211u; *head; head++)
		h = (h ^ (uint8_t)*head) * 1099511628211u;
	return h | 1;
}

/* The agent's row, where it would change. When it was last seen the roster knows. */
static enum pl_result note_agent(struct pl_ingest *in, struct pl_error *err)
{
	uint64_t note = note_of(in);
	enum pl_result r;

	r = pl_db_run(in->db, "UPDATE spools SET last_seq=?2 WHERE no=?1",
		      PL_ARGS(pl_db_int(in->spool_no), pl_db_int(in->ack)), err);
	if (r != PL_OK || in->agent->noted == note)
		return r;
	r = pl_db_run(
		in->db,
		"UPDATE agents SET spool_no=?2, boot_id=?3, dropped=?4,"
		" audit_seq=coalesce(?5, audit_seq), audit_head=coalesce(?6, audit_head)"
		" WHERE no=?1",
		PL_ARGS(pl_db_int(in->agent->no), pl_db_int(in->spool_no),
			pl_db_text(in->batch.boot_id), pl_db_int(in->batch.dropped),
			in->batch.audit_seq >= 0 ? pl_db_int(in->batch.audit_seq) : pl_db_null(),
			pl_db_word(in->batch.audit_head)),
		err);
	if (r == PL_OK)
		in->agent->noted = note; /* until pl_ingest_stored() says otherwise */
	return r;
}

enum pl_result pl_ingest_run(struct pl_ingest *in, struct pl_db *db, struct pl_error *err)
{
	enum pl_result r;

	in->db = db;
	r = open_spool(in, err);
	for (int i = 0; i < in->batch.count && r == PL_OK && !in->new_spool; i++)
		r = take_record(in, i, err);
	if (r == PL_OK && !in->new_spool)
		r = note_agent(in, err);
	return r;
}

void pl_ingest_stored(const struct pl_ingest *in, enum pl_result result)
{
	if (result != PL_OK)
		in->agent->noted = 0;
	else if (in->last_no > 0)
		pl_projector_wake(in->server->projector, in->last_no);
}
