/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /enrolment-tokens: making, listing and revoking the tokens that bring PCs in.
 */
#include <stdio.h>
#include <string.h>

#include "api_calls.h"
#include "customers.h"
#include "enrolment_tokens.h"
#include "install.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "render.h"

#define SELECT                                                                                     \
	"SELECT t.id, t.used, t.uses, t.expires_at, t.revoked_at, t.created_by, t.created_at,"     \
	" t.note, s.id, s.name, c.id, c.name, t.no"
#define FROM                                                                                       \
	" FROM (SELECT *, row_number() OVER (ORDER BY created_at, id) AS no FROM "                 \
	"enrolment_tokens)"                                                                        \
	" t JOIN sites s ON s.id=t.site_id JOIN customers c ON c.id=t.customer_id WHERE 1=1"
#define USUAL_LIFE_S 604800

static cJSON *token_of(struct pl_db_rows *rows)
{
	cJSON *doc = cJSON_CreateObject();

	cJSON_AddStringToObject(doc, "id", pl_db_text_at(rows, 0));
	cJSON_AddItemToObject(doc, "site", pl_render_site(rows, 8));
	cJSON_AddStringToObject(
		doc, "state",
		pl_enrolment_token_state(pl_db_int_at(rows, 1), pl_db_int_at(rows, 2),
					 pl_db_int_at(rows, 3), !pl_db_null_at(rows, 4)));
	pl_json_add_int(doc, "uses", pl_db_int_at(rows, 2));
	pl_json_add_int(doc, "used", pl_db_int_at(rows, 1));
	cJSON_AddStringToObject(doc, "created_by", pl_db_text_at(rows, 5));
	pl_render_time(doc, "created_at", pl_db_int_at(rows, 6));
	pl_render_time(doc, "expires_at", pl_db_int_at(rows, 3));
	pl_json_add_text(doc, "note", pl_db_text_at(rows, 7));
	return doc;
}

static enum pl_result read_page(struct pl_api *api, int64_t before, int limit, cJSON *doc,
				cJSON *items, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	int64_t last = 0, total = 0;
	char next[24];
	int n = 0;
	enum pl_result r;

	pl_query_init(&q, SELECT ", count(*) OVER ()" FROM);
	pl_api_limit(api, &q, "t.customer_id", "t.site_id");
	pl_query_add(&q, " ORDER BY t.no DESC");
	r = pl_query_run(&q, api->db, &rows, err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		total = pl_db_int_at(rows, 13);
		if (pl_db_int_at(rows, 12) >= before)
			continue;
		if (n++ == limit)
			break;
		last = pl_db_int_at(rows, 12);
		cJSON_AddItemToArray(items, token_of(rows));
	}
	pl_db_done(rows);
	pl_query_finish(&q);
	snprintf(next, sizeof next, "%lld", (long long)last);
	pl_json_add_text(doc, "next_cursor", n > limit ? next : NULL);
	pl_json_add_int(doc, "total", total);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

void pl_api_enrolment_tokens(struct pl_api *api)
{
	cJSON *items, *doc;
	struct pl_error err = { 0 };
	int64_t before;
	int limit;
	enum pl_result r;

	if (!pl_api_page_size(api, &limit) || !pl_api_before(api, &before))
		return;
	doc = pl_api_new_page(&items);
	r = read_page(api, before, limit, doc, items, &err);
	pl_api_send(api, doc, r, &err);
}

static bool read_request(struct pl_api *api, struct pl_new_token *t, const char **ret_site)
{
	static const char *const MEMBERS[] = { "site_id", "uses", "expires_in_s", "note", NULL };
	const cJSON *note = pl_json_at(api->body, "note");
	int64_t life_s = USUAL_LIFE_S;

	t->uses = 1;
	if (!pl_api_only(api, MEMBERS))
		return false;
	if (pl_json_at(api->body, "uses") && !pl_json_int(api->body, "uses", 1, 100000, &t->uses)) {
		pl_api_wrong_field(api, "uses", "uses must be a number from 1 to 100000.");
		return false;
	}
	if (pl_json_at(api->body, "expires_in_s") &&
	    !pl_json_int(api->body, "expires_in_s", 60, 31536000, &life_s)) {
		pl_api_wrong_field(api, "expires_in_s",
				   "expires_in_s must be a number from 60 to 31536000.");
		return false;
	}
	if (note && !cJSON_IsNull(note) &&
	    (!cJSON_IsString(note) || strlen(note->valuestring) > 200)) {
		pl_api_wrong_field(api, "note", "note must be at most 200 characters.");
		return false;
	}
	t->note = pl_json_text(api->body, "note");
	t->expires_ms = pl_clock_wall_ms() + life_s * 1000;
	*ret_site = pl_json_text(api->body, "site_id");
	return true;
}

/* The site that was named, or the first the caller may enrol into. */
static enum pl_result find_site(struct pl_api *api, const char *wanted,
				char site_id[static PL_MAX_ID], char customer_id[static PL_MAX_ID],
				struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	enum pl_result r;

	pl_query_init(&q, "SELECT s.id, s.customer_id FROM sites s WHERE 1=1");
	pl_api_limit(api, &q, "s.customer_id", "s.id");
	if (wanted)
		pl_query_and(&q, "s.id=", pl_db_text(wanted));
	pl_query_add(&q, " ORDER BY s.created_at, s.id LIMIT 1");
	r = pl_query_run(&q, api->db, &rows, err);
	if (r == PL_OK)
		r = pl_db_next(rows, err);
	if (r == PL_OK) {
		pl_db_copy_at(rows, 0, site_id, PL_MAX_ID);
		pl_db_copy_at(rows, 1, customer_id, PL_MAX_ID);
	}
	pl_db_done(rows);
	pl_query_finish(&q);
	return r;
}

static void answer_created(struct pl_api *api, const struct pl_new_token *t)
{
	struct pl_server *server = api->server;
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	char url[PL_MAX_SETTING];
	struct pl_bytes text;
	cJSON *doc;
	enum pl_result r;

	pl_bytes_init(&text, 2 * PL_MAX_TOKEN);
	pl_setting_text(server->settings, PL_SETTING_URL, url);
	r = pl_token_write(*url ? url : server->sda_url, server->identity.ca_pin, t->secret, &text);
	if (r == PL_OK)
		r = pl_db_one(api->db, &rows, SELECT FROM " AND t.id=?1",
			      PL_ARGS(pl_db_text(t->id)), &err);
	if (r == PL_OK) {
		doc = token_of(rows);
		pl_db_done(rows);
		cJSON_AddStringToObject(doc, "token", (const char *)text.at);
		cJSON_AddItemToObject(doc, "install", pl_install_lines((const char *)text.at));
		pl_web_json(api->rq, 201, doc);
	} else {
		pl_api_failed(api, r, &err);
	}
	pl_bytes_finish(&text);
}

void pl_api_create_enrolment_token(struct pl_api *api)
{
	char site_id[PL_MAX_ID], customer_id[PL_MAX_ID];
	struct pl_new_token t = { .created_by = api->caller.name };
	struct pl_error err = { 0 };
	const char *wanted = NULL;
	enum pl_result r;

	if (!read_request(api, &t, &wanted))
		return;
	r = find_site(api, wanted, site_id, customer_id, &err);
	if (r == PL_E_NOT_FOUND) {
		pl_api_wrong_field(api, "site_id", "There is no such site.");
		return;
	}
	t.site_id = site_id;
	t.customer_id = customer_id;
	if (r == PL_OK)
		r = pl_store_write(api->server->store, pl_enrolment_token_create, &t, &err);
	if (r != PL_OK) {
		pl_api_failed(api, r, &err);
		return;
	}
	snprintf(api->subject, sizeof api->subject, "%s", t.id);
	snprintf(api->customer_id, sizeof api->customer_id, "%s", customer_id);
	answer_created(api, &t);
}

struct revocation {
	const char *id;
	char customer_id[PL_MAX_ID];
};

static enum pl_result revoke_stored(struct pl_db *db, void *arg, struct pl_error *err)
{
	const struct revocation *v = arg;

	return pl_enrolment_token_revoke(db, v->id, v->customer_id, err);
}

void pl_api_revoke_enrolment_token(struct pl_api *api)
{
	struct revocation v = { .id = api->rq->part[0] };
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	struct pl_query q;
	enum pl_result r;

	pl_query_init(&q, "SELECT t.customer_id FROM enrolment_tokens t WHERE t.id=");
	pl_query_value(&q, pl_db_text(v.id));
	pl_api_limit(api, &q, "t.customer_id", "t.site_id");
	r = pl_query_run(&q, api->db, &rows, &err);
	if (r == PL_OK)
		r = pl_db_next(rows, &err);
	if (r == PL_OK)
		pl_db_copy_at(rows, 0, v.customer_id, sizeof v.customer_id);
	pl_db_done(rows);
	pl_query_finish(&q);
	if (r == PL_OK)
		r = pl_store_write(api->server->store, revoke_stored, &v, &err);
	if (r == PL_OK) {
		snprintf(api->subject, sizeof api->subject, "%s", v.id);
		snprintf(api->customer_id, sizeof api->customer_id, "%s", v.customer_id);
		pl_web_empty(api->rq, 204);
	} else if (r == PL_E_NOT_FOUND) {
		pl_api_not_found(api, "token");
	} else {
		pl_api_failed(api, r, &err);
	}
}
