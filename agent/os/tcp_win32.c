/* SPDX-License-Identifier: Apache-2.0 */
/* TCP on Windows: non-blocking sockets whose events are waited for together with the wake. */
#include "tcp_stream.h"

#include <pthread.h>
#include <stdlib.h>

#include "os/resolve.h"
#include "os/wait.h"
#include "platen/clock.h"
#include "platen/wide.h"

struct tcp_stream {
	struct pl_stream stream;
	SOCKET socket;
	WSAEVENT event; /* signalled when one of the socket's events has come */
	struct pl_wake *wake;
};

static enum pl_result from_code(int code, struct pl_error *err)
{
	enum pl_result r = pl_wide_failed((unsigned long)code, err, "use", "the connection");

	if (code == WSAECONNREFUSED)
		r = PL_E_REFUSED;
	else if (code == WSAETIMEDOUT)
		r = PL_E_TIMEOUT;
	else if (code == WSAECONNRESET || code == WSAECONNABORTED || code == WSAENOTCONN ||
		 code == WSAESHUTDOWN)
		r = PL_E_GONE;
	if (err)
		err->code = r;
	return r;
}

/* Waits for `event` of the socket; it has been tried and would block, so the event will come. */
static enum pl_result wait_for(struct tcp_stream *t, int64_t by_ms, struct pl_error *err)
{
	WSANETWORKEVENTS happened;
	enum pl_result r = pl_wait((intptr_t)t->event, by_ms, t->wake, err);

	if (r == PL_OK)
		WSAEnumNetworkEvents(t->socket, t->event, &happened); /* and resets it */
	return r;
}

static enum pl_result tcp_read(struct pl_stream *s, void *buf, size_t cap, int64_t by_ms,
			       size_t *ret_n, struct pl_error *err)
{
	struct tcp_stream *t = (struct tcp_stream *)s;
	int most = cap < 1 << 20 ? (int)cap : 1 << 20;

	for (;;) {
		int n = recv(t->socket, buf, most, 0);
		enum pl_result r;

		if (n >= 0) {
			*ret_n = (size_t)n;
			return PL_OK;
		}
		if (WSAGetLastError() != WSAEWOULDBLOCK)
			return from_code(WSAGetLastError(), err);
		r = wait_for(t, by_ms, err);
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
		int done = send(t->socket, at, n < 1 << 20 ? (int)n : 1 << 20, 0);
		enum pl_result r;

		if (done >= 0) {
			at += done;
			n -= (size_t)done;
			continue;
		}
		if (WSAGetLastError() != WSAEWOULDBLOCK)
			return from_code(WSAGetLastError(), err);
		r = wait_for(t, by_ms, err);
		if (r != PL_OK)
			return r;
	}
	return PL_OK;
}

static void tcp_close(struct pl_stream *s)
{
	struct tcp_stream *t = (struct tcp_stream *)s;

	closesocket(t->socket);
	WSACloseEvent(t->event);
	free(t);
}

static const struct pl_stream_ops TCP_OPS = {
	.name = "tcp",
	.read = tcp_read,
	.write = tcp_write,
	.close = tcp_close,
};

static enum pl_result connect_socket(struct tcp_stream *t, const struct addrinfo *to, int64_t by_ms,
				     struct pl_error *err)
{
	int number = 0, size = sizeof(number);
	enum pl_result r;

	if (connect(t->socket, to->ai_addr, (int)to->ai_addrlen) == 0)
		return PL_OK;
	if (WSAGetLastError() != WSAEWOULDBLOCK)
		return from_code(WSAGetLastError(), err);
	for (;;) {
		WSANETWORKEVENTS happened = { 0 };

		r = pl_wait((intptr_t)t->event, by_ms, t->wake, err);
		if (r != PL_OK)
			return r;
		WSAEnumNetworkEvents(t->socket, t->event, &happened);
		if (!(happened.lNetworkEvents & FD_CONNECT))
			continue;
		number = happened.iErrorCode[FD_CONNECT_BIT];
		if (number == 0)
			getsockopt(t->socket, SOL_SOCKET, SO_ERROR, (char *)&number, &size);
		return number == 0 ? PL_OK : from_code(number, err);
	}
}

/* Nagle's algorithm would hold a small request back until the last one is acknowledged. */
static enum pl_result open_socket(struct tcp_stream *t, const struct addrinfo *to,
				  struct pl_error *err)
{
	BOOL one = TRUE;

	t->socket = WSASocketW(to->ai_family, to->ai_socktype, to->ai_protocol, NULL, 0,
			       WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
	if (t->socket == INVALID_SOCKET)
		return from_code(WSAGetLastError(), err);
	setsockopt(t->socket, IPPROTO_TCP, TCP_NODELAY, (const char *)&one, sizeof(one));
	/* Also makes the socket non-blocking. */
	if (WSAEventSelect(t->socket, t->event, FD_READ | FD_WRITE | FD_CONNECT | FD_CLOSE) == 0)
		return PL_OK;
	from_code(WSAGetLastError(), err);
	closesocket(t->socket);
	return err->code;
}

/* Tries the addresses in turn; each gets a fair share of the time that is left. */
static enum pl_result connect_any(struct tcp_stream *t, const struct addrinfo *list, int64_t by_ms,
				  struct pl_error *err)
{
	enum pl_result r = PL_E_NOT_FOUND;
	int left = 0;

	for (const struct addrinfo *to = list; to; to = to->ai_next)
		left++;
	for (const struct addrinfo *to = list; to; to = to->ai_next, left--) {
		int64_t until = by_ms == PL_FOREVER
					? by_ms
					: pl_clock_in_ms(pl_clock_left_ms(by_ms) / left);

		WSAResetEvent(t->event);
		r = open_socket(t, to, err);
		if (r != PL_OK)
			continue;
		r = connect_socket(t, to, until, err);
		if (r == PL_OK)
			return r;
		closesocket(t->socket);
		if (r == PL_E_CANCELLED)
			break;
	}
	return r;
}

static void start_winsock(void)
{
	WSADATA about;

	WSAStartup(MAKEWORD(2, 2), &about);
}

enum pl_result pl_tcp_connect(const char *host, int port, int64_t by_ms, struct pl_wake *wake,
			      struct pl_stream **ret_stream, struct pl_error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct addrinfo *list = NULL;
	struct tcp_stream *t;
	struct pl_error why = { 0 };
	enum pl_result r;

	pthread_once(&once, start_winsock);
	r = pl_resolve(host, port, by_ms, wake, &list, err);
	if (r != PL_OK)
		return r;
	t = calloc(1, sizeof(*t));
	if (!t) {
		freeaddrinfo(list);
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	}
	*t = (struct tcp_stream){ .stream.ops = &TCP_OPS, .event = WSACreateEvent(), .wake = wake };
	r = connect_any(t, list, by_ms, &why);
	freeaddrinfo(list);
	if (r == PL_OK) {
		*ret_stream = &t->stream;
		return PL_OK;
	}
	WSACloseEvent(t->event);
	free(t);
	if (r == PL_E_CANCELLED)
		return pl_error_set(err, r, "stopped");
	return pl_error_set(err, r, "cannot connect to %s port %d: %s", host, port, why.text);
}
