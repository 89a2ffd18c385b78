/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's ear for programs of this PC: one thread listens, one more for each caller. */
#include "control.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "os/local.h"
#include "os/seat.h"
#include "platen/clock.h"
#include "platen/log.h"
#include "watch.h"

#define MAX_CALLERS 8
#define REQUEST_MS  3000  /* a line takes no longer */
#define ANSWER_MS   10000 /* a reader that stopped reading */

enum caller_state { CALLER_FREE, CALLER_TALKS, CALLER_DONE };

struct caller {
	struct pl_control *control;
	pthread_t thread;
	enum caller_state state; /* under the control's lock */
	struct pl_stream *stream;
	struct pl_peer peer;
};

struct pl_control {
	struct pl_control_sources sources;
	struct pl_listener *listener;
	struct pl_wake *wake;
	struct pl_watch *watch;
	pthread_t thread;
	pthread_mutex_t lock; /* guards the callers' states */
	pthread_cond_t freed; /* a caller is done */
	struct caller callers[MAX_CALLERS];
};

/* Reads up to the newline. */
static enum pl_result read_line(struct pl_stream *s, struct pl_bytes *line, struct pl_error *err)
{
	int64_t by_ms = pl_clock_in_ms(REQUEST_MS);
	char piece[1024];

	while (!line->at || !memchr(line->at, '\n', line->size)) {
		size_t n;
		enum pl_result r = pl_stream_read(s, piece, sizeof(piece), by_ms, &n, err);

		if (r != PL_OK)
			return r;
		if (n == 0)
			return pl_error_set(err, PL_E_GONE, "the caller hung up");
		r = pl_bytes_add(line, piece, n);
		if (r != PL_OK)
			return pl_error_set(err, PL_E_PROTOCOL,
					    "a request is at most %d bytes long",
					    PL_MAX_CONTROL_REQUEST);
	}
	return PL_OK;
}

/* Returns true when the caller stays on the line: the watch has the stream. */
static bool serve(const struct pl_control *control, struct pl_stream *s, const struct pl_peer *peer)
{
	struct pl_control_caller caller = { .trusted = peer->trusted };
	struct pl_control_request request;
	int64_t seated;
	struct pl_bytes line, answer;
	struct pl_error err;
	struct pl_span rest;
	bool stays = false;
	enum pl_result r;

	caller.seated = pl_seat_user(&seated) && seated == peer->user;
	pl_bytes_init(&line, PL_MAX_CONTROL_REQUEST);
	pl_bytes_init(&answer, PL_MAX_CONTROL_ANSWER);
	r = read_line(s, &line, &err);
	if (r == PL_OK) {
		rest = pl_bytes_span(&line);
		r = pl_control_parse(pl_span_take(&rest, '\n'), &request, &err);
	}
	if (r == PL_OK && request.verb == PL_CONTROL_WATCH) {
		r = pl_watch_add(control->watch, s, &err);
		stays = r == PL_OK;
	}
	if (stays)
		goto out;
	if (r == PL_OK)
		pl_control_answer(&control->sources, &request, &caller, &answer);
	else
		pl_control_refuse(&err, &answer);
	if (pl_bytes_add_text(&answer, "\n") == PL_OK &&
	    pl_stream_write(s, answer.at, answer.size, pl_clock_in_ms(ANSWER_MS), &err) != PL_OK)
		log_debug(NULL, "a local caller did not take its answer: %s", err.text);
out:
	pl_bytes_finish(&answer);
	pl_bytes_finish(&line);
	return stays;
}

static void *caller_main(void *arg)
{
	struct caller *c = arg;

	if (!serve(c->control, c->stream, &c->peer))
		pl_stream_close(c->stream);
	pthread_mutex_lock(&c->control->lock);
	c->state = CALLER_DONE;
	pthread_cond_signal(&c->control->freed);
	pthread_mutex_unlock(&c->control->lock);
	return NULL;
}

/* With the lock held: a place whose caller is gone, its thread ended; NULL: all of them talk. */
static struct caller *find_place(struct pl_control *control)
{
	struct caller *place = NULL;

	for (size_t i = 0; i < MAX_CALLERS; i++) {
		struct caller *c = &control->callers[i];

		if (c->state == CALLER_TALKS)
			continue;
		if (c->state == CALLER_DONE) /* its last act was to say so: this does not wait */
			pthread_join(c->thread, NULL);
		c->state = CALLER_FREE;
		place = c;
	}
	return place;
}

/* Where all places are taken, callers wait in line at the socket. A stop ends the conversations,
 * and with them this wait. */
static void receive(struct pl_control *control, struct pl_stream *stream,
		    const struct pl_peer *peer)
{
	struct caller *c;

	pthread_mutex_lock(&control->lock);
	while (!(c = find_place(control)))
		pl_clock_wait(&control->freed, &control->lock, PL_FOREVER);
	*c = (struct caller){ .control = control, .stream = stream, .peer = *peer };
	if (pthread_create(&c->thread, NULL, caller_main, c) == 0)
		c->state = CALLER_TALKS;
	else
		pl_stream_close(stream);
	pthread_mutex_unlock(&control->lock);
}

static void *control_main(void *arg)
{
	struct pl_control *control = arg;
	struct pl_stream *stream;
	struct pl_peer peer;
	struct pl_error err;

	while (pl_local_accept(control->listener, control->wake, &stream, &peer, &err) == PL_OK)
		receive(control, stream, &peer);
	if (err.code != PL_E_CANCELLED)
		log_error(NULL, "the local socket is closed: %s", err.text);
	return NULL;
}

static void destroy(struct pl_control *control)
{
	pl_watch_destroy(control->watch);
	pl_local_close(control->listener);
	pl_wake_destroy(control->wake);
	pthread_cond_destroy(&control->freed);
	pthread_mutex_destroy(&control->lock);
	free(control);
}

enum pl_result pl_control_start(const struct pl_control_sources *sources,
				struct pl_control **ret_control, struct pl_error *err)
{
	struct pl_control *control = calloc(1, sizeof(*control));
	enum pl_result r;

	if (!control)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	control->sources = *sources;
	pthread_mutex_init(&control->lock, NULL);
	pl_clock_cond_init(&control->freed);
	r = pl_wake_create(&control->wake, err);
	if (r == PL_OK)
		r = pl_watch_create(&control->sources, control->wake, &control->watch, err);
	if (r == PL_OK)
		r = pl_local_listen(sources->settings->socket, &control->listener, err);
	if (r == PL_OK && pthread_create(&control->thread, NULL, control_main, control) != 0)
		r = pl_error_set(err, PL_E_NO_MEMORY, "the control thread cannot be started");
	if (r != PL_OK) {
		destroy(control);
		return r;
	}
	*ret_control = control;
	return PL_OK;
}

void pl_control_stop(struct pl_control *control)
{
	if (!control)
		return;
	pl_wake_set(control->wake);
	pthread_join(control->thread, NULL);
	for (size_t i = 0; i < MAX_CALLERS; i++) {
		bool is_taken;

		pthread_mutex_lock(&control->lock);
		is_taken = control->callers[i].state != CALLER_FREE;
		pthread_mutex_unlock(&control->lock);
		if (is_taken)
			pthread_join(control->callers[i].thread, NULL);
	}
	destroy(control);
}
