/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /sites/{id}/ews: a site's policy for remote pages.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "action_rows.h"
#include "api_calls.h"
#include "api_fields.h"
#include "ews.h"
#include "ews_policy.h"
#include "platen/json.h"

struct change {
	char customer_id[PL_MAX_ID];
	const char *site_id;
	struct pl_ews_policy policy;
};

/* The path's site, where the caller has this role; else answers 404 or 403. */
static bool find(struct pl_api *api, enum pl_role role, struct change *c)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	c->site_id = api->rq->part[0];
	r = pl_db_one(api->db, &rows,
		      "SELECT c.id FROM sites s JOIN customers c ON c.id=s.customer_id"
		      " WHERE s.id=?1 AND c.active=1",
		      PL_ARGS(pl_db_text(c->site_id)), NULL);
	if (r == PL_OK) {
		pl_db_copy_at(rows, 0, c->customer_id, sizeof c->customer_id);
		pl_db_done(rows);
	}
	if (r != PL_OK || !pl_api_may(&api->caller, PL_ROLE_VIEWER, c->customer_id, c->site_id)) {
		pl_api_not_found(api, "site");
		return false;
	}
	if (pl_api_may(&api->caller, role, c->customer_id, c->site_id))
		return true;
	pl_api_forbidden(api, role);
	return false;
}

static void add_user(struct pl_api *api, cJSON *list, const char *id)
{
	struct pl_db_rows *rows = NULL;

	if (pl_db_one(api->db, &rows, "SELECT name FROM users WHERE id=?1", PL_ARGS(pl_db_text(id)),
		      NULL) != PL_OK)
		return; /* removed meanwhile */
	cJSON_AddItemToArray(list, cJSON_CreateString(pl_db_text_at(rows, 0)));
	pl_db_done(rows);
}

static void answer(struct pl_api *api, const struct pl_ews_policy *p)
{
	cJSON *doc = cJSON_CreateObject(), *users;

	cJSON_AddBoolToObject(doc, "enabled", p->enabled);
	pl_json_add_int(doc, "idle_s", p->idle_s);
	pl_json_add_int(doc, "hard_s", p->hard_s);
	users = cJSON_AddArrayToObject(doc, "users");
	for (size_t i = 0; i < p->user_count; i++)
		add_user(api, users, p->users[i]);
	pl_web_json(api->rq, 200, doc);
}

static bool read_policy(struct pl_api *api, struct change *c)
{
	struct pl_error err = { 0 };
	enum pl_result r =
		pl_ews_policy_read(api->db, c->customer_id, c->site_id, &c->policy, &err);

	if (r != PL_OK)
		pl_api_failed(api, r, &err);
	return r == PL_OK;
}

void pl_api_ews_site(struct pl_api *api)
{
	struct change c = { 0 };

	if (find(api, PL_ROLE_VIEWER, &c) && read_policy(api, &c))
		answer(api, &c.policy);
}

/* The names of `users` as ids. */
static bool read_users(struct pl_api *api, struct pl_ews_policy *p)
{
	const cJSON *list = pl_json_at(api->body, "users"), *name;

	if (!list)
		return true;
	p->user_count = 0;
	if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) > PL_EWS_MAX_USERS) {
		pl_api_wrong_field(api, "users", "users must be a list of at most %d names.",
				   PL_EWS_MAX_USERS);
		return false;
	}
	cJSON_ArrayForEach(name, list)
	{
		if (!cJSON_IsString(name) ||
		    pl_user_id_of(api->db, name->valuestring, p->users[p->user_count++], NULL) !=
			    PL_OK) {
			pl_api_wrong_field(api, "users", "There is no user %.64s.",
					   cJSON_IsString(name) ? name->valuestring : "like this");
			return false;
		}
	}
	return true;
}

static bool read_change(struct pl_api *api, struct change *c)
{
	static const char *const MEMBERS[] = { "enabled", "users", "idle_s", "hard_s", NULL };
	bool there;

	return pl_api_need_body(api) && pl_api_only(api, MEMBERS) &&
	       pl_api_flag_field(api, "enabled", &c->policy.enabled, &there) &&
	       pl_api_number_field(api, "idle_s", 5, 3600, &c->policy.idle_s) &&
	       pl_api_number_field(api, "hard_s", 10, 28800, &c->policy.hard_s) &&
	       read_users(api, &c->policy);
}

static enum pl_result write_policy(struct pl_db *db, void *arg, struct pl_error *err)
{
	const struct change *c = arg;

	return pl_ews_policy_write(db, c->customer_id, c->site_id, &c->policy, err);
}

/* What is not allowed any more ends now. */
static void end_sessions(struct pl_api *api, const struct change *c)
{
	struct pl_ews_view views[PL_EWS_PORTS];
	size_t n = pl_ews_list(api->server->ews, views);

	while (n-- > 0) {
		if (strcmp(views[n].site_id, c->site_id) != 0 || views[n].state == PL_EWS_ENDED ||
		    pl_ews_policy_allows(&c->policy, views[n].user_id))
			continue;
		(void)!pl_ews_end(api->server->ews, views[n].id,
				  "An administrator took the leave away");
		(void)!pl_action_withdraw(api->server, views[n].id, views[n].agent_id,
					  api->caller.name, NULL);
	}
}

void pl_api_update_ews_site(struct pl_api *api)
{
	struct change c = { 0 };

	if (!find(api, PL_ROLE_ADMIN, &c) || !read_policy(api, &c) || !read_change(api, &c) ||
	    !pl_api_change(api, "site", c.customer_id, write_policy, &c))
		return;
	snprintf(api->subject, sizeof api->subject, "%s", c.site_id);
	end_sessions(api, &c);
	answer(api, &c.policy);
}
