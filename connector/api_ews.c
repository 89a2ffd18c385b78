/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /ews-sessions: a printer's own web page, opened by a person who shows once more who he is.
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
#include "render.h"

static cJSON *render(const struct pl_api *api, const struct pl_ews_view *v)
{
	cJSON *doc = cJSON_CreateObject(), *printer;
	bool ended = v->state == PL_EWS_ENDED;

	cJSON_AddStringToObject(doc, "id", v->id);
	cJSON_AddStringToObject(doc, "state", pl_ews_state_name(v->state));
	printer = cJSON_AddObjectToObject(doc, "printer");
	cJSON_AddStringToObject(printer, "id", v->printer_id);
	cJSON_AddStringToObject(printer, "name", v->printer_name);
	cJSON_AddStringToObject(doc, "agent_id", v->agent_id);
	cJSON_AddStringToObject(doc, "site_id", v->site_id);
	cJSON_AddStringToObject(doc, "user", v->user_name);
	cJSON_AddBoolToObject(doc, "mine", !strcmp(v->user_id, api->caller.user_id));
	pl_json_add_int(doc, "port", v->port);
	cJSON_AddBoolToObject(doc, "firmware", v->firmware);
	pl_json_add_int(doc, "idle_s", v->idle_ms / 1000);
	pl_json_add_int(doc, "hard_s", v->hard_ms / 1000);
	pl_json_add_int(doc, "requests", v->requests);
	pl_render_time(doc, "created_at", v->created_ms);
	pl_render_time(doc, "opened_at", v->opened_ms);
	pl_render_time(doc, "ends_by", v->opened_ms && !ended ? v->opened_ms + v->hard_ms : 0);
	pl_render_time(doc, "ended_at", v->ended_ms);
	pl_json_add_text(doc, "reason", v->reason);
	return doc;
}

static void answer_session(struct pl_api *api, int status, const char *id)
{
	struct pl_ews_view view;

	if (pl_ews_get(api->server->ews, id, &view))
		pl_web_json(api->rq, status, render(api, &view));
	else
		pl_api_not_found(api, "session");
}

/* The session of the path, where the caller may see it; else answers 404. */
static bool find(struct pl_api *api, struct pl_ews_view *ret_view)
{
	if (!pl_ews_get(api->server->ews, api->rq->part[0], ret_view) ||
	    !pl_api_may(&api->caller, PL_ROLE_VIEWER, ret_view->customer_id, ret_view->site_id)) {
		pl_api_not_found(api, "session");
		return false;
	}
	snprintf(api->customer_id, sizeof api->customer_id, "%s", ret_view->customer_id);
	snprintf(api->subject, sizeof api->subject, "%s", ret_view->id);
	return true;
}

void pl_api_ews_sessions(struct pl_api *api)
{
	const char *printer = pl_web_query(api->rq, "printer");
	struct pl_ews_view views[PL_EWS_PORTS];
	size_t n = pl_ews_list(api->server->ews, views);
	cJSON *doc = cJSON_CreateObject(), *items = cJSON_AddArrayToObject(doc, "items");

	while (n-- > 0)
		if (pl_api_may(&api->caller, PL_ROLE_VIEWER, views[n].customer_id,
			       views[n].site_id) &&
		    (!printer || !strcmp(printer, views[n].printer_id)))
			cJSON_AddItemToArray(items, render(api, &views[n]));
	pl_web_json(api->rq, 200, doc);
}

void pl_api_ews_session(struct pl_api *api)
{
	struct pl_ews_view view;

	if (find(api, &view))
		pl_web_json(api->rq, 200, render(api, &view));
}

/* --- opening one --- */

struct wanted {
	const char *password, *totp;
	bool firmware;
};

static bool read_wanted(struct pl_api *api, struct wanted *w)
{
	static const char *const MEMBERS[] = { "password", "totp", "firmware", NULL };
	bool there;

	return pl_api_need_body(api) && pl_api_only(api, MEMBERS) &&
	       pl_api_need_text(api, "password", 1, 1024, &w->password) &&
	       pl_api_text_field(api, "totp", 6, 6, &w->totp) &&
	       pl_api_flag_field(api, "firmware", &w->firmware, &there);
}

struct used_code {
	const char *user_id;
	int64_t step;
};

static enum pl_result use_code(struct pl_db *db, void *arg, struct pl_error *err)
{
	const struct used_code *u = arg;

	return pl_db_change(db, "UPDATE users SET totp_step=?2 WHERE id=?1 AND totp_step < ?2",
			    PL_ARGS(pl_db_text(u->user_id), pl_db_int(u->step)), err);
}

/* The second factor, where the caller has one: each code counts once. */
static bool has_second_factor(struct pl_api *api, const char *code)
{
	struct used_code used = { .user_id = api->caller.user_id };
	int64_t on = 0;

	if (pl_db_number(api->db, &on, "SELECT totp_on FROM users WHERE id=?1",
			 PL_ARGS(pl_db_text(used.user_id)), NULL) != PL_OK)
		return false;
	return !on || (code && pl_api_totp_is_right(api, used.user_id, code, &used.step) &&
		       pl_store_write(api->server->store, use_code, &used, NULL) == PL_OK);
}

/* A stolen console session is not enough: the password again, and the code. */
static bool is_really(struct pl_api *api, const struct wanted *w)
{
	struct pl_throttle *names = api->server->names;

	if (!pl_api_is_person(api))
		return false;
	if (pl_throttle_wait_ms(names, api->caller.name) > 0) {
		pl_web_add_header(api->rq, "Retry-After", "30");
		pl_web_error(api->rq, 429, "too_many",
			     "Too many wrong passwords; try again in half a minute.");
		return false;
	}
	if (!pl_api_password_is_right(api, w->password)) {
		pl_throttle_failed(names, api->caller.name);
		pl_api_wrong_field(api, "password", "The password is wrong.");
		return false;
	}
	if (!has_second_factor(api, w->totp)) {
		pl_throttle_failed(names, api->caller.name);
		pl_api_wrong_field(api, "totp", "The code is wrong, missing, or was used already.");
		return false;
	}
	return true;
}

static bool check_policy(struct pl_api *api, const struct pl_action_whose *whose,
			 struct pl_ews_policy *ret_policy)
{
	struct pl_error err = { 0 };
	enum pl_result r =
		pl_ews_policy_read(api->db, whose->customer_id, whose->site_id, ret_policy, &err);

	if (r != PL_OK)
		pl_api_failed(api, r, &err);
	else if (!ret_policy->enabled)
		pl_web_error(api->rq, 409, "not_offered",
			     "Remote pages are off at this site; an administrator can switch them "
			     "on.");
	else if (!pl_ews_policy_allows(ret_policy, api->caller.user_id))
		pl_web_error(api->rq, 403, "forbidden",
			     "You are not on this site's list for remote pages.");
	return api->rq->status == 0;
}

static void name_printer(struct pl_api *api, const char *id, char *out, size_t cap)
{
	struct pl_db_rows *rows = NULL;

	snprintf(out, cap, "printer");
	if (pl_db_one(api->db, &rows, "SELECT model FROM devices WHERE id=?1",
		      PL_ARGS(pl_db_text(id)), NULL) != PL_OK)
		return;
	if (!pl_db_null_at(rows, 0))
		pl_db_copy_at(rows, 0, out, cap);
	pl_db_done(rows);
}

static enum pl_result send_order(struct pl_api *api, struct pl_action_wish *wish, const char *id,
				 const struct pl_ews_order *order, struct pl_error *err)
{
	char parameters[256];

	/* A user's name has letters, digits and ._@- only. */
	snprintf(parameters, sizeof parameters,
		 "{\"user\":\"%s\",\"idle_s\":%lld,\"hard_s\":%lld,\"firmware\":%s}",
		 order->user_name, (long long)(order->idle_ms / 1000),
		 (long long)(order->hard_ms / 1000), order->firmware ? "true" : "false");
	return pl_action_wish_send(api, wish, id, parameters, PL_EWS_REQUEST_MS, err);
}

static void begin(struct pl_api *api, struct pl_action_wish *wish, const struct wanted *w,
		  const struct pl_ews_policy *policy)
{
	struct pl_action_whose whose = pl_action_wish_whose(wish);
	char name[PL_EWS_MAX_PRINTER], id[PL_UUID_TEXT];
	struct pl_ews_order order = { .customer_id = whose.customer_id,
				      .site_id = whose.site_id,
				      .printer_id = whose.device_id,
				      .printer_name = name,
				      .agent_id = whose.agent_id,
				      .agent_no = whose.agent_no,
				      .user_id = api->caller.user_id,
				      .user_name = api->caller.name,
				      .idle_ms = policy->idle_s * 1000,
				      .hard_ms = policy->hard_s * 1000,
				      .firmware = w->firmware };
	struct pl_error err = { 0 };
	enum pl_result r;

	name_printer(api, whose.device_id, name, sizeof name);
	r = pl_ews_begin(api->server->ews, &order, id, &err);
	if (r == PL_E_FULL || r == PL_E_BUSY) {
		pl_web_error(api->rq, 409, "conflict", "%s.", err.text);
		return;
	}
	if (r == PL_OK) {
		r = send_order(api, wish, id, &order, &err);
		if (r != PL_OK)
			(void)!pl_ews_end(api->server->ews, id, "It could not be sent to the PC");
	}
	if (r != PL_OK) {
		pl_api_failed(api, r, &err);
		return;
	}
	snprintf(api->subject, sizeof api->subject, "%s", id);
	answer_session(api, 202, id);
}

void pl_api_create_ews_session(struct pl_api *api)
{
	struct wanted w = { 0 };
	struct pl_ews_policy policy;
	struct pl_action_wish *wish;
	struct pl_action_whose whose;

	if (!read_wanted(api, &w))
		return;
	wish = pl_action_wish(api, "ews");
	if (!wish)
		return;
	whose = pl_action_wish_whose(wish);
	snprintf(api->customer_id, sizeof api->customer_id, "%s", whose.customer_id);
	if (check_policy(api, &whose, &policy) && is_really(api, &w))
		begin(api, wish, &w, &policy);
	pl_action_wish_free(wish);
}

/* --- entering and ending --- */

void pl_api_ews_ticket(struct pl_api *api)
{
	struct pl_ews_view view;
	char ticket[PL_SECRET_TEXT];
	cJSON *doc;

	if (!find(api, &view))
		return;
	if (!api->caller.is_session || strcmp(view.user_id, api->caller.user_id) != 0) {
		pl_web_error(api->rq, 403, "forbidden", "This is another person's session.");
		return;
	}
	if (pl_ews_ticket(api->server->ews, view.id, ticket) != PL_OK) {
		pl_web_error(api->rq, 409, "not_open", "%s",
			     view.state == PL_EWS_ENDED ? "This session has ended."
							: "The PC has not agreed yet.");
		return;
	}
	doc = cJSON_CreateObject();
	pl_json_add_int(doc, "port", view.port);
	cJSON_AddStringToObject(doc, "path", "/.platen/enter");
	cJSON_AddStringToObject(doc, "ticket", ticket);
	pl_web_json(api->rq, 200, doc);
}

void pl_api_end_ews_session(struct pl_api *api)
{
	struct pl_ews_view view;
	struct pl_error err = { 0 };
	char reason[PL_EWS_MAX_REASON];

	if (!find(api, &view))
		return;
	if (!pl_api_may(&api->caller, PL_ROLE_OPERATOR, view.customer_id, view.site_id)) {
		pl_api_forbidden(api, PL_ROLE_OPERATOR);
		return;
	}
	snprintf(reason, sizeof reason, "Ended by %s", api->caller.name);
	(void)!pl_ews_end(api->server->ews, view.id, reason);
	if (pl_action_withdraw(api->server, view.id, view.agent_id, api->caller.name, &err) !=
	    PL_OK)
		pl_api_failed(api, err.code, &err);
	else
		answer_session(api, 200, view.id);
}
