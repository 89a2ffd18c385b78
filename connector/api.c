/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Port 12352: the table of calls, who may make them, and the console beside them.
 */
#include "api.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_calls.h"
#include "audit_store.h"
#include "console_serve.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"
#include "projector.h"

#define MAX_BODY	 ((size_t)64 * 1024)
#define CONNECTION_BYTES 32768
#define MAX_CONNECTIONS	 400
#define MAX_SETTLE_MS	 250 /* an answer waits as long for what was acknowledged before */

static void on_call(struct pl_web_request *rq);

#define CALL(fn, role, scope, parameters)                                                          \
	on_call, &(const struct pl_api_call)                                                       \
	{                                                                                          \
		fn, PL_ROLE_##role, PL_SCOPE_##scope, false, parameters                            \
	}
#define CHANGE(fn, role, scope)                                                                    \
	on_call, &(const struct pl_api_call)                                                       \
	{                                                                                          \
		fn, PL_ROLE_##role, PL_SCOPE_##scope, true, ""                                     \
	}
#define V1    "/api/v1"
#define PLACE "customer,site"
#define PAGE  "cursor,limit"
#define SPAN  "from,to"

static const struct pl_web_route ROUTES[] = {
	{ "POST", V1 "/login", MAX_BODY, PL_WEB_OPEN, pl_api_login, NULL },
	{ "POST", V1 "/logout", MAX_BODY, 0, CHANGE(pl_api_logout, NONE, ALL) },
	{ "GET", V1 "/me", 0, 0, CALL(pl_api_me, NONE, ALL, "") },
	{ "POST", V1 "/me/password", MAX_BODY, 0, CHANGE(pl_api_change_password, NONE, ALL) },
	{ "POST", V1 "/me/totp", MAX_BODY, 0, CHANGE(pl_api_start_totp, NONE, ALL) },
	{ "PUT", V1 "/me/totp", MAX_BODY, 0, CHANGE(pl_api_confirm_totp, NONE, ALL) },
	{ "DELETE", V1 "/me/totp", MAX_BODY, 0, CHANGE(pl_api_remove_totp, NONE, ALL) },
	{ "GET", V1 "/overview", 0, 0, CALL(pl_api_overview, VIEWER, READ, PLACE) },
	{ "GET", V1 "/events", 0, 0, pl_api_events, NULL },

	{ "GET", V1 "/printers", 0, 0,
	  CALL(pl_api_printers, VIEWER, READ, "q,status,agent,sort," PLACE "," PAGE) },
	{ "GET", V1 "/printers/{id}", 0, 0, CALL(pl_api_printer, VIEWER, READ, "") },
	{ "PATCH", V1 "/printers/{id}", MAX_BODY, 0, CHANGE(pl_api_update_printer, OPERATOR, ACT) },
	{ "GET", V1 "/printers/{id}/events", 0, 0,
	  CALL(pl_api_printer_events, VIEWER, READ, PAGE) },
	{ "GET", V1 "/printers/{id}/counters", 0, 0,
	  CALL(pl_api_counters, VIEWER, READ, "resolution," SPAN) },
	{ "GET", V1 "/printers/{id}/alerts", 0, 0,
	  CALL(pl_api_printer_alerts, VIEWER, READ, "state," PAGE) },
	{ "GET", V1 "/alerts", 0, 0,
	  CALL(pl_api_alerts, VIEWER, READ, "state,severity," PLACE "," PAGE) },
	{ "GET", V1 "/agents", 0, 0,
	  CALL(pl_api_agents, VIEWER, READ, "q,state,sort," PLACE "," PAGE) },
	{ "GET", V1 "/agents/{id}", 0, 0, CALL(pl_api_agent, VIEWER, READ, "") },
	{ "PATCH", V1 "/agents/{id}", MAX_BODY, 0, CHANGE(pl_api_update_agent, ADMIN, ADMINISTER) },
	{ "POST", V1 "/agents/{id}/revoke", MAX_BODY, 0,
	  CHANGE(pl_api_revoke_agent, ADMIN, ADMINISTER) },

	{ "POST", V1 "/printers/{id}/actions", MAX_BODY, 0,
	  CHANGE(pl_api_printer_action, OPERATOR, ACT) },
	{ "POST", V1 "/agents/{id}/actions", MAX_BODY, 0,
	  CHANGE(pl_api_agent_action, OPERATOR, ACT) },
	{ "GET", V1 "/actions", 0, 0,
	  CALL(pl_api_actions, VIEWER, READ, "printer,agent,state," PLACE "," PAGE) },
	{ "GET", V1 "/actions/{id}", 0, 0, CALL(pl_api_action, VIEWER, READ, "") },
	{ "GET", V1 "/actions/{id}/bundle", 0, 0, CHANGE(pl_api_bundle, OPERATOR, READ) },
	{ "GET", V1 "/actions/{id}/bundle/parts", 0, 0,
	  CHANGE(pl_api_bundle_parts, OPERATOR, READ) },
	{ "GET", V1 "/actions/{id}/bundle/parts/{part}", 0, 0,
	  CALL(pl_api_bundle_part, OPERATOR, READ, "") },
	{ "POST", V1 "/actions/{id}/cancel", MAX_BODY, 0,
	  CHANGE(pl_api_cancel_action, OPERATOR, ACT) },

	{ "POST", V1 "/printers/{id}/ews-sessions", MAX_BODY, 0,
	  CHANGE(pl_api_create_ews_session, OPERATOR, ACT) },
	{ "GET", V1 "/ews-sessions", 0, 0, CALL(pl_api_ews_sessions, VIEWER, READ, "printer") },
	{ "GET", V1 "/ews-sessions/{id}", 0, 0, CALL(pl_api_ews_session, VIEWER, READ, "") },
	{ "POST", V1 "/ews-sessions/{id}/ticket", MAX_BODY, 0,
	  CHANGE(pl_api_ews_ticket, OPERATOR, ACT) },
	{ "POST", V1 "/ews-sessions/{id}/end", MAX_BODY, 0,
	  CHANGE(pl_api_end_ews_session, OPERATOR, ACT) },
	{ "GET", V1 "/sites/{id}/ews", 0, 0, CALL(pl_api_ews_site, VIEWER, READ, "") },
	{ "PUT", V1 "/sites/{id}/ews", MAX_BODY, 0,
	  CHANGE(pl_api_update_ews_site, ADMIN, ADMINISTER) },

	{ "GET", V1 "/printers/{id}/settings", 0, 0,
	  CALL(pl_api_printer_settings, VIEWER, READ, "") },
	{ "PUT", V1 "/printers/{id}/settings", MAX_BODY, 0,
	  CHANGE(pl_api_update_printer_settings, OPERATOR, ACT) },
	{ "GET", V1 "/setting-rules", 0, 0, CALL(pl_api_setting_rules, VIEWER, READ, "") },
	{ "PUT", V1 "/setting-rules", MAX_BODY, 0,
	  CHANGE(pl_api_update_setting_rule, OPERATOR, ACT) },
	{ "GET", V1 "/packages", 0, 0, CALL(pl_api_packages, VIEWER, READ, "") },
	{ "GET", V1 "/rollouts", 0, 0, CALL(pl_api_rollouts, VIEWER, READ, PLACE) },
	{ "POST", V1 "/rollouts", MAX_BODY, 0, CHANGE(pl_api_create_rollout, OPERATOR, ACT) },
	{ "GET", V1 "/rollouts/{id}", 0, 0, CALL(pl_api_rollout, VIEWER, READ, "") },
	{ "POST", V1 "/rollouts/{id}/pause", MAX_BODY, 0,
	  CHANGE(pl_api_pause_rollout, OPERATOR, ACT) },
	{ "POST", V1 "/rollouts/{id}/resume", MAX_BODY, 0,
	  CHANGE(pl_api_resume_rollout, OPERATOR, ACT) },
	{ "POST", V1 "/rollouts/{id}/cancel", MAX_BODY, 0,
	  CHANGE(pl_api_cancel_rollout, OPERATOR, ACT) },

	{ "GET", V1 "/enrolment-tokens", 0, 0,
	  CALL(pl_api_enrolment_tokens, ADMIN, ENROL, PLACE "," PAGE) },
	{ "POST", V1 "/enrolment-tokens", MAX_BODY, 0,
	  CHANGE(pl_api_create_enrolment_token, ADMIN, ENROL) },
	{ "DELETE", V1 "/enrolment-tokens/{id}", 0, 0,
	  CHANGE(pl_api_revoke_enrolment_token, ADMIN, ENROL) },
	{ "GET", V1 "/enrolments", 0, 0, CALL(pl_api_enrolments, ADMIN, ENROL, PAGE) },
	{ "POST", V1 "/enrolments/{id}/approve", MAX_BODY, 0,
	  CHANGE(pl_api_approve_enrolment, ADMIN, ENROL) },
	{ "POST", V1 "/enrolments/{id}/reject", MAX_BODY, 0,
	  CHANGE(pl_api_reject_enrolment, ADMIN, ENROL) },

	{ "GET", V1 "/customers", 0, 0, CALL(pl_api_customers, VIEWER, READ, PLACE) },
	{ "POST", V1 "/customers", MAX_BODY, 0, CHANGE(pl_api_create_customer, ADMIN, ADMINISTER) },
	{ "PATCH", V1 "/customers/{id}", MAX_BODY, 0,
	  CHANGE(pl_api_update_customer, ADMIN, ADMINISTER) },
	{ "DELETE", V1 "/customers/{id}", MAX_BODY, 0,
	  CHANGE(pl_api_erase_customer, ADMIN, ADMINISTER) },
	{ "POST", V1 "/customers/{id}/sites", MAX_BODY, 0,
	  CHANGE(pl_api_create_site, ADMIN, ADMINISTER) },
	{ "PATCH", V1 "/sites/{id}", MAX_BODY, 0, CHANGE(pl_api_update_site, ADMIN, ADMINISTER) },
	{ "DELETE", V1 "/sites/{id}", MAX_BODY, 0, CHANGE(pl_api_delete_site, ADMIN, ADMINISTER) },
	{ "GET", V1 "/users", 0, 0, CALL(pl_api_users, ADMIN, ADMINISTER, "") },
	{ "POST", V1 "/users", MAX_BODY, 0, CHANGE(pl_api_create_user, ADMIN, ADMINISTER) },
	{ "PATCH", V1 "/users/{id}", MAX_BODY, 0, CHANGE(pl_api_update_user, ADMIN, ADMINISTER) },
	{ "DELETE", V1 "/users/{id}", MAX_BODY, 0, CHANGE(pl_api_delete_user, ADMIN, ADMINISTER) },
	{ "GET", V1 "/api-tokens", 0, 0, CALL(pl_api_api_tokens, ADMIN, ADMINISTER, "") },
	{ "POST", V1 "/api-tokens", MAX_BODY, 0,
	  CHANGE(pl_api_create_api_token, ADMIN, ADMINISTER) },
	{ "DELETE", V1 "/api-tokens/{id}", MAX_BODY, 0,
	  CHANGE(pl_api_revoke_api_token, ADMIN, ADMINISTER) },
	{ "GET", V1 "/audit", 0, 0,
	  CALL(pl_api_audit, ADMIN, ADMINISTER, "q,customer," SPAN "," PAGE) },
	{ "POST", V1 "/audit/verify", MAX_BODY, 0,
	  CALL(pl_api_verify_audit, ADMIN, ADMINISTER, "customer") },
	{ "GET", V1 "/settings", 0, 0, CALL(pl_api_settings, ADMIN, ADMINISTER, "") },
	{ "PATCH", V1 "/settings", MAX_BODY, 0, CHANGE(pl_api_update_settings, ADMIN, ADMINISTER) },

	{ "GET", V1 "/exports/meters", 0, 0,
	  CALL(pl_api_export_meters, VIEWER, READ, "at,format," PLACE "," PAGE) },
	{ "GET", V1 "/exports/supplies", 0, 0,
	  CALL(pl_api_export_supplies, VIEWER, READ, "format," PLACE "," PAGE) },
	{ "GET", V1 "/exports/alerts", 0, 0,
	  CALL(pl_api_export_alerts, VIEWER, READ, "format," SPAN "," PLACE "," PAGE) },

	{ "GET", "/healthz", 0, PL_WEB_OPEN, pl_api_health, NULL },
	{ "GET", "/readyz", 0, PL_WEB_OPEN, pl_api_ready, NULL },
	{ "GET", "/metrics", 0, PL_WEB_OPEN, pl_api_metrics, NULL },
};

/* Without a token nothing of the body is read. */
static void gate(struct pl_web_request *rq)
{
	const char *authorization = pl_web_header(rq, "Authorization");

	if (rq->route && (rq->route->flags & PL_WEB_OPEN))
		return;
	if (!authorization || strncmp(authorization, "Bearer ", 7) != 0)
		pl_web_error(rq, 401, "not_signed_in", "Sign in first.");
}

static void decorate(struct pl_web_request *rq)
{
	if (!strncmp(rq->path, V1, strlen(V1)))
		pl_web_add_header(rq, "Cache-Control", "no-store");
	pl_web_add_header(rq, "X-Content-Type-Options", "nosniff");
}

void pl_api_not_found(struct pl_api *api, const char *what)
{
	pl_web_error(api->rq, 404, "not_found", "There is no such %s.", what);
}

void pl_api_forbidden(struct pl_api *api, enum pl_role needed)
{
	if (needed == PL_ROLE_ADMIN)
		pl_web_error(api->rq, 403, "forbidden",
			     "Only an administrator of this place may do this.");
	else
		pl_web_error(api->rq, 403, "forbidden",
			     "A viewer may look but not act; ask an operator.");
}

void pl_api_wrong_field(struct pl_api *api, const char *field, const char *fmt, ...)
{
	cJSON *doc = cJSON_CreateObject();
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	cJSON_AddStringToObject(doc, "error", "invalid_field");
	cJSON_AddStringToObject(doc, "message", text);
	cJSON_AddStringToObject(doc, "field", field);
	pl_web_json(api->rq, 400, doc);
}

void pl_api_failed(struct pl_api *api, enum pl_result r, const struct pl_error *err)
{
	switch (r) {
	case PL_E_FULL:
	case PL_E_DENIED:
		pl_web_add_header(api->rq, "Retry-After", "60");
		pl_web_error(api->rq, 503, "store_full", "The server cannot write its store: %s.",
			     err->text);
		break;
	case PL_E_BUSY:
	case PL_E_CANCELLED:
		pl_web_add_header(api->rq, "Retry-After", "5");
		pl_web_error(api->rq, 503, "busy", "The server is busy; try again.");
		break;
	default:
		log_error(NULL, "a call failed path=%s error=%s reason=\"%s\"", api->rq->path,
			  pl_result_name(r), err->text);
		pl_web_error(api->rq, 500, "internal", "The server failed; its log says why.");
	}
}

void pl_api_send(struct pl_api *api, cJSON *doc, enum pl_result r, const struct pl_error *err)
{
	if (r == PL_OK) {
		pl_web_json(api->rq, 200, doc);
		return;
	}
	cJSON_Delete(doc);
	pl_api_failed(api, r, err);
}

bool pl_api_change(struct pl_api *api, const char *what, const char *customer_id,
		   enum pl_result (*run)(struct pl_db *db, void *arg, struct pl_error *err),
		   void *arg)
{
	struct pl_error err = { 0 };
	enum pl_result r = pl_store_write(api->server->store, run, arg, &err);

	snprintf(api->customer_id, sizeof api->customer_id, "%s", customer_id);
	if (r == PL_E_NOT_FOUND)
		pl_api_not_found(api, what);
	else if (r == PL_E_REFUSED)
		pl_web_error(api->rq, 409, "conflict", "%c%s.", toupper((unsigned char)*err.text),
			     err.text + 1);
	else if (r != PL_OK)
		pl_api_failed(api, r, &err);
	return r == PL_OK;
}

bool pl_api_only(struct pl_api *api, const char *const *members)
{
	const cJSON *member;

	cJSON_ArrayForEach(member, api->body)
	{
		const char *const *known = members;

		while (*known && strcmp(*known, member->string) != 0)
			known++;
		if (*known)
			continue;
		pl_api_wrong_field(api, member->string, "%.60s is not a member of this request.",
				   member->string);
		return false;
	}
	return true;
}

static enum MHD_Result check_parameter(void *arg, enum MHD_ValueKind kind, const char *name,
				       const char *value)
{
	struct pl_api *api = arg;
	const struct pl_api_call *call = api->rq->route->more;

	(void)kind;
	(void)value;
	if (*call->parameters && pl_api_list_has(call->parameters, name))
		return MHD_YES;
	pl_web_error(api->rq, 400, "bad_request", "%.60s is not a parameter of this call.", name);
	return MHD_NO;
}

/* A misspelt filter must not show everything. */
static bool check_parameters(struct pl_api *api)
{
	MHD_get_connection_values(api->rq->connection, MHD_GET_ARGUMENT_KIND, check_parameter, api);
	return api->rq->status == 0;
}

static bool read_body(struct pl_api *api)
{
	struct pl_error err = { 0 };

	if (!strcmp(api->rq->method, "GET") || api->rq->body.size == 0)
		return true;
	if (pl_json_parse(pl_bytes_span(&api->rq->body), &api->body, &err) != PL_OK) {
		pl_web_error(api->rq, 400, "bad_request", "The body is not JSON: %s.", err.text);
		return false;
	}
	if (cJSON_IsObject(api->body))
		return true;
	pl_web_error(api->rq, 400, "bad_request", "The body must be an object.");
	return false;
}

static void run_call(struct pl_db *reader, void *arg)
{
	struct pl_web_request *rq = arg;
	const struct pl_api_call *call = rq->route->more;
	struct pl_api *api = calloc(1, sizeof *api);

	if (!api) {
		pl_web_error(rq, 503, "busy", "The server is out of memory.");
		return;
	}
	api->rq = rq;
	api->server = pl_web_owner(rq);
	api->db = reader;
	api->needs = call->role;
	(void)pl_projector_settle(api->server->projector, pl_clock_in_ms(MAX_SETTLE_MS));
	if (!pl_api_sign_in(api))
		; /* answered 401 */
	else if (api->caller.role < call->role)
		pl_api_forbidden(api, call->role);
	else if ((api->caller.scopes & call->scope) == 0)
		pl_web_error(rq, 403, "forbidden", "This token's scopes do not allow it.");
	else if (check_parameters(api) && read_body(api))
		call->handle(api);
	if (call->audited && *api->caller.name)
		pl_audit_call(api);
	if (call->audited && call->scope != PL_SCOPE_ACT && rq->status < 300)
		pl_api_review_streams(api->server, reader);
	cJSON_Delete(api->body);
	free(api);
}

static void on_call(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);

	pl_web_to_pool(rq, server->pool, run_call);
}

enum pl_result pl_api_open(struct pl_server *server, const char *listen, uint16_t port,
			   struct pl_error *err)
{
	struct pl_web_config config = {
		.name = "api",
		.listen = listen,
		.port = port,
		.key_pem = server->identity.server_key_pem,
		.certificate_pem = server->identity.server_pem,
		.routes = ROUTES,
		.route_count = sizeof ROUTES / sizeof ROUTES[0],
		.memory_per_connection = CONNECTION_BYTES,
		.connection_limit = MAX_CONNECTIONS,
		.address_limit = MAX_CONNECTIONS / 2,
		.gate = gate,
		.other = pl_console_serve,
		.decorate = decorate,
		.owner = server,
	};

	return pl_web_open(&config, &server->api, err);
}
