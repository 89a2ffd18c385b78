/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A batch into the store. A record is known by its place (spool, seq) and by its hash: seen with
 * the same hash it is skipped, seen with another the spool is a restored copy.
 */
#include "ingest.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"
#include "project.h"

#define MAX_BODIES (6 * 1024 * 1024)

static enum pl_result seal_bodies(struct pl_ingest *in, struct pl_db *db, struct pl_error *err)
{
	struct pl_bytes text;
	enum pl_result r = PL_OK;

	pl_bytes_init(&text, MAX_BODIES);
	for (int i = 0; i < in->batch.count && r == PL_OK; i++) {
		in->sealed_at[i] = in->sealed.size;
		pl_bytes_clear(&text);
		r = pl_json_print(in->batch.records[i].body, &text);
		if (r != PL_OK)
			r = pl_error_set(err, r, "a record's body could not be kept");
		else
			r = pl_keyring_wrap(in->server->ring, db, in->agent->customer_id, "record",
					    text.at, text.size, &in->sealed, err);
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
	if (r != PL_OK)
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

static enum pl_result insert_record(struct pl_ingest *in, int at, bool *ret_is_new, int64_t *ret_no,
				    struct pl_error *err)
{
	const struct pl_record *rec = &in->batch.records[at];
	const uint8_t *sealed = in->sealed.at + in->sealed_at[at];
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_one(
		in->db, &rows,
		"INSERT INTO records (customer_id, agent_no, spool_no, seq, kind, taken_at, "
		"received_at,"
		" boot_id, uptime_ms, hash, sealed) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)"
		" ON CONFLICT (agent_no, hash) DO NOTHING RETURNING no",
		PL_ARGS(pl_db_text(in->agent->customer_id), pl_db_int(in->agent->no),
			pl_db_int(in->spool_no), pl_db_int(rec->seq), pl_db_text(rec->kind),
			pl_db_int(rec->taken_ms), pl_db_int(in->batch.received_ms),
			pl_db_text(rec->boot_id), pl_db_int(rec->uptime_ms),
			pl_db_blob(rec->hash, sizeof rec->hash),
			pl_db_blob(sealed, in->sealed_at[at + 1] - in->sealed_at[at])),
		err);
	*ret_is_new = r == PL_OK;
	if (r == PL_E_NOT_FOUND)
		return PL_OK; /* it came under another spool already */
	if (r != PL_OK)
		return r;
	*ret_no = pl_db_int_at(rows, 0);
	pl_db_done(rows);
	return PL_OK;
}

/* True for failures of the store, not of the record: they will pass, and the PC sends again. */
static bool is_passing(enum pl_result r)
{
	return r == PL_E_FULL || r == PL_E_NO_MEMORY || r == PL_E_BUSY;
}

/* What a record means is applied in a savepoint of its own. A record that cannot be applied is kept
 * all the same: refused, it would be sent again for ever, and everything behind it would wait. */
static enum pl_result project(struct pl_ingest *in, const struct pl_record *rec,
			      int64_t *ret_device_no, struct pl_error *err)
{
	struct pl_error why = { 0 };
	enum pl_result applied, r = pl_db_run(in->db, "SAVEPOINT projection", PL_NO_ARGS, err);

	if (r != PL_OK)
		return r;
	applied = pl_project(in, rec, ret_device_no, &why);
	if (is_passing(applied)) {
		*err = why;
		return applied; /* the whole batch is rolled back */
	}
	if (applied != PL_OK) {
		log_error(
			NULL,
			"a record was kept but not applied agent=%s kind=%s seq=%lld reason=\"%s\"",
			in->agent->id, rec->kind, (long long)rec->seq, why.text);
		*ret_device_no = 0;
		r = pl_db_run(in->db, "ROLLBACK TO SAVEPOINT projection", PL_NO_ARGS, err);
	}
	return r == PL_OK ? pl_db_run(in->db, "RELEASE SAVEPOINT projection", PL_NO_ARGS, err) : r;
}

static enum pl_result take_record(struct pl_ingest *in, int at, struct pl_error *err)
{
	const struct pl_record *rec = &in->batch.records[at];
	int64_t device_no = 0, no = 0;
	bool is_new = false, same = false;
	enum pl_result r;

	if (rec->seq <= in->ack) {
		r = check_known(in, rec, &same, err);
		if (r != PL_OK || same)
			return r;
		return refuse_spool(in, "a known number came with another content", err);
	}
	r = insert_record(in, at, &is_new, &no, err);
	if (r == PL_OK && is_new)
		r = project(in, rec, &device_no, err);
	if (r == PL_OK && device_no > 0)
		r = pl_db_run(in->db, "UPDATE records SET device_no=?2 WHERE no=?1",
			      PL_ARGS(pl_db_int(no), pl_db_int(device_no)), err);
	if (r == PL_OK)
		in->ack = rec->seq;
	return r;
}

static enum pl_result note_agent(struct pl_ingest *in, struct pl_error *err)
{
	enum pl_result r;

	r = pl_db_run(in->db, "UPDATE spools SET last_seq=?2 WHERE no=?1",
		      PL_ARGS(pl_db_int(in->spool_no), pl_db_int(in->ack)), err);
	if (r == PL_OK)
		r = pl_db_run(
			in->db,
			"UPDATE agents SET last_seen_at=?2, spool_no=?3, boot_id=?4, dropped=?5,"
			" audit_seq=coalesce(?6, audit_seq), audit_head=coalesce(?7, audit_head)"
			" WHERE no=?1",
			PL_ARGS(pl_db_int(in->agent->no), pl_db_int(in->batch.received_ms),
				pl_db_int(in->spool_no), pl_db_text(in->batch.boot_id),
				pl_db_int(in->batch.dropped),
				in->batch.audit_seq >= 0 ? pl_db_int(in->batch.audit_seq)
							 : pl_db_null(),
				pl_db_word(in->batch.audit_head)),
			err);
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

void pl_ingest_note(struct pl_ingest *in, const char *type, const char *id, const char *printer_id,
		    const char *site_id, const char *state)
{
	struct pl_news *n;

	for (int i = 0; i < in->news_count; i++)
		if (!strcmp(in->news[i].type, type) && !strcmp(in->news[i].id, id)) {
			snprintf(in->news[i].state, sizeof in->news[i].state, "%s",
				 state ? state : "");
			return;
		}
	if (in->news_count == PL_MAX_NEWS)
		return;
	n = &in->news[in->news_count++];
	n->type = type;
	snprintf(n->id, sizeof n->id, "%s", id);
	snprintf(n->printer_id, sizeof n->printer_id, "%s", printer_id ? printer_id : "");
	snprintf(n->site_id, sizeof n->site_id, "%s", site_id ? site_id : "");
	snprintf(n->state, sizeof n->state, "%s", state ? state : "");
}

void pl_ingest_tell(const struct pl_ingest *in)
{
	for (int i = 0; i < in->news_count; i++) {
		const struct pl_news *n = &in->news[i];

		pl_events_post(in->server->events, in->agent->customer_id, n->site_id, n->type,
			       n->id, *n->printer_id ? n->printer_id : NULL, in->agent->id,
			       *n->state ? n->state : NULL);
	}
}
