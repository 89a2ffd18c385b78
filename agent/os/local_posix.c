/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's local socket: AF_UNIX, the caller known by SO_PEERCRED (getpeereid() elsewhere). */
#include "local.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "platen/clock.h"

#define BACKLOG 64

struct pl_listener {
	int fd;
	struct sockaddr_un address;
};

struct local_stream {
	struct pl_stream stream;
	int fd;
	struct pl_wake *wake; /* NULL: none */
};

static enum pl_result set_address(const char *path, struct sockaddr_un *address,
				  struct pl_error *err)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(address->sun_path))
		return pl_error_set(err, PL_E_INVALID,
				    "the socket path %s is longer than %zu bytes", path,
				    sizeof(address->sun_path) - 1);
	memcpy(address->sun_path, path, strlen(path) + 1);
	return PL_OK;
}

static enum pl_result failed(struct pl_error *err, const char *what, const char *path)
{
	int code = errno;
	bool denied = code == EACCES || code == EPERM || code == EROFS;

	return pl_error_set(err, denied ? PL_E_DENIED : PL_E_IO, "cannot %s %s: %s", what, path,
			    strerror(code));
}

/* Waits until `fd` is ready. */
static enum pl_result wait_ready(int fd, short events, struct pl_wake *wake, int64_t by_ms,
				 struct pl_error *err)
{
	struct pollfd fds[2] = {
		{ .fd = fd, .events = events },
		{ .fd = wake ? (int)pl_wake_handle(wake) : -1, .events = POLLIN },
	};
	int ms = by_ms == PL_FOREVER ? -1 : pl_clock_left_ms(by_ms);
	int n = poll(fds, 2, ms);

	if (n < 0 && errno != EINTR)
		return pl_error_set(err, PL_E_IO, "cannot wait for the local socket: %s",
				    strerror(errno));
	if (n > 0 && fds[1].revents)
		return pl_error_set(err, PL_E_CANCELLED, "stopped");
	if (n == 0)
		return pl_error_set(err, PL_E_TIMEOUT,
				    "the other side of the local socket is silent");
	return PL_OK;
}

static enum pl_result local_read(struct pl_stream *s, void *buf, size_t cap, int64_t by_ms,
				 size_t *ret_n, struct pl_error *err)
{
	struct local_stream *l = (struct local_stream *)s;

	for (;;) {
		ssize_t n = recv(l->fd, buf, cap, MSG_DONTWAIT);
		enum pl_result r;

		if (n >= 0) {
			*ret_n = (size_t)n;
			return PL_OK;
		}
		if (errno == ECONNRESET)
			return pl_error_set(err, PL_E_GONE, "the other side hung up");
		if (errno != EAGAIN && errno != EINTR)
			return pl_error_set(err, PL_E_IO, "the local socket failed: %s",
					    strerror(errno));
		r = wait_ready(l->fd, POLLIN, l->wake, by_ms, err);
		if (r != PL_OK)
			return r;
	}
}

static enum pl_result local_write(struct pl_stream *s, const void *buf, size_t n, int64_t by_ms,
				  struct pl_error *err)
{
	struct local_stream *l = (struct local_stream *)s;
	const char *at = buf;

	while (n > 0) {
		ssize_t sent = send(l->fd, at, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		enum pl_result r = PL_OK;

		if (sent > 0) {
			at += sent;
			n -= (size_t)sent;
			continue;
		}
		if (errno == EPIPE || errno == ECONNRESET)
			return pl_error_set(err, PL_E_GONE, "the other side hung up");
		if (errno != EAGAIN && errno != EINTR)
			return pl_error_set(err, PL_E_IO, "the local socket failed: %s",
					    strerror(errno));
		r = wait_ready(l->fd, POLLOUT, l->wake, by_ms, err);
		if (r != PL_OK)
			return r;
	}
	return PL_OK;
}

static void local_close(struct pl_stream *s)
{
	struct local_stream *l = (struct local_stream *)s;

	close(l->fd);
	free(l);
}

static const struct pl_stream_ops LOCAL_OPS = {
	.name = "local",
	.read = local_read,
	.write = local_write,
	.close = local_close,
};

static enum pl_result wrap(int fd, struct pl_wake *wake, struct pl_stream **ret_stream,
			   struct pl_error *err)
{
	struct local_stream *l = malloc(sizeof(*l));

	if (!l) {
		close(fd);
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	}
	*l = (struct local_stream){ .stream = { .ops = &LOCAL_OPS }, .fd = fd, .wake = wake };
	*ret_stream = &l->stream;
	return PL_OK;
}

enum pl_result pl_local_wait(struct pl_stream *const *callers, size_t count, struct pl_wake *stop,
			     struct pl_wake *news, size_t *ret_which, struct pl_error *err)
{
	struct pollfd fds[PL_MAX_LOCAL_WAIT + 2];
	size_t which = 0;

	for (size_t i = 0; i < count; i++)
		fds[i] = (struct pollfd){ .fd = ((const struct local_stream *)callers[i])->fd,
					  .events = POLLIN };
	fds[count] = (struct pollfd){ .fd = (int)pl_wake_handle(news), .events = POLLIN };
	fds[count + 1] = (struct pollfd){ .fd = (int)pl_wake_handle(stop), .events = POLLIN };
	while (poll(fds, count + 2, -1) < 0)
		if (errno != EINTR)
			return pl_error_set(err, PL_E_IO, "cannot wait for local callers: %s",
					    strerror(errno));
	if (fds[count + 1].revents)
		return pl_error_set(err, PL_E_CANCELLED, "stopped");
	while (which < count && !fds[which].revents)
		which++;
	*ret_which = which;
	return PL_OK;
}

enum pl_result pl_local_connect(const char *path, struct pl_stream **ret_stream,
				struct pl_error *err)
{
	struct sockaddr_un address;
	enum pl_result r = set_address(path, &address, err);
	int fd;

	if (r != PL_OK)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return failed(err, "open a socket for", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return wrap(fd, NULL, ret_stream, err);
	if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR)
		r = pl_error_set(err, PL_E_NOT_FOUND, "no agent listens at %s", path);
	else
		r = failed(err, "reach the agent at", path);
	close(fd);
	return r;
}

/* The folder may be missing where no service manager made it; others must be able to enter it. */
static void make_folder(const char *path)
{
	char folder[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (!slash || slash == folder)
		return;
	*slash = '\0';
	mkdir(folder, 0755);
}

/* True when nobody answers at this socket any more. */
static bool is_abandoned(const char *path)
{
	struct pl_stream *stream;
	struct pl_error err;

	if (pl_local_connect(path, &stream, &err) != PL_OK)
		return err.code == PL_E_NOT_FOUND;
	pl_stream_close(stream);
	return false;
}

static enum pl_result bind_socket(struct pl_listener *l, const char *path, struct pl_error *err)
{
	const struct sockaddr *address = (const struct sockaddr *)&l->address;

	if (bind(l->fd, address, sizeof(l->address)) == 0)
		return PL_OK;
	if (errno != EADDRINUSE)
		return failed(err, "listen at", path);
	if (!is_abandoned(path))
		return pl_error_set(err, PL_E_BUSY, "another agent already listens at %s", path);
	if (unlink(path) != 0 || bind(l->fd, address, sizeof(l->address)) != 0)
		return failed(err, "listen at", path);
	return PL_OK;
}

enum pl_result pl_local_listen(const char *path, struct pl_listener **ret_listener,
			       struct pl_error *err)
{
	struct pl_listener *l = calloc(1, sizeof(*l));
	enum pl_result r;

	if (!l)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	l->fd = -1;
	r = set_address(path, &l->address, err);
	if (r != PL_OK)
		goto out;
	make_folder(path);
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0) {
		r = failed(err, "open a socket for", path);
		goto out;
	}
	r = bind_socket(l, path, err);
	if (r != PL_OK)
		goto out;
	if (chmod(path, 0666) != 0 || listen(l->fd, BACKLOG) != 0) {
		r = failed(err, "listen at", path);
		goto out;
	}
	*ret_listener = l;
	return PL_OK;
out:
	if (l->fd >= 0)
		close(l->fd);
	free(l);
	return r;
}

void pl_local_close(struct pl_listener *listener)
{
	if (!listener)
		return;
	unlink(listener->address.sun_path);
	close(listener->fd);
	free(listener);
}

static bool identify_peer(int fd, struct pl_peer *peer)
{
#if defined(SO_PEERCRED)
	struct ucred who;
	socklen_t size = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
		return false;
	peer->user = who.uid;
#else
	uid_t uid;
	gid_t gid;

	if (getpeereid(fd, &uid, &gid) != 0)
		return false;
	peer->user = uid;
#endif
	peer->trusted = peer->user == 0 || peer->user == (int64_t)geteuid();
	return true;
}

enum pl_result pl_local_accept(struct pl_listener *listener, struct pl_wake *wake,
			       struct pl_stream **ret_stream, struct pl_peer *ret_peer,
			       struct pl_error *err)
{
	for (;;) {
		int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
		enum pl_result r;

		if (fd >= 0 && identify_peer(fd, ret_peer))
			return wrap(fd, wake, ret_stream, err);
		if (fd >= 0) {
			close(fd); /* nobody we can name gets an answer */
			continue;
		}
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			return pl_error_set(err, PL_E_IO, "cannot accept local callers: %s",
					    strerror(errno));
		r = wait_ready(listener->fd, POLLIN, wake, PL_FOREVER, err);
		if (r != PL_OK)
			return r;
	}
}
