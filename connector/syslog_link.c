/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets and TLS to a log collector.
 */
#include "syslog_link.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "platen/clock.h"

#define LINK_S	   10
#define PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct pl_syslog_link {
	enum { BY_UNIX, BY_TCP, BY_TLS } way;
	char host[256]; /* or the path */
	char port[8];
	int fd; /* -1: closed */
	gnutls_certificate_credentials_t trust;
	gnutls_session_t session;
};

static void hang_up(struct pl_syslog_link *l)
{
	if (l->session)
		gnutls_deinit(l->session);
	l->session = NULL;
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

/* "HOST:PORT"; an IPv6 address stands in brackets. */
static bool read_address(struct pl_syslog_link *l, const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;
	bool six = n > 2 && text[0] == '[' && text[n - 1] == ']';
	int port = colon ? atoi(colon + 1) : 0;

	if (n == 0 || n >= sizeof l->host || port < 1 || port > 65535)
		return false;
	snprintf(l->host, sizeof l->host, "%.*s", (int)(six ? n - 2 : n), six ? text + 1 : text);
	snprintf(l->port, sizeof l->port, "%d", port);
	return true;
}

static enum pl_result read_trust(struct pl_syslog_link *l, const char *ca_file,
				 struct pl_error *err)
{
	int n;

	if (gnutls_certificate_allocate_credentials(&l->trust) < 0)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	n = ca_file ? gnutls_certificate_set_x509_trust_file(l->trust, ca_file, GNUTLS_X509_FMT_PEM)
		    : gnutls_certificate_set_x509_system_trust(l->trust);
	if (n > 0)
		return PL_OK;
	return pl_error_set(err, PL_E_INVALID, "%s holds no CA certificate",
			    ca_file ? ca_file : "the system's certificate store");
}

enum pl_result pl_syslog_link_make(const char *to, const char *ca_file,
				   struct pl_syslog_link **ret_link, struct pl_error *err)
{
	struct pl_syslog_link *l = calloc(1, sizeof *l);
	bool ok = false;
	enum pl_result r = PL_OK;

	if (!l)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	l->fd = -1;
	if (!strncmp(to, "unix:/", 6)) {
		l->way = BY_UNIX;
		ok = strlen(to + 5) < sizeof((struct sockaddr_un *)0)->sun_path;
		snprintf(l->host, sizeof l->host, "%s", to + 5);
	} else if (!strncmp(to, "tcp:", 4) || !strncmp(to, "tls:", 4)) {
		l->way = to[1] == 'c' ? BY_TCP : BY_TLS;
		ok = read_address(l, to + 4);
	}
	if (!ok)
		r = pl_error_set(err, PL_E_INVALID,
				 "--syslog must be unix:/dev/log, tcp:HOST:PORT or tls:HOST:PORT");
	if (r == PL_OK && l->way == BY_TLS)
		r = read_trust(l, ca_file, err);
	if (r != PL_OK) {
		pl_syslog_link_destroy(l);
		return r;
	}
	*ret_link = l;
	return PL_OK;
}

void pl_syslog_link_destroy(struct pl_syslog_link *l)
{
	if (!l)
		return;
	hang_up(l);
	if (l->trust)
		gnutls_certificate_free_credentials(l->trust);
	free(l);
}

static enum pl_result open_unix(struct pl_syslog_link *l, struct pl_error *err)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	memcpy(at.sun_path, l->host, strlen(l->host));
	l->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (l->fd >= 0 && connect(l->fd, (struct sockaddr *)&at, sizeof at) == 0)
		return PL_OK;
	return pl_error_set(err, PL_E_IO, "%s: %s", l->host, strerror(errno));
}

static enum pl_result open_tcp(struct pl_syslog_link *l, struct pl_error *err)
{
	struct addrinfo wanted = { .ai_socktype = SOCK_STREAM }, *found = NULL;
	struct timeval patience = { .tv_sec = LINK_S };
	int rc = getaddrinfo(l->host, l->port, &wanted, &found);

	if (rc != 0)
		return pl_error_set(err, PL_E_IO, "%s is not found: %s", l->host, gai_strerror(rc));
	errno = EHOSTUNREACH;
	for (struct addrinfo *a = found; a && l->fd < 0; a = a->ai_next) {
		int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0)
			l->fd = fd;
		else if (fd >= 0)
			close(fd);
	}
	freeaddrinfo(found);
	return l->fd >= 0
		       ? PL_OK
		       : pl_error_set(err, PL_E_IO, "%s:%s: %s", l->host, l->port, strerror(errno));
}

static enum pl_result open_tls(struct pl_syslog_link *l, struct pl_error *err)
{
	enum pl_result r = open_tcp(l, err);
	int rc;

	if (r != PL_OK)
		return r;
	if (gnutls_init(&l->session, GNUTLS_CLIENT) < 0 ||
	    gnutls_priority_set_direct(l->session, PRIORITIES, NULL) < 0 ||
	    gnutls_credentials_set(l->session, GNUTLS_CRD_CERTIFICATE, l->trust) < 0)
		return pl_error_set(err, PL_E_NO_MEMORY, "TLS could not be set up");
	(void)gnutls_server_name_set(l->session, GNUTLS_NAME_DNS, l->host, strlen(l->host));
	gnutls_session_set_verify_cert(l->session, l->host, 0);
	gnutls_transport_set_int(l->session, l->fd);
	gnutls_handshake_set_timeout(l->session, LINK_S * 1000);
	do
		rc = gnutls_handshake(l->session);
	while (rc == GNUTLS_E_INTERRUPTED);
	if (rc >= 0)
		return PL_OK;
	return pl_error_set(err, PL_E_UNTRUSTED, "%s:%s: %s", l->host, l->port,
			    gnutls_strerror(rc));
}

static enum pl_result open_link(struct pl_syslog_link *l, struct pl_error *err)
{
	enum pl_result r = PL_OK;

	if (l->fd >= 0)
		return PL_OK;
	switch (l->way) {
	case BY_UNIX: r = open_unix(l, err); break;
	case BY_TCP: r = open_tcp(l, err); break;
	case BY_TLS: r = open_tls(l, err); break;
	}
	if (r != PL_OK)
		hang_up(l);
	return r;
}

static bool send_all(struct pl_syslog_link *l, const char *at, size_t n)
{
	while (n > 0) {
		ssize_t sent = l->session ? gnutls_record_send(l->session, at, n)
					  : send(l->fd, at, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		at += sent;
		n -= (size_t)sent;
	}
	return true;
}

enum pl_result pl_syslog_link_send(struct pl_syslog_link *l, const char *text, size_t n,
				   struct pl_error *err)
{
	char length[24];
	enum pl_result r = open_link(l, err);

	if (r != PL_OK)
		return r;
	snprintf(length, sizeof length, "%zu ", n);
	if ((l->way == BY_UNIX || send_all(l, length, strlen(length))) && send_all(l, text, n))
		return PL_OK;
	hang_up(l);
	return pl_error_set(err, PL_E_GONE, "%s took no more", l->host);
}

/* The peer has hung up, though nobody has written to notice it. A TLS peer may have sent tickets.
 */
static bool is_closed(const struct pl_syslog_link *l)
{
	char byte;

	return recv(l->fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
}

enum pl_result pl_syslog_link_settle(struct pl_syslog_link *l, struct pl_error *err)
{
	int64_t by_ms = pl_clock_in_ms(LINK_S * 1000);
	struct timespec pause = { .tv_nsec = 5000000 };
	int waiting = 0;

	if (l->fd < 0 || l->way == BY_UNIX)
		return PL_OK;
	while (ioctl(l->fd, SIOCOUTQ, &waiting) == 0 && waiting > 0 && pl_clock_left_ms(by_ms) > 0)
		nanosleep(&pause, NULL);
	if (waiting == 0 && !is_closed(l))
		return PL_OK;
	hang_up(l);
	return pl_error_set(err, PL_E_GONE, "%s has hung up", l->host);
}
