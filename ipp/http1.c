/* SPDX-License-Identifier: Apache-2.0 */
/* One HTTP exchange: the request out, in as few writes as it can be, then the answer in, to its
 * end. */
#include "platen/http1.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http1_read.h"

#define MAX_REQUEST_HEAD (8 * 1024)
#define SMALL_BODY	 (8 * 1024) /* sent in one write with its head: one USB transfer */
#define NO_PIECES	 (-2)
#define CHUNKED		 (-1)
#define CHUNK_ROOM	 8 /* "3f00\r\n" before the data of a chunk, "\r\n" behind it */

/* True for text that can stand in a request line or header without breaking out of it. */
static bool is_one_line(const char *text, bool blanks)
{
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f || (*c == ' ' && !blanks))
			return false;
	return *text != '\0';
}

static bool is_sane(const struct pl_http_request *q)
{
	return is_one_line(q->method, false) && is_one_line(q->target, false) &&
	       is_one_line(q->host, false) &&
	       (!q->content_type || is_one_line(q->content_type, true));
}

static bool wants_length(const struct pl_http_request *q)
{
	return q->content_type || q->body_size > 0 || strcmp(q->method, "POST") == 0 ||
	       strcmp(q->method, "PUT") == 0;
}

/* `length`: of a body that follows piece by piece, -1 chunked; NO_PIECES: as the request says. */
static enum pl_result build_head(const struct pl_stream *s, const struct pl_http_request *q,
				 int64_t length, struct pl_bytes *out)
{
	enum pl_result r = pl_bytes_add_format(out, "%s %s HTTP/1.1\r\nHost: %s\r\n", q->method,
					       q->target, q->host);

	if (r == PL_OK && q->content_type)
		r = pl_bytes_add_format(out, "Content-Type: %s\r\n", q->content_type);
	if (r == PL_OK && length >= 0)
		r = pl_bytes_add_format(out, "Content-Length: %" PRId64 "\r\n", length);
	else if (r == PL_OK && (q->produce || length == CHUNKED))
		r = pl_bytes_add_text(out, "Transfer-Encoding: chunked\r\n");
	else if (r == PL_OK && wants_length(q))
		r = pl_bytes_add_format(out, "Content-Length: %zu\r\n", q->body_size);
	if (r == PL_OK && q->close)
		r = pl_bytes_add_text(out, "Connection: close\r\n");
	if (r == PL_OK && s->http_headers)
		r = pl_bytes_add_text(out, s->http_headers);
	if (r == PL_OK && q->headers)
		r = pl_bytes_add_text(out, q->headers);
	return r == PL_OK ? pl_bytes_add_text(out, "\r\n") : r;
}

/* Sends what the producer makes, chunk by chunk; `buf` has HTTP_READ_SIZE bytes. *ret_made is what
 * the producer said in the end; the result is what the stream said. */
static enum pl_result send_produced(struct pl_stream *s, const struct pl_http_request *q,
				    int64_t by_ms, char *buf, enum pl_result *ret_made,
				    struct pl_error *err)
{
	static const char LAST[] = "0\r\n\r\n";
	enum pl_result r;

	for (;;) {
		char size_line[CHUNK_ROOM + 1];
		size_t n = 0, lead;

		*ret_made = q->produce(q->produce_arg, buf + CHUNK_ROOM,
				       HTTP_READ_SIZE - CHUNK_ROOM - 2, &n, err);
		if (*ret_made != PL_OK || n == 0)
			break;
		lead = (size_t)snprintf(size_line, sizeof(size_line), "%zx\r\n", n);
		memcpy(buf + CHUNK_ROOM - lead, size_line, lead);
		memcpy(buf + CHUNK_ROOM + n, "\r\n", 2);
		r = pl_stream_write(s, buf + CHUNK_ROOM - lead, lead + n + 2, by_ms, err);
		if (r != PL_OK)
			return r;
	}
	if (*ret_made != PL_OK && !q->end_cut_body)
		return *ret_made;
	return pl_stream_write(s, LAST, sizeof(LAST) - 1, by_ms, NULL);
}

static enum pl_result send_request(struct pl_stream *s, const struct pl_http_request *q,
				   int64_t by_ms, char *buf, enum pl_result *ret_made,
				   struct pl_error *err)
{
	bool small = q->body_size > 0 && q->body_size <= SMALL_BODY && !q->produce;
	struct pl_bytes head;
	enum pl_result r;

	pl_bytes_init(&head, MAX_REQUEST_HEAD + SMALL_BODY);
	r = build_head(s, q, NO_PIECES, &head);
	if (r == PL_OK && small)
		r = pl_bytes_add(&head, q->body, q->body_size);
	if (r != PL_OK)
		r = pl_error_set(err, r, "the HTTP request to %s has too many headers", q->target);
	else
		r = pl_stream_write(s, head.at, head.size, by_ms, err);
	pl_bytes_finish(&head);
	if (r == PL_OK && q->produce)
		r = send_produced(s, q, by_ms, buf, ret_made, err);
	else if (r == PL_OK && q->body_size > 0 && !small)
		r = pl_stream_write(s, q->body, q->body_size, by_ms, err);
	return r;
}

/* Line ends behind an answer hurt nobody; anything else belongs to no answer of ours. */
static bool nothing_left(const struct reader *r)
{
	for (size_t i = r->at; i < r->end; i++)
		if (r->buf[i] != '\r' && r->buf[i] != '\n')
			return false;
	return true;
}

static enum pl_result read_answer(struct reader *r, const struct pl_http_request *q,
				  const struct pl_http_sink *sink,
				  struct pl_http_response *response, struct pl_error *err)
{
	struct body_sink body = { .sink = sink, .err = err };
	struct pl_bytes own, *raw = sink && sink->head ? sink->head : &own;
	struct head head;
	enum pl_result result;

	pl_bytes_init(&own, PL_MAX_HTTP_HEAD);
	result = http_read_head(r, q->method, raw, &head, response, err);
	pl_bytes_finish(&own);
	if (result != PL_OK)
		return result;
	result = http_read_body(r, &head, &body, err);
	response->body_size = body.size;
	response->in_step = result == PL_OK && nothing_left(r);
	response->keep_alive = response->in_step && head.keep_alive && !r->ended && !q->close;
	return body.refused != PL_OK ? body.refused : result;
}

enum pl_result pl_http_exchange(struct pl_stream *s, const struct pl_http_request *request,
				int64_t by_ms, const struct pl_http_sink *sink,
				struct pl_http_response *ret_response, struct pl_error *err)
{
	struct reader reader = { .stream = s, .by_ms = by_ms };
	enum pl_result made = PL_OK, r;

	*ret_response = (struct pl_http_response){ .retry_after_s = -1 };
	if (!is_sane(request))
		return pl_error_set(err, PL_E_INVALID,
				    "an HTTP request with a broken target or host");
	reader.buf = malloc(HTTP_READ_SIZE);
	if (!reader.buf)
		return pl_error_set(err, PL_E_NO_MEMORY, "no memory for an HTTP answer");
	r = send_request(s, request, by_ms, reader.buf, &made, err);
	if (r == PL_OK && made == PL_OK)
		r = read_answer(&reader, request, sink, ret_response, err);
	else if (r == PL_OK)
		/* The body was cut and ended in good order: its answer is read, and of no interest.
		 */
		r = read_answer(&reader, request, NULL, ret_response, NULL);
	free(reader.buf);
	return made != PL_OK ? made : r;
}

static enum pl_result collect(void *arg, const void *data, size_t n, struct pl_error *err)
{
	enum pl_result r = pl_bytes_add(arg, data, n);

	return r == PL_OK ? r : pl_error_set(err, r, "no memory for the body of an HTTP answer");
}

enum pl_result pl_http_fetch(struct pl_stream *s, const struct pl_http_request *request,
			     int64_t by_ms, struct pl_bytes *body,
			     struct pl_http_response *ret_response, struct pl_error *err)
{
	struct pl_http_sink sink = { .piece = collect, .arg = body, .max = (int64_t)body->max };

	pl_bytes_clear(body);
	return pl_http_exchange(s, request, by_ms, &sink, ret_response, err);
}

enum pl_result pl_http_begin(struct pl_stream *s, const struct pl_http_request *request,
			     int64_t length, int64_t by_ms, struct pl_error *err)
{
	struct pl_bytes head;
	enum pl_result r;

	if (!is_sane(request))
		return pl_error_set(err, PL_E_INVALID,
				    "an HTTP request with a broken target or host");
	pl_bytes_init(&head, MAX_REQUEST_HEAD);
	r = build_head(s, request, length, &head);
	if (r != PL_OK)
		r = pl_error_set(err, r, "the HTTP request to %s has too many headers",
				 request->target);
	else
		r = pl_stream_write(s, head.at, head.size, by_ms, err);
	pl_bytes_finish(&head);
	return r;
}

enum pl_result pl_http_piece(struct pl_stream *s, bool chunked, const void *data, size_t n,
			     int64_t by_ms, struct pl_error *err)
{
	char frame[HTTP_READ_SIZE];
	enum pl_result r = PL_OK;

	if (!chunked)
		return pl_stream_write(s, data, n, by_ms, err);
	while (n > 0 && r == PL_OK) { /* size line, data and end in one write: one TLS record */
		size_t part =
			n < sizeof(frame) - 2 * CHUNK_ROOM ? n : sizeof(frame) - 2 * CHUNK_ROOM;
		size_t lead = (size_t)snprintf(frame, CHUNK_ROOM, "%zx\r\n", part);

		memcpy(frame + lead, data, part);
		memcpy(frame + lead + part, "\r\n", 2);
		r = pl_stream_write(s, frame, lead + part + 2, by_ms, err);
		data = (const char *)data + part;
		n -= part;
	}
	return r;
}

enum pl_result pl_http_end(struct pl_stream *s, const struct pl_http_request *request, bool chunked,
			   int64_t by_ms, const struct pl_http_sink *sink,
			   struct pl_http_response *ret_response, struct pl_error *err)
{
	struct reader reader = { .stream = s, .by_ms = by_ms };
	enum pl_result r = PL_OK;

	*ret_response = (struct pl_http_response){ .retry_after_s = -1 };
	reader.buf = malloc(HTTP_READ_SIZE);
	if (!reader.buf)
		return pl_error_set(err, PL_E_NO_MEMORY, "no memory for an HTTP answer");
	if (chunked)
		r = pl_stream_write(s, "0\r\n\r\n", 5, by_ms, err);
	if (r == PL_OK)
		r = read_answer(&reader, request, sink, ret_response, err);
	free(reader.buf);
	return r;
}
