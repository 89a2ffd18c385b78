/* SPDX-License-Identifier: Apache-2.0 */
/* The line on which the agent is watched. */
#include "link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "dial.h"
#include "platen/bytes.h"
#include "platen/log.h"
#include "platen/protocol.h"

#define FIRST_TRY_MS 100
#define LAST_TRY_MS  6400

static const char QUESTION[] = "{\"v\":1,\"do\":\"watch\"}\n";

struct link {
	sd_event *event;
	struct link_calls calls;
	char socket[DIAL_MAX_PATH];
	int fd; /* -1: nobody is there */
	sd_event_source *io;
	struct pl_bytes line;

	/* While nobody is there. */
	sd_event_source *folder, *again;
	int try_ms; /* until we try by ourselves; over LAST_TRY_MS: we do not */
};

static void await(struct link *l);

/* Back to where nothing is open. */
static void hang_up(struct link *l)
{
	l->io = sd_event_source_disable_unref(l->io);
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	pl_bytes_finish(&l->line);
	pl_bytes_init(&l->line, PL_MAX_CONTROL_VIEW);
}

static void lose(struct link *l)
{
	hang_up(l);
	l->calls.lost(l->calls.arg);
	await(l);
}

/* Hands out whole lines. False: one of them made no sense. */
static bool hand_out(struct link *l)
{
	const char *end;

	while (l->line.size > 0 && (end = memchr(l->line.at, '\n', l->line.size))) {
		struct pl_span line = { (const char *)l->line.at,
					(size_t)(end - (const char *)l->line.at) };

		if (!l->calls.line(l->calls.arg, line))
			return false;
		pl_bytes_drop(&l->line, line.size + 1);
	}
	return true;
}

static int readable(sd_event_source *s, int fd, uint32_t events, void *arg)
{
	struct link *l = arg;
	char piece[16384];
	ssize_t n = read(fd, piece, sizeof(piece));

	(void)s, (void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		lose(l);
		return 0;
	}
	if (pl_bytes_add(&l->line, piece, (size_t)n) == PL_OK && hand_out(l)) {
		l->try_ms = FIRST_TRY_MS;
		return 0;
	}
	log_warn(NULL, "the agent says what makes no sense; it is left alone until it is another");
	l->try_ms = 2 * LAST_TRY_MS;
	hang_up(l);
	await(l);
	return 0;
}

/* True when the line is up and the question sent. */
static bool call(struct link *l)
{
	int fd = dial(l->socket, QUESTION);

	if (fd < 0)
		return false;
	if (sd_event_add_io(l->event, &l->io, fd, EPOLLIN, readable, l) < 0) {
		close(fd);
		return false;
	}
	l->fd = fd;
	return true;
}

static void stop_awaiting(struct link *l)
{
	l->folder = sd_event_source_disable_unref(l->folder);
	l->again = sd_event_source_disable_unref(l->again);
}

static int try_again(sd_event_source *s, uint64_t usec, void *arg)
{
	struct link *l = arg;

	(void)s, (void)usec;
	if (call(l))
		stop_awaiting(l);
	else
		await(l);
	return 0;
}

static int folder_changed(sd_event_source *s, const struct inotify_event *e, void *arg)
{
	struct link *l = arg;

	(void)s, (void)e;
	l->try_ms = FIRST_TRY_MS;
	await(l);
	return 0;
}

/* Looks at the innermost folder there is on the way to the socket. */
static void look_at_folder(struct link *l)
{
	char path[DIAL_MAX_PATH];
	int r = -ENOENT;

	memcpy(path, l->socket, sizeof(path));
	while (r < 0 && strcmp(path, "/") != 0) {
		char *slash = strrchr(path, '/');

		if (!slash)
			break;
		slash[slash == path] = '\0';
		r = sd_event_add_inotify(l->event, &l->folder, path,
					 IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF |
						 IN_ONLYDIR,
					 folder_changed, l);
	}
	if (r < 0)
		log_warn(NULL, "nobody tells when the agent is back: %s", strerror(-r));
}

/* Waits until there may be an agent. An agent that starts makes its socket a moment before it
 * listens there: for a little while we also try by ourselves. */
static void await(struct link *l)
{
	stop_awaiting(l);
	look_at_folder(l);
	if (l->try_ms > LAST_TRY_MS)
		return;
	sd_event_add_time_relative(l->event, &l->again, CLOCK_MONOTONIC, (uint64_t)l->try_ms * 1000,
				   0, try_again, l);
	l->try_ms *= 2;
}

int link_open(sd_event *event, const char *socket, const struct link_calls *calls,
	      struct link **ret_link)
{
	struct link *l;

	if (strlen(socket) >= sizeof(l->socket))
		return -ENAMETOOLONG;
	l = calloc(1, sizeof(*l));
	if (!l)
		return -ENOMEM;
	l->event = event;
	l->calls = *calls;
	l->fd = -1;
	l->try_ms = FIRST_TRY_MS;
	snprintf(l->socket, sizeof(l->socket), "%s", socket);
	pl_bytes_init(&l->line, PL_MAX_CONTROL_VIEW);
	if (!call(l))
		await(l);
	*ret_link = l;
	return 0;
}

void link_close(struct link *l)
{
	if (!l)
		return;
	stop_awaiting(l);
	hang_up(l);
	pl_bytes_finish(&l->line);
	free(l);
}
