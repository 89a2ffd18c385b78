/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One list of all connections of a daemon. Looking through ten thousand of them every few seconds
 * costs less than keeping them in order.
 */
#include "patience.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "platen/clock.h"

struct pl_patience {
	pthread_mutex_t mutex;
	struct pl_patience_spot *first;
};

struct pl_patience *pl_patience_create(void)
{
	struct pl_patience *p = calloc(1, sizeof *p);

	if (p)
		pthread_mutex_init(&p->mutex, NULL);
	return p;
}

void pl_patience_destroy(struct pl_patience *p)
{
	if (!p)
		return;
	pthread_mutex_destroy(&p->mutex);
	free(p);
}

void pl_patience_add(struct pl_patience *p, struct pl_patience_spot *spot, int fd, int64_t by_ms)
{
	pthread_mutex_lock(&p->mutex);
	spot->fd = fd;
	spot->by_ms = by_ms;
	spot->previous = NULL;
	spot->next = p->first;
	if (p->first)
		p->first->previous = spot;
	p->first = spot;
	pthread_mutex_unlock(&p->mutex);
}

void pl_patience_until(struct pl_patience *p, struct pl_patience_spot *spot, int64_t by_ms)
{
	pthread_mutex_lock(&p->mutex);
	spot->by_ms = by_ms;
	pthread_mutex_unlock(&p->mutex);
}

void pl_patience_leave(struct pl_patience *p, struct pl_patience_spot *spot)
{
	pthread_mutex_lock(&p->mutex);
	if (spot->previous)
		spot->previous->next = spot->next;
	else
		p->first = spot->next;
	if (spot->next)
		spot->next->previous = spot->previous;
	pthread_mutex_unlock(&p->mutex);
}

/* A descriptor is not closed before its spot has left, so it is still the connection's. */
int pl_patience_cut(struct pl_patience *p)
{
	int64_t now = pl_clock_now_ms();
	int cut = 0;

	pthread_mutex_lock(&p->mutex);
	for (struct pl_patience_spot *s = p->first; s; s = s->next) {
		if (s->by_ms > now)
			continue;
		shutdown(s->fd, SHUT_RDWR);
		s->by_ms = PL_FOREVER;
		cut++;
	}
	pthread_mutex_unlock(&p->mutex);
	return cut;
}
