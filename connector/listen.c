/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening a port, with one sentence for each way in which that fails.
 */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 4096

static int make_socket(const char *listen_at, uint16_t port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	int on = 1, off = 0, fd, saved;
	bool is_four = listen_at && inet_pton(AF_INET, listen_at, &four.sin_addr) == 1;

	if (listen_at && !is_four && inet_pton(AF_INET6, listen_at, &six.sin6_addr) != 1) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	fd = socket(is_four ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 && !listen_at && errno == EAFNOSUPPORT) { /* a kernel without IPv6 */
		is_four = true;
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	}
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* what it accepts inherits it */
	if (!is_four)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
	if (bind(fd, is_four ? (struct sockaddr *)&four : (struct sockaddr *)&six,
		 is_four ? sizeof four : sizeof six) == 0 &&
	    listen(fd, BACKLOG) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

uint16_t pl_listen_port(int fd)
{
	struct sockaddr_storage at = { 0 };
	socklen_t size = sizeof at;

	if (getsockname(fd, (struct sockaddr *)&at, &size) < 0)
		return 0;
	return ntohs(at.ss_family == AF_INET ? ((struct sockaddr_in *)&at)->sin_port
					     : ((struct sockaddr_in6 *)&at)->sin6_port);
}

enum pl_result pl_listen_open(const char *address, uint16_t port, int *ret_fd, struct pl_error *err)
{
	const char *at = address ? address : "all addresses";
	int fd = make_socket(address, port);

	if (fd >= 0) {
		*ret_fd = fd;
		return PL_OK;
	}
	switch (errno) {
	case EADDRINUSE:
		return pl_error_set(err, PL_E_BUSY,
				    "port %u is in use by another program; stop it or choose "
				    "another port",
				    port);
	case EACCES:
		return pl_error_set(err, PL_E_DENIED, "port %u may not be opened by this user",
				    port);
	case EADDRNOTAVAIL:
		return pl_error_set(err, PL_E_INVALID, "%s is not an address of this machine", at);
	default:
		return pl_error_set(err, PL_E_IO, "listening on %s port %u failed: %s", at, port,
				    strerror(errno));
	}
}
