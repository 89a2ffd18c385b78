/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PATCH /printers/{id} and PATCH /agents/{id}: what an administrator adds: asset numbers, places,
 * tags, sites.
 */
#include <stdio.h>
#include <string.h>

#include "api_calls.h"
#include "api_fields.h"
#include "drift.h"
#include "platen/json.h"
#include "render.h"

#define MAX_TAGS 32
#define MAX_TAG	 40

struct notes {
	char customer_id[PL_MAX_ID], site_id[PL_MAX_ID];
	int64_t no;
	bool asset_there, location_there, tags_there;
	const char *asset, *location;
	struct pl_keyring *ring;
	struct pl_bytes tags; /* JSON */
};

/* Tags as a JSON list of their own; each once, in the order given. */
static bool read_tags(struct pl_api *api, struct notes *n)
{
	const cJSON *tag, *list = cJSON_GetObjectItemCaseSensitive(api->body, "tags");
	cJSON *clean;
	bool ok = true;

	n->tags_there = list != NULL;
	if (!list)
		return true;
	clean = cJSON_CreateArray();
	cJSON_ArrayForEach(tag, list)
	{
		const cJSON *other;
		size_t size = cJSON_IsString(tag) ? strlen(tag->valuestring) : 0;
		bool known = false;

		ok = ok && size > 0 && size <= MAX_TAG;
		cJSON_ArrayForEach(other, clean) known =
			known || (size > 0 && !strcmp(other->valuestring, tag->valuestring));
		if (ok && !known)
			cJSON_AddItemToArray(clean, cJSON_CreateString(tag->valuestring));
	}
	ok = ok && cJSON_IsArray(list) && cJSON_GetArraySize(clean) <= MAX_TAGS &&
	     pl_json_print(clean, &n->tags) == PL_OK;
	cJSON_Delete(clean);
	if (!ok)
		pl_api_wrong_field(api, "tags", "tags are at most %d words of 1 to %d characters.",
				   MAX_TAGS, MAX_TAG);
	return ok;
}

static bool read_notes(struct pl_api *api, struct notes *n)
{
	static const char *const MEMBERS[] = { "asset_number", "location", "tags", NULL };

	if (!pl_api_need_body(api) || !pl_api_only(api, MEMBERS) ||
	    !pl_api_text_field(api, "asset_number", 0, 64, &n->asset) ||
	    !pl_api_text_field(api, "location", 0, 200, &n->location))
		return false;
	n->asset_there = cJSON_HasObjectItem(api->body, "asset_number");
	n->location_there = cJSON_HasObjectItem(api->body, "location");
	return read_tags(api, n);
}

static enum pl_result store_notes(struct pl_db *db, void *arg, struct pl_error *err)
{
	const struct notes *n = arg;
	enum pl_result r;

	r = pl_db_change(
		db,
		"UPDATE devices SET asset_number=CASE WHEN ?2=1 THEN ?3 ELSE asset_number END,"
		" location=CASE WHEN ?4=1 THEN ?5 ELSE location END,"
		" tags=CASE WHEN ?6=1 THEN ?7 ELSE tags END WHERE no=?1",
		PL_ARGS(pl_db_int(n->no), pl_db_int(n->asset_there), pl_db_word(n->asset),
			pl_db_int(n->location_there), pl_db_word(n->location),
			pl_db_int(n->tags_there), pl_db_word((const char *)n->tags.at)),
		err);
	if (r == PL_OK && n->tags_there) /* with a tag comes what is wanted of it */
		r = pl_drift_review(db, n->ring, n->customer_id, n->no, err);
	return r;
}

/* The row of a path's id (no, customer, site), if the caller is operator there; else answers. */
static bool find_row(struct pl_api *api, const char *what, const char *sql, enum pl_role role,
		     struct notes *n)
{
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	enum pl_result r =
		pl_db_one(api->db, &rows, sql, PL_ARGS(pl_db_text(api->rq->part[0])), &err);

	if (r == PL_OK) {
		n->no = pl_db_int_at(rows, 0);
		pl_db_copy_at(rows, 1, n->customer_id, sizeof n->customer_id);
		pl_db_copy_at(rows, 2, n->site_id, sizeof n->site_id);
		pl_db_done(rows);
	}
	if (r == PL_E_NOT_FOUND ||
	    (r == PL_OK && !pl_api_may(&api->caller, PL_ROLE_VIEWER, n->customer_id, n->site_id)))
		pl_api_not_found(api, what);
	else if (r != PL_OK)
		pl_api_failed(api, r, &err);
	else if (!pl_api_may(&api->caller, role, n->customer_id, n->site_id))
		pl_api_forbidden(api, role);
	snprintf(api->subject, sizeof api->subject, "%s", api->rq->part[0]);
	return api->rq->status == 0;
}

void pl_api_update_printer(struct pl_api *api)
{
	struct notes n = { 0 };

	pl_bytes_init(&n.tags, 4096);
	n.ring = api->server->ring;
	if (find_row(
		    api, "printer",
		    "SELECT d.no, d.customer_id, d.site_id FROM devices d JOIN customers c"
		    " ON c.id=d.customer_id AND c.active=1 WHERE d.id=?1 AND d.merged_into IS NULL",
		    PL_ROLE_OPERATOR, &n) &&
	    read_notes(api, &n) && pl_api_change(api, "printer", n.customer_id, store_notes, &n)) {
		pl_events_post(api->server->events, n.customer_id, n.site_id, "printer.changed",
			       api->rq->part[0], NULL, NULL, NULL);
		pl_api_printer(api);
	}
	pl_bytes_finish(&n.tags);
}

struct move {
	int64_t no;
	const char *site_id;
};

static enum pl_result store_move(struct pl_db *db, void *arg, struct pl_error *err)
{
	const struct move *m = arg;
	enum pl_result r = pl_db_change(db, "UPDATE agents SET site_id=?2 WHERE no=?1",
					PL_ARGS(pl_db_int(m->no), pl_db_text(m->site_id)), err);

	return r == PL_OK ? pl_db_run(db, "UPDATE devices SET site_id=?2 WHERE agent_no=?1",
				      PL_ARGS(pl_db_int(m->no), pl_db_text(m->site_id)), err)
			  : r;
}

/* A PC, and the printers on it, to another site of the same customer. */
void pl_api_update_agent(struct pl_api *api)
{
	static const char *const MEMBERS[] = { "site_id", NULL };
	struct pl_roster_agent *agent;
	struct notes n = { 0 };
	struct move m;
	int64_t there = 0;

	if (!find_row(api, "agent",
		      "SELECT a.no, a.customer_id, a.site_id FROM agents a JOIN customers c"
		      " ON c.id=a.customer_id AND c.active=1 WHERE a.id=?1",
		      PL_ROLE_ADMIN, &n) ||
	    !pl_api_need_body(api) || !pl_api_only(api, MEMBERS) ||
	    !pl_api_need_text(api, "site_id", 1, PL_MAX_ID - 1, &m.site_id))
		return;
	(void)!pl_db_number(api->db, &there,
			    "SELECT count(*) FROM sites WHERE id=?1 AND customer_id=?2",
			    PL_ARGS(pl_db_text(m.site_id), pl_db_text(n.customer_id)), NULL);
	if (!there || !pl_api_may(&api->caller, PL_ROLE_ADMIN, n.customer_id, m.site_id)) {
		pl_api_wrong_field(api, "site_id", "The customer has no such site.");
		return;
	}
	m.no = n.no;
	if (!pl_api_change(api, "agent", n.customer_id, store_move, &m))
		return;
	agent = pl_roster_find_no(api->server->roster, n.no);
	if (agent)
		pl_roster_move(api->server->roster, agent, m.site_id);
	pl_events_post(api->server->events, n.customer_id, m.site_id, "agent.changed",
		       api->rq->part[0], NULL, NULL, NULL);
	pl_api_agent(api);
}
