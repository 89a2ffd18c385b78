/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_HANDOVER_H
#define PL_HANDOVER_H

/*
 * Handover: how a new command key comes to be trusted. When the key is rotated, the old one signs,
 * for each customer, one statement that names the new one and the moment from which the old one is
 * refused; then it is destroyed. A PC that comes back after months is told every statement since
 * the key it knows, in their order.
 *
 *     K1 --signs--> "K2, K1 until May" --signs (K2)--> "K3, K2 until June"
 *
 * Threads: the writer's for rotating, any for reading. Memory: the caller's.
 */

#include "db.h"
#include "keyring.h"
#include "signer.h"

#define PL_HANDOVER_DAYS    800 /* how long a statement may be taken: a PC's certificate and more */
#define PL_HANDOVER_OVERLAP 30	/* days in which both keys are good; an action lives as long */

struct pl_rotation {
	struct pl_keyring *ring;
	int64_t now_ms;
	int64_t old_until_ms; /* from then on PCs refuse the old key */

	struct pl_signer_key before, after; /* what came of it */
	int customers;			    /* that were told */
	int signed_anew; /* queued actions that would have outlived the old key */
};

/* For one transaction that writes: makes a new command key in the place of the present one. */
enum pl_result pl_handover_rotate(struct pl_db *db, struct pl_rotation *rotation,
				  struct pl_error *err);

/* Adds {"key_id", "payload", "signature"} for each step from `known` (0: from the first) to the
 * present key to `list`. Nothing is added where `known` is no key of this store. */
struct cJSON;
enum pl_result pl_handover_list(struct pl_db *db, const char *customer_id, uint64_t known,
				struct cJSON *list, struct pl_error *err);

#endif
