/* SPDX-License-Identifier: Apache-2.0 */
/* One connection: non-blocking TLS and one HTTP answer at a time. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

#define SOURCES 200 /* loopback addresses to connect from, so that ports do not run out */

static int link_index;

static int on_session(SSL *ssl, SSL_SESSION *session)
{
	struct link *link = SSL_get_ex_data(ssl, link_index);

	if (!link || !link->pc)
		return 0;
	SSL_SESSION_free(link->pc->session);
	link->pc->session = session;
	return 1;
}

void loop_init(struct loop *loop, const char *address, int port)
{
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->address = address;
	loop->port = port;
	loop->context = SSL_CTX_new(TLS_client_method());
	if (!link_index)
		link_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	SSL_CTX_set_max_proto_version(loop->context,
				      TLS1_2_VERSION); /* as agents on Debian 12 do */
	SSL_CTX_set_cipher_list(loop->context, "ECDHE-ECDSA-AES128-GCM-SHA256");
	SSL_CTX_set_session_cache_mode(loop->context,
				       SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(loop->context, on_session);
	SSL_CTX_set_mode(loop->context, SSL_MODE_RELEASE_BUFFERS);
}

void loop_finish(struct loop *loop)
{
	SSL_CTX_free(loop->context);
	close(loop->epoll);
}

static int start_connection(const struct loop *loop)
{
	static unsigned source;
	struct sockaddr_in from = { .sin_family = AF_INET }, to = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	inet_pton(AF_INET, loop->address, &to.sin_addr);
	to.sin_port = htons((uint16_t)loop->port);
	from.sin_addr.s_addr = htonl(0x7f000002 + source++ % SOURCES);
	if ((ntohl(to.sin_addr.s_addr) >> 24) == 127)
		(void)!bind(fd, (struct sockaddr *)&from, sizeof from);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) {
		close(fd);
		return -1;
	}
	return fd;
}

bool link_open(struct loop *loop, struct link *link, struct pc *pc)
{
	struct epoll_event watch = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = link };

	link->fd = start_connection(loop);
	if (link->fd < 0)
		return false;
	link->pc = pc;
	link->ssl = SSL_new(loop->context);
	SSL_set_fd(link->ssl, link->fd);
	SSL_set_ex_data(link->ssl, link_index, link);
	SSL_set_connect_state(link->ssl);
	if (pc && pc->certificate) {
		SSL_use_certificate(link->ssl, pc->certificate);
		SSL_use_PrivateKey(link->ssl, pc->key);
	}
	if (pc && pc->session)
		SSL_set_session(link->ssl, pc->session);
	link->state = LINK_SHAKING;
	link->in_size = 0;
	link->began_us = now_us();
	epoll_ctl(loop->epoll, EPOLL_CTL_ADD, link->fd, &watch);
	return true;
}

void link_send(struct link *link, const char *text, size_t size)
{
	link->out = text;
	link->out_size = size;
	link->out_at = 0;
	link->in_size = 0;
	if (link->state == LINK_READING)
		link->state = LINK_WRITING;
}

/* 1: go on, 0: wait, -1: failed. */
static int outcome(struct link *link, int rc)
{
	int why;

	if (rc > 0)
		return 1;
	why = SSL_get_error(link->ssl, rc);
	ERR_clear_error();
	return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

/* Is the answer whole? Its length is told by Content-Length, or it has none (204). */
static bool is_whole(struct link *link)
{
	char *end = link->in_size && !link->raw ? strstr(link->in, "\r\n\r\n") : NULL;
	char *length;
	size_t wanted;

	if (link->raw > 0 && link->in_size >= link->raw) {
		link->status = (unsigned char)link->in[link->raw - 1];
		return true;
	}
	if (!end)
		return false;
	length = strcasestr(link->in, "\r\ncontent-length:");
	wanted = (size_t)(end + 4 - link->in) +
		 (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
	if (link->in_size < wanted)
		return false;
	link->status = atoi(link->in + 9);
	link->body = end + 4;
	return true;
}

static int read_some(struct link *link)
{
	for (;;) {
		int rc, go;

		if (link->in_cap - link->in_size < 2048) {
			link->in_cap = link->in_cap ? 2 * link->in_cap : 8192;
			link->in = realloc(link->in, link->in_cap);
			if (!link->in)
				abort();
		}
		rc = SSL_read(link->ssl, link->in + link->in_size,
			      (int)(link->in_cap - link->in_size - 1));
		go = outcome(link, rc);
		if (go <= 0)
			return go;
		link->in_size += (size_t)rc;
		link->in[link->in_size] = '\0';
		if (is_whole(link))
			return 1;
	}
}

int link_step(struct link *link)
{
	int go;

	if (link->state == LINK_SHAKING) {
		go = outcome(link, SSL_do_handshake(link->ssl));
		if (go <= 0)
			return go;
		link->resumed = SSL_session_reused(link->ssl);
		link->state = LINK_WRITING;
	}
	if (link->state == LINK_WRITING) {
		go = outcome(link, SSL_write(link->ssl, link->out, (int)link->out_size));
		if (go <= 0)
			return go;
		link->state = LINK_READING;
	}
	return link->state == LINK_READING ? read_some(link) : 0;
}

void link_close(struct link *link)
{
	struct linger now = { .l_onoff = 1 };

	if (link->state == LINK_CLOSED)
		return;
	SSL_set_shutdown(link->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(link->ssl);
	setsockopt(link->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(link->fd);
	free(link->in);
	link->in = NULL;
	link->in_size = link->in_cap = 0;
	link->state = LINK_CLOSED;
}
