/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP: heads, bodies and answers on a pipe. */

#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <platen/clock.h>

#define MAX_HEAD   (32 * 1024)
#define MAX_ANSWER (8 * 1024 * 1024)
#define CHUNK	   1000 /* bytes in a chunk of ours: never a multiple of a packet */

void vp_http_init(struct vp_http *h, struct vp_pipe *pipe)
{
	*h = (struct vp_http){ .pipe = pipe, .body_over = true };
	pl_bytes_init(&h->in, MAX_HEAD + 16384);
	pl_bytes_init(&h->head, MAX_HEAD);
}

void vp_http_finish(struct vp_http *h)
{
	pl_bytes_finish(&h->in);
	pl_bytes_finish(&h->head);
}

void vp_http_restart(struct vp_http *h)
{
	pl_bytes_clear(&h->in);
	pl_bytes_clear(&h->head);
	h->body_over = true;
}

/* Adds what the host sends next to `in`. False: reset or end. */
static bool more(struct vp_http *h)
{
	uint8_t buf[8192];
	size_t n = 0;

	for (;;) {
		enum vp_pipe_event e = vp_pipe_read(h->pipe, buf, sizeof(buf), PL_FOREVER, &n);

		if (e == VP_PIPE_DATA)
			return pl_bytes_add(&h->in, buf, n) == PL_OK;
		if (e == VP_PIPE_RESET || e == VP_PIPE_END) {
			h->stopped = e;
			return false;
		}
	}
}

const char *vp_http_header(struct vp_http *h, const char *name, char *buf, size_t cap)
{
	struct pl_span rest = pl_bytes_span(&h->head);

	buf[0] = '\0';
	pl_span_take(&rest, '\n');
	while (rest.size > 0) {
		struct pl_span value = pl_span_take(&rest, '\n');
		struct pl_span key = pl_span_take(&value, ':');

		if (!pl_span_is_word(pl_span_trim(key), name))
			continue;
		pl_span_copy(pl_span_trim(value), buf, cap);
		break;
	}
	return buf;
}

static void start_body(struct vp_http *h)
{
	char value[64];

	h->chunked = strcasecmp(vp_http_header(h, "Transfer-Encoding", value, sizeof(value)),
				"chunked") == 0;
	h->left = h->chunked ? 0
			     : strtoll(vp_http_header(h, "Content-Length", value, sizeof(value)),
				       NULL, 10);
	h->body_over = !h->chunked && h->left <= 0;
}

bool vp_http_request(struct vp_http *h)
{
	const char *end;
	size_t n;

	while (!(end = h->in.size ? memmem(h->in.at, h->in.size, "\r\n\r\n", 4) : NULL)) {
		if (h->in.size > MAX_HEAD)
			break;
		if (!more(h))
			return false;
	}
	pl_bytes_clear(&h->head);
	h->method[0] = h->target[0] = '\0';
	n = end ? (size_t)((const uint8_t *)end + 4 - h->in.at) : h->in.size;
	h->bad = !end || pl_bytes_add(&h->head, h->in.at, n) != PL_OK ||
		 sscanf((const char *)h->head.at, "%15[A-Z] %1023s HTTP/1.", h->method,
			h->target) != 2;
	pl_bytes_drop(&h->in, n);
	h->body_over = true;
	if (!h->bad)
		start_body(h);
	return true;
}

/* Reads a line that ends with LF into `line`. False: reset. */
static bool read_line(struct vp_http *h, char *line, size_t cap)
{
	const uint8_t *end;
	size_t n;

	while (!(end = h->in.size ? memchr(h->in.at, '\n', h->in.size) : NULL))
		if (h->in.size > MAX_HEAD || !more(h))
			return false;
	n = (size_t)(end + 1 - h->in.at);
	pl_span_copy((struct pl_span){ (const char *)h->in.at, n }, line, cap);
	pl_bytes_drop(&h->in, n);
	return true;
}

/* Goes to the next chunk; after the last one the trailer is read and the body is over. */
static bool next_chunk(struct vp_http *h)
{
	char line[256];

	if (!read_line(h, line, sizeof(line)))
		return false;
	h->left = strtoll(line, NULL, 16);
	if (h->left > 0)
		return true;
	h->body_over = true;
	do {
		if (!read_line(h, line, sizeof(line)))
			return false;
	} while (line[0] != '\r' && line[0] != '\n');
	return true;
}

ssize_t vp_http_body(struct vp_http *h, void *buf, size_t cap)
{
	char line[8];
	size_t n;

	if (!h->body_over && h->chunked && h->left == 0 && !next_chunk(h))
		return -1;
	if (h->body_over)
		return 0;
	if (h->in.size == 0 && !more(h))
		return -1;
	n = h->in.size < cap ? h->in.size : cap;
	if ((int64_t)n > h->left)
		n = (size_t)h->left;
	memcpy(buf, h->in.at, n);
	pl_bytes_drop(&h->in, n);
	h->left -= (int64_t)n;
	if (h->left == 0 && h->chunked && !read_line(h, line, sizeof(line)))
		return -1;
	if (h->left == 0 && !h->chunked)
		h->body_over = true;
	return (ssize_t)n;
}

bool vp_http_drain(struct vp_http *h)
{
	uint8_t buf[8192];
	ssize_t n;

	while ((n = vp_http_body(h, buf, sizeof(buf))) > 0)
		;
	return n == 0;
}

static const char *reason_phrase(int status)
{
	switch (status) {
	case 200: return "OK";
	case 201: return "Created";
	case 202: return "Accepted";
	case 204: return "No Content";
	case 304: return "Not Modified";
	case 400: return "Bad Request";
	case 401: return "Unauthorized";
	case 404: return "Not Found";
	case 405: return "Method Not Allowed";
	case 500: return "Internal Server Error";
	case 503: return "Service Unavailable";
	default: return "Status";
	}
}

static void add_chunks(struct pl_bytes *out, const uint8_t *body, size_t size, bool last)
{
	for (size_t at = 0; at < size; at += CHUNK) {
		size_t n = size - at < CHUNK ? size - at : CHUNK;

		(void)!pl_bytes_add_format(out, "%zx\r\n", n);
		(void)!pl_bytes_add(out, body + at, n);
		(void)!pl_bytes_add(out, "\r\n", 2);
	}
	if (last)
		(void)!pl_bytes_add(out, "0\r\n\r\n", 5);
}

/* Chunk after chunk, each as it should be, until the host has had enough. Never true. */
static bool send_for_ever(struct vp_pipe *pipe)
{
	uint8_t blanks[CHUNK];
	struct pl_bytes chunk;

	memset(blanks, ' ', sizeof(blanks));
	pl_bytes_init(&chunk, MAX_ANSWER);
	add_chunks(&chunk, blanks, sizeof(blanks), false);
	while (vp_pipe_write(pipe, chunk.at, chunk.size))
		;
	pl_bytes_finish(&chunk);
	return false;
}

bool vp_http_answer(struct vp_http *h, const struct vp_http_answer *a)
{
	bool bodiless = a->status == 304 || a->status == 204;
	struct pl_bytes out;
	bool ok;

	pl_bytes_init(&out, MAX_ANSWER);
	(void)!pl_bytes_add_format(&out, "HTTP/1.1 %d %s\r\n", a->status, reason_phrase(a->status));
	(void)!pl_bytes_add_text(&out, a->headers ? a->headers : "");
	if (a->content_type)
		(void)!pl_bytes_add_format(&out, "Content-Type: %s\r\n", a->content_type);
	if (a->chunked && !bodiless)
		(void)!pl_bytes_add_text(&out, "Transfer-Encoding: chunked\r\n\r\n");
	else if (!bodiless)
		(void)!pl_bytes_add_format(&out, "Content-Length: %zu\r\n\r\n", a->size);
	else
		(void)!pl_bytes_add_text(&out, "\r\n");
	if (!bodiless && !a->head_only && a->chunked)
		add_chunks(&out, a->body, a->size, !a->endless);
	else if (!bodiless && !a->head_only)
		(void)!pl_bytes_add(&out, a->body, a->size);
	ok = vp_pipe_write(h->pipe, out.at, out.size);
	pl_bytes_finish(&out);
	if (ok && a->endless && a->chunked && !bodiless && !a->head_only)
		return send_for_ever(h->pipe);
	return ok;
}
