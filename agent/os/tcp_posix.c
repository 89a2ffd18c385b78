/* SPDX-License-Identifier: Apache-2.0 */
/* TCP on POSIX systems: non-blocking sockets, one poll() per wait, woken by a pipe. */
#include "tcp_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/resolve.h"
#include "os/wait_posix.h"
#include "platen/clock.h"

struct tcp_stream {
	struct pl_stream stream;
	int fd;
	struct pl_wake *wake;
};

static enum pl_result from_errno(int number, struct pl_error *err)
{
	enum pl_result r = PL_E_IO;

	if (number == ECONNREFUSED)
		r = PL_E_REFUSED;
	else if (number == ETIMEDOUT)
		r = PL_E_TIMEOUT;
	else if (number == ECONNRESET || number == EPIPE || number == ENOTCONN ||
		 number == ECONNABORTED)
		r = PL_E_GONE;
	return pl_error_set(err, r, "%s", strerror(number));
}

static enum pl_result tcp_read(struct pl_stream *s, void *buf, size_t cap, int64_t by_ms,
			       size_t *ret_n, struct pl_error *err)
{
	struct tcp_stream *t = (struct tcp_stream *)s;

	for (;;) {
		ssize_t n = recv(t->fd, buf, cap, 0);
		enum pl_result r;

		if (n >= 0) {
			*ret_n = (size_t)n;
			return PL_OK;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return from_errno(errno, err);
		r = pl_wait_fd(t->fd, POLLIN, by_ms, t->wake, err);
		if (r != PL_OK)
			return r;
	}
}

static enum pl_result tcp_write(struct pl_stream *s, const void *buf, size_t n, int64_t by_ms,
				struct pl_error *err)
{
	struct tcp_stream *t = (struct tcp_stream *)s;
	const char *at = buf;

	while (n > 0) {
		ssize_t done = send(t->fd, at, n, MSG_NOSIGNAL);
		enum pl_result r;

		if (done >= 0) {
			at += done;
			n -= (size_t)done;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return from_errno(errno, err);
		r = pl_wait_fd(t->fd, POLLOUT, by_ms, t->wake, err);
		if (r != PL_OK)
			return r;
	}
	return PL_OK;
}

static void tcp_close(struct pl_stream *s)
{
	struct tcp_stream *t = (struct tcp_stream *)s;

	close(t->fd);
	free(t);
}

static const struct pl_stream_ops TCP_OPS = {
	.name = "tcp",
	.read = tcp_read,
	.write = tcp_write,
	.close = tcp_close,
};

/* Nagle's algorithm would hold a small request back until the last one is acknowledged: 40 ms. */
static int open_socket(const struct addrinfo *to)
{
	int fd = socket(to->ai_family, to->ai_socktype | SOCK_CLOEXEC, to->ai_protocol);
	int one = 1;

	if (fd >= 0) {
		fcntl(fd, F_SETFL, O_NONBLOCK);
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	}
	return fd;
}

static enum pl_result connect_socket(int fd, const struct addrinfo *to, int64_t by_ms,
				     struct pl_wake *wake, struct pl_error *err)
{
	int number = 0;
	socklen_t size = sizeof(number);
	enum pl_result r;

	if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
		return PL_OK;
	if (errno != EINPROGRESS)
		return from_errno(errno, err);
	r = pl_wait_fd(fd, POLLOUT, by_ms, wake, err);
	if (r != PL_OK)
		return r;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &size) != 0)
		number = errno;
	return number == 0 ? PL_OK : from_errno(number, err);
}

/* Tries the addresses in turn; each gets a fair share of the time that is left. */
static enum pl_result connect_any(const struct addrinfo *list, int64_t by_ms, struct pl_wake *wake,
				  int *ret_fd, struct pl_error *err)
{
	enum pl_result r = PL_E_NOT_FOUND;
	int left = 0;

	for (const struct addrinfo *to = list; to; to = to->ai_next)
		left++;
	for (const struct addrinfo *to = list; to; to = to->ai_next, left--) {
		int64_t until = by_ms == PL_FOREVER
					? by_ms
					: pl_clock_in_ms(pl_clock_left_ms(by_ms) / left);
		int fd = open_socket(to);

		if (fd < 0) {
			r = from_errno(errno, err);
			continue;
		}
		r = connect_socket(fd, to, until, wake, err);
		if (r == PL_OK) {
			*ret_fd = fd;
			return PL_OK;
		}
		close(fd);
		if (r == PL_E_CANCELLED)
			break;
	}
	return r;
}

enum pl_result pl_tcp_connect(const char *host, int port, int64_t by_ms, struct pl_wake *wake,
			      struct pl_stream **ret_stream, struct pl_error *err)
{
	struct addrinfo *list = NULL;
	struct tcp_stream *t;
	struct pl_error why = { 0 };
	enum pl_result r;
	int fd = -1;

	r = pl_resolve(host, port, by_ms, wake, &list, err);
	if (r != PL_OK)
		return r;
	r = connect_any(list, by_ms, wake, &fd, &why);
	freeaddrinfo(list);
	if (r == PL_E_CANCELLED)
		return pl_error_set(err, r, "stopped");
	if (r != PL_OK)
		return pl_error_set(err, r, "cannot connect to %s port %d: %s", host, port,
				    why.text);
	t = calloc(1, sizeof(*t));
	if (!t) {
		close(fd);
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	}
	*t = (struct tcp_stream){ .stream.ops = &TCP_OPS, .fd = fd, .wake = wake };
	*ret_stream = &t->stream;
	return PL_OK;
}
