/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /events: an endless answer, one JSON object a line. The caller is looked up on a worker; then
 * the daemon's thread feeds the connection whenever something has happened, and at least every 15 s
 * a "ping", so that a dead peer is noticed. A stream ends when its token, its user or the grants of
 * either are not what they were when it began; the console then asks anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_calls.h"
#include "platen/clock.h"
#include "platen/log.h"

#define PING_MS	   15000
#define BLOCK_SIZE 4096

struct stream {
	struct pl_server *server;
	struct MHD_Connection *connection;
	struct pl_caller caller;
	struct pl_event_listener listener;
	bool joined, greeted;
	int64_t ping_ms; /* when the next one is due */
};

static bool may_see(void *arg, const char *customer_id, const char *site_id)
{
	const struct stream *s = arg;

	return pl_api_may(&s->caller, PL_ROLE_VIEWER, customer_id, site_id);
}

static void end_stream(void *arg)
{
	struct stream *s = arg;

	if (!s)
		return;
	if (s->joined)
		pl_events_leave(s->server->events, &s->listener);
	free(s);
}

static ssize_t give(struct pl_bytes *text, char *buf, size_t max)
{
	size_t n = text->size < max ? text->size : max;

	if (n > 0)
		memcpy(buf, text->at, n);
	pl_bytes_finish(text);
	return (ssize_t)n;
}

static void add_line(struct pl_bytes *out, const char *type)
{
	char at[PL_MAX_TIME_TEXT];

	pl_clock_text(pl_clock_wall_ms(), at);
	(void)pl_bytes_add_format(out, "{\"type\":\"%s\",\"at\":\"%s\"}\n", type, at);
}

/* The daemon asks for the next piece. 0: nothing now, the connection has been parked. */
static ssize_t next_piece(void *arg, uint64_t position, char *buf, size_t max)
{
	struct stream *s = arg;
	struct pl_bytes text;

	(void)position;
	if (s->server->stopping || pl_events_has_ended(s->server->events, &s->listener) ||
	    (s->caller.expires_ms > 0 && s->caller.expires_ms < pl_clock_wall_ms()))
		return MHD_CONTENT_READER_END_OF_STREAM;
	pl_bytes_init(&text, max);
	if (!s->greeted) {
		s->greeted = true;
		add_line(&text, "hello");
		s->ping_ms = pl_clock_in_ms(PING_MS);
		return give(&text, buf, max);
	}
	for (;;) {
		pl_events_read(s->server->events, &s->listener, &text);
		if (text.size == 0 && pl_clock_left_ms(s->ping_ms) == 0)
			add_line(&text, "ping");
		if (text.size > 0) {
			s->ping_ms = pl_clock_in_ms(PING_MS);
			return give(&text, buf, max);
		}
		if (pl_events_wait(s->server->events, &s->listener, s->connection, s->ping_ms)) {
			pl_bytes_finish(&text);
			return 0;
		}
		if (s->server->stopping || pl_events_has_ended(s->server->events, &s->listener)) {
			pl_bytes_finish(&text);
			return MHD_CONTENT_READER_END_OF_STREAM;
		}
	}
}

/* On the daemon's thread, once it is known who asks. */
static void start_stream(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);
	struct stream *s = rq->call;
	struct MHD_Response *response;

	if (rq->status)
		return;
	s->joined = pl_events_join(server->events, &s->listener);
	if (!s->joined) {
		pl_web_add_header(rq, "Retry-After", "60");
		pl_web_error(rq, 429, "too_many", "Too many consoles listen; try again later.");
		return;
	}
	rq->call = NULL; /* the response owns it now */
	rq->free_call = NULL;
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_SIZE, next_piece, s,
						     end_stream);
	if (!response) {
		end_stream(s);
		pl_web_error(rq, 503, "busy", "The server is out of memory.");
		return;
	}
	MHD_add_response_header(response, "Content-Type", "application/x-ndjson");
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	rq->queued = true;
	rq->queue_result = MHD_queue_response(rq->connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
}

static void remember_caller(struct stream *s, const struct pl_caller *caller)
{
	struct pl_event_access *access = &s->listener.access;

	s->caller = *caller;
	snprintf(access->token_id, sizeof access->token_id, "%s", caller->token_id);
	pl_api_caller_digest(caller, access->digest);
}

static void sign_in(struct pl_db *reader, void *arg)
{
	struct pl_web_request *rq = arg;
	struct stream *s = rq->call;
	struct pl_api *api = calloc(1, sizeof *api);

	if (!api) {
		pl_web_error(rq, 503, "busy", "The server is out of memory.");
		return;
	}
	api->rq = rq;
	api->server = s->server;
	api->db = reader;
	if (!pl_api_sign_in(api))
		; /* answered 401 */
	else if (api->caller.role == PL_ROLE_NONE || !(api->caller.scopes & PL_SCOPE_READ))
		pl_web_error(rq, 403, "forbidden", "This token may not read.");
	else
		remember_caller(s, &api->caller);
	free(api);
}

void pl_api_events(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);
	struct stream *s = calloc(1, sizeof *s);

	if (!s) {
		pl_web_error(rq, 503, "busy", "The server is out of memory.");
		return;
	}
	s->server = server;
	s->connection = rq->connection;
	s->listener.may_see = may_see;
	s->listener.arg = s;
	rq->call = s;
	rq->free_call = end_stream;
	rq->resumed = start_stream;
	pl_web_to_pool(rq, server->pool, sign_in);
}

/* Is this access still what it was? Where the store cannot tell, nothing ends. */
static bool still_holds(struct pl_db *db, struct pl_caller *caller,
			const struct pl_event_access *access)
{
	uint8_t digest[PL_HASH_SIZE];
	enum pl_result r = pl_api_load_caller(db, access->token_id, caller, NULL);

	if (r != PL_OK)
		return r != PL_E_NOT_FOUND;
	pl_api_caller_digest(caller, digest);
	return !memcmp(digest, access->digest, sizeof digest);
}

void pl_api_review_streams(struct pl_server *server, struct pl_db *db)
{
	struct pl_event_access *all = calloc(PL_MAX_LISTENERS, sizeof *all);
	struct pl_caller *caller = calloc(1, sizeof *caller);
	size_t n = all && caller ? pl_events_accesses(server->events, all) : 0;

	for (size_t i = 0; i < n; i++)
		if (!still_holds(db, caller, &all[i]))
			pl_events_end(server->events, &all[i]);
	free(caller);
	free(all);
}
