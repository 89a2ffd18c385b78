/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /customers/{id}/sites and /sites/{id}: made, renamed, removed by who administers the customer.
 */
#include <stdio.h>
#include <string.h>

#include "api_calls.h"
#include "api_fields.h"
#include "customers.h"
#include "platen/json.h"
#include "render.h"

struct change {
	const char *id, *name;
	char customer_id[PL_MAX_ID], site_id[PL_MAX_ID];
};

static enum pl_result create(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct change *c = arg;

	return pl_site_create(db, c->customer_id, c->name, c->site_id, err);
}

static enum pl_result rename_site(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct change *c = arg;

	return pl_site_rename(db, c->id, c->name, err);
}

static enum pl_result remove_site(struct pl_db *db, void *arg, struct pl_error *err)
{
	return pl_site_remove(db, ((struct change *)arg)->id, err);
}

static void answer_site(struct pl_api *api, int status, const char *id)
{
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	cJSON *doc;
	enum pl_result r;

	r = pl_db_one(
		api->db, &rows,
		"SELECT id, name, (SELECT count(*) FROM devices d WHERE d.site_id=s.id"
		" AND d.merged_into IS NULL), (SELECT count(*) FROM agents a WHERE a.site_id=s.id"
		" AND a.state='active') FROM sites s WHERE id=?1",
		PL_ARGS(pl_db_text(id)), &err);
	if (r != PL_OK) {
		pl_api_failed(api, r, &err);
		return;
	}
	doc = cJSON_CreateObject();
	cJSON_AddStringToObject(doc, "id", pl_db_text_at(rows, 0));
	cJSON_AddStringToObject(doc, "name", pl_db_text_at(rows, 1));
	pl_json_add_int(doc, "printer_count", pl_db_int_at(rows, 2));
	pl_json_add_int(doc, "agent_count", pl_db_int_at(rows, 3));
	pl_db_done(rows);
	pl_web_json(api->rq, status, doc);
}

static bool read_name(struct pl_api *api, struct change *c)
{
	static const char *const MEMBERS[] = { "name", NULL };

	return pl_api_need_body(api) && pl_api_only(api, MEMBERS) &&
	       pl_api_need_text(api, "name", 1, 100, &c->name);
}

/* The customer of the path or of the path's site, if the caller administers it; else answers 404 or
 * 403. */
static bool find_customer(struct pl_api *api, bool by_site, struct change *c)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	c->id = api->rq->part[0];
	r = pl_db_one(
		api->db, &rows,
		by_site ? "SELECT c.id, s.id FROM sites s JOIN customers c ON c.id=s.customer_id"
			  " WHERE s.id=?1 AND c.key_sealed IS NOT NULL"
			: "SELECT id, '' FROM customers WHERE id=?1 AND key_sealed IS NOT NULL",
		PL_ARGS(pl_db_text(c->id)), NULL);
	if (r == PL_OK) {
		pl_db_copy_at(rows, 0, c->customer_id, sizeof c->customer_id);
		pl_db_copy_at(rows, 1, c->site_id, sizeof c->site_id);
		pl_db_done(rows);
	}
	if (r != PL_OK || !pl_api_may(&api->caller, PL_ROLE_VIEWER, c->customer_id, c->site_id)) {
		pl_api_not_found(api, by_site ? "site" : "customer");
		return false;
	}
	if (pl_api_may(&api->caller, PL_ROLE_ADMIN, c->customer_id, ""))
		return true;
	pl_api_forbidden(api, PL_ROLE_ADMIN);
	return false;
}

void pl_api_create_site(struct pl_api *api)
{
	struct change c = { 0 };

	if (!find_customer(api, false, &c) || !read_name(api, &c) ||
	    !pl_api_change(api, "customer", c.customer_id, create, &c))
		return;
	snprintf(api->subject, sizeof api->subject, "%s", c.site_id);
	answer_site(api, 201, c.site_id);
}

void pl_api_update_site(struct pl_api *api)
{
	struct change c = { 0 };

	if (!find_customer(api, true, &c) || !read_name(api, &c) ||
	    !pl_api_change(api, "site", c.customer_id, rename_site, &c))
		return;
	snprintf(api->subject, sizeof api->subject, "%s", c.id);
	answer_site(api, 200, c.id);
}

void pl_api_delete_site(struct pl_api *api)
{
	struct change c = { 0 };

	if (!find_customer(api, true, &c) ||
	    !pl_api_change(api, "site", c.customer_id, remove_site, &c))
		return;
	snprintf(api->subject, sizeof api->subject, "%s", c.id);
	pl_web_empty(api->rq, 204);
}
