/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of users and grants.
 */
#include "users.h"

#include <string.h>

#include "platen/clock.h"
#include "platen/random.h"

static const char *const ROLES[] = { "none", "viewer", "operator", "admin" };

const char *pl_role_name(enum pl_role role)
{
	return ROLES[role];
}

enum pl_role pl_role_of(const char *name)
{
	for (int i = PL_ROLE_VIEWER; name && i <= PL_ROLE_ADMIN; i++)
		if (!strcmp(ROLES[i], name))
			return (enum pl_role)i;
	return PL_ROLE_NONE;
}

bool pl_user_name_is_valid(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n < PL_MAX_NAME &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@-") ==
		       n;
}

enum pl_result pl_grants_put(struct pl_db *db, const char *user_id, const char *token_id,
			     const struct pl_grant *grants, size_t count, struct pl_error *err)
{
	enum pl_result r = pl_db_run(db, "DELETE FROM grants WHERE user_id=?1 OR token_id=?2",
				     PL_ARGS(pl_db_text(user_id), pl_db_text(token_id)), err);

	for (size_t i = 0; i < count && r == PL_OK; i++)
		r = pl_db_run(db,
			      "INSERT INTO grants (user_id, token_id, role, customer_id, site_id)"
			      " VALUES (?1,?2,?3,?4,?5)",
			      PL_ARGS(pl_db_text(user_id), pl_db_text(token_id),
				      pl_db_text(pl_role_name(grants[i].role)),
				      pl_db_word(grants[i].customer_id),
				      pl_db_word(grants[i].site_id)),
			      err);
	return r;
}

enum pl_result pl_grants_get(struct pl_db *db, const char *user_id, const char *token_id,
			     struct pl_grant *ret_grants, size_t *ret_count, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	size_t n = 0;
	enum pl_result r;

	r = pl_db_query(
		db, &rows,
		"SELECT role, customer_id, site_id FROM grants WHERE user_id=?1 OR token_id=?2"
		" ORDER BY no LIMIT 100",
		PL_ARGS(pl_db_text(user_id), pl_db_text(token_id)), err);
	if (r != PL_OK)
		return r;
	while (n < PL_MAX_GRANTS && (r = pl_db_next(rows, err)) == PL_OK) {
		struct pl_grant *g = &ret_grants[n++];

		g->role = pl_role_of(pl_db_text_at(rows, 0));
		pl_db_copy_at(rows, 1, g->customer_id, sizeof g->customer_id);
		pl_db_copy_at(rows, 2, g->site_id, sizeof g->site_id);
	}
	pl_db_done(rows);
	*ret_count = n;
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

enum pl_result pl_user_create(struct pl_db *db, void *new_user, struct pl_error *err)
{
	struct pl_new_user *u = new_user;
	enum pl_result r;

	pl_random_uuid(u->id);
	r = pl_db_run(
		db, "INSERT INTO users (id, name, password_hash, created_at) VALUES (?1,?2,?3,?4)",
		PL_ARGS(pl_db_text(u->id), pl_db_text(u->name), pl_db_text(u->password_hash),
			pl_db_int(pl_clock_wall_ms())),
		err);
	if (r == PL_E_REFUSED)
		return pl_error_set(err, r, "there is a user of that name");
	return r == PL_OK ? pl_grants_put(db, u->id, NULL, u->grants, u->grant_count, err) : r;
}

enum pl_result pl_user_id_of(struct pl_db *db, const char *name, char ret_id[static PL_MAX_ID],
			     struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r = pl_db_one(db, &rows, "SELECT id FROM users WHERE name=?1",
				     PL_ARGS(pl_db_text(name)), err);

	if (r == PL_E_NOT_FOUND)
		return pl_error_set(err, r, "there is no user %.64s", name);
	if (r != PL_OK)
		return r;
	pl_db_copy_at(rows, 0, ret_id, PL_MAX_ID);
	pl_db_done(rows);
	return PL_OK;
}

enum pl_result pl_user_set_password(struct pl_db *db, const char *user_id,
				    const char *password_hash, struct pl_error *err)
{
	enum pl_result r =
		pl_db_change(db, "UPDATE users SET password_hash=?2 WHERE id=?1",
			     PL_ARGS(pl_db_text(user_id), pl_db_text(password_hash)), err);

	if (r == PL_OK)
		r = pl_db_run(db, "DELETE FROM api_tokens WHERE user_id=?1 AND kind='session'",
			      PL_ARGS(pl_db_text(user_id)), err);
	return r;
}

enum pl_result pl_user_check_last(struct pl_db *db, struct pl_error *err)
{
	int64_t left = 0;
	enum pl_result r = pl_db_number(
		db, &left,
		"SELECT count(*) FROM grants g JOIN users u ON u.id=g.user_id WHERE g.role='admin'"
		" AND g.customer_id IS NULL AND u.active=1",
		PL_NO_ARGS, err);

	if (r == PL_OK && left == 0)
		return pl_error_set(err, PL_E_REFUSED,
				    "nobody would be left who may administer everything");
	return r;
}

enum pl_result pl_user_remove(struct pl_db *db, const char *user_id, struct pl_error *err)
{
	enum pl_result r = pl_db_change(db, "DELETE FROM users WHERE id=?1",
					PL_ARGS(pl_db_text(user_id)), err);

	return r == PL_OK ? pl_user_check_last(db, err) : r;
}
