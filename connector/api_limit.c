/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a caller may see, and the parts that all lists share.
 */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"

#define USUAL_PAGE 100
#define MAX_PAGE   1000

bool pl_api_may(const struct pl_caller *caller, enum pl_role role, const char *customer_id,
		const char *site_id)
{
	for (size_t i = 0; i < caller->grant_count; i++) {
		const struct pl_grant *g = &caller->grants[i];

		if (g->role < role || (*g->customer_id && strcmp(g->customer_id, customer_id) != 0))
			continue;
		if (!*g->site_id || (*site_id && !strcmp(g->site_id, site_id)))
			return true;
	}
	return false;
}

static void add_grants(const struct pl_api *api, struct pl_query *q, const char *customer_column,
		       const char *site_column)
{
	const struct pl_caller *caller = &api->caller;

	pl_query_add(q, " AND (1=0");
	for (size_t i = 0; i < caller->grant_count; i++) {
		const struct pl_grant *g = &caller->grants[i];

		if (g->role < api->needs)
			continue;
		pl_query_add(q, " OR ");
		if (*g->site_id) {
			pl_query_add(q, "(");
			pl_query_add(q, site_column);
			pl_query_add(q, "=");
			pl_query_value(q, pl_db_text(g->site_id));
			pl_query_and(q, "", pl_db_text(g->customer_id));
			pl_query_add(q, "=");
			pl_query_add(q, customer_column);
			pl_query_add(q, ")");
		} else if (*g->customer_id) {
			pl_query_add(q, customer_column);
			pl_query_add(q, "=");
			pl_query_value(q, pl_db_text(g->customer_id));
		} else {
			pl_query_add(q, "1=1");
		}
	}
	pl_query_add(q, ")");
}

void pl_api_limit_any(struct pl_api *api, struct pl_query *q, const char *customer_column,
		      const char *site_column)
{
	const char *customer = pl_web_query(api->rq, "customer");
	const char *site = pl_web_query(api->rq, "site");

	add_grants(api, q, customer_column, site_column);
	if (customer) {
		pl_query_and(q, "", pl_db_text(customer));
		pl_query_add(q, "=");
		pl_query_add(q, customer_column);
	}
	if (site) {
		pl_query_and(q, "", pl_db_text(site));
		pl_query_add(q, "=");
		pl_query_add(q, site_column);
	}
}

void pl_api_limit(struct pl_api *api, struct pl_query *q, const char *customer_column,
		  const char *site_column)
{
	pl_api_limit_any(api, q, customer_column, site_column);
	pl_query_add(q, " AND ");
	pl_query_add(q, customer_column);
	pl_query_add(q, " IN (SELECT id FROM customers WHERE active=1)");
}

bool pl_api_page_size(struct pl_api *api, int *ret_limit)
{
	const char *text = pl_web_query(api->rq, "limit");
	char *end = NULL;
	long n = text ? strtol(text, &end, 10) : USUAL_PAGE;

	if (text && (end == text || *end || n < 1 || n > MAX_PAGE)) {
		pl_api_wrong_field(api, "limit", "limit must be a number from 1 to %d.", MAX_PAGE);
		return false;
	}
	*ret_limit = (int)n;
	return true;
}

bool pl_api_before(struct pl_api *api, int64_t *ret_before)
{
	const char *text = pl_web_query(api->rq, "cursor");
	char *end = NULL;
	long long n = text ? strtoll(text, &end, 10) : INT64_MAX;

	if (text && (end == text || *end || n < 0)) {
		pl_api_wrong_field(api, "cursor", "cursor must be a next_cursor of an answer.");
		return false;
	}
	*ret_before = n;
	return true;
}

bool pl_api_list_has(const char *list, const char *word)
{
	struct pl_span rest = pl_span_of(list);

	if (!list || !*list)
		return true;
	while (rest.size > 0)
		if (pl_span_is(pl_span_trim(pl_span_take(&rest, ',')), word))
			return true;
	return false;
}

struct cJSON *pl_api_new_page(struct cJSON **ret_items)
{
	cJSON *page = cJSON_CreateObject();

	*ret_items = cJSON_AddArrayToObject(page, "items");
	return page;
}
