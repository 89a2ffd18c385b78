/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request on its way through a session, and the two pipes of it.
 */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "ews_inside.h"

static void wake(struct pl_park *park, struct pl_park_spot *spot)
{
	if (spot->connection)
		pl_park_wake(park, spot);
}

size_t ews_pipe_room(const struct ews_pipe *p)
{
	return p->forsaken ? EWS_PIPE_SIZE : EWS_PIPE_SIZE - p->bytes.size;
}

size_t ews_pipe_take(struct ews_pipe *p, struct pl_park *park, void *buf, size_t cap)
{
	size_t n = p->bytes.size < cap ? p->bytes.size : cap;

	if (n == 0)
		return 0;
	memcpy(buf, p->bytes.at, n);
	pl_bytes_drop(&p->bytes, n);
	wake(park, &p->writer);
	return n;
}

void ews_pipe_wake_reader(struct ews_pipe *p, struct pl_park *park)
{
	wake(park, &p->reader);
}

void ews_pipe_forsake(struct ews_pipe *p, struct pl_park *park)
{
	p->forsaken = true;
	pl_bytes_clear(&p->bytes);
	wake(park, &p->writer);
}

struct ews_exchange *ews_exchange_new(struct ews_session *s, const char *method,
				      struct pl_span target, int64_t body_size)
{
	struct ews_exchange *x;

	if (s->in_flight == EWS_MAX_IN_FLIGHT)
		return NULL;
	x = calloc(1, sizeof *x);
	if (!x)
		return NULL;
	x->session = s;
	x->number = ++s->next_number;
	x->holders = 1;
	x->body_size = body_size;
	snprintf(x->method, sizeof x->method, "%s", method);
	pl_span_copy(target, x->target, sizeof x->target);
	pl_bytes_init(&x->up.bytes, EWS_PIPE_SIZE);
	pl_bytes_init(&x->down.bytes, EWS_PIPE_SIZE + PL_EWS_MAX_OWN_NAME);
	x->up.ended = body_size == 0;
	s->in_flight++;
	return x;
}

/* One lane of the agent is enough for one request. */
static void wake_lane(struct ews_session *s)
{
	for (int i = 0; i < EWS_MAX_LANES; i++) {
		struct pl_park_spot *spot = s->lanes[i];

		if (!spot)
			continue;
		s->lanes[i] = NULL;
		pl_park_wake(s->ews->server->park, spot);
		return;
	}
}

void ews_exchange_send(struct ews_exchange *x)
{
	struct ews_session *s = x->session;
	struct ews_exchange **end = &s->exchanges;

	while (*end)
		end = &(*end)->next;
	*end = x;
	s->view.requests++;
	wake_lane(s);
}

struct ews_exchange *ews_exchange_next(struct ews_session *s)
{
	struct ews_exchange *x = s->exchanges;

	while (x && x->taken)
		x = x->next;
	return x;
}

struct ews_exchange *ews_exchange_find(struct ews_session *s, int64_t number)
{
	struct ews_exchange *x = s->exchanges;

	while (x && x->number != number)
		x = x->next;
	return x;
}

void ews_exchange_cut(struct ews_exchange *x)
{
	struct pl_park *park = x->session->ews->server->park;

	x->up.broken = x->up.ended = true;
	if (!x->down.ended)
		x->down.broken = x->down.ended = true;
	wake(park, &x->up.reader);
	wake(park, &x->up.writer);
	wake(park, &x->down.reader);
	wake(park, &x->down.writer);
}

void ews_exchange_release(struct ews_exchange *x)
{
	struct ews_exchange **at = &x->session->exchanges;

	if (--x->holders > 0)
		return;
	while (*at && *at != x)
		at = &(*at)->next;
	if (*at)
		*at = x->next;
	x->session->in_flight--;
	for (size_t i = 0; i < x->answer_count; i++)
		free(x->answer[i].value);
	pl_bytes_finish(&x->up.bytes);
	pl_bytes_finish(&x->down.bytes);
	free(x->headers);
	free(x);
}
