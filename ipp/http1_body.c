/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a stream through one buffer, and the body of an HTTP answer to its end. */
#include "http1_read.h"

#include "platen/clock.h"

#define MAX_CHUNK_LINE 4096	   /* size and extensions */
#define MAX_TRAILERS   (16 * 1024) /* header lines behind the last chunk, thrown away */

enum pl_result reader_fill(struct reader *r, struct pl_error *err)
{
	enum pl_result result;
	size_t n = 0;

	if (r->at < r->end || r->ended)
		return PL_OK;
	/* A peer that always has one more byte must not outlive the deadline. */
	if (pl_clock_left_ms(r->by_ms) == 0)
		return pl_error_set(err, PL_E_TIMEOUT, "the HTTP answer did not end in time");
	result = pl_stream_read(r->stream, r->buf, HTTP_READ_SIZE, r->by_ms, &n, err);
	if (result != PL_OK)
		return result;
	r->at = 0;
	r->end = n;
	r->ended = n == 0;
	return PL_OK;
}

struct pl_span reader_peek(const struct reader *r, int64_t n)
{
	size_t there = r->end - r->at;

	return (struct pl_span){ r->buf + r->at, n < (int64_t)there ? (size_t)n : there };
}

void reader_skip(struct reader *r, size_t n)
{
	r->at += n;
}

enum pl_result reader_line(struct reader *r, struct pl_bytes *line, struct pl_error *err)
{
	for (;;) {
		enum pl_result result = reader_fill(r, err);
		struct pl_span there;
		const char *end;

		if (result != PL_OK)
			return result;
		if (r->ended)
			return pl_error_set(err, PL_E_GONE,
					    "the connection ended in an HTTP answer");
		there = reader_peek(r, INT64_MAX);
		end = memchr(there.at, '\n', there.size);
		if (end)
			there.size = (size_t)(end - there.at) + 1;
		result = pl_bytes_add(line, there.at, there.size);
		if (result != PL_OK)
			return pl_error_set(err, result, "the HTTP answer has a head without end");
		reader_skip(r, there.size);
		if (end)
			return PL_OK;
	}
}

/* Hands one piece to the sink, or throws it away. PL_E_TOO_BIG: enough was thrown away. */
static enum pl_result take_piece(struct body_sink *body, struct pl_span piece)
{
	const struct pl_http_sink *sink = body->sink;

	body->size += (int64_t)piece.size;
	if (sink && body->refused == PL_OK && body->size > sink->max)
		body->refused = pl_error_set(body->err, PL_E_TOO_BIG,
					     "the HTTP answer is longer than %lld bytes",
					     (long long)sink->max);
	if (sink && body->refused == PL_OK) {
		body->refused = sink->piece(sink->arg, piece.at, piece.size, body->err);
		return PL_OK;
	}
	body->drained += (int64_t)piece.size;
	return body->drained > PL_MAX_HTTP_DRAIN ? PL_E_TOO_BIG : PL_OK;
}

/* Errors of the pipe must not overwrite the sentence of a sink that refused earlier. */
static struct pl_error *error_of(const struct body_sink *body, struct pl_error *err)
{
	return body->refused == PL_OK ? err : NULL;
}

static enum pl_result read_length(struct reader *r, int64_t left, struct body_sink *body,
				  struct pl_error *err)
{
	while (left > 0) {
		enum pl_result result = reader_fill(r, error_of(body, err));
		struct pl_span piece;

		if (result != PL_OK)
			return result;
		if (r->ended)
			return pl_error_set(error_of(body, err), PL_E_GONE,
					    "the connection ended in the body of an HTTP answer");
		piece = reader_peek(r, left);
		reader_skip(r, piece.size);
		left -= (int64_t)piece.size;
		result = take_piece(body, piece);
		if (result != PL_OK)
			return pl_error_set(error_of(body, err), result,
					    "the HTTP answer is too long to be read to its end");
	}
	return PL_OK;
}

static enum pl_result read_until_close(struct reader *r, struct body_sink *body,
				       struct pl_error *err)
{
	for (;;) {
		enum pl_result result = reader_fill(r, error_of(body, err));

		if (result != PL_OK || r->ended)
			return result;
		result = read_length(r, (int64_t)(r->end - r->at), body, err);
		if (result != PL_OK)
			return result;
	}
}

/* "1a3f", then perhaps blanks and ";extensions". */
static bool parse_chunk_size(struct pl_span line, int64_t *ret_size)
{
	struct pl_span digits = pl_span_trim(pl_span_take(&line, ';'));
	int64_t size = 0;

	if (digits.size == 0 || digits.size > 15)
		return false;
	for (size_t i = 0; i < digits.size; i++) {
		char c = pl_ascii_lower(digits.at[i]);

		if (c >= '0' && c <= '9')
			size = size << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			size = size << 4 | (c - 'a' + 10);
		else
			return false;
	}
	*ret_size = size;
	return true;
}

static enum pl_result read_trailers(struct reader *r, struct pl_bytes *line, struct pl_error *err)
{
	size_t total = 0;

	do {
		enum pl_result result;

		pl_bytes_clear(line);
		result = reader_line(r, line, err);
		if (result != PL_OK)
			return result;
		total += line->size;
		if (total > MAX_TRAILERS)
			return pl_error_set(err, PL_E_TOO_BIG,
					    "the HTTP answer has trailers without end");
	} while (pl_span_trim(pl_bytes_span(line)).size > 0);
	return PL_OK;
}

/* Reads the line end behind a chunk's data. */
static enum pl_result end_chunk(struct reader *r, struct pl_bytes *line, struct pl_error *err)
{
	enum pl_result result;

	pl_bytes_clear(line);
	result = reader_line(r, line, err);
	if (result == PL_OK && pl_span_trim(pl_bytes_span(line)).size > 0)
		return pl_error_set(err, PL_E_PROTOCOL,
				    "a chunk of the HTTP answer is longer than it says");
	return result;
}

static enum pl_result read_chunks(struct reader *r, struct pl_bytes *line, struct body_sink *body,
				  struct pl_error *err)
{
	for (;;) {
		enum pl_result result;
		int64_t size = 0;

		pl_bytes_clear(line);
		result = reader_line(r, line, error_of(body, err));
		if (result != PL_OK)
			return result;
		if (!parse_chunk_size(pl_bytes_span(line), &size))
			return pl_error_set(error_of(body, err), PL_E_PROTOCOL,
					    "a chunk of the HTTP answer has no size");
		if (size == 0)
			return read_trailers(r, line, error_of(body, err));
		result = read_length(r, size, body, err);
		if (result == PL_OK)
			result = end_chunk(r, line, error_of(body, err));
		if (result != PL_OK)
			return result;
	}
}

enum pl_result http_read_body(struct reader *r, const struct head *head, struct body_sink *body,
			      struct pl_error *err)
{
	struct pl_bytes line;
	enum pl_result result = PL_OK;

	switch (head->framing) {
	case FRAMING_NONE: break;
	case FRAMING_LENGTH: result = read_length(r, head->length, body, err); break;
	case FRAMING_UNTIL_CLOSE: result = read_until_close(r, body, err); break;
	case FRAMING_CHUNKED:
		pl_bytes_init(&line, MAX_CHUNK_LINE);
		result = read_chunks(r, &line, body, err);
		pl_bytes_finish(&line);
		break;
	}
	return result;
}
