/* SPDX-License-Identifier: Apache-2.0 */
/* A stream that passes everything through and shows it to somebody. */
#include "trace_stream.h"

#include <stdlib.h>

struct trace_stream {
	struct pl_stream stream;
	struct pl_stream *below;
	struct pl_trace trace;
};

static enum pl_result trace_read(struct pl_stream *s, void *buf, size_t cap, int64_t by_ms,
				 size_t *ret_n, struct pl_error *err)
{
	struct trace_stream *t = (struct trace_stream *)s;
	enum pl_result r = pl_stream_read(t->below, buf, cap, by_ms, ret_n, err);

	if (r == PL_OK && *ret_n > 0 && t->trace.received)
		t->trace.received(t->trace.arg, buf, *ret_n);
	return r;
}

static enum pl_result trace_write(struct pl_stream *s, const void *buf, size_t n, int64_t by_ms,
				  struct pl_error *err)
{
	struct trace_stream *t = (struct trace_stream *)s;

	if (t->trace.sent)
		t->trace.sent(t->trace.arg, buf, n);
	return pl_stream_write(t->below, buf, n, by_ms, err);
}

static void trace_close(struct pl_stream *s)
{
	struct trace_stream *t = (struct trace_stream *)s;

	pl_stream_close(t->below);
	free(t);
}

static const struct pl_stream_ops TRACE_OPS = {
	.name = "trace",
	.read = trace_read,
	.write = trace_write,
	.close = trace_close,
};

struct pl_stream *pl_trace_wrap(struct pl_stream *below, const struct pl_trace *trace)
{
	struct trace_stream *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	*t = (struct trace_stream){ .stream.ops = &TRACE_OPS, .below = below, .trace = *trace };
	return &t->stream;
}
