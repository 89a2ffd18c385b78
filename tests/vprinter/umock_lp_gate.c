/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usblp's gate. A second open of lpN is EBUSY, which a pseudo terminal cannot say: the preloaded
 * library asks here, through a Unix socket, before it opens and after it has closed. One question,
 * one character back.
 */

#include "umock_lp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib.h>

#include <platen/clock.h>

#define PROMISE_MS 2000 /* who was let in opens within that time */
#define CLOSING_MS 1000 /* a close that has begun is noticed within that time */

struct umock_lp_gate {
	struct vp_umockdev *front;
	char *path;
	int fd;
	pthread_t thread;
	pthread_mutex_t mutex;
	struct umock_lp *lps[MAX_LP];
	bool taken[MAX_LP]; /* numbers, also of those whose node is still being taken down */
};

/* 'y': open it; 'b': it is busy. */
static char may_open(struct umock_lp *lp)
{
	char answer;

	pthread_mutex_lock(&lp->mutex);
	answer = lp->opens > 0 || pl_clock_left_ms(lp->promise_ms) > 0 ? 'b' : 'y';
	if (answer == 'y')
		lp->promise_ms = pl_clock_in_ms(PROMISE_MS);
	pthread_mutex_unlock(&lp->mutex);
	return answer;
}

/* Waits until the close that a client has just done has been seen here. */
static char was_closed(struct umock_lp *lp)
{
	int64_t by_ms = pl_clock_in_ms(CLOSING_MS);

	pthread_mutex_lock(&lp->mutex);
	while ((lp->opens > 0 || pl_clock_left_ms(lp->promise_ms) > 0) && !lp->stopping &&
	       pl_clock_wait(&lp->changed, &lp->mutex, by_ms))
		;
	pthread_mutex_unlock(&lp->mutex);
	return 'y';
}

/* 'n': there is no such printer. */
static char answer_of(struct umock_lp_gate *gate, const char *question)
{
	struct umock_lp *lp;
	char verb[8] = "", answer = 'n';
	int number = -1;

	sscanf(question, "%7s %d", verb, &number);
	pthread_mutex_lock(&gate->mutex);
	lp = number >= 0 && number < MAX_LP ? gate->lps[number] : NULL;
	if (lp)
		answer = strcmp(verb, "open") == 0 ? may_open(lp) : was_closed(lp);
	pthread_mutex_unlock(&gate->mutex);
	return answer;
}

static void *gate_loop(void *arg)
{
	struct umock_lp_gate *gate = arg;

	for (;;) {
		int fd = accept4(gate->fd, NULL, NULL, SOCK_CLOEXEC);
		char question[32] = "";
		char answer;

		if (fd < 0)
			return NULL;
		if (read(fd, question, sizeof(question) - 1) > 0) {
			answer = answer_of(gate, question);
			(void)!send(fd, &answer, 1, MSG_NOSIGNAL);
		}
		close(fd);
	}
}

struct umock_lp_gate *umock_lp_gate_create(struct vp_umockdev *u)
{
	struct umock_lp_gate *gate = calloc(1, sizeof(*gate));
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (!gate)
		abort();
	gate->front = u;
	gate->path = g_strconcat(u->root, "/lp-gate", NULL);
	pthread_mutex_init(&gate->mutex, NULL);
	g_strlcpy(a.sun_path, gate->path, sizeof(a.sun_path));
	gate->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(gate->fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(gate->fd, 16) != 0)
		fprintf(stderr, "vprinter: %s: %s\n", gate->path, strerror(errno));
	pthread_create(&gate->thread, NULL, gate_loop, gate);
	return gate;
}

void umock_lp_gate_destroy(struct umock_lp_gate *gate)
{
	if (!gate)
		return;
	shutdown(gate->fd, SHUT_RDWR);
	pthread_join(gate->thread, NULL);
	close(gate->fd);
	unlink(gate->path);
	g_free(gate->path);
	free(gate);
}

const char *umock_lp_gate_path(const struct umock_lp_gate *gate)
{
	return gate->path;
}

int umock_lp_gate_take(struct umock_lp_gate *gate, struct umock_lp *lp)
{
	int number = -1;

	pthread_mutex_lock(&gate->mutex);
	for (int i = 0; i < MAX_LP && number < 0; i++)
		if (!gate->taken[i])
			number = i;
	if (number >= 0) {
		gate->taken[number] = true;
		gate->lps[number] = lp;
	}
	pthread_mutex_unlock(&gate->mutex);
	return number;
}

void umock_lp_gate_leave(struct umock_lp_gate *gate, struct umock_lp *lp)
{
	pthread_mutex_lock(&gate->mutex);
	gate->lps[lp->number] = NULL;
	pthread_mutex_unlock(&gate->mutex);
}

void umock_lp_gate_return(struct umock_lp_gate *gate, int number)
{
	pthread_mutex_lock(&gate->mutex);
	gate->taken[number] = false;
	pthread_mutex_unlock(&gate->mutex);
}
