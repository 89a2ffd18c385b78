/* SPDX-License-Identifier: Apache-2.0 */
/* A lane: fetches requests, relays them, and holds an interface of the printer only as long as they
 * come. */
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "owner.h"
#include "page_inside.h"
#include "platen/clock.h"
#include "platen/log.h"
#include "uplink_state.h"

#define POLL_S	  55
#define REST_S	  1 /* an interface that nobody needs goes back after this */
#define ANSWER_MS 20000
#define LEND_MS	  15000
#define LOST_MS	  30000 /* without a word from the connector */
#define RETRY_MS  1000

int page_lanes_of(const struct pl_usb_device *dev)
{
	int spares = line_spares(dev);

	if (!pl_owner_print_pipe(dev))
		spares--; /* people print through one of these */
	if (spares < 1)
		return 1;
	return spares < PAGE_MAX_LANES ? spares : PAGE_MAX_LANES;
}

/* Nobody prints, the worker is quiet, and no other process of ours talks to the printer. */
static enum pl_result begin_burst(struct page_session *s, struct pl_error *err)
{
	struct pl_occupancy occupancy;
	enum pl_result r = pl_worker_lend(s->order.worker, pl_clock_in_ms(LEND_MS), err);

	if (r != PL_OK)
		return r;
	pl_owner_look(s->pages->usb, &s->dev, &occupancy);
	if (occupancy.busy)
		r = pl_error_set(err, PL_E_BUSY, "%s", occupancy.note);
	else
		r = conversation_lock(&s->dev, &s->device_lock, err);
	if (r != PL_OK)
		pl_worker_return(s->order.worker);
	s->http_port = occupancy.http_port;
	s->burst_ends_ms = pl_clock_in_ms(PAGE_BURST_MS);
	return r;
}

static void end_burst(struct page_session *s)
{
	pl_lock_release(s->device_lock);
	s->device_lock = NULL;
	pl_worker_return(s->order.worker);
}

/* Becomes one of those who hold the printer. A burst that has lasted long enough is waited out. */
static enum pl_result join_burst(struct page_lane *lane, struct pl_error *err)
{
	struct page_session *s = lane->session;
	int64_t by_ms = pl_clock_in_ms(PAGE_EXCHANGE_MS);
	enum pl_result r = PL_OK;
	bool begins;

	pthread_mutex_lock(&s->burst_lock);
	while (s->burst_beginning ||
	       (s->burst_lanes > 0 && pl_clock_left_ms(s->burst_ends_ms) == 0))
		if (!pl_clock_wait(&s->burst_changed, &s->burst_lock, by_ms))
			break;
	begins = s->burst_lanes == 0;
	s->burst_beginning = begins;
	if (!begins)
		s->burst_lanes++;
	pthread_mutex_unlock(&s->burst_lock);
	if (begins) {
		r = begin_burst(s, err);
		pthread_mutex_lock(&s->burst_lock);
		s->burst_beginning = false;
		s->burst_lanes = r == PL_OK;
		pthread_cond_broadcast(&s->burst_changed);
		pthread_mutex_unlock(&s->burst_lock);
	}
	lane->in_burst = r == PL_OK;
	return r;
}

static void leave_burst(struct page_lane *lane)
{
	struct page_session *s = lane->session;

	lane->in_burst = false;
	pthread_mutex_lock(&s->burst_lock);
	if (s->burst_lanes == 1) {
		s->burst_beginning = true; /* nobody joins what is being given back */
		pthread_mutex_unlock(&s->burst_lock);
		end_burst(s);
		pthread_mutex_lock(&s->burst_lock);
		s->burst_beginning = false;
	}
	s->burst_lanes--;
	pthread_cond_broadcast(&s->burst_changed);
	pthread_mutex_unlock(&s->burst_lock);
}

enum pl_result page_pick_up(struct page_lane *lane, struct pl_error *err)
{
	struct page_session *s = lane->session;
	enum pl_result r = lane->in_burst ? PL_OK : join_burst(lane, err);

	if (r != PL_OK)
		return r;
	lane->prober =
		(struct pl_prober){ .usb = s->pages->usb, .pjl = PL_PJL_NEVER, .wake = s->wake };
	lane->conversation.prober = &lane->prober;
	lane->conversation.dev = &s->dev;
	lane->conversation.by_ms = PL_FOREVER;
	lane->conversation.http_port = s->http_port;
	lane->line.c = &lane->conversation;
	r = line_pick_up(&lane->line, err);
	if (r != PL_OK)
		page_put_down(lane);
	return r;
}

void page_put_down(struct page_lane *lane)
{
	line_hang_up(&lane->line);
	if (lane->in_burst)
		leave_burst(lane);
}

static bool burst_is_over(struct page_session *s)
{
	bool over;

	pthread_mutex_lock(&s->burst_lock);
	over = pl_clock_left_ms(s->burst_ends_ms) == 0;
	pthread_mutex_unlock(&s->burst_lock);
	return over;
}

/* Asks for the next request; *ret_request NULL: none came. PL_E_REFUSED: the session is over. */
static enum pl_result fetch(struct page_lane *lane, cJSON **ret_request, struct pl_error *err)
{
	struct page_session *s = lane->session;
	struct pl_call call = { .method = "GET", .noted = "/sda/v1/ews/next" };
	struct pl_answer answer = { 0 };
	int wait_s = lane->in_burst ? REST_S : POLL_S;
	char target[128];
	enum pl_result r;

	snprintf(target, sizeof(target), "/sda/v1/ews/%s/next?wait=%d", s->order.id, wait_s);
	call.target = target;
	r = pl_uplink_caller(s->pages->uplink, s->wake, &lane->caller, &lane->generation, err);
	if (r == PL_OK)
		r = pl_call(&lane->caller, &call, pl_clock_in_ms(wait_s * 1000 + ANSWER_MS),
			    &answer, err);
	if (r != PL_OK)
		return r;
	if (answer.status == 410 || answer.status == 403)
		r = pl_error_set(err, PL_E_REFUSED, "the session has ended");
	else if (answer.status == 200 && answer.doc)
		*ret_request = cJSON_Duplicate(answer.doc, true);
	else if (answer.status != 204)
		r = pl_answer_error(&answer, err);
	pl_answer_finish(&answer);
	return r;
}

/* One turn. False: the session ends. */
static bool turn(struct page_lane *lane, cJSON **request, int64_t *heard_ms)
{
	struct page_session *s = lane->session;
	bool has_asked = *request == NULL;
	cJSON *next = NULL;
	struct pl_error err = { PL_OK, "" };
	enum pl_result r;

	if (*request) {
		r = page_relay(lane, *request, &next, &err);
		cJSON_Delete(*request);
		*request = next;
	} else {
		r = fetch(lane, request, &err);
	}
	if (lane->in_burst && (burst_is_over(s) || (has_asked && !*request)))
		page_put_down(lane);
	if (r == PL_OK) {
		*heard_ms = pl_clock_now_ms();
		return true;
	}
	if (r == PL_E_REFUSED)
		page_end(s, "The connector ended it");
	if (r == PL_E_REFUSED || r == PL_E_CANCELLED)
		return false;
	pl_caller_hang_up(&lane->caller);
	if (pl_clock_now_ms() - *heard_ms > LOST_MS) {
		log_warn(s->order.key, "remote page: %s", err.text);
		page_end(s, "The connector was not heard of for a while");
		return false;
	}
	pthread_mutex_lock(&s->pages->lock);
	if (!s->ending)
		(void)pl_clock_wait(&s->pages->changed, &s->pages->lock, pl_clock_in_ms(RETRY_MS));
	pthread_mutex_unlock(&s->pages->lock);
	return true;
}

void *page_lane_main(void *arg)
{
	struct page_lane *lane = arg;
	int64_t heard_ms = pl_clock_now_ms();
	cJSON *request = NULL;

	while (!page_is_ending(lane->session) && turn(lane, &request, &heard_ms))
		;
	cJSON_Delete(request);
	page_put_down(lane);
	pl_caller_finish(&lane->caller);
	return NULL;
}
