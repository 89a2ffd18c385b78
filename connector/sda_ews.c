/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /ews/{session}/…: the agent fetches a browser's requests, their bodies, and sends the printer's
 * answers. An agent may use several connections at once; each gets the next request that nobody
 * has.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ews_inside.h"
#include "ews_rules.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/json.h"
#include "platen/log.h"
#include "sda.h"

#define MAX_WAIT_S  60
#define BLOCK_SIZE  8192
#define SILENCE_MS  60000
#define MAX_HEADERS 8192

/* A call of the agent in one session. */
struct call {
	struct pl_ews *ews;
	struct ews_session *session;   /* held */
	struct ews_exchange *exchange; /* held; NULL: none, or nobody waits for it any more */
	struct MHD_Connection *connection;
	struct pl_park_spot *spot; /* of the request, for a poll that waits */
	int64_t by_ms, total;
	bool waits; /* for the browser to take what there is */
	bool finished;
};

static void ended(struct pl_web_request *rq)
{
	pl_web_error(rq, 410, "session_ended", "This session has ended");
}

static void forget_lane(struct call *c)
{
	for (int i = 0; i < EWS_MAX_LANES; i++)
		if (c->session->lanes[i] == c->spot)
			c->session->lanes[i] = NULL;
}

static void end_call(void *arg)
{
	struct call *c = arg;

	pthread_mutex_lock(&c->ews->lock);
	forget_lane(c); /* who hangs up is not asked again */
	if (c->exchange) {
		if (!c->finished)
			ews_exchange_cut(c->exchange);
		ews_exchange_release(c->exchange);
	}
	c->session->holders--;
	pthread_mutex_unlock(&c->ews->lock);
	free(c);
}

/* With the lock held: a call of this agent's session; answers where it is over. */
static struct call *begin_call(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);
	struct ews_session *s = ews_find(server->ews, rq->part[0]);
	struct call *c;

	if (!s || s->agent_no != pl_sda_agent(rq)->no || s->view.state == PL_EWS_ENDED) {
		ended(rq);
		return NULL;
	}
	c = calloc(1, sizeof *c);
	if (!c) {
		pl_web_error(rq, 500, "internal", "The server is out of memory");
		return NULL;
	}
	c->ews = server->ews;
	c->session = s;
	c->connection = rq->connection;
	c->spot = &rq->spot;
	s->holders++;
	rq->call = c;
	rq->free_call = end_call;
	return c;
}

/* The first poll tells that the person at the PC agreed and that the printer is there. */
static void open_session(struct ews_session *s)
{
	struct ews_audit line = { .method = "opened", .target = "", .outcome = "agreed" };

	if (s->view.state == PL_EWS_OPEN)
		return;
	s->view.state = PL_EWS_OPEN;
	s->view.opened_ms = pl_clock_wall_ms();
	s->hard_by_ms = pl_clock_in_ms(s->view.hard_ms);
	s->used_ms = pl_clock_now_ms();
	ews_audit(s, &line);
	pl_events_post(s->ews->server->events, s->view.customer_id, s->view.site_id, "ews.changed",
		       s->view.id, s->view.printer_id, s->view.agent_id, NULL);
	log_info(NULL, "remote page open session=%s", s->view.id);
}

/* With the lock held: gives a request to the agent. */
static void hand_over(struct pl_web_request *rq, struct ews_exchange *x)
{
	cJSON *doc = cJSON_CreateObject();

	x->taken = true;
	pl_json_add_int(doc, "request", x->number);
	cJSON_AddStringToObject(doc, "method", x->method);
	cJSON_AddStringToObject(doc, "path", x->target);
	cJSON_AddRawToObject(doc, "headers", x->headers);
	cJSON_AddBoolToObject(doc, "body", x->body_size != 0);
	if (x->body_size > 0)
		pl_json_add_int(doc, "body_size", x->body_size);
	else
		cJSON_AddNullToObject(doc, "body_size");
	pl_web_json(rq, 200, doc);
}

/* With the lock held: waits in a free lane. False: no lane is free, or the server stops. */
static bool wait_in_lane(struct call *c, struct pl_web_request *rq)
{
	for (int i = 0; i < EWS_MAX_LANES; i++) {
		if (c->session->lanes[i])
			continue;
		if (!pl_park_add(c->ews->server->park, &rq->spot, rq->connection, c->by_ms))
			return false;
		c->session->lanes[i] = &rq->spot;
		rq->aside = true;
		return true;
	}
	return false;
}

/* On the daemon's thread, at the beginning and whenever it was woken. */
static void answer_or_wait(struct pl_web_request *rq)
{
	struct call *c = rq->call;
	struct ews_exchange *x;

	pthread_mutex_lock(&c->ews->lock);
	forget_lane(c);
	x = ews_exchange_next(c->session);
	if (c->session->view.state == PL_EWS_ENDED) {
		ended(rq);
	} else if (x) {
		hand_over(rq, x);
	} else {
		rq->resumed = answer_or_wait;
		if (c->finished || pl_clock_left_ms(c->by_ms) == 0 || !wait_in_lane(c, rq)) {
			rq->resumed = NULL;
			pl_web_empty(rq, 204);
		}
		c->finished = true; /* whatever wakes it, it does not wait again */
	}
	pthread_mutex_unlock(&c->ews->lock);
}

void pl_sda_ews_next(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);
	const char *wait = pl_web_query(rq, "wait");
	char *end = NULL;
	long seconds = wait ? strtol(wait, &end, 10) : 0;
	struct call *c;

	if (wait && (end == wait || *end || seconds < 0 || seconds > MAX_WAIT_S)) {
		pl_web_error(rq, 400, "bad_request", "wait must be a number from 0 to %d",
			     MAX_WAIT_S);
		return;
	}
	pthread_mutex_lock(&server->ews->lock);
	c = begin_call(rq);
	if (c) {
		open_session(c->session);
		c->by_ms = pl_clock_in_ms(seconds * 1000);
	}
	pthread_mutex_unlock(&server->ews->lock);
	if (c)
		answer_or_wait(rq);
}

/* --- the body of a request --- */

static ssize_t next_of_body(void *arg, uint64_t position, char *buf, size_t max)
{
	struct call *c = arg;
	struct ews_pipe *up = &c->exchange->up;
	ssize_t n;

	(void)position;
	pthread_mutex_lock(&c->ews->lock);
	n = (ssize_t)ews_pipe_take(up, c->ews->server->park, buf, max);
	if (n > 0)
		c->by_ms = pl_clock_in_ms(SILENCE_MS);
	else if (up->broken)
		n = MHD_CONTENT_READER_END_WITH_ERROR;
	else if (up->ended)
		n = MHD_CONTENT_READER_END_OF_STREAM;
	else if (up->reader.hung_up || pl_clock_left_ms(c->by_ms) == 0 ||
		 !pl_park_add(c->ews->server->park, &up->reader, c->connection, c->by_ms))
		n = MHD_CONTENT_READER_END_WITH_ERROR;
	if (n == MHD_CONTENT_READER_END_OF_STREAM)
		c->finished = true;
	pthread_mutex_unlock(&c->ews->lock);
	return n;
}

/* The answer has gone, whole or not. */
static void end_body(void *arg)
{
	struct call *c = arg;

	pthread_mutex_lock(&c->ews->lock);
	if (c->exchange->body_size > 0 && c->exchange->up.total == c->exchange->body_size &&
	    c->exchange->up.bytes.size == 0)
		c->finished = true; /* with a length told, nobody asks for the end */
	if (!c->finished)
		ews_pipe_forsake(&c->exchange->up, c->ews->server->park);
	c->finished = true; /* the answer may still come */
	pthread_mutex_unlock(&c->ews->lock);
	end_call(c);
}

static struct ews_exchange *find_exchange(struct call *c, const struct pl_web_request *rq)
{
	char *end;
	long long number = strtoll(rq->part[1], &end, 10);
	struct ews_exchange *x = *end ? NULL : ews_exchange_find(c->session, number);

	return x && x->taken ? x : NULL;
}

void pl_sda_ews_body(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);
	struct MHD_Response *response = NULL;
	struct call *c;

	pthread_mutex_lock(&server->ews->lock);
	c = begin_call(rq);
	if (c) {
		struct ews_exchange *x = find_exchange(c, rq);

		if (x && x->body_size != 0) {
			x->holders++;
			c->exchange = x;
			c->by_ms = pl_clock_in_ms(SILENCE_MS);
		} else {
			pl_web_error(rq, 404, "not_found", "This request has no body");
		}
	}
	pthread_mutex_unlock(&server->ews->lock);
	if (rq->status)
		return;
	rq->call = NULL; /* the response owns it now */
	rq->free_call = NULL;
	response = MHD_create_response_from_callback(
		c->exchange->body_size > 0 ? (uint64_t)c->exchange->body_size : MHD_SIZE_UNKNOWN,
		BLOCK_SIZE, next_of_body, c, end_body);
	if (!response) {
		end_body(c);
		pl_web_error(rq, 500, "internal", "The server is out of memory");
		return;
	}
	MHD_add_response_header(response, "Content-Type", "application/octet-stream");
	rq->queued = true;
	rq->queue_result = MHD_queue_response(rq->connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
}

/* --- the printer's answer --- */

/* With the lock held: notes one header of the printer. */
static void take_header(struct ews_exchange *x, const char *name, const char *value, bool *encoded)
{
	struct pl_span word = pl_span_of(name), text = pl_span_of(value);
	struct ews_header *h = &x->answer[x->answer_count];
	bool is_location = pl_span_is_word(word, "Location");

	if (!pl_ews_value_is_plain(text) || text.size >= 2 * EWS_MAX_VALUE)
		return;
	if (pl_span_is_word(word, "Set-Cookie")) {
		pl_ews_jar_take(&x->session->jar, text, pl_span_of(x->target), pl_clock_wall_ms());
		return;
	}
	if ((!is_location && !pl_ews_header_comes_out(word)) || x->answer_count == EWS_MAX_HEADERS)
		return;
	if (pl_span_is_word(word, "Content-Type"))
		pl_ews_rewriter_begin(&x->rewriter, text, false);
	if (pl_span_is_word(word, "Content-Encoding") && !pl_span_is_word(text, "identity"))
		*encoded = true;
	snprintf(h->name, sizeof h->name, "%s", is_location ? "Location" : name);
	h->value = strdup(value);
	if (h->value)
		x->answer_count++;
}

static void take_headers(struct ews_exchange *x, const cJSON *list)
{
	const cJSON *pair;
	bool encoded = false;

	cJSON_ArrayForEach(pair, list)
	{
		const cJSON *name = cJSON_GetArrayItem(pair, 0);
		const cJSON *value = cJSON_GetArrayItem(pair, 1);

		if (cJSON_IsString(name) && cJSON_IsString(value))
			take_header(x, name->valuestring, value->valuestring, &encoded);
	}
	if (encoded)
		x->rewriter.active = false;
}

/* The list in X-Platen-Headers; false: it is none. */
static bool read_list(const struct pl_web_request *rq, cJSON **ret_list)
{
	const char *coded = pl_web_header(rq, "X-Platen-Headers");
	struct pl_bytes text;
	bool ok = false;

	*ret_list = NULL;
	if (!coded)
		return true;
	pl_bytes_init(&text, MAX_HEADERS);
	if (pl_base64_read(PL_BASE64, pl_span_of(coded), &text) == PL_OK)
		ok = pl_json_parse(pl_bytes_span(&text), ret_list, NULL) == PL_OK;
	pl_bytes_finish(&text);
	if (ok && !cJSON_IsArray(*ret_list)) {
		cJSON_Delete(*ret_list);
		*ret_list = NULL;
		ok = false;
	}
	return ok;
}

/* With the lock held: cuts the exchange of this call; the rest is read and thrown away. */
static void give_up(struct call *c)
{
	ews_exchange_cut(c->exchange);
	ews_exchange_release(c->exchange);
	c->exchange = NULL;
}

/* With the lock held: moves one piece towards the browser. */
static void move_piece(struct call *c, struct pl_web_request *rq, const char *data, size_t *n)
{
	struct ews_exchange *x = c->exchange;
	struct pl_park *park = c->ews->server->park;
	struct ews_pipe *down = &x->down;

	if (down->forsaken) {
		*n = 0;
		return;
	}
	if (ews_pipe_room(down) < *n) {
		if (!c->waits)
			c->by_ms = pl_clock_in_ms(SILENCE_MS);
		c->waits = true;
		if (down->writer.hung_up || pl_clock_left_ms(c->by_ms) == 0 ||
		    !pl_park_add(park, &down->writer, rq->connection, c->by_ms)) {
			give_up(c);
			*n = 0;
		}
		return;
	}
	c->waits = false;
	if (pl_ews_rewriter_feed(&x->rewriter, data, *n, &down->bytes) != PL_OK) {
		give_up(c);
	} else {
		down->total += (int64_t)*n;
		c->session->used_ms = pl_clock_now_ms();
		ews_pipe_wake_reader(down, park);
	}
	*n = 0;
}

static bool take_piece(struct pl_web_request *rq, const char *data, size_t *n)
{
	struct call *c = rq->call;
	bool go_on = true;
	size_t before = *n;

	pthread_mutex_lock(&c->ews->lock);
	if (c->session->view.state == PL_EWS_ENDED && c->exchange)
		give_up(c);
	if (c->exchange)
		move_piece(c, rq, data, n);
	else
		*n = 0;
	c->total += (int64_t)(before - *n);
	if (c->total > EWS_MAX_ANSWER) {
		if (c->exchange)
			give_up(c);
		go_on = false;
	}
	pthread_mutex_unlock(&c->ews->lock);
	return go_on;
}

/* All of the answer is there: the agent gets its next request at once, where there is one. */
static void finish_answer(struct pl_web_request *rq)
{
	struct call *c = rq->call;
	struct ews_exchange *x = c->exchange, *next;

	pthread_mutex_lock(&c->ews->lock);
	if (x) {
		if (pl_ews_rewriter_end(&x->rewriter, &x->down.bytes) != PL_OK)
			x->down.broken = true;
		x->down.ended = true;
		ews_pipe_wake_reader(&x->down, c->ews->server->park);
	}
	c->finished = true;
	next = ews_exchange_next(c->session);
	if (c->session->view.state == PL_EWS_ENDED)
		ended(rq);
	else if (next)
		hand_over(rq, next);
	else
		pl_web_empty(rq, 204);
	pthread_mutex_unlock(&c->ews->lock);
}

void pl_sda_ews_answer(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);
	const char *text = pl_web_header(rq, "X-Platen-Status");
	long status = text ? strtol(text, NULL, 10) : 0;
	cJSON *list;
	struct call *c;

	if (status < 200 || status > 599 || !read_list(rq, &list)) {
		pl_web_error(rq, 400, "bad_request",
			     "X-Platen-Status must be 200 to 599, and X-Platen-Headers the base64 "
			     "of a JSON list of pairs");
		return;
	}
	pthread_mutex_lock(&server->ews->lock);
	c = begin_call(rq);
	if (c) {
		struct ews_exchange *x = find_exchange(c, rq);

		if (x && !x->by_agent) { /* else nobody waits for it any more: it is read away */
			x->by_agent = true;
			x->holders++;
			c->exchange = x;
			take_headers(x, list);
			x->status = (int)status;
			ews_pipe_wake_reader(&x->down, server->park);
		}
		rq->piece = take_piece;
		rq->resumed = finish_answer;
	}
	pthread_mutex_unlock(&server->ews->lock);
	cJSON_Delete(list);
}
