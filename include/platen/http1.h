/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_HTTP1_H
#define PL_HTTP1_H

/*
 * HTTP/1.1 client over any stream: one exchange at a time.
 * On a USB pipe, bytes of an answer that nobody read become the beginning of the next answer. So
 * every answer is read to its end, even when its receiver has had enough. Where that was not
 * possible the stream is out of step, and the caller closes it.
 *
 * Understood: Content-Length, chunked, 1xx before the answer, 204/304/HEAD without a body,
 * read-to-end where the peer closes. Threads: one per stream. Memory: the caller's. Standard: RFC
 * 9112.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/bytes.h"
#include "platen/stream.h"

#define PL_MAX_HTTP_HEAD (16 * 1024) /* bytes: status line and headers of one answer */
#define PL_MAX_HTTP_DRAIN                                                                          \
	(4 * 1024 * 1024) /* bytes of a body that nobody wants, read all the same */

struct pl_http_request {
	const char *method;	  /* "GET" */
	const char *target;	  /* "/ipp/print", or "host:port" for CONNECT */
	const char *host;	  /* Host header: "localhost" on USB, always */
	const char *content_type; /* NULL: no body */
	const char *headers;	  /* further header lines, each ended by CRLF; NULL: none */
	const void *body;	  /* sent whole with Content-Length */
	size_t body_size;
	bool close; /* says Connection: close */

	/* A body made on the fly, sent chunked, instead of `body`: fills buf with 1..cap bytes;
	 * *ret_n == 0 ends it. */
	enum pl_result (*produce)(void *arg, void *buf, size_t cap, size_t *ret_n,
				  struct pl_error *err);
	void *produce_arg;
	bool end_cut_body; /* when `produce` fails: true ends the body in good order, because a
			      USB pipe cannot be hung up and the printer would wait for the rest;
			      false leaves it cut, and the peer of a socket knows */
};

struct pl_http_response {
	int status;	       /* 200, 404, …; 0 where no answer came */
	char content_type[96]; /* "" where not told */
	char etag[96];
	char location[256];
	int64_t retry_after_s; /* -1: not told */
	int64_t body_size;     /* bytes of body that arrived */
	bool in_step;	       /* read to its end, no byte left over. On a USB pipe another exchange
				  may follow: "Connection: close" means nothing there */
	bool keep_alive;       /* in step, and the peer will not close the connection */
};

/* Where the body goes: called with each piece. Anything but PL_OK means "no more, please": the rest
 * is read and thrown away (within PL_MAX_HTTP_DRAIN and the deadline), and the exchange then
 * returns that result. */
struct pl_http_sink {
	enum pl_result (*piece)(void *arg, const void *data, size_t n, struct pl_error *err);
	void *arg;
	int64_t max;	       /* bytes of body accepted at most; past it PL_E_TOO_BIG */
	struct pl_bytes *head; /* NULL, or an initialised buffer that gets the final answer's raw
				  status line and headers, complete before the first piece */
};

/* Sends one request and reads its answer to the end. An HTTP error status is PL_OK with
 * ret_response->status set. `sink` may be NULL: the body is read and thrown away. Of a CONNECT
 * answered 2xx nothing is read past the head: the stream is the tunnel then.
 * *ret_response holds as much as came, on failure too.
 * Returns PL_OK | PL_E_PROTOCOL (not HTTP, or stale bytes of an earlier answer) | PL_E_TOO_BIG |
 * PL_E_TIMEOUT | PL_E_GONE (ended before the answer did) | what the sink or the producer said. */
enum pl_result pl_http_exchange(struct pl_stream *s, const struct pl_http_request *request,
				int64_t by_ms, const struct pl_http_sink *sink,
				struct pl_http_response *ret_response, struct pl_error *err);

/* The same in steps, for who has a body piece by piece from elsewhere: the head (length -1:
 * chunked), any number of pieces, then the end and the answer. After a failure the stream is out of
 * step and to be closed. Results as above. */
enum pl_result pl_http_begin(struct pl_stream *s, const struct pl_http_request *request,
			     int64_t length, int64_t by_ms, struct pl_error *err);
enum pl_result pl_http_piece(struct pl_stream *s, bool chunked, const void *data, size_t n,
			     int64_t by_ms, struct pl_error *err);
enum pl_result pl_http_end(struct pl_stream *s, const struct pl_http_request *request, bool chunked,
			   int64_t by_ms, const struct pl_http_sink *sink,
			   struct pl_http_response *ret_response, struct pl_error *err);

/* The same, with the body collected in `body` (initialised by the caller with its maximum). */
enum pl_result pl_http_fetch(struct pl_stream *s, const struct pl_http_request *request,
			     int64_t by_ms, struct pl_bytes *body,
			     struct pl_http_response *ret_response, struct pl_error *err);

/* Finds a header in a raw head (letter case ignored); the first one counts. Empty span where there
 * is none. */
struct pl_span pl_http_header(struct pl_span head, const char *name);

#endif
