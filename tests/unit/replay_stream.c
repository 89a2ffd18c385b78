/* SPDX-License-Identifier: Apache-2.0 */
/* Plays a conversation from a script, on a clock of its own. */
#include "replay_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platen/bytes.h"
#include "platen/clock.h"

struct replay {
	struct pl_stream base;
	const struct replay_step *steps;
	size_t count, at;
	size_t used;		/* bytes of the step at hand that are done */
	int64_t waited;		/* of a delay */
	size_t piece;		/* largest read; 0: any */
	struct replay_step own; /* of replay_bytes() */
	bool loose;		/* writes are not checked */
	char fault[160];
	struct pl_bytes written;
};

static int64_t the_now;

static int64_t now_ms(void *arg)
{
	(void)arg;
	return the_now;
}

static bool wait_until(void *arg, pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t by_ms)
{
	(void)arg;
	(void)cond;
	(void)mutex;
	the_now = by_ms > the_now ? by_ms : the_now;
	return false;
}

static const struct pl_clock CLOCK = { now_ms, now_ms, wait_until, NULL };

void replay_clock_start(int64_t now)
{
	the_now = now;
	pl_clock_use(&CLOCK);
}

int64_t replay_clock_now(void)
{
	return the_now;
}

void replay_clock_stop(void)
{
	pl_clock_use(NULL);
}

static enum pl_result fail(struct replay *r, struct pl_error *err, const char *what)
{
	if (!r->fault[0])
		snprintf(r->fault, sizeof(r->fault), "step %zu: %s", r->at, what);
	return pl_error_set(err, PL_E_IO, "replay: %s", what);
}

static void next(struct replay *r)
{
	r->at++;
	r->used = 0;
	r->waited = 0;
}

static enum pl_result time_out(int64_t by_ms, struct pl_error *err)
{
	the_now = by_ms > the_now && by_ms != PL_FOREVER ? by_ms : the_now;
	return pl_error_set(err, PL_E_TIMEOUT, "replay: silence");
}

/* True when the delay is over before the deadline. */
static bool pass_delay(struct replay *r, int64_t ms, int64_t by_ms)
{
	int64_t left = ms - r->waited;

	if (by_ms != PL_FOREVER && the_now + left > by_ms) {
		r->waited += by_ms > the_now ? by_ms - the_now : 0;
		return false;
	}
	the_now += left;
	next(r);
	return true;
}

static enum pl_result replay_read(struct pl_stream *s, void *buf, size_t cap, int64_t by_ms,
				  size_t *ret_n, struct pl_error *err)
{
	struct replay *r = (struct replay *)s;

	*ret_n = 0;
	while (r->at < r->count) {
		const struct replay_step *step = &r->steps[r->at];
		size_t n;

		switch (step->kind) {
		case REPLAY_KIND_EXPECT:
			return fail(r, err, "read where something was to be written");
		case REPLAY_KIND_WRITES: next(r); continue;
		case REPLAY_KIND_DELAY:
			if (!pass_delay(r, step->ms, by_ms))
				return time_out(by_ms, err);
			continue;
		case REPLAY_KIND_SILENCE: return time_out(by_ms, err);
		case REPLAY_KIND_GONE: return pl_error_set(err, PL_E_GONE, "replay: unplugged");
		case REPLAY_KIND_ANSWER: break;
		}
		n = step->size - r->used;
		n = n < cap ? n : cap;
		n = r->piece && n > r->piece ? r->piece : n;
		if (n > 0)
			memcpy(buf, (const char *)step->bytes + r->used, n);
		r->used += n;
		if (r->used == step->size)
			next(r);
		if (n == 0)
			continue;
		*ret_n = n;
		return PL_OK;
	}
	return PL_OK;
}

static enum pl_result replay_write(struct pl_stream *s, const void *buf, size_t n, int64_t by_ms,
				   struct pl_error *err)
{
	struct replay *r = (struct replay *)s;
	const char *bytes = buf;

	(void)by_ms;
	if (pl_bytes_add(&r->written, buf, n) == PL_E_NO_MEMORY)
		abort();
	while (n > 0 && !r->loose) {
		const struct replay_step *step = &r->steps[r->at];
		size_t take;

		if (r->at == r->count || step->kind == REPLAY_KIND_ANSWER)
			return fail(r, err, "written where the peer was to speak");
		if (step->kind == REPLAY_KIND_GONE)
			return pl_error_set(err, PL_E_GONE, "replay: unplugged");
		if (step->kind != REPLAY_KIND_EXPECT)
			return PL_OK;
		take = step->size - r->used;
		take = take < n ? take : n;
		if (memcmp(bytes, (const char *)step->bytes + r->used, take) != 0)
			return fail(r, err, "something else was written");
		bytes += take;
		n -= take;
		r->used += take;
		if (r->used == step->size)
			next(r);
	}
	return PL_OK;
}

static void replay_close(struct pl_stream *s)
{
	pl_bytes_finish(&((struct replay *)s)->written);
	free(s);
}

static const struct pl_stream_ops OPS = { "replay", replay_read, replay_write, replay_close };

static struct replay *make(void)
{
	struct replay *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	r->base.ops = &OPS;
	pl_bytes_init(&r->written, 64 * 1024);
	return r;
}

struct pl_stream *replay_open(const struct replay_step *steps, size_t count)
{
	struct replay *r = make();

	r->steps = steps;
	r->count = count;
	return &r->base;
}

struct pl_stream *replay_bytes(const void *bytes, size_t size, size_t piece)
{
	struct replay *r = make();

	r->own = (struct replay_step)REPLAY_ANSWER_OF(bytes, size);
	r->steps = &r->own;
	r->count = 1;
	r->piece = piece;
	r->loose = true;
	return &r->base;
}

const char *replay_fault(const struct pl_stream *s)
{
	const struct replay *r = (const struct replay *)s;

	return r->fault[0] ? r->fault : NULL;
}

bool replay_done(const struct pl_stream *s)
{
	const struct replay *r = (const struct replay *)s;

	return r->at == r->count;
}

struct pl_span replay_written(const struct pl_stream *s)
{
	return pl_bytes_span(&((const struct replay *)s)->written);
}
