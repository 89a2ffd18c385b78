/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions of PCs without a token, as rows. `enrolled_by` of an agent that came in this way is the
 * question's id.
 */
#include "pending.h"

#include <string.h>

#include "platen/random.h"

#define DAY_MS INT64_C(86400000)

static enum pl_result count(struct pl_db *db, const char *address, int64_t *ret_count,
			    struct pl_error *err)
{
	return pl_db_number(db, ret_count,
			    "SELECT count(*) FROM pending_enrolments WHERE state='waiting'"
			    " AND (address=?1 OR ?1 IS NULL)",
			    PL_ARGS(pl_db_text(address)), err);
}

static enum pl_result note(struct pl_db *db, struct pl_pending *p, struct pl_error *err)
{
	int64_t here = 0, all = 0;
	char id[PL_MAX_ID];
	enum pl_result r = count(db, p->address, &here, err);

	if (r == PL_OK)
		r = count(db, NULL, &all, err);
	if (r == PL_OK && (here >= PL_PENDING_PER_ADDRESS || all >= PL_PENDING_ALL))
		return pl_error_set(err, PL_E_FULL, "too many PCs wait for an answer already");
	if (r != PL_OK)
		return r;
	pl_random_uuid(id);
	p->state = PL_PENDING_WAITING;
	p->expires_ms = p->now_ms + PL_PENDING_DAYS * DAY_MS;
	return pl_db_run(
		db,
		"INSERT INTO pending_enrolments (id, fingerprint, csr, host, address, asked_at,"
		" expires_at, state) VALUES (?1,?2,?3,?4,?5,?6,?7,'waiting')",
		PL_ARGS(pl_db_text(id), pl_db_text(p->enrolment->fingerprint), pl_db_text(p->csr),
			pl_db_text(p->host), pl_db_text(p->address), pl_db_int(p->now_ms),
			pl_db_int(p->expires_ms)),
		err);
}

enum pl_result pl_pending_ask(struct pl_db *db, void *pending, struct pl_error *err)
{
	struct pl_pending *p = pending;
	struct pl_enrolment *e = p->enrolment;
	struct pl_db_rows *rows = NULL;
	const char *state;
	enum pl_result r;

	r = pl_db_run(db, "DELETE FROM pending_enrolments WHERE expires_at < ?1",
		      PL_ARGS(pl_db_int(p->now_ms)), err);
	if (r == PL_OK)
		r = pl_db_one(
			db, &rows,
			"SELECT id, state, expires_at, customer_id, site_id FROM pending_enrolments"
			" WHERE fingerprint=?1",
			PL_ARGS(pl_db_text(e->fingerprint)), err);
	if (r == PL_E_NOT_FOUND)
		return note(db, p, err);
	if (r != PL_OK)
		return r;
	state = pl_db_text_at(rows, 1);
	p->state = !strcmp(state, "approved")	? PL_PENDING_APPROVED
		   : !strcmp(state, "rejected") ? PL_PENDING_REJECTED
						: PL_PENDING_WAITING;
	p->expires_ms = pl_db_int_at(rows, 2);
	pl_db_copy_at(rows, 0, e->token_id, sizeof e->token_id);
	pl_db_copy_at(rows, 3, e->customer_id, sizeof e->customer_id);
	pl_db_copy_at(rows, 4, e->site_id, sizeof e->site_id);
	pl_db_done(rows);
	if (p->state == PL_PENDING_APPROVED) {
		r = pl_enrolment_find(db, e, err);
		if (r == PL_E_NOT_FOUND) {
			pl_random_uuid(e->agent_id);
			r = PL_OK;
		}
	}
	return r;
}

enum pl_result pl_pending_answer(struct pl_db *db, void *answer, struct pl_error *err)
{
	const struct pl_pending_answer *a = answer;
	struct pl_db_rows *rows = NULL;
	bool same;
	enum pl_result r;

	r = pl_db_one(db, &rows,
		      "SELECT fingerprint FROM pending_enrolments WHERE id=?1 AND state='waiting'",
		      PL_ARGS(pl_db_text(a->id)), err);
	if (r != PL_OK)
		return r;
	same = !a->fingerprint || !strcmp(pl_db_text_at(rows, 0), a->fingerprint);
	pl_db_done(rows);
	if (!same)
		return pl_error_set(
			err, PL_E_REFUSED,
			"this is not the fingerprint that the PC has now; compare again");
	return pl_db_change(
		db,
		"UPDATE pending_enrolments SET state=?2, customer_id=?3, site_id=?4, answered_by=?5"
		" WHERE id=?1",
		PL_ARGS(pl_db_text(a->id), pl_db_text(a->approved ? "approved" : "rejected"),
			pl_db_text(a->customer_id), pl_db_text(a->site_id), pl_db_text(a->by)),
		err);
}
