/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A site's policy is one row of the settings: {"enabled":true,"idle_s":300,"hard_s":1800,
 * "users":[id, …]}.
 */
#include "ews_policy.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "platen/json.h"

#define MAX_TEXT 4096
#define MAX_NAME (16 + PL_MAX_ID)

static void name_of(const char *site_id, char ret_name[static MAX_NAME])
{
	snprintf(ret_name, MAX_NAME, "ews.site.%s", site_id);
}

static void understand(const cJSON *doc, struct pl_ews_policy *p)
{
	const cJSON *user;

	if (!pl_json_bool(doc, "enabled", &p->enabled))
		p->enabled = false;
	if (!pl_json_int(doc, "idle_s", 1, INT32_MAX, &p->idle_s))
		p->idle_s = PL_EWS_IDLE_S;
	if (!pl_json_int(doc, "hard_s", 1, INT32_MAX, &p->hard_s))
		p->hard_s = PL_EWS_HARD_S;
	cJSON_ArrayForEach(user, pl_json_at(doc, "users"))
	{
		if (cJSON_IsString(user) && p->user_count < PL_EWS_MAX_USERS)
			snprintf(p->users[p->user_count++], PL_MAX_ID, "%s", user->valuestring);
	}
}

enum pl_result pl_ews_policy_read(struct pl_db *db, const char *customer_id, const char *site_id,
				  struct pl_ews_policy *ret_policy, struct pl_error *err)
{
	struct pl_ews_policy p = { .idle_s = PL_EWS_IDLE_S, .hard_s = PL_EWS_HARD_S };
	struct pl_db_rows *rows = NULL;
	char name[MAX_NAME];
	cJSON *doc;
	enum pl_result r;

	name_of(site_id, name);
	r = pl_db_one(db, &rows, "SELECT value FROM settings WHERE customer_id=?1 AND name=?2",
		      PL_ARGS(pl_db_text(customer_id), pl_db_text(name)), err);
	if (r == PL_OK) {
		doc = cJSON_Parse(pl_db_text_at(rows, 0));
		understand(doc, &p);
		cJSON_Delete(doc);
		pl_db_done(rows);
	}
	if (r == PL_E_NOT_FOUND)
		r = PL_OK;
	if (r == PL_OK)
		*ret_policy = p;
	return r;
}

enum pl_result pl_ews_policy_write(struct pl_db *db, const char *customer_id, const char *site_id,
				   const struct pl_ews_policy *p, struct pl_error *err)
{
	cJSON *doc = cJSON_CreateObject(), *users;
	struct pl_bytes text;
	char name[MAX_NAME];
	enum pl_result r;

	cJSON_AddBoolToObject(doc, "enabled", p->enabled);
	pl_json_add_int(doc, "idle_s", p->idle_s);
	pl_json_add_int(doc, "hard_s", p->hard_s);
	users = cJSON_AddArrayToObject(doc, "users");
	for (size_t i = 0; i < p->user_count; i++)
		cJSON_AddItemToArray(users, cJSON_CreateString(p->users[i]));
	pl_bytes_init(&text, MAX_TEXT);
	r = pl_json_print(doc, &text);
	cJSON_Delete(doc);
	name_of(site_id, name);
	if (r == PL_OK)
		r = pl_db_run(db,
			      "INSERT INTO settings (customer_id, name, value) VALUES (?1,?2,?3)"
			      " ON CONFLICT (customer_id, name) DO UPDATE SET value=excluded.value",
			      PL_ARGS(pl_db_text(customer_id), pl_db_text(name),
				      pl_db_text((const char *)text.at)),
			      err);
	pl_bytes_finish(&text);
	return r;
}

bool pl_ews_policy_allows(const struct pl_ews_policy *policy, const char *user_id)
{
	for (size_t i = 0; policy->enabled && *user_id && i < policy->user_count; i++)
		if (!strcmp(policy->users[i], user_id))
			return true;
	return false;
}
