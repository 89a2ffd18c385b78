/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PENDING_H
#define PL_PENDING_H

/*
 * Pending: PCs that asked to come in without a token. Each is known by its key's fingerprint, which
 * its own screen shows too; an administrator compares and says yes or no within 7 days. Off unless
 * the settings allow it, and capped per address.
 *
 * Threads: the store's, for what writes. Memory: the caller's.
 */

#include "agent_store.h"

#define PL_PENDING_DAYS	       7
#define PL_PENDING_PER_ADDRESS 20
#define PL_PENDING_ALL	       2000

enum pl_pending_state { PL_PENDING_WAITING, PL_PENDING_APPROVED, PL_PENDING_REJECTED };

/* A PC's question, and what came of it. */
struct pl_pending {
	struct pl_enrolment *enrolment;	  /* fingerprint and host set */
	const char *csr, *host, *address; /* host: JSON */
	int64_t now_ms;

	enum pl_pending_state state;
	int64_t expires_ms;
};

/* For pl_store_write(): notes the question, or finds what was answered: with PL_PENDING_APPROVED
 * the enrolment has its customer, site and agent id, to be issued and stored by pl_enrolment_put().
 * PL_E_FULL: too many wait already. */
enum pl_result pl_pending_ask(struct pl_db *db, void *pending, struct pl_error *err);

/* An administrator's answer. PL_E_NOT_FOUND: no such question. PL_E_REFUSED: another fingerprint.
 */
struct pl_pending_answer {
	const char *id, *fingerprint; /* fingerprint NULL: not compared (a rejection) */
	const char *customer_id, *site_id;
	const char *by;
	bool approved;
};
enum pl_result pl_pending_answer(struct pl_db *db, void *answer, struct pl_error *err);

#endif
