/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon: its socket, its TLS, and the life of a request from its first byte to its answer.
 */
#include "web.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/socket.h>
#include <unistd.h>

#include "doorstep.h"
#include "linger.h"
#include "listen.h"
#include "patience.h"
#include "platen/clock.h"
#include "platen/log.h"
#include "web_certificate.h"
#include "web_request.h"

#define IDLE_TIMEOUT_S 120
#define FIRST_MS       20000  /* from the connection to the head of its first request */
#define NEXT_MS	       150000 /* from an answer to the head of the next request */
#define ANSWER_MS      600000 /* to take an answer */
#define PRIORITIES     "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

struct pl_web {
	struct pl_web_config config;
	struct MHD_Daemon *daemon;
	struct pl_linger *linger;
	struct pl_web_certificates *certificates;
	struct pl_patience *patience;
	struct pl_park *doorstep;
	gnutls_datum_t ticket_key;
	uint16_t port;
	_Atomic int64_t connections, requests, open; /* open: begun, and not answered to the end */
};

static void on_log(void *arg, const char *fmt, va_list args) PL_PRINTF(2, 0);

static void on_log(void *arg, const char *fmt, va_list args)
{
	struct pl_web *web = arg;
	char text[256];

	vsnprintf(text, sizeof text, fmt, args);
	text[strcspn(text, "\n")] = '\0';
	log_debug(NULL, "%s: %s", web->config.name, text);
}

/* What is kept for a connection: its life, and the owner's value. */
struct link {
	bool cut_short; /* answered before the peer had sent all of its request */
	struct pl_patience_spot spot;
	struct pl_doorstep_spot doorstep;
	_Alignas(max_align_t) char peer[];
};

static struct link *link_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static void end_connection(struct pl_web *web, struct MHD_Connection *connection,
			   const struct link *link)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (link && link->cut_short && info)
		pl_linger_take(web->linger, info->connect_fd);
}

/* Sessions resume by ticket only when told so on every connection. */
static void dress(struct pl_web *web, struct MHD_Connection *connection, struct link *link, int fd)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	if (!info || !info->tls_session)
		return;
	pl_web_dress(web, info->tls_session);
	if (link)
		pl_doorstep_meet(web->doorstep, &link->doorstep, connection, fd, info->tls_session);
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **link,
			  enum MHD_ConnectionNotificationCode code)
{
	struct pl_web *web = arg;
	const union MHD_ConnectionInfo *info;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (*link)
			pl_patience_leave(web->patience, &((struct link *)*link)->spot);
		end_connection(web, connection, *link);
		free(*link);
		*link = NULL;
		web->connections--;
		return;
	}
	web->connections++;
	*link = calloc(1, sizeof(struct link) + web->config.peer_size);
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (*link)
		pl_patience_add(web->patience, &((struct link *)*link)->spot, info->connect_fd,
				pl_clock_in_ms(FIRST_MS));
	dress(web, connection, *link, info->connect_fd);
}

void pl_web_dress(struct pl_web *web, gnutls_session_t session)
{
	gnutls_session_ticket_enable_server(session, &web->ticket_key);
	gnutls_session_set_ptr(session, web);
}

int pl_web_choose_certificate(gnutls_session_t session, const gnutls_datum_t *names, int name_count,
			      const gnutls_pk_algorithm_t *kinds, int kind_count,
			      gnutls_pcert_st **chain, unsigned *count, gnutls_privkey_t *key)
{
	struct pl_web *web = gnutls_session_get_ptr(session);

	(void)names;
	(void)name_count;
	(void)kinds;
	(void)kind_count;
	return pl_web_certificates_get(web->certificates, chain, count, key) ? 0 : -1;
}

static void let_in(struct MHD_Connection *connection)
{
	struct link *link = link_of(connection);

	if (link)
		pl_doorstep_enter(&link->doorstep);
}

static void give_until(struct pl_web *web, struct MHD_Connection *connection, int64_t by_ms)
{
	struct link *link = link_of(connection);

	if (link)
		pl_patience_until(web->patience, &link->spot, by_ms);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_size, void **slot)
{
	struct pl_web *web = arg;
	struct pl_web_request *rq = *slot;

	(void)version;
	if (!rq) {
		web->requests++;
		let_in(connection);
		give_until(web, connection, PL_FOREVER); /* a body has a deadline of its own */
		rq = pl_web_request_begin(web, &web->config, connection, method, url);
		*slot = rq;
		if (rq)
			web->open++;
		return rq ? pl_web_request_admit(rq, &web->config) : MHD_NO;
	}
	if (*upload_size > 0)
		return pl_web_request_take(rq, upload, upload_size) ? MHD_YES : MHD_NO;
	return pl_web_request_go_on(rq, &web->config);
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **slot,
			 enum MHD_RequestTerminationCode code)
{
	(void)code;
	give_until(arg, connection, pl_clock_in_ms(NEXT_MS));
	pl_web_request_end(*slot);
	if (*slot)
		((struct pl_web *)arg)->open--;
	*slot = NULL;
}

static enum pl_result start(struct pl_web *web, int fd, struct pl_error *err)
{
	const struct pl_web_config *c = &web->config;
	const char *ca = c->client_ca_pem;
	struct MHD_OptionItem options[] = {
		{ MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_log, web },
		{ MHD_OPTION_LISTEN_SOCKET, fd, NULL },
		{ MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)pl_web_choose_certificate },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)PRIORITIES },
		{ MHD_OPTION_CONNECTION_LIMIT, (intptr_t)c->connection_limit, NULL },
		{ MHD_OPTION_PER_IP_CONNECTION_LIMIT, (intptr_t)c->address_limit, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)c->memory_per_connection, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, IDLE_TIMEOUT_S, NULL },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, web },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, web },
		{ ca ? MHD_OPTION_HTTPS_MEM_TRUST : MHD_OPTION_END, 0, (void *)(uintptr_t)ca },
		{ MHD_OPTION_END, 0, NULL },
	};

	web->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TLS |
					       MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
				       0, NULL, NULL, on_request, web, MHD_OPTION_ARRAY, options,
				       MHD_OPTION_END);
	if (!web->daemon)
		return pl_error_set(err, PL_E_IO, "the HTTPS server on port %u could not start",
				    web->port);
	return PL_OK;
}

enum pl_result pl_web_open(const struct pl_web_config *config, struct pl_web **ret_web,
			   struct pl_error *err)
{
	struct pl_web *web;
	enum pl_result r;
	int fd;

	r = pl_listen_open(config->listen, config->port, &fd, err);
	if (r != PL_OK)
		return r;
	web = calloc(1, sizeof *web);
	if (!web) {
		close(fd);
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	}
	web->config = *config;
	web->port = pl_listen_port(fd);
	gnutls_session_ticket_key_generate(&web->ticket_key);
	web->certificates = pl_web_certificates_create();
	web->patience = pl_patience_create();
	r = web->certificates && web->patience
		    ? pl_web_use_certificate(web, config->certificate_pem, config->key_pem, err)
		    : pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	if (r == PL_OK)
		r = pl_park_open(EPOLLIN | EPOLLRDHUP, &web->doorstep, err);
	if (r == PL_OK)
		r = pl_linger_open(&web->linger, err);
	if (r == PL_OK)
		r = start(web, fd, err);
	if (r != PL_OK) {
		close(fd);
		pl_web_close(web);
		return r;
	}
	*ret_web = web;
	return PL_OK;
}

enum pl_result pl_web_use_certificate(struct pl_web *web, const char *certificate_pem,
				      const char *key_pem, struct pl_error *err)
{
	return pl_web_certificates_put(web->certificates, certificate_pem, key_pem, err);
}

uint16_t pl_web_port(const struct pl_web *web)
{
	return web->port;
}

void *pl_web_owner(const struct pl_web_request *rq)
{
	return rq->web->config.owner;
}

void pl_web_quiesce(struct pl_web *web)
{
	MHD_socket fd = MHD_quiesce_daemon(web->daemon);

	if (fd != MHD_INVALID_SOCKET)
		close(fd);
}

void pl_web_drain(const struct pl_web *web, int64_t by_ms)
{
	while (web->open > 0 && pl_clock_left_ms(by_ms) > 0)
		nanosleep(&(struct timespec){ .tv_nsec = 5 * 1000 * 1000 }, NULL);
}

void pl_web_close(struct pl_web *web)
{
	if (!web)
		return;
	if (web->doorstep)
		pl_park_stop(web->doorstep); /* a daemon cannot end with connections suspended */
	if (web->daemon)
		MHD_stop_daemon(web->daemon);
	pl_park_close(web->doorstep);
	pl_linger_close(web->linger);
	pl_patience_destroy(web->patience);
	pl_web_certificates_destroy(web->certificates);
	if (web->ticket_key.data)
		gnutls_memset(web->ticket_key.data, 0, web->ticket_key.size);
	gnutls_free(web->ticket_key.data);
	free(web);
}

int64_t pl_web_connections(const struct pl_web *web)
{
	return web->connections;
}

int64_t pl_web_requests(const struct pl_web *web)
{
	return web->requests;
}

void *pl_web_peer(const struct pl_web_request *rq)
{
	struct link *link = link_of(rq->connection);

	return link ? link->peer : NULL;
}

void pl_web_cut_short(const struct pl_web_request *rq)
{
	struct link *link = link_of(rq->connection);

	if (link)
		link->cut_short = true;
}

void pl_web_answering(const struct pl_web_request *rq)
{
	give_until(rq->web, rq->connection, pl_clock_in_ms(ANSWER_MS));
}

int pl_web_cut(struct pl_web *web)
{
	return pl_patience_cut(web->patience);
}

void pl_web_address(const struct pl_web_request *rq, char *out, size_t cap)
{
	pl_web_address_of(rq->connection, out, cap);
}

void pl_web_address_of(struct MHD_Connection *connection, char *out, size_t cap)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *at = info ? info->client_addr : NULL;
	char text[INET6_ADDRSTRLEN] = "";

	if (at && at->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)at)->sin_addr, text, sizeof text);
	else if (at && at->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)at)->sin6_addr, text,
			  sizeof text);
	snprintf(out, cap, "%s", !strncmp(text, "::ffff:", 7) ? text + 7 : text);
}
