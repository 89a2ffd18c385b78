/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enrolment, renewal and revocation, as rows.
 */
#include "agent_store.h"

#include <string.h>

#include "platen/clock.h"
#include "platen/random.h"

static enum pl_result refuse(struct pl_enrolment *e, const char *why, struct pl_error *err,
			     const char *sentence)
{
	e->refusal = why;
	return pl_error_set(err, PL_E_DENIED, "%s", sentence);
}

enum pl_result pl_enrolment_find(struct pl_db *db, struct pl_enrolment *e, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_one(
		db, &rows,
		"SELECT no, id, site_id FROM agents WHERE customer_id=?1 AND key_fingerprint=?2"
		" AND enrolled_by=?3 AND state='active'",
		PL_ARGS(pl_db_text(e->customer_id), pl_db_text(e->fingerprint),
			pl_db_text(e->token_id)),
		err);
	if (r != PL_OK)
		return r;
	e->agent_no = pl_db_int_at(rows, 0);
	pl_db_copy_at(rows, 1, e->agent_id, sizeof e->agent_id);
	pl_db_copy_at(rows, 2, e->site_id, sizeof e->site_id);
	pl_db_done(rows);
	return PL_OK;
}

enum pl_result pl_enrolment_look(struct pl_db *db, struct pl_enrolment *e, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	bool revoked, used_up, expired, active;
	enum pl_result r;

	r = pl_db_one(db, &rows,
		      "SELECT t.id, t.customer_id, t.site_id, t.revoked_at, t.expires_at, t.used, "
		      "t.uses, c.active"
		      " FROM enrolment_tokens t JOIN customers c ON c.id=t.customer_id WHERE "
		      "t.secret_hash=?1",
		      PL_ARGS(pl_db_blob(e->secret_hash, sizeof e->secret_hash)), err);
	if (r == PL_E_NOT_FOUND)
		return refuse(e, "token_wrong", err, "This enrolment token is not known here");
	if (r != PL_OK)
		return r;
	pl_db_copy_at(rows, 0, e->token_id, sizeof e->token_id);
	pl_db_copy_at(rows, 1, e->customer_id, sizeof e->customer_id);
	pl_db_copy_at(rows, 2, e->site_id, sizeof e->site_id);
	revoked = !pl_db_null_at(rows, 3);
	expired = pl_db_int_at(rows, 4) <= pl_clock_wall_ms();
	used_up = pl_db_int_at(rows, 5) >= pl_db_int_at(rows, 6);
	active = pl_db_int_at(rows, 7) != 0;
	pl_db_done(rows);
	if (revoked || !active)
		return refuse(e, "token_revoked", err,
			      "This enrolment token was revoked; ask for a new one");
	if (expired)
		return refuse(e, "token_expired", err,
			      "This enrolment token has expired; create a new one in the console");
	r = pl_enrolment_find(db, e, err);
	if (r != PL_E_NOT_FOUND)
		return r;
	if (used_up)
		return refuse(
			e, "token_used_up", err,
			"This enrolment token has no uses left; create a new one in the console");
	if (!*e->agent_id)
		pl_random_uuid(e->agent_id);
	return PL_OK;
}

static enum pl_result add_certificate(struct pl_db *db, const char *customer_id, int64_t agent_no,
				      const struct pl_certificate *c, struct pl_error *err)
{
	enum pl_result r;

	r = pl_db_run(
		db,
		"INSERT INTO certificates (serial, customer_id, agent_no, not_before, not_after)"
		" VALUES (?1,?2,?3,?4,?5)",
		PL_ARGS(pl_db_text(c->serial), pl_db_text(customer_id), pl_db_int(agent_no),
			pl_db_int(c->not_before_ms), pl_db_int(c->not_after_ms)),
		err);
	if (r == PL_OK)
		r = pl_db_change(
			db,
			"UPDATE agents SET key_fingerprint=?2, certificate_until=?3 WHERE no=?1",
			PL_ARGS(pl_db_int(agent_no), pl_db_text(c->fingerprint),
				pl_db_int(c->not_after_ms)),
			err);
	return r;
}

static enum pl_result add_agent(struct pl_db *db, struct pl_enrolment *e, struct pl_error *err)
{
	const struct pl_host *h = &e->host;
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_one(db, &rows,
		      "INSERT INTO agents (id, customer_id, site_id, state, hostname, os, "
		      "os_version,"
		      " architecture, version, machine_id, enrolled_at, enrolled_by, "
		      "last_seen_at,"
		      " key_fingerprint, certificate_until)"
		      " VALUES (?1,?2,?3,'active',?4,?5,?6,?7,?8,?9,?10,?11,?10,?12,?13) "
		      "RETURNING no",
		      PL_ARGS(pl_db_text(e->agent_id), pl_db_text(e->customer_id),
			      pl_db_text(e->site_id), pl_db_word(h->hostname), pl_db_word(h->os),
			      pl_db_word(h->os_version), pl_db_word(h->architecture),
			      pl_db_word(h->agent_version), pl_db_word(h->machine_id),
			      pl_db_int(pl_clock_wall_ms()), pl_db_text(e->token_id),
			      pl_db_text(e->fingerprint), pl_db_int(e->certificate.not_after_ms)),
		      err);
	if (r != PL_OK)
		return r;
	e->agent_no = pl_db_int_at(rows, 0);
	pl_db_done(rows);
	return PL_OK;
}

enum pl_result pl_enrolment_put(struct pl_db *db, void *enrolment, struct pl_error *err)
{
	struct pl_enrolment *e = enrolment;
	enum pl_result r = e->agent_no == 0 ? add_agent(db, e, err) : PL_OK;

	return r == PL_OK ? add_certificate(db, e->customer_id, e->agent_no, &e->certificate, err)
			  : r;
}

enum pl_result pl_enrolment_store(struct pl_db *db, void *enrolment, struct pl_error *err)
{
	struct pl_enrolment *e = enrolment;
	enum pl_result r = pl_enrolment_look(db, e, err);

	if (r == PL_OK && e->agent_no == 0)
		r = pl_db_change(db, "UPDATE enrolment_tokens SET used=used+1 WHERE id=?1",
				 PL_ARGS(pl_db_text(e->token_id)), err);
	return r == PL_OK ? pl_enrolment_put(db, e, err) : r;
}

enum pl_result pl_renewal_store(struct pl_db *db, void *renewal, struct pl_error *err)
{
	const struct pl_renewal *n = renewal;

	return add_certificate(db, n->customer_id, n->agent_no, &n->certificate, err);
}

enum pl_result pl_agent_revoke(struct pl_db *db, int64_t agent_no, int64_t now_ms,
			       struct pl_error *err)
{
	enum pl_result r;

	r = pl_db_change(db,
			 "UPDATE agents SET state='revoked', revoked_at=coalesce(revoked_at, ?2) "
			 "WHERE no=?1",
			 PL_ARGS(pl_db_int(agent_no), pl_db_int(now_ms)), err);
	if (r == PL_OK)
		r = pl_db_run(db,
			      "UPDATE certificates SET revoked_at=?2 WHERE agent_no=?1 AND "
			      "revoked_at IS NULL",
			      PL_ARGS(pl_db_int(agent_no), pl_db_int(now_ms)), err);
	if (r == PL_OK)
		r = pl_db_run(db,
			      "UPDATE actions SET state='cancelled', ended_at=?2, message='The PC "
			      "was removed'"
			      " WHERE agent_no=?1 AND state='queued'",
			      PL_ARGS(pl_db_int(agent_no), pl_db_int(now_ms)), err);
	if (r == PL_OK)
		r = pl_db_run(db, "UPDATE devices SET attached=0 WHERE agent_no=?1",
			      PL_ARGS(pl_db_int(agent_no)), err);
	return r;
}
