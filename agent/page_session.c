/* SPDX-License-Identifier: Apache-2.0 */
/* The life of one remote page: the person at the PC is asked, then lanes relay until it ends. */
#include <inttypes.h>
#include <stdio.h>

#include <cjson/cJSON.h>

#include "os/seat.h"
#include "page_inside.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"

/* With the lock held: until the person answers, the session ends, or it is too late. */
static void wait_for_answer(struct page_session *s)
{
	s->waits = true;
	pl_wake_set(s->pages->news);
	while (s->answer == NO_ANSWER && !s->ending &&
	       pl_clock_wait(&s->pages->changed, &s->pages->lock, s->order.ask_by_ms))
		;
	s->waits = false;
	pl_wake_set(s->pages->news);
}

/* NULL: the page may be shown; else why not. What nobody answers is a no. */
static const char *ask(struct page_session *s)
{
	const struct pl_settings *settings = s->pages->settings;
	bool allowed, answered;
	int64_t user;

	if (pl_seat_user(&user)) {
		if (settings->ews_consent == PL_CONSENT_ALLOW)
			return NULL;
	} else if (settings->ews_unattended == PL_UNATTENDED_ALLOW) {
		return NULL;
	} else if (settings->ews_unattended == PL_UNATTENDED_DENY) {
		return "Nobody is logged in at the PC, and its settings forbid it then";
	}
	log_info(s->order.key, "remote page wanted by=%s session=%s: platen ews allow %s",
		 s->order.user, s->order.id, s->order.id);
	pthread_mutex_lock(&s->pages->lock);
	wait_for_answer(s);
	allowed = s->answer == ALLOWED;
	answered = s->answer != NO_ANSWER;
	pthread_mutex_unlock(&s->pages->lock);
	if (allowed)
		return NULL;
	return answered ? "The person at the PC said no"
			: "The person at the PC did not answer in time";
}

/* Until somebody ends it, or its time is over. */
static void wait_for_end(struct page_session *s)
{
	int64_t hard_by_ms = pl_clock_in_ms(s->order.hard_ms);

	pthread_mutex_lock(&s->pages->lock);
	while (!s->ending) {
		int64_t idle_by_ms = s->used_ms + s->order.idle_ms;
		int64_t by_ms = idle_by_ms < hard_by_ms ? idle_by_ms : hard_by_ms;

		if (pl_clock_left_ms(by_ms) == 0) {
			s->ending = true;
			pl_wake_set(s->pages->news);
			snprintf(s->reason, sizeof(s->reason), "%s",
				 by_ms == hard_by_ms ? "Its time was over"
						     : "Nobody used it for a while");
			break;
		}
		(void)pl_clock_wait(&s->pages->changed, &s->pages->lock, by_ms);
	}
	pthread_mutex_unlock(&s->pages->lock);
}

static void relay(struct page_session *s)
{
	int wanted = page_lanes_of(&s->dev), running = 0;

	for (int i = 0; i < wanted; i++) {
		struct page_lane *lane = &s->lanes[running];

		lane->session = s;
		if (pthread_create(&lane->thread, NULL, page_lane_main, lane) == 0)
			running++;
	}
	if (running == 0)
		page_end(s, "The PC has no room for one more thread");
	wait_for_end(s);
	pl_wake_set(s->wake);
	for (int i = 0; i < running; i++)
		pthread_join(s->lanes[i].thread, NULL);
}

/* Cut at once: the connector is told before lanes that wait for a printer have noticed. */
static void tell_end(struct page_session *s, enum pl_action_state state, const char *reason)
{
	cJSON *result = cJSON_CreateObject();
	struct pl_error err;

	pl_json_add_int(result, "requests", s->requests);
	if (pl_actions_end(s->pages->actions, s->order.id, state, reason, result, &err) != PL_OK &&
	    err.code != PL_E_INVALID)
		log_error(s->order.key, "action %s: its end cannot be recorded: %s", s->order.id,
			  err.text);
	cJSON_Delete(result);
	log_info(s->order.key, "remote page ended session=%s reason=\"%s\"", s->order.id, reason);
}

static bool is_stopping(struct pl_pages *pages)
{
	bool stopping;

	pthread_mutex_lock(&pages->lock);
	stopping = pages->stopping;
	pthread_mutex_unlock(&pages->lock);
	return stopping;
}

static void serve(struct page_session *s)
{
	struct pl_error err;
	const char *why_not = ask(s);

	if (is_stopping(s->pages))
		return; /* the journal hands it out again */
	if (why_not) {
		tell_end(s, PL_ACTION_REJECTED, why_not);
		return;
	}
	if (pl_actions_begin(s->pages->actions, s->order.id, &err) != PL_OK)
		return; /* its end is recorded */
	pthread_mutex_lock(&s->pages->lock);
	s->state = PL_PAGE_OPEN;
	s->used_ms = pl_clock_now_ms();
	pthread_mutex_unlock(&s->pages->lock);
	pl_wake_set(s->pages->news);
	log_info(s->order.key, "remote page open session=%s user=%s", s->order.id, s->order.user);
	relay(s);
	if (!is_stopping(s->pages))
		tell_end(s, PL_ACTION_DONE, s->reason);
}

void *page_session_main(void *session)
{
	struct page_session *s = session;

	pthread_mutex_lock(&s->pages->lock); /* whoever began it has finished */
	pthread_mutex_unlock(&s->pages->lock);
	serve(s);
	pthread_mutex_lock(&s->pages->lock);
	s->ending = true;
	s->over = true;
	pthread_mutex_unlock(&s->pages->lock);
	pl_wake_set(s->pages->news);
	return NULL;
}
