/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /me: the holder of the token; one's own password and second factor.
 */
#include <stdio.h>
#include <string.h>

#include "api_calls.h"
#include "api_fields.h"
#include "password.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "platen/random.h"
#include "render.h"
#include "totp.h"

static const char *const FEATURES[] = {
	"printer_notes", "printer_events", "agent_revoke", "pending_enrolments",
	"customers",	 "users",	   "api_tokens",   "audit",
	"settings",	 "exports",	   "totp",	   "ews",
	"password",	 "rollouts",	   "bundles"
};

/* Does who has signed in show a code, too? */
static void render_totp(struct pl_api *api, cJSON *doc)
{
	int64_t on = 0;

	if (api->caller.is_session &&
	    pl_db_number(api->db, &on, "SELECT totp_on FROM users WHERE id=?1",
			 PL_ARGS(pl_db_text(api->caller.user_id)), NULL) == PL_OK)
		cJSON_AddBoolToObject(doc, "totp", on != 0);
}

void pl_api_me(struct pl_api *api)
{
	const struct pl_caller *c = &api->caller;
	cJSON *doc = cJSON_CreateObject(), *user, *token, *connector, *features;

	user = cJSON_AddObjectToObject(doc, "user");
	cJSON_AddStringToObject(user, "id", *c->user_id ? c->user_id : c->token_id);
	cJSON_AddStringToObject(user, "name", c->name);
	cJSON_AddStringToObject(doc, "role", pl_role_name(c->role));
	cJSON_AddItemToObject(doc, "grants", pl_render_grants(c->grants, c->grant_count));
	render_totp(api, doc);
	token = cJSON_AddObjectToObject(doc, "token");
	cJSON_AddStringToObject(token, "kind", c->is_session ? "session" : "api");
	pl_render_time(token, "expires_at", c->expires_ms);
	connector = cJSON_AddObjectToObject(doc, "connector");
	cJSON_AddStringToObject(connector, "version", PL_VERSION);
	cJSON_AddStringToObject(connector, "sda_url", api->server->sda_url);
	features = cJSON_AddArrayToObject(connector, "features");
	for (size_t i = 0; i < sizeof FEATURES / sizeof FEATURES[0]; i++)
		cJSON_AddItemToArray(features, cJSON_CreateString(FEATURES[i]));
	pl_web_json(api->rq, 200, doc);
}

/* These calls are for people: a program's token has no password. */
bool pl_api_is_person(struct pl_api *api)
{
	if (api->caller.is_session)
		return true;
	pl_web_error(api->rq, 403, "forbidden", "This is for users who have signed in.");
	return false;
}

struct new_password {
	const struct pl_caller *caller;
	char hash[PL_PASSWORD_HASH_TEXT];
};

static enum pl_result set_password(struct pl_db *db, void *arg, struct pl_error *err)
{
	const struct new_password *n = arg;
	enum pl_result r;

	r = pl_db_change(db, "UPDATE users SET password_hash=?2 WHERE id=?1",
			 PL_ARGS(pl_db_text(n->caller->user_id), pl_db_text(n->hash)), err);
	if (r == PL_OK)
		r = pl_db_run(
			db, "DELETE FROM api_tokens WHERE user_id=?1 AND kind='session' AND id<>?2",
			PL_ARGS(pl_db_text(n->caller->user_id), pl_db_text(n->caller->token_id)),
			err);
	return r;
}

bool pl_api_password_is_right(struct pl_api *api, const char *password)
{
	char hash[PL_PASSWORD_HASH_TEXT] = "";
	struct pl_db_rows *rows = NULL;

	if (pl_db_one(api->db, &rows, "SELECT password_hash FROM users WHERE id=?1",
		      PL_ARGS(pl_db_text(api->caller.user_id)), NULL) == PL_OK) {
		pl_db_copy_at(rows, 0, hash, sizeof hash);
		pl_db_done(rows);
	}
	return pl_password_matches(hash, password);
}

void pl_api_change_password(struct pl_api *api)
{
	static const char *const MEMBERS[] = { "old_password", "new_password", NULL };
	struct new_password n = { .caller = &api->caller };
	const char *before, *after;
	struct pl_error err = { 0 };

	if (!pl_api_is_person(api) || !pl_api_need_body(api) || !pl_api_only(api, MEMBERS) ||
	    !pl_api_need_text(api, "old_password", 1, PL_MAX_PASSWORD, &before) ||
	    !pl_api_need_text(api, "new_password", PL_MIN_PASSWORD, PL_MAX_PASSWORD, &after))
		return;
	if (pl_throttle_wait_ms(api->server->names, api->caller.name) > 0 ||
	    !pl_api_password_is_right(api, before)) {
		pl_throttle_failed(api->server->names, api->caller.name);
		pl_api_wrong_field(api, "old_password", "The old password is wrong.");
		return;
	}
	if (pl_password_hash(after, n.hash, &err) != PL_OK)
		pl_api_failed(api, PL_E_NO_MEMORY, &err);
	else if (pl_api_change(api, "user", "", set_password, &n))
		pl_web_empty(api->rq, 204);
}

struct second_factor {
	const char *user_id;
	struct pl_bytes sealed;
	int on; /* 0, 1 */
	int64_t step;
};

static enum pl_result store_secret(struct pl_db *db, void *arg, struct pl_error *err)
{
	const struct second_factor *f = arg;

	return pl_db_change(
		db, "UPDATE users SET totp_sealed=?2, totp_step=0 WHERE id=?1 AND totp_on=0",
		PL_ARGS(pl_db_text(f->user_id), pl_db_blob(f->sealed.at, f->sealed.size)), err);
}

static enum pl_result switch_factor(struct pl_db *db, void *arg, struct pl_error *err)
{
	const struct second_factor *f = arg;

	return pl_db_change(db, "UPDATE users SET totp_on=?2, totp_step=?3 WHERE id=?1",
			    PL_ARGS(pl_db_text(f->user_id), pl_db_int(f->on), pl_db_int(f->step)),
			    err);
}

/* Makes a new secret. It counts only once a code of it has been shown. */
void pl_api_start_totp(struct pl_api *api)
{
	struct second_factor f = { .user_id = api->caller.user_id };
	uint8_t secret[PL_TOTP_SECRET];
	char text[PL_TOTP_BASE32], uri[256];
	struct pl_error err = { 0 };
	cJSON *doc;
	enum pl_result r;

	if (!pl_api_is_person(api))
		return;
	pl_random_bytes(secret, sizeof secret);
	pl_totp_base32(secret, text);
	pl_bytes_init(&f.sealed, 128);
	r = pl_seal_wrap(pl_keyring_master(api->server->ring), pl_span_of("totp"), secret,
			 sizeof secret, &f.sealed);
	explicit_bzero(secret, sizeof secret);
	if (r == PL_OK)
		r = pl_store_write(api->server->store, store_secret, &f, &err);
	pl_bytes_finish(&f.sealed);
	if (r == PL_E_NOT_FOUND) {
		pl_web_error(api->rq, 400, "bad_request",
			     "A second factor is set up already; take it off first.");
		return;
	}
	if (r != PL_OK) {
		pl_api_failed(api, r, &err);
		return;
	}
	snprintf(uri, sizeof uri, "otpauth://totp/Platen:%s?secret=%s&issuer=Platen",
		 api->caller.name, text);
	doc = cJSON_CreateObject();
	cJSON_AddStringToObject(doc, "secret", text);
	cJSON_AddStringToObject(doc, "uri", uri);
	pl_web_json(api->rq, 200, doc);
}

bool pl_api_totp_is_right(struct pl_api *api, const char *user_id, const char *code,
			  int64_t *ret_step)
{
	struct pl_db_rows *rows = NULL;
	struct pl_bytes secret;
	bool right = false;

	if (pl_db_one(api->db, &rows, "SELECT totp_sealed, totp_step FROM users WHERE id=?1",
		      PL_ARGS(pl_db_text(user_id)), NULL) != PL_OK)
		return false;
	pl_bytes_init(&secret, 128);
	if (!pl_db_null_at(rows, 0) &&
	    pl_seal_unwrap(pl_keyring_master(api->server->ring), pl_span_of("totp"),
			   pl_db_blob_at(rows, 0).at, pl_db_blob_at(rows, 0).size,
			   &secret) == PL_OK &&
	    secret.size == PL_TOTP_SECRET)
		right = pl_totp_matches(secret.at, code, pl_clock_wall_ms(), pl_db_int_at(rows, 1),
					ret_step);
	pl_bytes_finish(&secret);
	pl_db_done(rows);
	return right;
}

static void switch_totp(struct pl_api *api, int on)
{
	static const char *const MEMBERS[] = { "totp", NULL };
	struct second_factor f = { .user_id = api->caller.user_id, .on = on };
	const char *code;

	if (!pl_api_is_person(api) || !pl_api_need_body(api) || !pl_api_only(api, MEMBERS) ||
	    !pl_api_need_text(api, "totp", 6, 6, &code))
		return;
	if (pl_throttle_wait_ms(api->server->names, api->caller.name) > 0 ||
	    !pl_api_totp_is_right(api, f.user_id, code, &f.step)) {
		pl_throttle_failed(api->server->names, api->caller.name);
		pl_api_wrong_field(api, "totp", "This code is wrong, or was used already.");
		return;
	}
	if (pl_api_change(api, "user", "", switch_factor, &f))
		pl_web_empty(api->rq, 204);
}

void pl_api_confirm_totp(struct pl_api *api)
{
	switch_totp(api, 1);
}

void pl_api_remove_totp(struct pl_api *api)
{
	switch_totp(api, 0);
}
