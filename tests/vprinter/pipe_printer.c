/* SPDX-License-Identifier: Apache-2.0 */
/* Pipe, the printer's side: bytes in order, and what interrupts them. */

#include "pipe_inside.h"

#include <stdlib.h>
#include <string.h>

#include <platen/clock.h>

#include "fault.h"

static bool void_now(const struct vp_pipe *p)
{
	return p->ended || p->resets != p->seen_resets;
}

enum vp_pipe_event vp_pipe_read(struct vp_pipe *p, void *buf, size_t cap, int64_t by_ms,
				size_t *ret_n)
{
	enum vp_pipe_event event = VP_PIPE_TIMEOUT;

	pthread_mutex_lock(&p->mutex);
	for (;;) {
		if (void_now(p)) {
			event = p->ended ? VP_PIPE_END : VP_PIPE_RESET;
		} else if (p->out.size > 0) {
			*ret_n = p->out.size < cap ? p->out.size : cap;
			memcpy(buf, p->out.at, *ret_n);
			pl_bytes_drop(&p->out, *ret_n);
			event = VP_PIPE_DATA;
		} else if (p->poked) {
			p->poked = false;
			event = VP_PIPE_POKED;
		} else if (pl_clock_wait(&p->changed, &p->mutex, by_ms)) {
			continue;
		}
		break;
	}
	vp_pipe_pump_and_unlock(p); /* there is room for more now */
	return event;
}

/* Appends a message; false when the conversation is void. */
static bool put(struct vp_pipe *p, const void *data, size_t n, bool wait, bool babble)
{
	struct message *m = malloc(sizeof(*m) + n);
	bool ok;

	if (!m)
		abort();
	*m = (struct message){ .size = n, .empty = n == 0, .babble = babble };
	if (n > 0)
		memcpy(m->data, data, n);
	pthread_mutex_lock(&p->mutex);
	while (wait && !void_now(p) && p->in_waiting >= MAX_IN)
		pl_clock_wait(&p->changed, &p->mutex, PL_FOREVER);
	ok = !void_now(p);
	if (ok) {
		if (p->in_last)
			p->in_last->next = m;
		else
			p->in_first = m;
		p->in_last = m;
		p->in_waiting += n;
	} else {
		free(m);
	}
	vp_pipe_pump_and_unlock(p);
	return ok;
}

bool vp_pipe_put(struct vp_pipe *p, const void *data, size_t n)
{
	return n == 0 || put(p, data, n, true, false);
}

bool vp_pipe_put_empty(struct vp_pipe *p)
{
	return put(p, NULL, 0, true, false);
}

bool vp_pipe_put_babble(struct vp_pipe *p)
{
	return put(p, "", 1, true, true);
}

bool vp_pipe_write(struct vp_pipe *p, const void *data, size_t n)
{
	if (p->config.faults)
		return vp_faults_send(p->config.faults, p, data, n);
	return vp_pipe_put(p, data, n);
}

void vp_pipe_push(struct vp_pipe *p, const void *data, size_t n)
{
	if (n > 0)
		put(p, data, n, false, false);
}

bool vp_pipe_pause(struct vp_pipe *p, int64_t ms)
{
	int64_t by_ms = pl_clock_in_ms(ms);
	bool ok;

	pthread_mutex_lock(&p->mutex);
	while (!void_now(p) && pl_clock_wait(&p->changed, &p->mutex, by_ms))
		;
	ok = !void_now(p);
	pthread_mutex_unlock(&p->mutex);
	return ok;
}

void vp_pipe_restart(struct vp_pipe *p)
{
	pthread_mutex_lock(&p->mutex);
	vp_faults_restart(p->config.faults);
	p->seen_resets = p->resets;
	pthread_mutex_unlock(&p->mutex);
}

void vp_pipe_hold(struct vp_pipe *p, bool on)
{
	pthread_mutex_lock(&p->mutex);
	p->hold = on;
	vp_pipe_pump_and_unlock(p);
}

void vp_pipe_poke(struct vp_pipe *p)
{
	pthread_mutex_lock(&p->mutex);
	p->poked = true;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->mutex);
}

void vp_pipe_end(struct vp_pipe *p)
{
	pthread_mutex_lock(&p->mutex);
	p->ended = true;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->mutex);
}
