/* SPDX-License-Identifier: Apache-2.0 */
/* The sessions of this PC: begun, listed, answered, ended. */
#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page_inside.h"
#include "platen/clock.h"
#include "platen/log.h"

enum pl_result pl_pages_create(const struct pl_settings *settings, struct pl_usb *usb,
			       struct pl_wake *news, struct pl_pages **ret_pages,
			       struct pl_error *err)
{
	struct pl_pages *pages = calloc(1, sizeof(*pages));

	if (!pages)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pages->settings = settings;
	pages->usb = usb;
	pages->news = news;
	pthread_mutex_init(&pages->lock, NULL);
	pl_clock_cond_init(&pages->changed);
	*ret_pages = pages;
	return PL_OK;
}

void pl_pages_connect(struct pl_pages *pages, struct pl_actions *actions, struct pl_uplink *uplink)
{
	pages->actions = actions;
	pages->uplink = uplink;
}

/* Without the lock: waits for the thread of a session that is over, or on its way. */
static void reap(struct page_session *s)
{
	struct pl_pages *pages = s->pages;

	pthread_join(s->thread, NULL);
	pl_worker_release(s->order.worker);
	pl_wake_destroy(s->wake);
	pthread_cond_destroy(&s->burst_changed);
	pthread_mutex_destroy(&s->burst_lock);
	pthread_mutex_lock(&pages->lock);
	memset(s, 0, sizeof(*s));
	pthread_mutex_unlock(&pages->lock);
}

/* With the lock held. */
static void end_locked(struct page_session *s, const char *reason)
{
	if (s->ending)
		return;
	s->ending = true;
	snprintf(s->reason, sizeof(s->reason), "%s", reason);
	pl_wake_set(s->wake);
	pl_wake_set(s->pages->news);
	pthread_cond_broadcast(&s->pages->changed);
}

void page_end(struct page_session *s, const char *reason)
{
	pthread_mutex_lock(&s->pages->lock);
	end_locked(s, reason);
	pthread_mutex_unlock(&s->pages->lock);
}

bool page_is_ending(struct page_session *s)
{
	bool ending;

	pthread_mutex_lock(&s->pages->lock);
	ending = s->ending;
	pthread_mutex_unlock(&s->pages->lock);
	return ending;
}

void pl_pages_stop(struct pl_pages *pages)
{
	pthread_mutex_lock(&pages->lock);
	pages->stopping = true;
	for (size_t i = 0; i < PL_MAX_PAGES; i++)
		if (pages->sessions[i].taken)
			end_locked(&pages->sessions[i], "The agent stops");
	pthread_mutex_unlock(&pages->lock);
	for (size_t i = 0; i < PL_MAX_PAGES; i++)
		if (pages->sessions[i].taken)
			reap(&pages->sessions[i]);
}

void pl_pages_destroy(struct pl_pages *pages)
{
	if (!pages)
		return;
	pthread_cond_destroy(&pages->changed);
	pthread_mutex_destroy(&pages->lock);
	free(pages);
}

static void reap_what_is_over(struct pl_pages *pages)
{
	for (size_t i = 0; i < PL_MAX_PAGES; i++) {
		struct page_session *s = &pages->sessions[i];
		bool over;

		pthread_mutex_lock(&pages->lock);
		over = s->taken && s->over;
		if (over)
			s->over = false; /* ours to join */
		pthread_mutex_unlock(&pages->lock);
		if (over)
			reap(s);
	}
}

/* With the lock held: a free place for a session of this printer. */
static enum pl_result find_place(struct pl_pages *pages, const struct pl_page_order *order,
				 struct page_session **ret_place, struct pl_error *err)
{
	struct page_session *place = NULL;

	for (size_t i = 0; i < PL_MAX_PAGES; i++) {
		struct page_session *s = &pages->sessions[i];

		if (!s->taken)
			place = s;
		else if (!s->ending && strcmp(s->order.key, order->key) == 0)
			return pl_error_set(err, PL_E_FULL, "this printer's page is open already");
	}
	if (pages->stopping)
		return pl_error_set(err, PL_E_CANCELLED, "the agent stops");
	if (!place)
		return pl_error_set(err, PL_E_FULL, "too many remote pages are open on this PC");
	*ret_place = place;
	return PL_OK;
}

/* With the lock held: the thread waits for it, and then finds a whole session. */
static enum pl_result start(struct pl_pages *pages, struct page_session *s,
			    const struct pl_page_order *order, struct pl_error *err)
{
	enum pl_result r = pl_wake_create(&s->wake, err);

	if (r != PL_OK)
		return r;
	s->pages = pages;
	s->order = *order;
	pl_worker_device(order->worker, &s->dev);
	s->since_ms = pl_clock_wall_ms();
	s->used_ms = pl_clock_now_ms();
	s->taken = true;
	pthread_mutex_init(&s->burst_lock, NULL);
	pl_clock_cond_init(&s->burst_changed);
	pl_worker_hold(order->worker);
	if (pthread_create(&s->thread, NULL, page_session_main, s) == 0)
		return PL_OK;
	pl_worker_release(order->worker);
	pthread_cond_destroy(&s->burst_changed);
	pthread_mutex_destroy(&s->burst_lock);
	pl_wake_destroy(s->wake);
	memset(s, 0, sizeof(*s));
	return pl_error_set(err, PL_E_NO_MEMORY, "no thread for a remote page");
}

enum pl_result pl_pages_begin(struct pl_pages *pages, const struct pl_page_order *order,
			      struct pl_error *err)
{
	struct page_session *place = NULL;
	enum pl_result r;

	reap_what_is_over(pages);
	pthread_mutex_lock(&pages->lock);
	r = find_place(pages, order, &place, err);
	if (r == PL_OK)
		r = start(pages, place, order, err);
	pthread_mutex_unlock(&pages->lock);
	return r;
}

size_t pl_pages_list(struct pl_pages *pages, struct pl_page_view ret_views[static PL_MAX_PAGES])
{
	size_t n = 0;

	pthread_mutex_lock(&pages->lock);
	for (size_t i = 0; i < PL_MAX_PAGES; i++) {
		const struct page_session *s = &pages->sessions[i];
		struct pl_page_view *v = &ret_views[n];

		if (!s->taken || s->ending)
			continue;
		*v = (struct pl_page_view){ .state = s->state,
					    .waits = s->waits,
					    .firmware = s->order.firmware,
					    .since_ms = s->since_ms,
					    .requests = s->requests };
		memcpy(v->id, s->order.id, sizeof(v->id));
		memcpy(v->user, s->order.user, sizeof(v->user));
		memcpy(v->key, s->order.key, sizeof(v->key));
		n++;
	}
	pthread_mutex_unlock(&pages->lock);
	return n;
}

/* With the lock held; NULL: none that goes on. */
static struct page_session *find(struct pl_pages *pages, const char *id)
{
	for (size_t i = 0; i < PL_MAX_PAGES; i++) {
		struct page_session *s = &pages->sessions[i];

		if (s->taken && !s->ending && strcmp(s->order.id, id) == 0)
			return s;
	}
	return NULL;
}

static enum pl_result not_found(const char *id, struct pl_error *err)
{
	return pl_error_set(err, PL_E_NOT_FOUND,
			    "no remote page has the id %.64s; platen ews list shows those there "
			    "are",
			    id);
}

enum pl_result pl_pages_answer(struct pl_pages *pages, const char *id, bool allow,
			       struct pl_error *err)
{
	struct page_session *s;
	enum pl_result r = PL_OK;

	pthread_mutex_lock(&pages->lock);
	s = find(pages, id);
	if (!s) {
		r = not_found(id, err);
	} else if (s->state != PL_PAGE_ASKED || s->answer != NO_ANSWER) {
		r = pl_error_set(err, PL_E_INVALID,
				 "that was answered already; platen ews end %.64s ends it", id);
	} else {
		s->answer = allow ? ALLOWED : DENIED;
		pthread_cond_broadcast(&pages->changed);
	}
	pthread_mutex_unlock(&pages->lock);
	return r;
}

enum pl_result pl_pages_end(struct pl_pages *pages, const char *id, const char *reason,
			    struct pl_error *err)
{
	struct page_session *s;

	pthread_mutex_lock(&pages->lock);
	s = find(pages, id);
	if (s)
		end_locked(s, reason);
	pthread_mutex_unlock(&pages->lock);
	return s ? PL_OK : not_found(id, err);
}

void pl_pages_cancel(struct pl_pages *pages, const char *id)
{
	(void)!pl_pages_end(pages, id, "The connector ended it", NULL);
}

void pl_pages_leave(struct pl_pages *pages, const struct pl_worker *worker)
{
	pthread_mutex_lock(&pages->lock);
	for (size_t i = 0; i < PL_MAX_PAGES; i++)
		if (pages->sessions[i].taken && pages->sessions[i].order.worker == worker)
			end_locked(&pages->sessions[i], "The printer was unplugged");
	pthread_mutex_unlock(&pages->lock);
}
