/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pipe: transfers on one side, bytes on the other, one lock between them.
 * Whatever changes the state ends in pump(), which moves as much as can move and collects finished
 * transfers; their done() runs after the lock is gone, because front ends take locks of their own
 * in it.
 */

#include "pipe_inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <platen/clock.h>

#include "fault.h"

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

void vp_pipe_pump_and_unlock(struct vp_pipe *p)
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
	vp_pipe_pump_and_unlock(p);
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
	vp_pipe_pump_and_unlock(p);
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
