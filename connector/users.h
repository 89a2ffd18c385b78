/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_USERS_H
#define PL_USERS_H

/*
 * Users and what they may: an administrator has grants, each a role over everything, over a
 * customer, or over one site. Tokens (a console's session, another program's access) carry grants
 * too.
 *
 * Threads: the store's for what writes. Memory: the caller's.
 */

#include <stdbool.h>

#include "db.h"
#include "token.h"
#include "web.h"

#define PL_MAX_GRANTS 100
#define PL_MAX_NAME   65

enum pl_role { PL_ROLE_NONE, PL_ROLE_VIEWER, PL_ROLE_OPERATOR, PL_ROLE_ADMIN };
const char *pl_role_name(enum pl_role role);
enum pl_role pl_role_of(const char *name); /* PL_ROLE_NONE: no such role */

struct pl_grant {
	enum pl_role role;
	char customer_id[PL_MAX_ID]; /* "": all customers */
	char site_id[PL_MAX_ID];     /* "": all sites of the customer */
};

struct pl_new_user {
	const char *name, *password_hash;
	const struct pl_grant *grants;
	size_t grant_count;
	char id[PL_MAX_ID]; /* made here */
};

/* For pl_store_write(). PL_E_REFUSED: the name is taken. */
enum pl_result pl_user_create(struct pl_db *db, void *new_user, struct pl_error *err);

/* Sets the password and ends the user's sessions. PL_E_NOT_FOUND. */
enum pl_result pl_user_set_password(struct pl_db *db, const char *user_id,
				    const char *password_hash, struct pl_error *err);

/* Removes a user. PL_E_REFUSED: nobody would be left who may administer everything. PL_E_NOT_FOUND.
 */
enum pl_result pl_user_remove(struct pl_db *db, const char *user_id, struct pl_error *err);

/* PL_E_REFUSED when nobody is left who may administer everything: ends a change that took it away.
 */
enum pl_result pl_user_check_last(struct pl_db *db, struct pl_error *err);

enum pl_result pl_user_id_of(struct pl_db *db, const char *name, char ret_id[static PL_MAX_ID],
			     struct pl_error *err);

/* Replaces the grants of a user or of a token (the other is NULL). */
enum pl_result pl_grants_put(struct pl_db *db, const char *user_id, const char *token_id,
			     const struct pl_grant *grants, size_t count, struct pl_error *err);
enum pl_result pl_grants_get(struct pl_db *db, const char *user_id, const char *token_id,
			     struct pl_grant *ret_grants, size_t *ret_count, struct pl_error *err);

/* 1 to 64 of A-Z a-z 0-9 . _ @ - */
bool pl_user_name_is_valid(const char *name);

#endif
