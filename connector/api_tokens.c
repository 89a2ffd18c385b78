/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /api-tokens: access for other programs, with scopes and an end; the token itself is in one answer
 * only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_calls.h"
#include "api_fields.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "platen/random.h"
#include "render.h"
#include "token.h"

#define SELECT                                                                                     \
	"SELECT id, name, scopes, created_by, created_at, expires_at, last_used_at FROM "          \
	"api_tokens"
#define MAX_LIFE_S 157680000

static const char *const SCOPES[] = { "read", "act", "enrol", "administer" };

struct new_token {
	char id[PL_MAX_ID];
	uint8_t hash[PL_HASH_SIZE];
	char token[PL_BEARER_TEXT], scopes[64];
	const char *name, *by;
	int64_t now_ms, expires_ms;
	struct pl_grant grants[PL_MAX_GRANTS];
	size_t grant_count;
};

static bool covers(const struct pl_caller *caller, const struct pl_grant *grants, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!pl_api_may(caller, PL_ROLE_ADMIN, grants[i].customer_id, grants[i].site_id))
			return false;
	return true;
}

/* A row as openapi.yaml's ApiToken; NULL where the caller may not see it. */
static enum pl_result token_of(struct pl_api *api, struct pl_db_rows *rows, cJSON **ret_token,
			       struct pl_error *err)
{
	struct pl_grant *grants = calloc(PL_MAX_GRANTS, sizeof *grants);
	const char *scopes = pl_db_text_at(rows, 2);
	size_t count = 0;
	cJSON *doc = NULL, *list;
	enum pl_result r;

	if (!grants)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	r = pl_grants_get(api->db, NULL, pl_db_text_at(rows, 0), grants, &count, err);
	if (r == PL_OK && covers(&api->caller, grants, count)) {
		doc = cJSON_CreateObject();
		cJSON_AddStringToObject(doc, "id", pl_db_text_at(rows, 0));
		cJSON_AddStringToObject(doc, "name", pl_db_text_at(rows, 1));
		cJSON_AddItemToObject(doc, "grants", pl_render_grants(grants, count));
		list = cJSON_AddArrayToObject(doc, "scopes");
		for (int i = 0; i < 4; i++)
			if (pl_api_list_has(scopes, SCOPES[i]))
				cJSON_AddItemToArray(list, cJSON_CreateString(SCOPES[i]));
		cJSON_AddStringToObject(doc, "created_by", pl_db_text_at(rows, 3));
		pl_render_time(doc, "created_at", pl_db_int_at(rows, 4));
		pl_render_time(doc, "expires_at", pl_db_int_at(rows, 5));
		pl_render_time(doc, "last_used_at", pl_db_int_at(rows, 6));
	}
	free(grants);
	*ret_token = doc;
	return r;
}

void pl_api_api_tokens(struct pl_api *api)
{
	cJSON *doc = cJSON_CreateObject(), *items = cJSON_AddArrayToObject(doc, "items"), *token;
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	enum pl_result r =
		pl_db_query(api->db, &rows, SELECT " WHERE kind='api' ORDER BY created_at DESC, id",
			    PL_NO_ARGS, &err);

	while (r == PL_OK && (r = pl_db_next(rows, &err)) == PL_OK) {
		r = token_of(api, rows, &token, &err);
		if (r == PL_OK && token)
			cJSON_AddItemToArray(items, token);
	}
	pl_db_done(rows);
	pl_api_send(api, doc, r == PL_E_NOT_FOUND ? PL_OK : r, &err);
}

/* The scopes as a comma list; nobody hands out what his own token does not have. */
static bool read_scopes(struct pl_api *api, struct new_token *t)
{
	static const unsigned BITS[] = { PL_SCOPE_READ, PL_SCOPE_ACT, PL_SCOPE_ENROL,
					 PL_SCOPE_ADMINISTER };
	const cJSON *item, *list = pl_json_at(api->body, "scopes");

	cJSON_ArrayForEach(item, list)
	{
		int i = 0;

		while (i < 4 && !(cJSON_IsString(item) && !strcmp(item->valuestring, SCOPES[i])))
			i++;
		if (i == 4 || !(api->caller.scopes & BITS[i])) {
			pl_api_wrong_field(api, "scopes",
					   "scopes are read, act, enrol and administer, as far as "
					   "you have them.");
			return false;
		}
		if (!*t->scopes || !pl_api_list_has(t->scopes, SCOPES[i]))
			snprintf(t->scopes + strlen(t->scopes),
				 sizeof t->scopes - strlen(t->scopes), "%s%s",
				 *t->scopes ? "," : "", SCOPES[i]);
	}
	if (*t->scopes)
		return true;
	pl_api_wrong_field(api, "scopes", "scopes must name at least one.");
	return false;
}

static bool read_request(struct pl_api *api, struct new_token *t)
{
	static const char *const MEMBERS[] = { "name", "scopes", "grants", "expires_in_s", NULL };
	int64_t life_s = 0;

	if (!pl_api_need_body(api) || !pl_api_only(api, MEMBERS) ||
	    !pl_api_need_text(api, "name", 1, 64, &t->name) || !read_scopes(api, t) ||
	    !pl_api_grants_field(api, t->grants, &t->grant_count) ||
	    !pl_api_number_field(api, "expires_in_s", 60, MAX_LIFE_S, &life_s))
		return false;
	if (life_s == 0) {
		pl_api_wrong_field(api, "expires_in_s", "expires_in_s is missing.");
		return false;
	}
	if (t->grant_count == 0) {
		memcpy(t->grants, api->caller.grants, sizeof t->grants);
		t->grant_count = api->caller.grant_count;
	}
	t->by = api->caller.name;
	t->now_ms = pl_clock_wall_ms();
	t->expires_ms = t->now_ms + life_s * 1000;
	return true;
}

static enum pl_result create(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct new_token *t = arg;
	enum pl_result r;

	r = pl_db_run(db,
		      "INSERT INTO api_tokens (id, hash, kind, name, scopes, created_by, "
		      "created_at, expires_at)"
		      " VALUES (?1,?2,'api',?3,?4,?5,?6,?7)",
		      PL_ARGS(pl_db_text(t->id), pl_db_blob(t->hash, sizeof t->hash),
			      pl_db_text(t->name), pl_db_text(t->scopes), pl_db_text(t->by),
			      pl_db_int(t->now_ms), pl_db_int(t->expires_ms)),
		      err);
	return r == PL_OK ? pl_grants_put(db, NULL, t->id, t->grants, t->grant_count, err) : r;
}

static void answer_created(struct pl_api *api, const struct new_token *t)
{
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	cJSON *doc = NULL;
	enum pl_result r =
		pl_db_one(api->db, &rows, SELECT " WHERE id=?1", PL_ARGS(pl_db_text(t->id)), &err);

	if (r == PL_OK) {
		r = token_of(api, rows, &doc, &err);
		pl_db_done(rows);
	}
	if (r != PL_OK || !doc) {
		pl_api_failed(api, r, &err);
		return;
	}
	cJSON_AddStringToObject(doc, "token", t->token);
	pl_web_json(api->rq, 201, doc);
}

void pl_api_create_api_token(struct pl_api *api)
{
	struct new_token *t = calloc(1, sizeof *t);

	if (!t) {
		pl_web_error(api->rq, 503, "busy", "The server is out of memory.");
		return;
	}
	pl_random_uuid(t->id);
	pl_token_bearer(t->token, t->hash);
	if (read_request(api, t) && pl_api_change(api, "token", "", create, t)) {
		snprintf(api->subject, sizeof api->subject, "%s %s", t->name, t->id);
		answer_created(api, t);
	}
	explicit_bzero(t->token, sizeof t->token);
	free(t);
}

static enum pl_result revoke_stored(struct pl_db *db, void *arg, struct pl_error *err)
{
	return pl_db_change(db, "DELETE FROM api_tokens WHERE id=?1 AND kind='api'",
			    PL_ARGS(pl_db_text(arg)), err);
}

void pl_api_revoke_api_token(struct pl_api *api)
{
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	cJSON *doc = NULL;
	enum pl_result r = pl_db_one(api->db, &rows, SELECT " WHERE id=?1 AND kind='api'",
				     PL_ARGS(pl_db_text(api->rq->part[0])), &err);

	if (r == PL_OK) {
		r = token_of(api, rows, &doc, &err);
		pl_db_done(rows);
	}
	if (r == PL_E_NOT_FOUND || (r == PL_OK && !doc))
		pl_api_not_found(api, "token");
	else if (r != PL_OK)
		pl_api_failed(api, r, &err);
	else if (pl_api_change(api, "token", "", revoke_stored, api->rq->part[0])) {
		snprintf(api->subject, sizeof api->subject, "%s", api->rq->part[0]);
		pl_web_empty(api->rq, 204);
	}
	cJSON_Delete(doc);
}
