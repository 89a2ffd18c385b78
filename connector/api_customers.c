/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /customers: who there is, with their sites.
 */
#include <string.h>

#include "api_calls.h"
#include "platen/json.h"
#include "render.h"

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

void pl_api_customers(struct pl_api *api)
{
	cJSON *doc = cJSON_CreateObject(), *items = cJSON_AddArrayToObject(doc, "items");
	cJSON *customer = NULL, *sites = NULL;
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	struct pl_query q;
	enum pl_result r;

	pl_query_init(
		&q,
		"SELECT c.id, c.name, c.active, s.id, s.name,"
		" (SELECT count(*) FROM devices d WHERE d.site_id=s.id AND d.merged_into IS NULL),"
		" (SELECT count(*) FROM agents a WHERE a.site_id=s.id AND a.state='active')"
		" FROM customers c LEFT JOIN sites s ON s.customer_id=c.id WHERE 1=1");
	pl_api_limit(api, &q, "c.id", "s.id");
	pl_query_add(&q, " ORDER BY c.name, c.id, s.name, s.id");
	r = pl_query_run(&q, api->db, &rows, &err);
	while (r == PL_OK && (r = pl_db_next(rows, &err)) == PL_OK) {
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
	if (r == PL_E_NOT_FOUND) {
		pl_web_json(api->rq, 200, doc);
		return;
	}
	cJSON_Delete(doc);
	pl_api_failed(api, r, &err);
}
