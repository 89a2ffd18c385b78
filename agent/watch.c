/* SPDX-License-Identifier: Apache-2.0 */
/* Callers that stay on the line, served by one thread: what they are told is made once for all. */
#include "watch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "os/os.h"
#include "platen/clock.h"
#include "platen/log.h"

#define TELL_MS 2000 /* whoever takes longer to read a line is hung up on */

struct watcher {
	struct pl_stream *stream;
	bool told; /* the line that all were told last */
};

struct pl_watch {
	const struct pl_control_sources *sources;
	struct pl_wake *stop, *news;
	pthread_t thread;
	struct pl_bytes line; /* the thread's: what all were told last */

	pthread_mutex_t lock; /* of what follows */
	bool has_thread;      /* to be joined */
	bool serves;	      /* and it takes new callers */
	struct watcher watchers[PL_MAX_WATCHERS];
	size_t count;
};

/* With the lock held. */
static void hang_up(struct pl_watch *w, size_t at)
{
	pl_stream_close(w->watchers[at].stream);
	w->count--;
	memmove(&w->watchers[at], &w->watchers[at + 1], (w->count - at) * sizeof(w->watchers[0]));
}

/* Makes the line anew; where it is another one than before, nobody has been told. */
static void renew_line(struct pl_watch *w)
{
	static const struct pl_control_request REQUEST = { .verb = PL_CONTROL_WATCH };
	static const struct pl_control_caller CALLER = { .trusted = false };
	struct pl_bytes now;

	pl_bytes_init(&now, PL_MAX_CONTROL_VIEW);
	pl_control_answer(w->sources, &REQUEST, &CALLER, &now);
	if (pl_bytes_add_text(&now, "\n") != PL_OK ||
	    (now.size == w->line.size && memcmp(now.at, w->line.at, now.size) == 0)) {
		pl_bytes_finish(&now);
		return;
	}
	pl_bytes_finish(&w->line);
	w->line = now;
	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < w->count; i++)
		w->watchers[i].told = false;
	pthread_mutex_unlock(&w->lock);
}

/* Only this thread takes callers away, so a place found under the lock stays until we come back. */
static void tell(struct pl_watch *w)
{
	struct pl_error err;

	for (size_t i = PL_MAX_WATCHERS; i-- > 0;) {
		struct pl_stream *s;

		pthread_mutex_lock(&w->lock);
		s = i < w->count && !w->watchers[i].told ? w->watchers[i].stream : NULL;
		pthread_mutex_unlock(&w->lock);
		if (!s)
			continue;
		if (pl_stream_write(s, w->line.at, w->line.size, pl_clock_in_ms(TELL_MS), &err) ==
		    PL_OK) {
			pthread_mutex_lock(&w->lock);
			w->watchers[i].told = true;
			pthread_mutex_unlock(&w->lock);
			continue;
		}
		log_debug(NULL, "a local caller did not take what it watches: %s", err.text);
		pthread_mutex_lock(&w->lock);
		hang_up(w, i);
		pthread_mutex_unlock(&w->lock);
	}
}

/* With the lock held: nobody is left, or nothing can be waited for. */
static bool give_up(struct pl_watch *w)
{
	w->serves = false;
	pthread_mutex_unlock(&w->lock);
	return false;
}

/* Waits for news, or for a caller to go. False: stop, or nobody is left. */
static bool wait_for_news(struct pl_watch *w)
{
	struct pl_stream *streams[PL_MAX_WATCHERS];
	struct pl_error err;
	size_t count, which;
	enum pl_result r;

	pthread_mutex_lock(&w->lock);
	count = w->count;
	for (size_t i = 0; i < count; i++)
		streams[i] = w->watchers[i].stream;
	if (count == 0)
		return give_up(w);
	pthread_mutex_unlock(&w->lock);
	r = pl_local_wait(streams, count, w->stop, w->news, &which, &err);
	pthread_mutex_lock(&w->lock);
	if (r != PL_OK && err.code != PL_E_CANCELLED)
		log_error(NULL, "nobody can watch any more: %s", err.text);
	if (r != PL_OK)
		return give_up(w);
	if (which < count) /* it has nothing more to say: it is on its way out */
		hang_up(w, which);
	pthread_mutex_unlock(&w->lock);
	return true;
}

static void *watch_main(void *arg)
{
	struct pl_watch *w = arg;

	do {
		if (pl_wake_is_set(w->news) || w->line.size == 0) {
			pl_wake_clear(w->news);
			renew_line(w);
			tell(w);
		}
	} while (wait_for_news(w));
	return NULL;
}

enum pl_result pl_watch_create(const struct pl_control_sources *sources, struct pl_wake *stop,
			       struct pl_watch **ret_watch, struct pl_error *err)
{
	struct pl_watch *w = calloc(1, sizeof(*w));

	if (!w)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	w->sources = sources;
	w->stop = stop;
	w->news = pl_engine_news(sources->engine);
	pl_bytes_init(&w->line, PL_MAX_CONTROL_VIEW);
	pthread_mutex_init(&w->lock, NULL);
	*ret_watch = w;
	return PL_OK;
}

/* With the lock held. */
static enum pl_result see_to_thread(struct pl_watch *w, struct pl_error *err)
{
	if (w->serves)
		return PL_OK;
	if (w->has_thread) /* it saw that nobody was left, and ends */
		pthread_join(w->thread, NULL);
	w->has_thread = w->serves = pthread_create(&w->thread, NULL, watch_main, w) == 0;
	if (w->serves)
		return PL_OK;
	return pl_error_set(err, PL_E_NO_MEMORY, "no thread for one who watches");
}

enum pl_result pl_watch_add(struct pl_watch *w, struct pl_stream *stream, struct pl_error *err)
{
	enum pl_result r = PL_OK;

	pthread_mutex_lock(&w->lock);
	if (w->count == PL_MAX_WATCHERS)
		r = pl_error_set(err, PL_E_FULL, "%d programs watch already", PL_MAX_WATCHERS);
	else
		w->watchers[w->count++] = (struct watcher){ .stream = stream };
	if (r == PL_OK && (r = see_to_thread(w, err)) != PL_OK)
		w->count--;
	pthread_mutex_unlock(&w->lock);
	if (r == PL_OK)
		pl_wake_set(w->news);
	return r;
}

void pl_watch_destroy(struct pl_watch *w)
{
	if (!w)
		return;
	if (w->has_thread)
		pthread_join(w->thread, NULL);
	while (w->count > 0)
		hang_up(w, w->count - 1);
	pl_bytes_finish(&w->line);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
