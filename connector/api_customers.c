/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /customers: who there is, with their sites; made, renamed, deactivated, erased.
 */
#include <stdio.h>
#include <string.h>

#include "api_calls.h"
#include "api_fields.h"
#include "customers.h"
#include "platen/json.h"
#include "render.h"
#include "serials.h"

static cJSON *customer_of(struct pl_db_rows *rows, cJSON **ret_sites)
{
	cJSON *customer = cJSON_CreateObject();

	cJSON_AddStringToObject(customer, "id", pl_db_text_at(rows, 0));
	cJSON_AddStringToObject(customer, "name", pl_db_text_at(rows, 1));
	cJSON_AddBoolToObject(customer, "active", pl_db_int_at(rows, 2) != 0);
	*ret_sites = cJSON_AddArrayToObject(customer, "sites");
	return customer;
}

static void add_site(cJSON *sites, struct pl_db_rows *rows)
{
	cJSON *site = cJSON_CreateObject();

	cJSON_AddStringToObject(site, "id", pl_db_text_at(rows, 3));
	cJSON_AddStringToObject(site, "name", pl_db_text_at(rows, 4));
	pl_json_add_int(site, "printer_count", pl_db_int_at(rows, 5));
	pl_json_add_int(site, "agent_count", pl_db_int_at(rows, 6));
	cJSON_AddItemToArray(sites, site);
}

/* Adds the customers the caller may see to a list: all, or only `id`. */
static enum pl_result list_customers(struct pl_api *api, const char *id, cJSON *items,
				     struct pl_error *err)
{
	cJSON *customer = NULL, *sites = NULL;
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	enum pl_result r;

	pl_query_init(
		&q,
		"SELECT c.id, c.name, c.active, s.id, s.name,"
		" (SELECT count(*) FROM devices d WHERE d.site_id=s.id AND d.merged_into IS NULL),"
		" (SELECT count(*) FROM agents a WHERE a.site_id=s.id AND a.state='active')"
		" FROM customers c LEFT JOIN sites s ON s.customer_id=c.id"
		" WHERE c.key_sealed IS NOT NULL");
	if (api->caller.role < PL_ROLE_ADMIN)
		pl_query_add(&q, " AND c.active=1");
	pl_api_limit_any(api, &q, "c.id", "s.id");
	if (id)
		pl_query_and(&q, "c.id=", pl_db_text(id));
	pl_query_add(&q, " ORDER BY c.name, c.id, s.name, s.id");
	r = pl_query_run(&q, api->db, &rows, err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		if (!customer ||
		    strcmp(pl_json_text(customer, "id"), pl_db_text_at(rows, 0)) != 0) {
			customer = customer_of(rows, &sites);
			cJSON_AddItemToArray(items, customer);
		}
		if (!pl_db_null_at(rows, 3))
			add_site(sites, rows);
	}
	pl_db_done(rows);
	pl_query_finish(&q);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

void pl_api_customers(struct pl_api *api)
{
	cJSON *doc = cJSON_CreateObject(), *items = cJSON_AddArrayToObject(doc, "items");
	struct pl_error err = { 0 };
	enum pl_result r = list_customers(api, NULL, items, &err);

	pl_api_send(api, doc, r, &err);
}

/* Answers with one customer as it is now. */
static void answer_customer(struct pl_api *api, int status, const char *id)
{
	cJSON *items = cJSON_CreateArray(), *one;
	struct pl_error err = { 0 };
	enum pl_result r = list_customers(api, id, items, &err);

	one = r == PL_OK ? cJSON_DetachItemFromArray(items, 0) : NULL;
	if (one)
		pl_web_json(api->rq, status, one);
	else if (r == PL_OK)
		pl_api_not_found(api, "customer");
	else
		pl_api_failed(api, r, &err);
	cJSON_Delete(items);
}

/* A change to a customer or a site. */
struct change {
	struct pl_server *server;
	const char *id, *name;
	int active; /* -1: as it is */
	char customer_id[PL_MAX_ID], site_id[PL_MAX_ID];
};

static enum pl_result create(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct change *c = arg;

	return pl_customer_create(db, c->server->ring, c->name, NULL, c->customer_id, c->site_id,
				  err);
}

static enum pl_result change(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct change *c = arg;

	return pl_customer_change(db, c->id, c->name, c->active, err);
}

static enum pl_result erase(struct pl_db *db, void *arg, struct pl_error *err)
{
	return pl_customer_erase(db, ((struct change *)arg)->id, err);
}

static bool read_change(struct pl_api *api, struct change *c)
{
	static const char *const MEMBERS[] = { "name", "active", NULL };
	bool active = true, there = false;

	c->server = api->server;
	c->id = api->rq->part[0];
	c->active = -1;
	if (!pl_api_need_body(api) || !pl_api_only(api, MEMBERS) ||
	    !pl_api_text_field(api, "name", 1, 100, &c->name) ||
	    !pl_api_flag_field(api, "active", &active, &there))
		return false;
	if (there)
		c->active = active;
	return true;
}

/* Customers are made, changed and erased by who administers all of them, or, for a change, this
 * one. */
static bool may_change(struct pl_api *api, const char *customer_id)
{
	if (pl_api_may(&api->caller, PL_ROLE_ADMIN, customer_id, ""))
		return true;
	if (*customer_id && !pl_api_may(&api->caller, PL_ROLE_VIEWER, customer_id, ""))
		pl_api_not_found(api, "customer");
	else
		pl_api_forbidden(api, PL_ROLE_ADMIN);
	return false;
}

void pl_api_create_customer(struct pl_api *api)
{
	struct change c = { 0 };

	if (!may_change(api, "") || !read_change(api, &c))
		return;
	if (!c.name) {
		pl_api_wrong_field(api, "name", "name is missing.");
		return;
	}
	if (!pl_api_change(api, "customer", "", create, &c))
		return;
	snprintf(api->subject, sizeof api->subject, "%s", c.customer_id);
	answer_customer(api, 201, c.customer_id);
}

void pl_api_update_customer(struct pl_api *api)
{
	struct change c = { 0 };

	if (!may_change(api, api->rq->part[0]) || !read_change(api, &c))
		return;
	if (!pl_api_change(api, "customer", c.id, change, &c))
		return;
	snprintf(api->subject, sizeof api->subject, "%s", c.id);
	answer_customer(api, 200, c.id);
}

static void shut_out(void *arg, struct pl_roster_agent *agent)
{
	struct pl_api *api = arg;

	if (!strcmp(agent->customer_id, api->rq->part[0]))
		pl_roster_revoke(api->server->roster, agent);
}

void pl_api_erase_customer(struct pl_api *api)
{
	struct change c = { .id = api->rq->part[0] };

	if (!may_change(api, "") || !pl_api_change(api, "customer", "", erase, &c))
		return;
	snprintf(api->subject, sizeof api->subject, "%s", c.id);
	pl_keyring_forget(api->server->ring, c.id);
	pl_serials_forget(api->server->serials);
	pl_roster_each(api->server->roster, shut_out, api);
	pl_web_empty(api->rq, 204);
}
