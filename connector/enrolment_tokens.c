/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of enrolment_tokens.
 */
#include "enrolment_tokens.h"

#include "platen/clock.h"
#include "platen/random.h"

enum pl_result pl_enrolment_token_create(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct pl_new_token *t = arg;
	uint8_t hash[PL_HASH_SIZE];

	pl_random_uuid(t->id);
	pl_token_secret(t->secret, hash);
	return pl_db_run(
		db,
		"INSERT INTO enrolment_tokens (id, customer_id, site_id, secret_hash, uses, note,"
		" created_by, created_at, expires_at) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
		PL_ARGS(pl_db_text(t->id), pl_db_text(t->customer_id), pl_db_text(t->site_id),
			pl_db_blob(hash, sizeof hash), pl_db_int(t->uses), pl_db_text(t->note),
			pl_db_text(t->created_by), pl_db_int(pl_clock_wall_ms()),
			pl_db_int(t->expires_ms)),
		err);
}

enum pl_result pl_enrolment_token_revoke(struct pl_db *db, const char *id, const char *customer_id,
					 struct pl_error *err)
{
	return pl_db_change(
		db,
		"UPDATE enrolment_tokens SET revoked_at=?3 WHERE id=?1 AND revoked_at IS NULL"
		" AND (customer_id=?2 OR ?2 IS NULL)",
		PL_ARGS(pl_db_text(id), pl_db_text(customer_id), pl_db_int(pl_clock_wall_ms())),
		err);
}

const char *pl_enrolment_token_state(int64_t used, int64_t uses, int64_t expires_ms, bool revoked)
{
	if (revoked)
		return "revoked";
	if (expires_ms <= pl_clock_wall_ms())
		return "expired";
	return used >= uses ? "used_up" : "active";
}
