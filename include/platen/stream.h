/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_STREAM_H
#define PL_STREAM_H

/*
 * Stream: bytes both ways, with a deadline. The waist of the project.
 * A leased USB interface, /dev/usb/lp0, a TLS socket, a TCP socket and a replayed conversation are
 * all streams, so one HTTP/1.1 client talks to the printer and to the connector, and everything
 * runs without hardware.
 *
 * Threads: a stream belongs to one thread. Memory: close() frees it.
 */

#include <stddef.h>
#include <stdint.h>

#include "platen/result.h"

struct pl_stream;

struct pl_stream_ops {
	const char *name; /* "usb", "usblp", "tls", "tcp", "replay", "trace" */

	/* Waits until 1..cap bytes are there or `by_ms` passes. PL_OK with *ret_n == 0: the peer
	 * ended cleanly. PL_E_TIMEOUT leaves the stream usable for another read; whether the
	 * conversation still is, the protocol above decides. PL_E_GONE: unplugged or reset. A USB
	 * zero-length packet is not an end. */
	enum pl_result (*read)(struct pl_stream *s, void *buf, size_t cap, int64_t by_ms,
			       size_t *ret_n, struct pl_error *err);

	/* Sends all `n` bytes or fails; after a failure only close() is allowed. */
	enum pl_result (*write)(struct pl_stream *s, const void *buf, size_t n, int64_t by_ms,
				struct pl_error *err);

	/* Never blocks on the peer; frees s. */
	void (*close)(struct pl_stream *s);
};

/* The first member of every concrete stream. */
struct pl_stream {
	const struct pl_stream_ops *ops;
	const char *http_headers; /* lines for the head of every HTTP request on it, each ended by
				     CRLF, which a printer's quirks want; outlives it; NULL: none */
};

static inline enum pl_result pl_stream_read(struct pl_stream *s, void *buf, size_t cap,
					    int64_t by_ms, size_t *ret_n, struct pl_error *err)
{
	return s->ops->read(s, buf, cap, by_ms, ret_n, err);
}

static inline enum pl_result pl_stream_write(struct pl_stream *s, const void *buf, size_t n,
					     int64_t by_ms, struct pl_error *err)
{
	return s->ops->write(s, buf, n, by_ms, err);
}

/* Closes and frees; NULL is allowed. */
static inline void pl_stream_close(struct pl_stream *s)
{
	if (s)
		s->ops->close(s);
}

#endif
