/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A visit that goes to the printer: its head and body down to the agent, the answer back, piece by
 * piece, never more than a pipe's size in memory.
 */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "ews_door.h"
#include "ews_rules.h"
#include "platen/clock.h"
#include "platen/json.h"

#define BLOCK_SIZE  16384
#define SILENCE_MS  60000 /* between two pieces of an answer */
#define MAX_HEADERS 8192  /* bytes of the list that goes to the agent */
#define MAX_COOKIES 2048

static void add_pair(cJSON *list, const char *name, const char *value)
{
	cJSON *pair = cJSON_CreateArray();

	cJSON_AddItemToArray(pair, cJSON_CreateString(name));
	cJSON_AddItemToArray(pair, cJSON_CreateString(value));
	cJSON_AddItemToArray(list, pair);
}

static enum MHD_Result add_header(void *arg, enum MHD_ValueKind kind, const char *name,
				  const char *value)
{
	(void)kind;
	if (value && strlen(value) < EWS_MAX_VALUE && pl_ews_header_goes_in(pl_span_of(name)) &&
	    pl_ews_value_is_plain(pl_span_of(value)) && cJSON_GetArraySize(arg) < EWS_MAX_HEADERS)
		add_pair(arg, name, value);
	return MHD_YES;
}

/* The headers that the printer is shown: the browser's, cleaned, and the session's cookies. */
static char *write_headers(struct visit *v)
{
	struct ews_session *s = v->session;
	cJSON *list = cJSON_CreateArray();
	struct pl_bytes cookies, text;

	MHD_get_connection_values(v->connection, MHD_HEADER_KIND, add_header, list);
	pl_bytes_init(&cookies, MAX_COOKIES);
	(void)!pl_ews_jar_write(&s->jar, pl_span_of(v->target), pl_clock_wall_ms(), &cookies);
	if (cookies.size > 0)
		add_pair(list, "Cookie", (const char *)cookies.at);
	if (strcmp(v->method, "GET") != 0 && strcmp(v->method, "HEAD") != 0) {
		/* Printers compare these with the name they were asked by; that the request comes
		 * from their own page has been checked. */
		add_pair(list, "Origin", "http://localhost");
		add_pair(list, "Referer", "http://localhost/");
	}
	pl_bytes_finish(&cookies);
	pl_bytes_init(&text, MAX_HEADERS);
	if (pl_json_print(list, &text) != PL_OK)
		pl_bytes_finish(&text);
	cJSON_Delete(list);
	return (char *)text.at; /* the buffer is the exchange's now */
}

void visit_send(struct visit *v)
{
	struct ews_session *s = v->session;
	struct ews_exchange *x =
		ews_exchange_new(s, v->method, pl_span_of(v->target), v->body_size);

	if (x)
		x->headers = write_headers(v);
	if (!x || !x->headers) {
		if (x)
			ews_exchange_release(x);
		visit_refuse(v, 503, "Too many requests are on their way to this printer.");
		return;
	}
	s->used_ms = pl_clock_now_ms();
	v->by_ms = pl_clock_in_ms(EWS_EXCHANGE_MS);
	v->exchange = x;
	ews_exchange_send(x);
}

/* With the lock held: waits at one end of a pipe. */
static bool wait_at(struct visit *v, struct pl_park_spot *spot)
{
	return !spot->hung_up &&
	       pl_park_add(v->session->ews->server->park, spot, v->connection, v->by_ms);
}

static void take_for_printer(struct visit *v, const char *data, size_t *n)
{
	struct ews_exchange *x = v->exchange;
	struct ews_pipe *up = &x->up;
	int64_t max = v->session->view.firmware ? EWS_MAX_FIRMWARE : EWS_MAX_UPLOAD;
	size_t room = ews_pipe_room(up), take = *n < room ? *n : room;

	if (up->broken || up->forsaken || up->total + (int64_t)*n > max) {
		if (!up->broken && !up->forsaken)
			ews_exchange_cut(x);
		*n = 0;
		return;
	}
	if (take == 0) {
		if (pl_clock_left_ms(v->by_ms) == 0 || !wait_at(v, &up->writer))
			ews_exchange_cut(x);
		return;
	}
	if (pl_bytes_add(&up->bytes, data, take) != PL_OK) {
		ews_exchange_cut(x);
		return;
	}
	up->total += (int64_t)take;
	v->by_ms = pl_clock_in_ms(EWS_EXCHANGE_MS);
	v->session->used_ms = pl_clock_now_ms();
	ews_pipe_wake_reader(up, v->session->ews->server->park);
	*n -= take;
	/* What did not fit is shown again, but by libmicrohttpd alone only when more comes from the
	 * browser, which may have sent all: so it waits for room. */
	if (*n > 0)
		(void)wait_at(v, &up->writer);
}

void visit_take(struct visit *v, const char *data, size_t *n)
{
	struct pl_ews *ews = v->session->ews;

	if (v->exchange && !v->status) {
		pthread_mutex_lock(&ews->lock);
		take_for_printer(v, data, n);
		pthread_mutex_unlock(&ews->lock);
		return;
	}
	if (v->step != NO_STEP && pl_bytes_add(&v->body, data, *n) != PL_OK)
		v->step = NO_STEP; /* longer than it said: no ticket */
	*n = 0;
}

/* libmicrohttpd asks for the next piece of the answer. */
static ssize_t next_piece(void *arg, uint64_t position, char *buf, size_t max)
{
	struct visit *v = arg;
	struct ews_exchange *x = v->exchange;
	struct pl_ews *ews = v->session->ews;
	ssize_t n;

	(void)position;
	pthread_mutex_lock(&ews->lock);
	n = (ssize_t)ews_pipe_take(&x->down, ews->server->park, buf, max);
	if (n > 0)
		v->by_ms = pl_clock_in_ms(SILENCE_MS);
	else if (x->down.broken)
		n = MHD_CONTENT_READER_END_WITH_ERROR;
	else if (x->down.ended)
		n = MHD_CONTENT_READER_END_OF_STREAM;
	else if (pl_clock_left_ms(v->by_ms) == 0 || !wait_at(v, &x->down.reader))
		n = MHD_CONTENT_READER_END_WITH_ERROR;
	pthread_mutex_unlock(&ews->lock);
	return n;
}

/* A redirect is followed on this port or not at all. */
static bool leads_away(const struct ews_exchange *x)
{
	char where[2048];

	for (size_t i = 0; i < x->answer_count; i++)
		if (!strcmp(x->answer[i].name, "Location") &&
		    !pl_ews_own_location(pl_span_of(x->answer[i].value), where, sizeof where))
			return true;
	return false;
}

static enum MHD_Result pass_answer(struct visit *v)
{
	struct ews_exchange *x = v->exchange;
	struct MHD_Response *response;
	char where[2048];
	enum MHD_Result result;

	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_SIZE, next_piece, v,
						     NULL);
	if (!response)
		return MHD_NO;
	visit_add_headers(v, response);
	for (size_t i = 0; i < x->answer_count; i++) {
		const char *value = x->answer[i].value;

		if (!strcmp(x->answer[i].name, "Location") &&
		    pl_ews_own_location(pl_span_of(value), where, sizeof where))
			value = where;
		MHD_add_response_header(response, x->answer[i].name, value);
	}
	v->status = x->status;
	v->by_ms = pl_clock_in_ms(SILENCE_MS);
	v->queued = true;
	result = MHD_queue_response(v->connection, (unsigned)x->status, response);
	MHD_destroy_response(response);
	return result;
}

/* What there is to say when no answer of the printer will come. */
static void give_up(struct visit *v)
{
	struct ews_session *s = v->session;
	struct pl_park *park = s->ews->server->park;

	if (!ews_is_open(s))
		visit_refuse(v, 410, s->view.reason);
	else if (v->exchange->down.broken)
		visit_refuse(v, 502, "The connection to the printer was cut; try again.");
	else
		visit_refuse(v, 504, "The printer did not answer in time; try again.");
	ews_pipe_forsake(&v->exchange->down, park);
}

enum MHD_Result visit_go_on(struct visit *v)
{
	struct ews_exchange *x = v->exchange;
	struct pl_ews *ews = v->session->ews;
	bool answered = false;

	pthread_mutex_lock(&ews->lock);
	if (!x->up.ended) {
		x->up.ended = true;
		ews_pipe_wake_reader(&x->up, ews->server->park);
	}
	if (x->status && !leads_away(x)) {
		answered = true;
	} else if (x->status) {
		visit_refuse(v, 502,
			     "The printer's page leads to another address, which a remote "
			     "page does not follow.");
		ews_pipe_forsake(&x->down, ews->server->park);
	} else if (x->down.ended || pl_clock_left_ms(v->by_ms) == 0 ||
		   !wait_at(v, &x->down.reader)) {
		give_up(v);
	} else {
		pthread_mutex_unlock(&ews->lock);
		return MHD_YES; /* called again when there is something */
	}
	pthread_mutex_unlock(&ews->lock);
	return answered ? pass_answer(v) : visit_answer_own(v);
}

void visit_leave(struct visit *v)
{
	struct ews_exchange *x = v->exchange;
	struct pl_ews *ews = v->session->ews;

	if (!x)
		return;
	pthread_mutex_lock(&ews->lock);
	if (!x->up.ended)
		x->up.ended = x->up.broken = true;
	ews_pipe_wake_reader(&x->up, ews->server->park);
	ews_pipe_forsake(&x->down, ews->server->park);
	ews_exchange_release(x);
	pthread_mutex_unlock(&ews->lock);
}
