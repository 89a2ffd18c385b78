/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_STORE_H
#define PL_AGENT_STORE_H

/*
 * Agents in the store: enrolled by a token, renewed, revoked. Threads: the store's, for whatever
 * writes. Memory: the caller's.
 */

#include "db.h"
#include "identity.h"
#include "web.h"

/* What a PC says of itself when it enrols; texts cut to what is kept. */
struct pl_host {
	char os[32], os_version[96], architecture[32], agent_version[32];
	char hostname[96];   /* "" not told; "sha256:…" hashed */
	char machine_id[96]; /* "" not told */
};

/* An enrolment: in, then what came of it. */
struct pl_enrolment {
	uint8_t secret_hash[PL_HASH_SIZE];
	struct pl_host host;
	char fingerprint[PL_PIN_TEXT]; /* of the PC's key */

	char token_id[PL_MAX_ID];
	char agent_id[PL_MAX_ID]; /* made, or the one this key has already */
	char customer_id[PL_MAX_ID], site_id[PL_MAX_ID];
	int64_t agent_no;    /* 0 until stored */
	const char *refusal; /* "token_wrong" …: why PL_E_DENIED */
	struct pl_certificate certificate;
};

/* Looks whether the token enrols; fills token, customer, site and agent id (an existing one where
 * this key enrolled with this token before: its first answer was lost). Returns PL_OK | PL_E_DENIED
 * with `refusal`. */
enum pl_result pl_enrolment_look(struct pl_db *db, struct pl_enrolment *e, struct pl_error *err);

/* Uses the token up by one and stores agent and certificate. Returns as pl_enrolment_look():
 * another PC may have been faster. */
enum pl_result pl_enrolment_store(struct pl_db *db, void *enrolment, struct pl_error *err);

/* The agent that this key has from this token (or question) already, so that a lost answer costs no
 * second use. PL_E_NOT_FOUND: none yet. */
enum pl_result pl_enrolment_find(struct pl_db *db, struct pl_enrolment *e, struct pl_error *err);

/* For pl_store_write(): stores the agent (unless it is there) and its certificate, whatever let it
 * in. */
enum pl_result pl_enrolment_put(struct pl_db *db, void *enrolment, struct pl_error *err);

/* Stores a renewed certificate. */
struct pl_renewal {
	int64_t agent_no;
	const char *customer_id;
	struct pl_certificate certificate;
};
enum pl_result pl_renewal_store(struct pl_db *db, void *renewal, struct pl_error *err);

/* Revokes an agent and its certificates, and ends what it was still to do. PL_E_NOT_FOUND: no such
 * agent. */
enum pl_result pl_agent_revoke(struct pl_db *db, int64_t agent_no, int64_t now_ms,
			       struct pl_error *err);

#endif
