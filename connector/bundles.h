/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_BUNDLES_H
#define PL_BUNDLES_H

/*
 * Bundles: what diagnostics and agent_log actions brought back, one per action, sealed under the
 * customer's key like all that a PC tells. A customer has at most PL_MAX_BUNDLES of them; the
 * oldest go first, and all after the retention time.
 *
 * Threads: the store's, for whatever writes; any with a reading connection. Memory: one bundle.
 */

#include "db.h"
#include "keyring.h"
#include "platen/bytes.h"
#include "platen/hash.h"

#define PL_MAX_BUNDLE_BYTES (512 * 1024)
#define PL_MAX_BUNDLES	    200

struct pl_bundle_info {
	int64_t size, stored_ms;
	char sha256[PL_HASH_TEXT];
};

struct pl_bundle_put {
	struct pl_keyring *ring;
	int64_t agent_no;
	const char *action_id;
	const char *sha256; /* of `zip`; checked by the caller */
	struct pl_span zip;
	int64_t now_ms;
};

/* Stores a bundle; the same one once more is PL_OK. Returns PL_OK | PL_E_NOT_FOUND (not an action
 * of this agent that brings one) | PL_E_REFUSED (the action has ended, or has another bundle) |
 * what the store says. */
enum pl_result pl_bundle_store(struct pl_db *db, const struct pl_bundle_put *put,
			       struct pl_error *err);

/* Reads an action's bundle: what is known of it and, unless NULL, its bytes. PL_E_NOT_FOUND: none.
 */
enum pl_result pl_bundle_read(struct pl_db *db, struct pl_keyring *ring, const char *action_id,
			      struct pl_bundle_info *ret_info, struct pl_bytes *zip,
			      struct pl_error *err);

#endif
