/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_TRACE_STREAM_H
#define PL_AGENT_TRACE_STREAM_H

/*
 * Trace stream: passes everything through and shows the bytes to somebody. The only place where
 * bytes of a conversation may be kept.
 *
 * Threads: the stream's. Memory: owns the stream below it.
 */

#include "platen/stream.h"

struct pl_trace {
	/* Bytes just before they are written / just after they were read. NULL: not wanted. */
	void (*sent)(void *arg, const void *data, size_t n);
	void (*received)(void *arg, const void *data, size_t n);
	void *arg;
};

/* Wraps `below`, which is closed with it; NULL (below untouched) when out of memory. `trace` is
 * copied. */
struct pl_stream *pl_trace_wrap(struct pl_stream *below, const struct pl_trace *trace);

#endif
