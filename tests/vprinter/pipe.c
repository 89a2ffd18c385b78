/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pipe: transfers on one side, bytes on the other, one lock between them.
 * Whatever changes the state ends in pump(), which moves as much as can move and collects finished
 * transfers; their done() runs after the lock is gone, because front ends take locks of their own
 * in it.
 */

#include "pipe.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <platen/bytes.h>
#include <platen/clock.h>

#include "fault.h"

#define MAX_OUT (64 * 1024)  /* bytes the printer buffers before it says NAK */
#define MAX_IN	(256 * 1024) /* bytes of answers that wait for the host */

/* One message on its way to the host. */
struct message {
	struct message *next;
	size_t size, at;
	bool empty;  /* a zero-length packet */
	bool babble; /* a packet that never fits */
	uint8_t data[];
};

struct vp_pipe {
	struct vp_pipe_config config;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	struct vp_transfer *in_list, *out_list; /* pending, oldest first */
	struct message *in_first, *in_last;
	size_t in_waiting; /* bytes in those messages */
	struct pl_bytes out;
	uint64_t out_total; /* bytes ever taken from the host */
	bool halted_in, halted_out, hold, poked, ended;
	unsigned resets, seen_resets;
	FILE *raw_out, *raw_in;
};

static FILE *open_raw(const char *path, const char *suffix)
{
	char name[4096];

	if (!path)
		return NULL;
	snprintf(name, sizeof(name), "%s.%s", path, suffix);
	return fopen(name, "ae");
}

struct vp_pipe *vp_pipe_create(const struct vp_pipe_config *config)
{
	struct vp_pipe *p = calloc(1, sizeof(*p));

	if (!p)
		abort();
	p->config = *config;
	p->raw_out = open_raw(config->raw_path, "out");
	p->raw_in = open_raw(config->raw_path, "in");
	p->config.raw_path = NULL;
	pl_bytes_init(&p->out, MAX_OUT);
	pthread_mutex_init(&p->mutex, NULL);
	pl_clock_cond_init(&p->changed);
	return p;
}

static void drop_messages(struct vp_pipe *p)
{
	while (p->in_first) {
		struct message *m = p->in_first;

		p->in_first = m->next;
		free(m);
	}
	p->in_last = NULL;
	p->in_waiting = 0;
}

void vp_pipe_destroy(struct vp_pipe *p)
{
	if (!p)
		return;
	drop_messages(p);
	pl_bytes_finish(&p->out);
	if (p->raw_out)
		fclose(p->raw_out);
	if (p->raw_in)
		fclose(p->raw_in);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->mutex);
	free(p);
}

const char *vp_pipe_name(const struct vp_pipe *p)
{
	return p->config.name;
}

static void keep_raw(FILE *raw, const void *data, size_t n)
{
	if (!raw || n == 0)
		return;
	fwrite(data, 1, n, raw);
	fflush(raw);
}

static void fail_all(struct vp_transfer **list, int status, struct vp_transfer **done)
{
	while (*list) {
		struct vp_transfer *t = *list;

		vp_transfer_remove(list, t);
		t->status = status;
		vp_transfer_append(done, t);
	}
}

/* How many of the transfer's bytes the printer takes now: all that is left, or whole packets into
 * the room there is. */
static size_t takes(struct vp_pipe *p, const struct vp_transfer *t)
{
	size_t left = t->size - t->actual, room = MAX_OUT - p->out.size;
	size_t n = left <= room ? left : room - room % p->config.packet_size;

	return p->config.faults ? vp_faults_out_room(p->config.faults, p->out_total, n) : n;
}

static void pump_out(struct vp_pipe *p, struct vp_transfer **done)
{
	for (;;) {
		struct vp_transfer *t = p->out_list;
		size_t n;

		if (t && p->config.faults && vp_faults_out_stalls(p->config.faults, p->out_total))
			p->halted_out = true;
		if (p->halted_out)
			fail_all(&p->out_list, -EPIPE, done);
		if (!p->out_list || p->hold)
			return;
		n = takes(p, t);
		if (n == 0 && t->actual < t->size)
			return;
		if (pl_bytes_add(&p->out, t->data + t->actual, n) != PL_OK)
			return;
		keep_raw(p->raw_out, t->data + t->actual, n);
		p->out_total += n;
		t->actual += n;
		if (t->actual < t->size)
			continue;
		vp_transfer_remove(&p->out_list, t);
		vp_transfer_append(done, t);
	}
}

static void drop_first(struct vp_pipe *p)
{
	struct message *m = p->in_first;

	p->in_first = m->next;
	if (!p->in_first)
		p->in_last = NULL;
	free(m);
}

/* Gives the oldest transfer its next packet. True: this packet ended the transfer. */
static bool send_packet(struct vp_pipe *p, struct vp_transfer *t)
{
	struct message *m = p->in_first;
	size_t n = m->size - m->at;

	if (n > p->config.packet_size)
		n = p->config.packet_size;
	if (m->babble || n > t->size - t->actual) {
		t->status = -EOVERFLOW; /* the packet is lost, as on a real bus */
		p->in_waiting -= n;
		m->at += n;
		if (m->at == m->size)
			drop_first(p);
		return true;
	}
	memcpy(t->data + t->actual, m->data + m->at, n);
	keep_raw(p->raw_in, m->data + m->at, n);
	t->actual += n;
	m->at += n;
	p->in_waiting -= n;
	if (m->at == m->size) {
		bool whole = n == p->config.packet_size && p->config.zero_length_packets;

		if (whole && !m->empty)
			m->empty = true, m->at = m->size = 0; /* ends itself with an empty packet */
		else
			drop_first(p);
	}
	return n < p->config.packet_size || t->actual == t->size;
}

static void pump_in(struct vp_pipe *p, struct vp_transfer **done)
{
	if (p->halted_in) {
		fail_all(&p->in_list, -EPIPE, done);
		return;
	}
	while (p->in_list && p->in_first) {
		struct vp_transfer *t = p->in_list;

		if (!send_packet(p, t))
			continue;
		vp_transfer_remove(&p->in_list, t);
		vp_transfer_append(done, t);
	}
}

/* Moves what can move. Called with the lock held. */
static void pump(struct vp_pipe *p, struct vp_transfer **done)
{
	pump_out(p, done);
	pump_in(p, done);
	pthread_cond_broadcast(&p->changed);
}

static void pump_and_unlock(struct vp_pipe *p)
{
	struct vp_transfer *done = NULL;

	pump(p, &done);
	pthread_mutex_unlock(&p->mutex);
	vp_transfer_finish_all(done);
}

void vp_pipe_submit(struct vp_pipe *p, struct vp_transfer *t)
{
	pthread_mutex_lock(&p->mutex);
	t->actual = 0;
	t->status = 0;
	vp_transfer_append(t->endpoint & 0x80 ? &p->in_list : &p->out_list, t);
	pump_and_unlock(p);
}

bool vp_pipe_cancel(struct vp_pipe *p, struct vp_transfer *t, int status)
{
	bool found;

	pthread_mutex_lock(&p->mutex);
	found = vp_transfer_remove(t->endpoint & 0x80 ? &p->in_list : &p->out_list, t);
	pthread_mutex_unlock(&p->mutex);
	if (!found)
		return false;
	t->status = status;
	t->done(t);
	return true;
}

void vp_pipe_reset(struct vp_pipe *p, int status)
{
	struct vp_transfer *done = NULL;

	pthread_mutex_lock(&p->mutex);
	drop_messages(p);
	pl_bytes_clear(&p->out);
	p->halted_in = p->halted_out = p->hold = false;
	p->resets++;
	if (status != 0) {
		fail_all(&p->in_list, status, &done);
		fail_all(&p->out_list, status, &done);
	}
	pump(p, &done);
	pthread_mutex_unlock(&p->mutex);
	vp_transfer_finish_all(done);
}

static void set_halt(struct vp_pipe *p, bool in, bool on)
{
	pthread_mutex_lock(&p->mutex);
	*(in ? &p->halted_in : &p->halted_out) = on;
	pump_and_unlock(p);
}

void vp_pipe_halt(struct vp_pipe *p, bool in)
{
	set_halt(p, in, true);
}

void vp_pipe_clear_halt(struct vp_pipe *p, bool in)
{
	set_halt(p, in, false);
}

bool vp_pipe_halted(struct vp_pipe *p, bool in)
{
	bool halted;

	pthread_mutex_lock(&p->mutex);
	halted = in ? p->halted_in : p->halted_out;
	pthread_mutex_unlock(&p->mutex);
	return halted;
}

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
	pump_and_unlock(p); /* there is room for more now */
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
	pump_and_unlock(p);
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
	vp_faults_restart(p->config.faults);
	pthread_mutex_lock(&p->mutex);
	p->seen_resets = p->resets;
	pthread_mutex_unlock(&p->mutex);
}

void vp_pipe_hold(struct vp_pipe *p, bool on)
{
	pthread_mutex_lock(&p->mutex);
	p->hold = on;
	pump_and_unlock(p);
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
