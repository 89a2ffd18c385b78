/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The port of one session, and its visits: one browser's request each. A visit is refused, or is
 * one of the two steps of the entrance (ews_enter.c), or goes to the printer and waits for its
 * answer (ews_visit.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ews_door.h"
#include "ews_page.h"
#include "ews_rules.h"
#include "listen.h"
#include "platen/clock.h"
#include "platen/log.h"
#include "platen/page_rules.h"
#include "web.h"

#define CONNECTION_BYTES 32768
#define MAX_CONNECTIONS	 64
#define IDLE_TIMEOUT_S	 120
#define DRAIN_MAX	 (64 * 1024) /* a refused body this short is read away */
#define PRIORITIES	 "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

static void on_log(void *arg, const char *fmt, va_list args) PL_PRINTF(2, 0);

static void on_log(void *arg, const char *fmt, va_list args)
{
	char text[256];

	(void)arg;
	vsnprintf(text, sizeof text, fmt, args);
	text[strcspn(text, "\n")] = '\0';
	log_debug(NULL, "ews: %s", text);
}

/* A visit begins with its raw request target: libmicrohttpd's own is decoded already. */
static void *on_target(void *arg, const char *target, struct MHD_Connection *connection)
{
	struct visit *v = calloc(1, sizeof *v);

	if (!v)
		return NULL;
	v->session = arg;
	v->connection = connection;
	v->too_long = !pl_span_copy(pl_span_of(target), v->target, sizeof v->target);
	pl_bytes_init(&v->body, VISIT_MAX_OWN_BODY);
	pl_web_address_of(connection, v->address, sizeof v->address);
	return v;
}

const char *visit_header(const struct visit *v, const char *name)
{
	return MHD_lookup_connection_value(v->connection, MHD_HEADER_KIND, name);
}

void visit_refuse(struct visit *v, int status, const char *sentence)
{
	v->status = status;
	snprintf(v->sentence, sizeof v->sentence, "%s", sentence);
}

static bool same_secret(const char *a, const char *b)
{
	size_t n = strlen(b);
	unsigned char differ = 0;

	if (n == 0 || strlen(a) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		differ |= (unsigned char)(a[i] ^ b[i]);
	return differ == 0;
}

static bool has_cookie_of(const struct ews_session *s, struct MHD_Connection *connection)
{
	const char *value =
		MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, s->cookie_name);

	return value && same_secret(value, s->cookie);
}

bool ews_has_other_cookie(struct pl_ews *ews, const struct ews_session *but,
			  struct MHD_Connection *connection)
{
	for (int i = 0; i < PL_EWS_PORTS; i++) {
		const struct ews_session *s = ews->sessions[i];

		if (s && s != but && ews_is_open(s) && has_cookie_of(s, connection))
			return true;
	}
	return false;
}

/* With the relay's lock held: may this visit go to the printer? */
static const char *why_not(struct visit *v, int *ret_status)
{
	struct ews_session *s = v->session;
	const char *type = visit_header(v, "Content-Type"), *why;

	*ret_status = 403;
	why = pl_ews_why_not_from(visit_header(v, "Sec-Fetch-Site"),
				  visit_header(v, "Sec-Fetch-Dest"),
				  visit_header(v, "Service-Worker"));
	if (why)
		return why;
	if (!has_cookie_of(s, v->connection))
		return "This is another person's session; open the page from the console.";
	why = pl_page_why_refused(v->method, pl_span_of(v->target), pl_span_of(type),
				  s->view.firmware);
	if (why)
		return why;
	*ret_status = 413;
	if (v->body_size > (s->view.firmware ? EWS_MAX_FIRMWARE : EWS_MAX_UPLOAD))
		return "This is too much to send to a printer through a remote page.";
	return NULL;
}

/* The bytes the browser says it will send; -1 where it does not say. */
static int64_t announced(const struct visit *v)
{
	const char *text = visit_header(v, "Content-Length");
	char *end;
	long long n;

	if (!text)
		return visit_header(v, "Transfer-Encoding") ? -1 : 0;
	n = strtoll(text, &end, 10);
	return *end || n < 0 ? INT64_MAX : n;
}

static void admit(struct visit *v, const char *method)
{
	struct ews_session *s = v->session;
	const char *why;
	int status;

	snprintf(v->method, sizeof v->method, "%s", method);
	v->body_size = announced(v);
	pthread_mutex_lock(&s->ews->lock);
	if (v->too_long) {
		visit_refuse(v, 414, "This address is too long.");
	} else if (!ews_is_open(s)) {
		visit_refuse(v, 410,
			     s->view.state == PL_EWS_ENDED
				     ? s->view.reason
				     : "The person at the PC has not agreed yet.");
	} else if (!strncmp(v->target, "/.platen/", 9)) {
		visit_enter(v);
	} else {
		why = why_not(v, &status);
		if (why)
			visit_refuse(v, status, why);
		else
			visit_send(v);
	}
	pthread_mutex_unlock(&s->ews->lock);
}

static void add_headers(const struct visit *v, struct MHD_Response *response, const char *policy)
{
	static const char PERMISSIONS[] =
		"camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), "
		"bluetooth=(), payment=(), clipboard-read=(), display-capture=()";

	(void)v;
	MHD_add_response_header(response, "Content-Security-Policy", policy);
	MHD_add_response_header(response, "Permissions-Policy", PERMISSIONS);
	MHD_add_response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
	MHD_add_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
	MHD_add_response_header(response, "Origin-Agent-Cluster", "?1");
	MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
	MHD_add_response_header(response, "Cache-Control", "no-store");
}

/* Begins and ends a session with nothing of another printer in the browser. Cookies are shared
 * between the ports of a host: where this browser is in another session too, they stay, or that one
 * would end with this. */
static void add_clearing(const struct visit *v, struct MHD_Response *response)
{
	MHD_add_response_header(response, "Clear-Site-Data",
				v->keep_cookies ? "\"cache\", \"storage\", \"executionContexts\""
						: "\"*\"");
}

static void add_cookie(const struct visit *v, struct MHD_Response *response)
{
	char text[160];

	snprintf(text, sizeof text, "%s=%s; Path=/; Secure; HttpOnly; SameSite=Strict",
		 v->session->cookie_name, v->cookie);
	MHD_add_response_header(response, "Set-Cookie", text);
}

static const char *title_of(int status)
{
	switch (status) {
	case 403: return "Not allowed";
	case 410: return "This remote page has ended";
	case 413:
	case 414: return "Too much";
	case 504: return "The printer does not answer";
	default: return "This did not work";
	}
}

enum MHD_Result visit_answer_own(struct visit *v)
{
	struct MHD_Response *response;
	struct pl_bytes page;
	enum pl_result r = PL_OK;
	enum MHD_Result result;

	pl_bytes_init(&page, VISIT_MAX_PAGE);
	if (*v->ticket)
		r = pl_ews_page_enter(v->ticket, &page);
	else if (v->status != 303)
		r = pl_ews_page_say(title_of(v->status), v->sentence, &page);
	if (r != PL_OK)
		pl_bytes_clear(&page);
	response = MHD_create_response_from_buffer(page.size, page.at, MHD_RESPMEM_MUST_COPY);
	pl_bytes_finish(&page);
	if (!response)
		return MHD_NO;
	add_headers(v, response, pl_ews_own_policy);
	MHD_add_response_header(response, "Content-Type", "text/html; charset=utf-8");
	if (*v->ticket || v->status == 410)
		add_clearing(v, response);
	if (v->status == 303) {
		MHD_add_response_header(response, "Location", "/");
		add_cookie(v, response);
	}
	v->queued = true;
	result = MHD_queue_response(v->connection, (unsigned)v->status, response);
	MHD_destroy_response(response);
	return result;
}

void visit_add_headers(const struct visit *v, struct MHD_Response *response)
{
	add_headers(v, response, pl_ews_printer_policy);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_size, void **slot)
{
	struct visit *v = *slot;

	(void)arg;
	(void)connection;
	(void)url;
	(void)version;
	if (!v)
		return MHD_NO;
	if (!v->begun) {
		v->begun = true;
		admit(v, method);
		return v->status && (v->body_size < 0 || v->body_size > DRAIN_MAX)
			       ? visit_answer_own(v)
			       : MHD_YES;
	}
	if (*upload_size > 0) {
		visit_take(v, upload, upload_size);
		return MHD_YES;
	}
	if (v->queued)
		return MHD_YES;
	if (v->exchange && !v->status)
		return visit_go_on(v);
	if (!v->status)
		visit_step(v);
	return visit_answer_own(v);
}

static void note(const struct visit *v)
{
	struct ews_audit line = { .method = v->method, .target = v->target, .address = v->address };

	if (v->sentence[0])
		snprintf(line.outcome, sizeof line.outcome, "%d %.140s", v->status, v->sentence);
	else
		snprintf(line.outcome, sizeof line.outcome, "%d", v->status);
	ews_audit(v->session, &line);
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **slot,
			 enum MHD_RequestTerminationCode code)
{
	struct visit *v = *slot;

	(void)arg;
	(void)connection;
	*slot = NULL;
	if (!v)
		return;
	if (v->begun) {
		if (v->status == 0 || code != MHD_REQUEST_TERMINATED_COMPLETED_OK)
			snprintf(v->sentence, sizeof v->sentence, "cut off");
		note(v);
	}
	visit_leave(v);
	pl_bytes_finish(&v->body);
	explicit_bzero(v->cookie, sizeof v->cookie);
	free(v);
}

/* The browser sees the console's certificate. */
static void on_connection(void *arg, struct MHD_Connection *connection, void **link,
			  enum MHD_ConnectionNotificationCode code)
{
	const struct ews_session *s = arg;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	(void)link;
	if (code == MHD_CONNECTION_NOTIFY_STARTED && info && info->tls_session)
		pl_web_dress(s->ews->server->api, info->tls_session);
}

static struct MHD_Daemon *start_daemon(struct ews_session *s, int fd)
{
	struct MHD_OptionItem options[] = {
		{ MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_log, s },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, s },
		{ MHD_OPTION_LISTEN_SOCKET, fd, NULL },
		{ MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)pl_web_choose_certificate },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, s },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)PRIORITIES },
		{ MHD_OPTION_CONNECTION_LIMIT, MAX_CONNECTIONS, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, IDLE_TIMEOUT_S, NULL },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, s },
		{ MHD_OPTION_END, 0, NULL },
	};

	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TLS |
					MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
				0, NULL, NULL, on_request, s, MHD_OPTION_ARRAY, options,
				MHD_OPTION_END);
}

enum pl_result ews_door_open(struct ews_session *s, uint16_t port, struct pl_error *err)
{
	enum pl_result r;
	int fd;

	r = pl_listen_open(*s->ews->listen ? s->ews->listen : NULL, port, &fd, err);
	if (r != PL_OK)
		return r;
	s->view.port = pl_listen_port(fd);
	snprintf(s->cookie_name, sizeof s->cookie_name, "__Host-platen-page-%u", s->view.port);
	s->door = start_daemon(s, fd);
	if (s->door)
		return PL_OK;
	close(fd);
	return pl_error_set(err, PL_E_IO, "the HTTPS server on port %u could not start",
			    s->view.port);
}

void ews_door_close(struct ews_session *s)
{
	if (s->door)
		MHD_stop_daemon(s->door);
	s->door = NULL;
}
