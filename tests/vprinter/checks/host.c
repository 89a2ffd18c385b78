/* SPDX-License-Identifier: Apache-2.0 */
#include "host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <platen/clock.h>

static void finished(struct vp_transfer *t)
{
	struct host_transfer *h = t->owner;

	pthread_mutex_lock(&h->mutex);
	h->done = true;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->mutex);
}

void host_submit(struct host_transfer *h, struct vp_pipe *p, uint8_t endpoint, void *data, size_t n)
{
	memset(h, 0, sizeof(*h));
	pthread_mutex_init(&h->mutex, NULL);
	pl_clock_cond_init(&h->changed);
	h->t = (struct vp_transfer){
		.endpoint = endpoint, .data = data, .size = n, .done = finished, .owner = h
	};
	vp_pipe_submit(p, &h->t);
}

bool host_wait(struct host_transfer *h, int ms)
{
	int64_t by_ms = pl_clock_in_ms(ms);
	bool done;

	pthread_mutex_lock(&h->mutex);
	while (!h->done && pl_clock_wait(&h->changed, &h->mutex, by_ms))
		;
	done = h->done;
	pthread_mutex_unlock(&h->mutex);
	return done;
}

void host_finish(struct host_transfer *h, struct vp_pipe *p)
{
	vp_pipe_cancel(p, &h->t, -ENOENT);
	host_wait(h, 1000);
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->mutex);
}

int host_send(struct vp_pipe *p, const void *data, size_t n)
{
	struct host_transfer h;
	uint8_t *copy = malloc(n + 1);
	int status;

	memcpy(copy, data, n);
	host_submit(&h, p, 0x01, copy, n);
	status = host_wait(&h, 1000) ? h.t.status : 1;
	host_finish(&h, p);
	free(copy);
	return status;
}

int host_receive(struct vp_pipe *p, void *buf, size_t cap, int ms, size_t *ret_n)
{
	struct host_transfer h;
	int status;

	host_submit(&h, p, 0x81, buf, cap);
	status = host_wait(&h, ms) ? h.t.status : 1;
	host_finish(&h, p);
	*ret_n = h.t.actual;
	return status;
}
