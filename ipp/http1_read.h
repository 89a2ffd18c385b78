/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPP_HTTP1_READ_H
#define IPP_HTTP1_READ_H

/*
 * The reading half of HTTP/1.1, floor by floor:
 *
 *     exchange (http1.c)  ->  head, body (http1_head.c, http1_body.c)  ->  reader  ->  stream
 *
 * A reader asks the stream for a whole buffer each time, and only when its buffer is empty: USB
 * wants reads in multiples of the packet size. Threads: one per stream. Memory: the buffer is the
 * caller's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/http1.h"

#define HTTP_READ_SIZE                                                                             \
	16384 /* bytes; a multiple of 1024, and as much as one USB transfer may bring */

struct reader {
	struct pl_stream *stream;
	int64_t by_ms;
	char *buf; /* HTTP_READ_SIZE bytes */
	size_t at, end;
	bool ended; /* the peer closed in good order */
};

/* Makes at least one byte available at buf[at], unless the peer has ended (PL_OK, r->ended). */
enum pl_result reader_fill(struct reader *r, struct pl_error *err);

/* The bytes at hand, at most `n`; taking them is reader_skip(). */
struct pl_span reader_peek(const struct reader *r, int64_t n);
void reader_skip(struct reader *r, size_t n);

/* Adds one line with its LF to `line`, bounded by the buffer's maximum: PL_E_TOO_BIG. An end of the
 * stream in mid-line is PL_E_GONE. */
enum pl_result reader_line(struct reader *r, struct pl_bytes *line, struct pl_error *err);

/* How the end of a body is known (RFC 9112 section 6.3). */
enum framing { FRAMING_NONE, FRAMING_LENGTH, FRAMING_CHUNKED, FRAMING_UNTIL_CLOSE };

struct head {
	int status;
	bool keep_alive;
	enum framing framing;
	int64_t length; /* for FRAMING_LENGTH */
};

/* Reads the final answer's head (1xx are passed over) into `raw`, and what it means into *ret_head
 * and the texts of `response`. `method` decides whether there is a body. */
enum pl_result http_read_head(struct reader *r, const char *method, struct pl_bytes *raw,
			      struct head *ret_head, struct pl_http_response *response,
			      struct pl_error *err);

/* Where the body goes, and whether it is still wanted. */
struct body_sink {
	const struct pl_http_sink *sink; /* NULL: nowhere */
	enum pl_result refused;		 /* PL_OK until the sink had enough */
	int64_t size;			 /* bytes that arrived */
	int64_t drained;		 /* bytes thrown away since */
	struct pl_error *err;		 /* belongs to `refused` once that is set */
};

/* Reads a body to its end. PL_OK also when the sink refused (see body_sink.refused); PL_E_TOO_BIG
 * when too much would have to be thrown away. */
enum pl_result http_read_body(struct reader *r, const struct head *head, struct body_sink *sink,
			      struct pl_error *err);

#endif
