/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /users: administrators. Who administers a customer sees and changes those users whose grants all
 * lie within it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_calls.h"
#include "api_fields.h"
#include "password.h"
#include "platen/json.h"
#include "render.h"

/* What a request asks for. */
struct change {
	char id[PL_MAX_ID];
	const char *name, *password;
	char hash[PL_PASSWORD_HASH_TEXT]; /* "" as it is */
	struct pl_grant grants[PL_MAX_GRANTS];
	size_t grant_count; /* 0: as they are */
	int active;	    /* -1: as it is */
	bool totp_off;
};

/* True when all of these lie within what the caller administers. */
static bool covers(const struct pl_caller *caller, const struct pl_grant *grants, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!pl_api_may(caller, PL_ROLE_ADMIN, grants[i].customer_id, grants[i].site_id))
			return false;
	return count > 0 || pl_api_may(caller, PL_ROLE_ADMIN, "", "");
}

/* The user of a row (id, name, active, totp_on, created_at, last_login_at); NULL where the caller
 * may not see it. */
static enum pl_result user_of(struct pl_api *api, struct pl_db_rows *rows, cJSON **ret_user,
			      struct pl_error *err)
{
	struct pl_grant *grants = calloc(PL_MAX_GRANTS, sizeof *grants);
	size_t count = 0;
	cJSON *doc = NULL;
	enum pl_result r;

	if (!grants)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	r = pl_grants_get(api->db, pl_db_text_at(rows, 0), NULL, grants, &count, err);
	if (r == PL_OK && covers(&api->caller, grants, count)) {
		doc = cJSON_CreateObject();
		cJSON_AddStringToObject(doc, "id", pl_db_text_at(rows, 0));
		cJSON_AddStringToObject(doc, "name", pl_db_text_at(rows, 1));
		cJSON_AddItemToObject(doc, "grants", pl_render_grants(grants, count));
		cJSON_AddBoolToObject(doc, "active", pl_db_int_at(rows, 2) != 0);
		cJSON_AddBoolToObject(doc, "totp", pl_db_int_at(rows, 3) != 0);
		pl_render_time(doc, "created_at", pl_db_int_at(rows, 4));
		pl_render_time(doc, "last_login_at", pl_db_int_at(rows, 5));
	}
	free(grants);
	*ret_user = doc;
	return r;
}

#define SELECT "SELECT id, name, active, totp_on, created_at, last_login_at FROM users"

/* One user that the caller administers; PL_E_NOT_FOUND otherwise. */
static enum pl_result find_user(struct pl_api *api, const char *id, cJSON **ret_user,
				struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r =
		pl_db_one(api->db, &rows, SELECT " WHERE id=?1", PL_ARGS(pl_db_text(id)), err);

	*ret_user = NULL;
	if (r != PL_OK)
		return r;
	r = user_of(api, rows, ret_user, err);
	pl_db_done(rows);
	return r == PL_OK && !*ret_user ? PL_E_NOT_FOUND : r;
}

static void answer_user(struct pl_api *api, int status, const char *id)
{
	struct pl_error err = { 0 };
	cJSON *user = NULL;
	enum pl_result r = find_user(api, id, &user, &err);

	if (r == PL_OK)
		pl_web_json(api->rq, status, user);
	else if (r == PL_E_NOT_FOUND)
		pl_api_not_found(api, "user");
	else
		pl_api_failed(api, r, &err);
}

void pl_api_users(struct pl_api *api)
{
	cJSON *doc = cJSON_CreateObject(), *items = cJSON_AddArrayToObject(doc, "items"), *user;
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	enum pl_result r = pl_db_query(api->db, &rows, SELECT " ORDER BY name", PL_NO_ARGS, &err);

	while (r == PL_OK && (r = pl_db_next(rows, &err)) == PL_OK) {
		r = user_of(api, rows, &user, &err);
		if (r == PL_OK && user)
			cJSON_AddItemToArray(items, user);
	}
	pl_db_done(rows);
	pl_api_send(api, doc, r == PL_E_NOT_FOUND ? PL_OK : r, &err);
}

static bool read_change(struct pl_api *api, struct change *c)
{
	static const char *const MEMBERS[] = {
		"name", "password", "grants", "active", "totp", NULL
	};
	bool active = true, active_there = false, totp = false, totp_there = false;
	struct pl_error err = { 0 };

	c->active = -1;
	if (!pl_api_need_body(api) || !pl_api_only(api, MEMBERS) ||
	    !pl_api_text_field(api, "name", 1, PL_MAX_NAME - 1, &c->name) ||
	    !pl_api_text_field(api, "password", PL_MIN_PASSWORD, PL_MAX_PASSWORD, &c->password) ||
	    !pl_api_grants_field(api, c->grants, &c->grant_count) ||
	    !pl_api_flag_field(api, "active", &active, &active_there) ||
	    !pl_api_flag_field(api, "totp", &totp, &totp_there))
		return false;
	if (c->name && !pl_user_name_is_valid(c->name)) {
		pl_api_wrong_field(api, "name", "A name has letters, digits and . _ @ - only.");
		return false;
	}
	if (totp_there && totp) {
		pl_api_wrong_field(api, "totp", "A second factor is set up by its own user.");
		return false;
	}
	if (active_there)
		c->active = active;
	c->totp_off = totp_there;
	if (c->password && pl_password_hash(c->password, c->hash, &err) != PL_OK) {
		pl_api_failed(api, PL_E_NO_MEMORY, &err);
		return false;
	}
	return true;
}

static enum pl_result create(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct change *c = arg;
	struct pl_new_user user = { .name = c->name,
				    .password_hash = c->hash,
				    .grants = c->grants,
				    .grant_count = c->grant_count };
	enum pl_result r = pl_user_create(db, &user, err);

	if (r == PL_OK)
		snprintf(c->id, sizeof c->id, "%s", user.id);
	return r;
}

static enum pl_result update(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct change *c = arg;
	enum pl_result r;

	r = pl_db_change(db,
			 "UPDATE users SET name=coalesce(?2, name), active=coalesce(?3, active),"
			 " totp_on=CASE WHEN ?4=1 THEN 0 ELSE totp_on END WHERE id=?1",
			 PL_ARGS(pl_db_text(c->id), pl_db_text(c->name),
				 c->active >= 0 ? pl_db_int(c->active) : pl_db_null(),
				 pl_db_int(c->totp_off)),
			 err);
	if (r == PL_E_REFUSED)
		return pl_error_set(err, r, "there is a user of that name");
	if (r == PL_OK && *c->hash)
		r = pl_user_set_password(db, c->id, c->hash, err);
	if (r == PL_OK && c->active == 0)
		r = pl_db_run(db, "DELETE FROM api_tokens WHERE user_id=?1 AND kind='session'",
			      PL_ARGS(pl_db_text(c->id)), err);
	if (r == PL_OK && c->grant_count > 0)
		r = pl_grants_put(db, c->id, NULL, c->grants, c->grant_count, err);
	return r == PL_OK ? pl_user_check_last(db, err) : r;
}

static enum pl_result remove_user(struct pl_db *db, void *arg, struct pl_error *err)
{
	return pl_user_remove(db, ((struct change *)arg)->id, err);
}

void pl_api_create_user(struct pl_api *api)
{
	struct change *c = calloc(1, sizeof *c);

	if (!c) {
		pl_web_error(api->rq, 503, "busy", "The server is out of memory.");
		return;
	}
	if (read_change(api, c)) {
		if (!c->name)
			pl_api_wrong_field(api, "name", "name is missing.");
		else if (!c->password)
			pl_api_wrong_field(api, "password", "password is missing.");
		else if (c->grant_count == 0)
			pl_api_wrong_field(api, "grants", "grants are missing.");
		else if (pl_api_change(api, "user", "", create, c)) {
			snprintf(api->subject, sizeof api->subject, "%s", c->name);
			answer_user(api, 201, c->id);
		}
	}
	free(c);
}

/* The path's user, if the caller administers it; else answers 404. */
static bool find_target(struct pl_api *api, struct change *c)
{
	struct pl_error err = { 0 };
	cJSON *user = NULL;
	enum pl_result r = find_user(api, api->rq->part[0], &user, &err);

	if (r == PL_E_NOT_FOUND)
		pl_api_not_found(api, "user");
	else if (r != PL_OK)
		pl_api_failed(api, r, &err);
	else
		snprintf(api->subject, sizeof api->subject, "%s", pl_json_text(user, "name"));
	snprintf(c->id, sizeof c->id, "%s", api->rq->part[0]);
	cJSON_Delete(user);
	return r == PL_OK;
}

void pl_api_update_user(struct pl_api *api)
{
	struct change *c = calloc(1, sizeof *c);

	if (!c) {
		pl_web_error(api->rq, 503, "busy", "The server is out of memory.");
		return;
	}
	if (find_target(api, c) && read_change(api, c) && pl_api_change(api, "user", "", update, c))
		answer_user(api, 200, c->id);
	free(c);
}

void pl_api_delete_user(struct pl_api *api)
{
	struct change *c = calloc(1, sizeof *c);
	struct pl_error err = { 0 };
	enum pl_result r;

	if (!c) {
		pl_web_error(api->rq, 503, "busy", "The server is out of memory.");
		return;
	}
	if (find_target(api, c)) {
		r = pl_store_write(api->server->store, remove_user, c, &err);
		if (r == PL_OK)
			pl_web_empty(api->rq, 204);
		else if (r == PL_E_REFUSED)
			pl_web_error(api->rq, 409, "last_admin",
				     "The last administrator of everything cannot be removed.");
		else if (r == PL_E_NOT_FOUND)
			pl_api_not_found(api, "user");
		else
			pl_api_failed(api, r, &err);
	}
	free(c);
}
