/* SPDX-License-Identifier: Apache-2.0 */
/* Web: reads requests one after the other and answers each from data. */

#include "web.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <glib.h>

#include <platen/clock.h>

#include "document.h"
#include "http.h"
#include "ipp_bridge.h"
#include "json.h"
#include "settings.h"
#include "view.h"

#define MAX_DOCUMENT (4 * 1024 * 1024)

struct web {
	struct vp_printer *printer;
	struct vp_http http;
};

static const cJSON *behaviour(const struct web *w)
{
	return vp_profile_behaviour(w->printer->profile, "http");
}

static void log_request(struct web *w, int status, size_t bytes)
{
	cJSON *line = cJSON_CreateObject();
	char request[VP_MAX_TARGET + 32], connection[32], cookie[512];

	snprintf(request, sizeof(request), "%s %s", w->http.method, w->http.target);
	cJSON_AddStringToObject(line, "pipe", vp_pipe_name(w->http.pipe));
	cJSON_AddStringToObject(line, "request", request);
	cJSON_AddNumberToObject(line, "status", status);
	cJSON_AddNumberToObject(line, "bytes", (double)bytes);
	if (vp_http_header(&w->http, "Connection", connection, sizeof(connection))[0])
		cJSON_AddStringToObject(line, "connection", connection);
	if (*vp_http_header(&w->http, "Cookie", cookie, sizeof(cookie)))
		cJSON_AddStringToObject(line, "cookie", cookie);
	vp_log_json(w->printer->log, "http", line);
}

/* Sends an answer in this printer's manner. */
static bool answer(struct web *w, struct vp_http_answer *a)
{
	const char *server = vp_json_text(behaviour(w), "server", NULL);
	const char *connection = vp_json_text(behaviour(w), "connection", NULL);
	gchar *headers =
		g_strconcat(server ? "Server: " : "", server ? server : "", server ? "\r\n" : "",
			    connection ? "Connection: " : "", connection ? connection : "",
			    connection ? "\r\n" : "", a->headers, NULL);
	bool ok;

	a->headers = headers;
	a->chunked = vp_json_true(behaviour(w), "chunked", false);
	a->endless = a->status == 200 && vp_json_true(behaviour(w), "endless", false);
	a->head_only = strcmp(w->http.method, "HEAD") == 0;
	log_request(w, a->status, a->size);
	ok = vp_http_answer(&w->http, a);
	g_free(headers);
	return ok;
}

static bool answer_status(struct web *w, int status, const char *headers)
{
	char text[64];
	struct vp_http_answer a = { .status = status,
				    .content_type = "text/html",
				    .headers = headers ? headers : "",
				    .body = text };

	a.size = (size_t)snprintf(text, sizeof(text), "<html><body>%d</body></html>\n", status);
	return answer(w, &a);
}

static bool serve_document(struct web *w)
{
	struct vp_document doc;
	struct pl_bytes body;
	struct pl_error err;
	char known[128], headers[96];
	bool ok;

	pl_bytes_init(&body, MAX_DOCUMENT);
	if (vp_document_render(w->printer, w->http.target, &body, &doc, &err) != PL_OK) {
		ok = answer_status(w, err.code == PL_E_NOT_FOUND ? 404 : 500, NULL);
	} else {
		struct vp_http_answer a = { .status = 200,
					    .content_type = doc.content_type,
					    .headers = headers,
					    .body = body.at,
					    .size = body.size };

		snprintf(headers, sizeof(headers), "ETag: %s\r\n", doc.etag);
		vp_http_header(&w->http, "If-None-Match", known, sizeof(known));
		if (strcmp(known, doc.etag) == 0)
			a = (struct vp_http_answer){ .status = 304, .headers = headers };
		ok = answer(w, &a);
	}
	pl_bytes_finish(&body);
	return ok;
}

/* "actions": { "POST /DevMgmt/InternalPrintDyn.xml": {"status": 201, "location": "…", "pages": 1,
 * "do": "reboot", "headers": ["Set-Cookie: a=1"], "cookie": "a=1", "bytes": 1000}}: it may tell
 * headers, want a cookie (else it answers 403), and answer with so many bytes of nothing. */
static const cJSON *action_of(const struct web *w)
{
	char *key = g_strdup_printf("%s %.*s", w->http.method, (int)strcspn(w->http.target, "?"),
				    w->http.target);
	const cJSON *action = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(behaviour(w), "actions"), key);

	g_free(key);
	return action;
}

/* A request's body as text, as much of it as a form has. */
static bool read_form(struct web *w, char *form, size_t cap)
{
	size_t used = 0;
	ssize_t n;

	while (used + 1 < cap && (n = vp_http_body(&w->http, form + used, cap - 1 - used)) > 0)
		used += (size_t)n;
	form[used] = '\0';
	return vp_http_drain(&w->http);
}

/* "bytes": as many as that, in one answer. */
static bool answer_bytes(struct web *w, const char *headers, size_t size)
{
	struct vp_http_answer a = {
		.status = 200, .content_type = "text/plain", .headers = headers, .size = size
	};
	char *body = g_malloc(size);
	bool ok;

	memset(body, 'x', size);
	a.body = body;
	ok = answer(w, &a);
	g_free(body);
	return ok;
}

static bool has_cookie(struct web *w, const cJSON *action)
{
	const char *wanted = vp_json_text(action, "cookie", NULL);
	char cookie[512];

	return !wanted ||
	       strstr(vp_http_header(&w->http, "Cookie", cookie, sizeof(cookie)), wanted);
}

static gchar *headers_of(const cJSON *action)
{
	const char *location = vp_json_text(action, "location", NULL);
	GString *text = g_string_new("");
	const cJSON *line;

	if (location)
		g_string_append_printf(text, "Location: %s\r\n", location);
	cJSON_ArrayForEach(line, cJSON_GetObjectItemCaseSensitive(action, "headers"))
		g_string_append_printf(text, "%s\r\n", line->valuestring);
	return g_string_free(text, FALSE);
}

static bool serve_action(struct web *w, const cJSON *action)
{
	int pages = (int)vp_json_number(action, "pages", 0);
	size_t bytes = (size_t)vp_json_number(action, "bytes", 0);
	gchar *headers = headers_of(action);
	char form[2048];
	bool ok = read_form(w, form, sizeof(form));

	if (ok && !has_cookie(w, action))
		ok = answer_status(w, 403, NULL);
	else if (ok && bytes > 0)
		ok = answer_bytes(w, headers, bytes);
	else if (ok)
		ok = answer_status(w, (int)vp_json_number(action, "status", 200), headers);
	g_free(headers);
	vp_log_text(w->printer->log, "action", "target", w->http.target, "form", form, NULL);
	if (pages > 0)
		vp_state_print(w->printer->state, pages, false);
	if (strcmp(vp_json_text(action, "do", ""), "reboot") == 0)
		vp_printer_reboot(w->printer, "http",
				  (int)vp_json_number(action, "return_ms", 3000));
	return ok;
}

/* The status with which everything is refused now; 0: it is not. */
static int refusal(const struct web *w)
{
	double busy_s = vp_json_number(behaviour(w), "busy_s", 0);

	if (w->printer->recovers)
		return 503;
	if (busy_s > 0 && (double)vp_printer_up_ms(w->printer) < busy_s * 1000)
		return 503;
	return (int)vp_json_number(behaviour(w), "status", 0);
}

/* The time the printer takes before the first byte of an answer. */
static bool think(struct web *w)
{
	const cJSON *sleep = vp_profile_behaviour(w->printer->profile, "sleep");
	double ms = vp_json_number(behaviour(w), "delay_ms", 0);

	if (vp_state_asleep(w->printer->state))
		ms += vp_json_number(sleep, "wake_ms", 0);
	return ms <= 0 || vp_pipe_pause(w->http.pipe, (int64_t)ms);
}

/* A PUT of settings. */
static bool is_settings(const struct web *w)
{
	return strcmp(w->http.method, "PUT") == 0 &&
	       strcmp(w->http.target, "/DevMgmt/ProductConfigDyn.xml") == 0 &&
	       vp_settings_by(w->printer, "ledm");
}

static bool serve_settings(struct web *w)
{
	char xml[16384];
	bool trusted = vp_settings_authorized(w->printer, &w->http);
	bool ok = read_form(w, xml, sizeof(xml));

	if (ok && !trusted)
		return answer_status(w, 401, "WWW-Authenticate: Basic realm=\"printer\"\r\n");
	return ok && answer_status(w, vp_settings_put(w->printer, xml, strlen(xml)), NULL);
}

static bool serve_one(struct web *w)
{
	const cJSON *action;
	int refused;

	if (w->http.bad)
		return answer_status(w, 400, NULL);
	refused = refusal(w);
	action = action_of(w);
	if (!think(w))
		return false;
	if (refused)
		return vp_http_drain(&w->http) && answer_status(w, refused, "Retry-After: 30\r\n");
	if (is_settings(w))
		return serve_settings(w);
	if (action)
		return serve_action(w, action);
	if (strncmp(w->http.target, "/ipp/", 5) == 0 && strcmp(w->http.method, "POST") == 0) {
		struct pl_bytes body;
		bool ok;

		pl_bytes_init(&body, MAX_DOCUMENT);
		ok = vp_ipp_bridge(w->printer, &w->http, &body) && vp_http_drain(&w->http);
		if (ok) {
			struct vp_http_answer a = { .status = body.size ? 200 : 400,
						    .content_type = "application/ipp",
						    .headers = "",
						    .body = body.at,
						    .size = body.size };

			ok = answer(w, &a);
		}
		pl_bytes_finish(&body);
		return ok;
	}
	if (!vp_http_drain(&w->http))
		return false;
	if (strcmp(w->http.method, "GET") != 0 && strcmp(w->http.method, "HEAD") != 0)
		return answer_status(w, 405, NULL);
	return serve_document(w);
}

void vp_web_serve(struct vp_printer *printer, struct vp_pipe *pipe)
{
	struct web w = { .printer = printer };

	vp_http_init(&w.http, pipe);
	for (;;) {
		bool ok = vp_http_request(&w.http) && serve_one(&w);

		if (ok) {
			vp_printer_asked(printer);
			continue;
		}
		if (w.http.stopped == VP_PIPE_END)
			break;
		vp_pipe_restart(pipe);
		vp_http_restart(&w.http);
	}
	vp_http_finish(&w.http);
}
