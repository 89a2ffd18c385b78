/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AUDIT_AGENTS_H
#define PL_AUDIT_AGENTS_H

/*
 * Audit of the agents: every PC keeps a hash chain of its own and tells its entries as records and
 * its head with each report. Here both are held against each other: an entry that was changed, left
 * out or cut off on the PC, or in this store, shows.
 *
 * Threads: one. Memory: plain.
 */

#include "db.h"
#include "keyring.h"
#include "platen/hash.h"

struct pl_agent_audit {
	bool ok;
	int64_t entries;	 /* that are stored here */
	char head[PL_HASH_TEXT]; /* of the last one stored; 64 zeros for none */
	char message[160];	 /* one sentence */
};

/* Walks the entries of one agent and compares their end with the head it told last. An agent that
 * begins anew (its state folder was lost) is told in the message. Returns PL_OK (whatever it found)
 * | what the store says. */
enum pl_result pl_audit_agent(struct pl_db *db, struct pl_keyring *ring, int64_t agent_no,
			      struct pl_agent_audit *ret_audit, struct pl_error *err);

#endif
