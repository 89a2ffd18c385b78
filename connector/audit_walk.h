/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AUDIT_WALK_H
#define PL_AUDIT_WALK_H

/*
 * Walking an audit chain: every entry hashed anew. Threads: any, with a connection of its own.
 * Memory: plain.
 */

#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "platen/hash.h"

struct pl_audit_state {
	bool ok;
	int64_t entries;
	char head[PL_HASH_TEXT]; /* the last entry's; 64 zeros for an empty chain */
	bool has_head;		 /* `wanted` stands in the chain */
	char message[160];	 /* one sentence */
};

/* Walks the chain of a customer ("": the server's own). `wanted` (may be NULL) is a head that was
 * written down earlier: where it is missing, the chain was cut or written anew. */
enum pl_result pl_audit_walk(struct pl_db *db, const char *customer_id, const char *wanted,
			     struct pl_audit_state *ret_state, struct pl_error *err);

#endif
