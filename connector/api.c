/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Port 12352: the table of calls, who may make them, and the console beside them.
 */
#include "api.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_calls.h"
#include "audit_store.h"
#include "console_serve.h"
#include "platen/json.h"
#include "platen/log.h"

#define MAX_BODY	 ((size_t)64 * 1024)
#define CONNECTION_BYTES 32768
#define MAX_CONNECTIONS	 400

static void on_call(struct pl_web_request *rq);

#define CALL(fn, role, scope, audited)                                                             \
	&(const struct pl_api_call)                                                                \
	{                                                                                          \
		fn, PL_ROLE_##role, PL_SCOPE_##scope, audited                                      \
	}
#define V1 "/api/v1"

static const struct pl_web_route ROUTES[] = {
	{ "POST", V1 "/login", MAX_BODY, PL_WEB_OPEN, pl_api_login, NULL },
	{ "POST", V1 "/logout", MAX_BODY, 0, on_call, CALL(pl_api_logout, VIEWER, READ, true) },
	{ "GET", V1 "/me", 0, 0, on_call, CALL(pl_api_me, VIEWER, READ, false) },
	{ "GET", V1 "/overview", 0, 0, on_call, CALL(pl_api_overview, VIEWER, READ, false) },
	{ "GET", V1 "/events", 0, 0, pl_api_events, NULL },
	{ "GET", V1 "/printers", 0, 0, on_call, CALL(pl_api_printers, VIEWER, READ, false) },
	{ "GET", V1 "/printers/{id}", 0, 0, on_call, CALL(pl_api_printer, VIEWER, READ, false) },
	{ "GET", V1 "/printers/{id}/counters", 0, 0, on_call,
	  CALL(pl_api_counters, VIEWER, READ, false) },
	{ "GET", V1 "/printers/{id}/alerts", 0, 0, on_call,
	  CALL(pl_api_printer_alerts, VIEWER, READ, false) },
	{ "GET", V1 "/alerts", 0, 0, on_call, CALL(pl_api_alerts, VIEWER, READ, false) },
	{ "GET", V1 "/agents", 0, 0, on_call, CALL(pl_api_agents, VIEWER, READ, false) },
	{ "GET", V1 "/agents/{id}", 0, 0, on_call, CALL(pl_api_agent, VIEWER, READ, false) },
	{ "POST", V1 "/agents/{id}/revoke", MAX_BODY, 0, on_call,
	  CALL(pl_api_revoke_agent, ADMIN, ADMINISTER, true) },
	{ "POST", V1 "/printers/{id}/actions", MAX_BODY, 0, on_call,
	  CALL(pl_api_printer_action, OPERATOR, ACT, true) },
	{ "POST", V1 "/agents/{id}/actions", MAX_BODY, 0, on_call,
	  CALL(pl_api_agent_action, OPERATOR, ACT, true) },
	{ "GET", V1 "/actions", 0, 0, on_call, CALL(pl_api_actions, VIEWER, READ, false) },
	{ "GET", V1 "/actions/{id}", 0, 0, on_call, CALL(pl_api_action, VIEWER, READ, false) },
	{ "POST", V1 "/actions/{id}/cancel", MAX_BODY, 0, on_call,
	  CALL(pl_api_cancel_action, OPERATOR, ACT, true) },
	{ "GET", V1 "/enrolment-tokens", 0, 0, on_call,
	  CALL(pl_api_enrolment_tokens, ADMIN, ENROL, false) },
	{ "POST", V1 "/enrolment-tokens", MAX_BODY, 0, on_call,
	  CALL(pl_api_create_enrolment_token, ADMIN, ENROL, true) },
	{ "DELETE", V1 "/enrolment-tokens/{id}", 0, 0, on_call,
	  CALL(pl_api_revoke_enrolment_token, ADMIN, ENROL, true) },
	{ "GET", V1 "/customers", 0, 0, on_call, CALL(pl_api_customers, VIEWER, READ, false) },
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
	if (!pl_api_sign_in(api))
		; /* answered 401 */
	else if (api->caller.role < call->role)
		pl_api_forbidden(api, call->role);
	else if ((api->caller.scopes & call->scope) == 0)
		pl_web_error(rq, 403, "forbidden", "This token's scopes do not allow it.");
	else if (read_body(api))
		call->handle(api);
	if (call->audited && *api->caller.name)
		pl_audit_call(api);
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
		.gate = gate,
		.other = pl_console_serve,
		.decorate = decorate,
		.owner = server,
	};

	return pl_web_open(&config, &server->api, err);
}
