/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ENROLMENT_TOKENS_H
#define PL_ENROLMENT_TOKENS_H

/*
 * Enrolment tokens as rows; the secret is in the answer of the making and nowhere else.
 * Threads: the store's, or a command's. Memory: the caller's.
 */

#include "db.h"
#include "token.h"
#include "web.h"

struct pl_new_token {
	const char *customer_id, *site_id;
	const char *note, *created_by; /* note may be NULL */
	int64_t uses, expires_ms;
	char id[PL_MAX_ID];	     /* made here */
	char secret[PL_SECRET_TEXT]; /* made here */
};

/* For pl_store_write(): `arg` is a struct pl_new_token. */
enum pl_result pl_enrolment_token_create(struct pl_db *db, void *arg, struct pl_error *err);

/* Revokes; PL_E_NOT_FOUND when there is none that is not revoked. customer_id NULL: whosever. */
enum pl_result pl_enrolment_token_revoke(struct pl_db *db, const char *id, const char *customer_id,
					 struct pl_error *err);

/* "active", "used_up", "expired" or "revoked". */
const char *pl_enrolment_token_state(int64_t used, int64_t uses, int64_t expires_ms, bool revoked);

#endif
