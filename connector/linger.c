/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread that reads what nobody wants. Descriptors come by a pipe, which is its inbox and its
 * bell in one: the write end closed means stop.
 */
#include "linger.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platen/clock.h"

#define MAX_GUESTS  128
#define SILENCE_MS  2000
#define AT_MOST_MS  10000
#define BYTES	    (8 * 1024 * 1024)
#define STACK_BYTES (128 * 1024)

struct guest {
	int64_t quiet_ms; /* until then it has to send something */
	int64_t leave_ms;
	size_t left;
};

struct pl_linger {
	int inbox[2];
	pthread_t thread;
	size_t count;
	struct guest guests[MAX_GUESTS];
	struct pollfd fds[MAX_GUESTS + 1]; /* the inbox, then one for each guest */
};

static int64_t end_of(const struct guest *g)
{
	return g->quiet_ms < g->leave_ms ? g->quiet_ms : g->leave_ms;
}

static void dismiss(struct pl_linger *l, size_t i)
{
	close(l->fds[i + 1].fd);
	l->count--;
	l->guests[i] = l->guests[l->count];
	l->fds[i + 1] = l->fds[l->count + 1];
}

/* False: the inbox is closed. */
static bool welcome(struct pl_linger *l)
{
	int64_t now_ms = pl_clock_now_ms();
	int fd;

	if (read(l->inbox[0], &fd, sizeof fd) != sizeof fd)
		return false;
	if (l->count == MAX_GUESTS) {
		close(fd);
		return true;
	}
	l->fds[l->count + 1] = (struct pollfd){ .fd = fd, .events = POLLIN };
	l->guests[l->count++] = (struct guest){ now_ms + SILENCE_MS, now_ms + AT_MOST_MS, BYTES };
	return true;
}

/* Drops what came. False: the peer is done, or has had enough of our patience. */
static bool hear_out(struct pl_linger *l, size_t i)
{
	struct guest *g = &l->guests[i];
	char dropped[16384];
	ssize_t n;

	if (!l->fds[i + 1].revents)
		return pl_clock_now_ms() < end_of(g);
	n = recv(l->fds[i + 1].fd, dropped, sizeof dropped, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0 || (size_t)n >= g->left || pl_clock_now_ms() >= g->leave_ms)
		return false;
	g->left -= (size_t)n;
	g->quiet_ms = pl_clock_in_ms(SILENCE_MS);
	return true;
}

static int next_end_ms(const struct pl_linger *l)
{
	int64_t by_ms = PL_FOREVER;

	for (size_t i = 0; i < l->count; i++)
		if (end_of(&l->guests[i]) < by_ms)
			by_ms = end_of(&l->guests[i]);
	return l->count > 0 ? pl_clock_left_ms(by_ms) : -1;
}

static void *linger_main(void *arg)
{
	struct pl_linger *l = arg;

	for (;;) {
		if (poll(l->fds, (nfds_t)l->count + 1, next_end_ms(l)) < 0)
			continue; /* a signal */
		for (size_t i = l->count; i-- > 0;)
			if (!hear_out(l, i))
				dismiss(l, i);
		if (l->fds[0].revents && !welcome(l))
			break;
	}
	while (l->count > 0)
		dismiss(l, l->count - 1);
	return NULL;
}

static bool start_thread(struct pl_linger *l)
{
	pthread_attr_t attr;
	int code;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	code = pthread_create(&l->thread, &attr, linger_main, l);
	pthread_attr_destroy(&attr);
	return code == 0;
}

enum pl_result pl_linger_open(struct pl_linger **ret_linger, struct pl_error *err)
{
	struct pl_linger *l = calloc(1, sizeof *l);

	if (!l || pipe2(l->inbox, O_CLOEXEC) < 0) {
		free(l);
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory or file descriptors");
	}
	/* The daemon's thread writes: it must not wait here. */
	fcntl(l->inbox[1], F_SETFL, O_NONBLOCK);
	l->fds[0] = (struct pollfd){ .fd = l->inbox[0], .events = POLLIN };
	if (!start_thread(l)) {
		close(l->inbox[0]);
		close(l->inbox[1]);
		free(l);
		return pl_error_set(err, PL_E_NO_MEMORY, "no thread for one more task");
	}
	*ret_linger = l;
	return PL_OK;
}

void pl_linger_close(struct pl_linger *l)
{
	if (!l)
		return;
	close(l->inbox[1]);
	pthread_join(l->thread, NULL);
	close(l->inbox[0]);
	free(l);
}

void pl_linger_take(struct pl_linger *l, int fd)
{
	int mine = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (mine < 0)
		return;
	shutdown(mine, SHUT_WR);
	if (write(l->inbox[1], &mine, sizeof mine) != sizeof mine)
		close(mine);
}
