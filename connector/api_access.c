/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing in and out, and who asks. A session is a bearer token that the console keeps for one
 * window; the store has only its hash.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "api_calls.h"
#include "audit_store.h"
#include "password.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"
#include "platen/random.h"
#include "render.h"
#include "token.h"

#define TOUCH_MS 60000 /* last_used_at is written at most this often */

static const struct {
	const char *word;
	unsigned scope;
} SCOPES[] = {
	{ "read", PL_SCOPE_READ },
	{ "act", PL_SCOPE_ACT },
	{ "enrol", PL_SCOPE_ENROL },
	{ "administer", PL_SCOPE_ADMINISTER },
};

static unsigned scopes_of(const char *list)
{
	unsigned scopes = 0;

	for (size_t i = 0; i < sizeof SCOPES / sizeof SCOPES[0]; i++)
		if (pl_api_list_has(list, SCOPES[i].word))
			scopes |= SCOPES[i].scope;
	return scopes;
}

#define CALLER                                                                                     \
	"SELECT t.id, t.kind, t.expires_at, t.user_id, coalesce(u.name, t.name), t.scopes, t.name" \
	", t.last_used_at FROM api_tokens t LEFT JOIN users u ON u.id=t.user_id"                   \
	" WHERE (t.expires_at IS NULL OR t.expires_at > ?2) AND (u.active=1 OR u.id IS NULL)"

/* Loads the token that `sql` finds by `key`. PL_E_NOT_FOUND: none, ended, or its user may not sign
 * in. */
static enum pl_result load_caller(struct pl_db *db, const char *sql, struct pl_db_value key,
				  struct pl_caller *c, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	memset(c, 0, sizeof *c);
	r = pl_db_one(db, &rows, sql, PL_ARGS(key, pl_db_int(pl_clock_wall_ms())), err);
	if (r != PL_OK)
		return r;
	pl_db_copy_at(rows, 0, c->token_id, sizeof c->token_id);
	c->is_session = !strcmp(pl_db_text_at(rows, 1), "session");
	c->expires_ms = pl_db_int_at(rows, 2);
	pl_db_copy_at(rows, 3, c->user_id, sizeof c->user_id);
	pl_db_copy_at(rows, c->is_session ? 4 : 6, c->name, sizeof c->name);
	c->scopes = scopes_of(pl_db_text_at(rows, 5));
	c->used_ms = pl_db_int_at(rows, 7);
	pl_db_done(rows);
	r = pl_grants_get(db, c->is_session ? c->user_id : NULL, c->is_session ? NULL : c->token_id,
			  c->grants, &c->grant_count, err);
	for (size_t i = 0; i < c->grant_count; i++)
		if (c->grants[i].role > c->role)
			c->role = c->grants[i].role;
	return r;
}

enum pl_result pl_api_load_caller(struct pl_db *db, const char *token_id,
				  struct pl_caller *ret_caller, struct pl_error *err)
{
	return load_caller(db, CALLER " AND t.id=?1", pl_db_text(token_id), ret_caller, err);
}

void pl_api_caller_digest(const struct pl_caller *caller, uint8_t digest[static PL_HASH_SIZE])
{
	struct pl_bytes text;

	pl_bytes_init(&text, 64 * 1024);
	(void)!pl_bytes_add_format(&text, "%u\n", caller->scopes);
	for (size_t i = 0; i < caller->grant_count; i++) {
		const struct pl_grant *g = &caller->grants[i];

		(void)!pl_bytes_add_format(&text, "%d %s %s\n", (int)g->role, g->customer_id,
					   g->site_id);
	}
	pl_token_hash(pl_bytes_span(&text), digest);
	pl_bytes_finish(&text);
}

static enum pl_result touch(struct pl_db *db, void *arg, struct pl_error *err)
{
	return pl_db_run(db, "UPDATE api_tokens SET last_used_at=?2 WHERE id=?1",
			 PL_ARGS(pl_db_text(arg), pl_db_int(pl_clock_wall_ms())), err);
}

bool pl_api_sign_in(struct pl_api *api)
{
	const char *authorization = pl_web_header(api->rq, "Authorization");
	struct pl_error err = { 0 };
	uint8_t hash[PL_HASH_SIZE];
	enum pl_result r;

	if (!authorization || strncmp(authorization, "Bearer ", 7) != 0) {
		pl_web_error(api->rq, 401, "not_signed_in", "Sign in first.");
		return false;
	}
	pl_token_hash(pl_span_of(authorization + 7), hash);
	r = load_caller(api->db, CALLER " AND t.hash=?1", pl_db_blob(hash, PL_HASH_SIZE),
			&api->caller, &err);
	if (r == PL_OK && !api->caller.is_session &&
	    pl_clock_wall_ms() - api->caller.used_ms > TOUCH_MS)
		(void)!pl_store_write(api->server->store, touch, api->caller.token_id, NULL);
	if (r == PL_OK)
		return true;
	if (r == PL_E_NOT_FOUND)
		pl_web_error(api->rq, 401, "not_signed_in",
			     "Sign in again: this session has ended.");
	else
		pl_api_failed(api, r, &err);
	return false;
}

struct session {
	char id[PL_MAX_ID], user_id[PL_MAX_ID], name[PL_MAX_NAME];
	uint8_t hash[PL_HASH_SIZE];
	int64_t now_ms, expires_ms;
	bool totp_on;
	int64_t totp_step; /* of the code that was shown; it counts once */
};

static enum pl_result store_session(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct session *s = arg;
	enum pl_result r;

	r = pl_db_run(db,
		      "INSERT INTO api_tokens (id, hash, kind, user_id, name, scopes, created_by, "
		      "created_at,"
		      " expires_at) VALUES (?1,?2,'session',?3,?4,'',?4,?5,?6)",
		      PL_ARGS(pl_db_text(s->id), pl_db_blob(s->hash, sizeof s->hash),
			      pl_db_text(s->user_id), pl_db_text(s->name), pl_db_int(s->now_ms),
			      pl_db_int(s->expires_ms)),
		      err);
	if (r == PL_OK)
		r = pl_db_run(db, "UPDATE users SET last_login_at=?2 WHERE id=?1",
			      PL_ARGS(pl_db_text(s->user_id), pl_db_int(s->now_ms)), err);
	if (r == PL_OK && s->totp_on) /* of two logins with one code, one comes too late */
		r = pl_db_change(db, "UPDATE users SET totp_step=?2 WHERE id=?1 AND totp_step < ?2",
				 PL_ARGS(pl_db_text(s->user_id), pl_db_int(s->totp_step)), err);
	return r;
}

static void start_session(struct pl_api *api, struct session *s)
{
	struct pl_grant grants[PL_MAX_GRANTS];
	char token[PL_BEARER_TEXT];
	struct pl_error err = { 0 };
	enum pl_role role = PL_ROLE_NONE;
	size_t count = 0;
	cJSON *doc, *user;
	enum pl_result r;

	pl_random_uuid(s->id);
	pl_token_bearer(token, s->hash);
	s->now_ms = pl_clock_wall_ms();
	s->expires_ms =
		s->now_ms +
		pl_setting_number(api->server->settings, PL_SETTING_SESSION_HOURS) * 3600 * 1000;
	r = pl_store_write(api->server->store, store_session, s, &err);
	if (r == PL_E_NOT_FOUND) {
		pl_web_error(api->rq, 401, "wrong_totp", "This code was used already.");
		return;
	}
	if (r == PL_OK)
		r = pl_grants_get(api->db, s->user_id, NULL, grants, &count, &err);
	if (r != PL_OK) {
		pl_api_failed(api, r, &err);
		return;
	}
	for (size_t i = 0; i < count; i++)
		role = grants[i].role > role ? grants[i].role : role;
	doc = cJSON_CreateObject();
	cJSON_AddStringToObject(doc, "token", token);
	pl_render_time(doc, "expires_at", s->expires_ms);
	cJSON_AddStringToObject(doc, "role", pl_role_name(role));
	user = cJSON_AddObjectToObject(doc, "user");
	cJSON_AddStringToObject(user, "id", s->user_id);
	cJSON_AddStringToObject(user, "name", s->name);
	pl_web_json(api->rq, 200, doc);
}

/* Looks the password up and compares; the time it takes does not tell whether the name exists. */
static bool check_password(struct pl_api *api, const char *name, const char *password,
			   struct session *s)
{
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	char hash[PL_PASSWORD_HASH_TEXT] = "";
	enum pl_result r;

	r = pl_db_one(
		api->db, &rows,
		"SELECT id, name, password_hash, totp_on FROM users WHERE name=?1 AND active=1",
		PL_ARGS(pl_db_text(name)), &err);
	if (r == PL_OK) {
		pl_db_copy_at(rows, 0, s->user_id, sizeof s->user_id);
		pl_db_copy_at(rows, 1, s->name, sizeof s->name);
		pl_db_copy_at(rows, 2, hash, sizeof hash);
		s->totp_on = pl_db_int_at(rows, 3) != 0;
		pl_db_done(rows);
	}
	return pl_password_matches(r == PL_OK ? hash : NULL, password);
}

static bool is_throttled(struct pl_api *api, struct pl_throttle *throttle, const char *key)
{
	int64_t wait_ms = pl_throttle_wait_ms(throttle, key);

	if (wait_ms == 0)
		return false;
	pl_web_add_header(api->rq, "Retry-After", "%lld", (long long)(wait_ms / 1000 + 1));
	pl_web_error(api->rq, 429, "too_many", "Too many attempts; wait %lld seconds.",
		     (long long)(wait_ms / 1000 + 1));
	return true;
}

/* The second factor, where the user has one. */
static bool check_code(struct pl_api *api, struct session *s)
{
	const char *code = pl_json_text(api->body, "totp");

	if (!code) {
		pl_web_error(api->rq, 401, "totp_required",
			     "Enter the six digits of the authenticator app as well.");
		return false;
	}
	if (pl_api_totp_is_right(api, s->user_id, code, &s->totp_step))
		return true;
	pl_throttle_failed(api->server->names, s->name);
	pl_web_error(api->rq, 401, "wrong_totp", "This code is wrong, or was used already.");
	return false;
}

static void try_login(struct pl_api *api, const char *name, const char *password)
{
	struct pl_server *server = api->server;
	struct session s = { 0 };
	char address[64];

	pl_web_address(api->rq, address, sizeof address);
	if (is_throttled(api, server->names, name) || is_throttled(api, server->addresses, address))
		return;
	snprintf(api->caller.name, sizeof api->caller.name, "%s", name);
	if (!check_password(api, name, password, &s)) {
		pl_throttle_failed(server->names, name);
		pl_throttle_failed(server->addresses, address);
		log_warn(NULL, "login failed address=%s", address);
		pl_web_error(api->rq, 401, "wrong_credentials",
			     "The name or the password is wrong.");
		return;
	}
	if (s.totp_on && !check_code(api, &s))
		return;
	pl_throttle_forget(server->names, name);
	start_session(api, &s);
}

static void login(struct pl_db *reader, void *arg)
{
	static const char *const MEMBERS[] = { "name", "password", "totp", NULL };
	struct pl_web_request *rq = arg;
	struct pl_api api = { .rq = rq, .server = pl_web_owner(rq), .db = reader };
	const char *name, *password;
	struct pl_error err = { 0 };

	if (pl_json_parse(pl_bytes_span(&rq->body), &api.body, &err) != PL_OK ||
	    !cJSON_IsObject(api.body)) {
		pl_web_error(rq, 400, "bad_request", "The body must be a JSON object.");
		cJSON_Delete(api.body);
		return;
	}
	name = pl_json_text(api.body, "name");
	password = pl_json_text(api.body, "password");
	if (!pl_api_only(&api, MEMBERS))
		; /* answered */
	else if (!name || !pl_user_name_is_valid(name))
		pl_api_wrong_field(&api, "name", "name must be a user's name.");
	else if (!password || !*password || strlen(password) > PL_MAX_PASSWORD)
		pl_api_wrong_field(&api, "password", "password must be 1 to %d characters.",
				   PL_MAX_PASSWORD);
	else
		try_login(&api, name, password);
	if (*api.caller.name)
		pl_audit_call(&api);
	cJSON_Delete(api.body);
}

void pl_api_login(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);

	pl_web_to_pool(rq, server->pool, login);
}

static enum pl_result end_session(struct pl_db *db, void *arg, struct pl_error *err)
{
	const struct pl_api *api = arg;

	return pl_db_run(db, "DELETE FROM api_tokens WHERE id=?1 AND kind='session'",
			 PL_ARGS(pl_db_text(api->caller.token_id)), err);
}

void pl_api_logout(struct pl_api *api)
{
	struct pl_error err = { 0 };
	enum pl_result r = pl_store_write(api->server->store, end_session, api, &err);

	if (r == PL_OK)
		pl_web_empty(api->rq, 204);
	else
		pl_api_failed(api, r, &err);
}
