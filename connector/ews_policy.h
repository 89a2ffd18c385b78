/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_EWS_POLICY_H
#define PL_EWS_POLICY_H

/*
 * EWS policy: whether printers' pages may be opened at a site, by whom and for how long. Off until
 * an administrator of the customer says otherwise; the list names each user, whatever his role.
 *
 * Threads: as the connection that is passed. Memory: plain values.
 */

#include "db.h"
#include "web.h"

#define PL_EWS_MAX_USERS 50
#define PL_EWS_IDLE_S	 300
#define PL_EWS_HARD_S	 1800

struct pl_ews_policy {
	bool enabled;
	int64_t idle_s, hard_s;
	char users[PL_EWS_MAX_USERS][PL_MAX_ID]; /* users.id */
	size_t user_count;
};

/* What holds for a site; the built-in "off" where nobody decided. */
enum pl_result pl_ews_policy_read(struct pl_db *db, const char *customer_id, const char *site_id,
				  struct pl_ews_policy *ret_policy, struct pl_error *err);

/* Writes what holds from now on; on the store's thread. */
enum pl_result pl_ews_policy_write(struct pl_db *db, const char *customer_id, const char *site_id,
				   const struct pl_ews_policy *policy, struct pl_error *err);

/* True when this user may open pages. */
bool pl_ews_policy_allows(const struct pl_ews_policy *policy, const char *user_id);

#endif
