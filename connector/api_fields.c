/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking the members of request bodies.
 */
#include "api_fields.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "platen/json.h"

bool pl_api_need_body(struct pl_api *api)
{
	if (api->body)
		return true;
	pl_web_error(api->rq, 400, "bad_request", "The body must be a JSON object.");
	return false;
}

static bool is_plain(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 127)
			return false;
	return true;
}

bool pl_api_text_field(struct pl_api *api, const char *name, size_t min, size_t max,
		       const char **ret_text)
{
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(api->body, name);
	size_t n;

	*ret_text = NULL;
	if (!member || cJSON_IsNull(member))
		return true;
	n = cJSON_IsString(member) ? strlen(member->valuestring) : 0;
	if (!cJSON_IsString(member) || n < min || n > max || !is_plain(member->valuestring)) {
		pl_api_wrong_field(api, name, "%s must be a text of %zu to %zu characters.", name,
				   min, max);
		return false;
	}
	*ret_text = member->valuestring;
	return true;
}

bool pl_api_need_text(struct pl_api *api, const char *name, size_t min, size_t max,
		      const char **ret_text)
{
	if (!pl_api_text_field(api, name, min, max, ret_text))
		return false;
	if (*ret_text)
		return true;
	pl_api_wrong_field(api, name, "%s is missing.", name);
	return false;
}

bool pl_api_number_field(struct pl_api *api, const char *name, int64_t min, int64_t max,
			 int64_t *number)
{
	if (!cJSON_GetObjectItemCaseSensitive(api->body, name) ||
	    pl_json_int(api->body, name, min, max, number))
		return true;
	pl_api_wrong_field(api, name, "%s must be a number from %lld to %lld.", name,
			   (long long)min, (long long)max);
	return false;
}

bool pl_api_flag_field(struct pl_api *api, const char *name, bool *flag, bool *ret_there)
{
	*ret_there = cJSON_GetObjectItemCaseSensitive(api->body, name) != NULL;
	if (!*ret_there || pl_json_bool(api->body, name, flag))
		return true;
	pl_api_wrong_field(api, name, "%s must be true or false.", name);
	return false;
}

static bool read_place(const cJSON *item, const char *name, char out[static PL_MAX_ID])
{
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(item, name);

	*out = '\0';
	if (!member || cJSON_IsNull(member))
		return true;
	return cJSON_IsString(member) && *member->valuestring &&
	       pl_json_copy(item, name, out, PL_MAX_ID);
}

/* A site is one of its customer's. */
static bool place_exists(struct pl_api *api, const struct pl_grant *g)
{
	int64_t n = 1;

	if (*g->site_id)
		(void)!pl_db_number(
			api->db, &n, "SELECT count(*) FROM sites WHERE id=?1 AND customer_id=?2",
			PL_ARGS(pl_db_text(g->site_id), pl_db_text(g->customer_id)), NULL);
	else if (*g->customer_id)
		(void)!pl_db_number(api->db, &n, "SELECT count(*) FROM customers WHERE id=?1",
				    PL_ARGS(pl_db_text(g->customer_id)), NULL);
	return n > 0;
}

bool pl_api_grants_field(struct pl_api *api, struct pl_grant *ret_grants, size_t *ret_count)
{
	const cJSON *item, *list = cJSON_GetObjectItemCaseSensitive(api->body, "grants");
	int count = cJSON_GetArraySize(list);

	*ret_count = 0;
	if (!list)
		return true;
	if (!cJSON_IsArray(list) || count < 1 || count > PL_MAX_GRANTS) {
		pl_api_wrong_field(api, "grants", "grants must be a list of 1 to %d.",
				   PL_MAX_GRANTS);
		return false;
	}
	cJSON_ArrayForEach(item, list)
	{
		struct pl_grant *g = &ret_grants[*ret_count];

		g->role = pl_role_of(pl_json_text(item, "role"));
		if (g->role == PL_ROLE_NONE || !read_place(item, "customer_id", g->customer_id) ||
		    !read_place(item, "site_id", g->site_id) || (*g->site_id && !*g->customer_id)) {
			pl_api_wrong_field(
				api, "grants",
				"A grant has a role, a customer_id or null, a site_id or null.");
			return false;
		}
		if (!pl_api_may(&api->caller, PL_ROLE_ADMIN, g->customer_id, g->site_id) ||
		    !place_exists(api, g)) {
			pl_api_wrong_field(api, "grants",
					   "Only what you administer yourself can be granted.");
			return false;
		}
		(*ret_count)++;
	}
	return true;
}

bool pl_api_time_parameter(struct pl_api *api, const char *name, int64_t otherwise, int64_t *ret_ms)
{
	const char *text = pl_web_query(api->rq, name);
	cJSON *doc;
	bool ok;

	*ret_ms = otherwise;
	if (!text)
		return true;
	doc = cJSON_CreateObject();
	cJSON_AddStringToObject(doc, "at", text);
	ok = pl_json_time(doc, "at", ret_ms);
	cJSON_Delete(doc);
	if (!ok)
		pl_api_wrong_field(api, name, "%s must be a time like 2025-03-01T08:00:00Z.", name);
	return ok;
}
