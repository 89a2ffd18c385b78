/* SPDX-License-Identifier: Apache-2.0 */
/* The report thread: enrolment first, then records, states of actions, renewal. It sleeps in the
 * spool's condition until something urgent comes or the connector's interval is over. */
#include <stdio.h>

#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"
#include "platen/random.h"
#include "uplink_batch.h"
#include "uplink_enroll.h"
#include "uplink_state.h"

#define CALL_MS	       60000
#define IDLE_CLOSE_MS  10000
#define RENEW_RETRY_MS 3600000

struct report {
	struct pl_uplink *u;
	struct pl_caller caller;
	int generation;
	int attempt;	     /* failures in a row */
	int64_t retry_at_ms; /* 0: not backing off */
	int64_t next_ms;     /* when the interval is over; 0: at once */
	int64_t close_ms;    /* when an idle connection is closed */
	int64_t renew_ms;    /* not before */
	struct pl_batch batch;
};

static enum pl_result post_action(struct report *p, const char *id, int revision,
				  const struct pl_bytes *body, struct pl_error *err)
{
	struct pl_uplink *u = p->u;
	struct pl_call call = { .method = "POST", .body = pl_bytes_span(body) };
	struct pl_answer answer = { 0 };
	char target[PL_MAX_ID + 32];
	bool cancel = false;
	enum pl_result r;

	snprintf(target, sizeof(target), "/sda/v1/actions/%s", id);
	call.target = target;
	r = pl_call(&p->caller, &call, pl_clock_in_ms(CALL_MS), &answer, err);
	if (r != PL_OK)
		return r;
	if (answer.status == 200 || answer.status == 404) {
		pl_actions_posted(u->options.actions, id, revision);
		pl_uplink_contact(u);
	} else {
		pl_uplink_heed(u, &answer);
		r = pl_answer_error(&answer, err);
	}
	if (answer.status == 200 && pl_json_bool(answer.doc, "cancel", &cancel) && cancel)
		pl_actions_cancel(u->options.actions, id);
	pl_answer_finish(&answer);
	return r;
}

static enum pl_result post_actions(struct report *p, struct pl_error *err)
{
	char id[PL_MAX_ID];
	struct pl_bytes body;
	int revision;
	enum pl_result r = PL_OK;

	pl_bytes_init(&body, 4096);
	while (r == PL_OK && pl_actions_next_post(p->u->options.actions, id, &body, &revision)) {
		r = post_action(p, id, revision, &body, err);
		pl_bytes_clear(&body);
	}
	pl_bytes_finish(&body);
	return r;
}

/* Full jitter would lose too much of the interval; a tenth keeps a fleet from marching in step. */
static int64_t interval_ms(struct pl_uplink *u)
{
	int64_t ms;

	pthread_mutex_lock(&u->lock);
	ms = u->status.report_interval_s * 1000;
	pthread_mutex_unlock(&u->lock);
	return ms - (int64_t)pl_random_below((uint64_t)ms / 10 + 1);
}

static enum pl_result send_records(struct report *p, struct pl_error *err)
{
	struct pl_spool_state state;
	enum pl_result r = PL_OK;

	pl_spool_state(p->u->options.spool, &state);
	if (state.urgent == 0 && pl_clock_now_ms() < p->next_ms)
		return PL_OK;
	do { /* the first batch is a sign of life also when it is empty */
		r = pl_uplink_send_batch(p->u, &p->caller, &p->batch, err);
		pl_spool_state(p->u->options.spool, &state);
	} while (r == PL_OK && p->batch.more && state.records > 0 && !pl_uplink_is_stopping(p->u));
	if (r == PL_OK)
		p->next_ms = pl_clock_in_ms(interval_ms(p->u));
	return r;
}

/* Wall time at which the certificate should be renewed, by the connector's clock. */
static bool renewal_is_due(struct report *p)
{
	struct pl_uplink *u = p->u;
	bool due;

	pthread_mutex_lock(&u->lock);
	due = u->renew_now || pl_clock_wall_ms() + u->status.clock_offset_ms >=
				      pl_enroll_renew_at_ms(&u->enrolment);
	pthread_mutex_unlock(&u->lock);
	return due && pl_clock_now_ms() >= p->renew_ms;
}

static enum pl_result renew(struct report *p, struct pl_error *err)
{
	enum pl_result r = pl_uplink_renew(p->u, &p->caller, err);

	if (r == PL_OK)
		return pl_uplink_caller(p->u, p->u->report_wake, &p->caller, &p->generation, err);
	p->renew_ms = pl_clock_in_ms(RENEW_RETRY_MS);
	log_warn(NULL, "the certificate cannot be renewed: %s", err->text);
	/* The old one may still serve; where it does not, the next call says so. */
	return r == PL_E_DENIED || r == PL_E_REFUSED ? PL_OK : r;
}

static enum pl_result do_due(struct report *p, struct pl_error *err)
{
	enum pl_result r;

	r = pl_uplink_caller(p->u, p->u->report_wake, &p->caller, &p->generation, err);
	if (r == PL_OK && renewal_is_due(p))
		r = renew(p, err);
	if (r == PL_OK)
		r = post_actions(p, err);
	if (r == PL_OK)
		r = send_records(p, err);
	p->close_ms = pl_clock_in_ms(IDLE_CLOSE_MS);
	return r;
}

/* --- the loop --- */

static void back_off(struct report *p, const char *what, int64_t retry_s,
		     const struct pl_error *err)
{
	int64_t wait_ms = pl_next_try_ms(err->code, ++p->attempt, retry_s);

	p->retry_at_ms = pl_clock_in_ms(wait_ms);
	pl_caller_hang_up(&p->caller);
	pl_uplink_trouble(p->u, what, err, wait_ms);
}

static void forgive(struct report *p)
{
	p->attempt = 0;
	p->retry_at_ms = 0;
}

/* One round: enrol if wanted, else what is due. */
static void round_of_work(struct report *p)
{
	struct pl_error err = { 0 };
	struct pl_ask ask;
	int64_t retry_s = -1;
	bool wanted = pl_uplink_wants_enrolment(p->u, &ask);
	enum pl_result r;

	if (!wanted && !pl_uplink_is_enrolled(p->u))
		return;
	p->batch.retry_s = -1;
	r = wanted ? pl_uplink_try_enrolment(p->u, &ask, &retry_s, &err) : do_due(p, &err);
	if (r == PL_E_CANCELLED)
		return;
	err.code = r;
	if (r == PL_OK || (wanted && r == PL_E_DENIED))
		forgive(p);
	else if (wanted || pl_uplink_is_enrolled(p->u))
		back_off(p, wanted ? "enrolment" : "the report",
			 wanted ? retry_s : p->batch.retry_s, &err);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When there is something to do though nobody calls. */
static int64_t next_wake_ms(const struct report *p)
{
	struct pl_ask ask;
	int64_t by_ms = PL_FOREVER;

	if (p->retry_at_ms > 0)
		by_ms = p->retry_at_ms;
	else if (pl_uplink_wants_enrolment(p->u, &ask))
		by_ms = 0;
	else if (pl_uplink_is_enrolled(p->u))
		by_ms = p->next_ms;
	return p->caller.stream ? earlier(by_ms, p->close_ms) : by_ms;
}

static bool take_hurry(struct pl_uplink *u)
{
	bool hurry;

	pthread_mutex_lock(&u->lock);
	hurry = u->hurry;
	u->hurry = false;
	pthread_mutex_unlock(&u->lock);
	return hurry;
}

void *pl_uplink_report(void *uplink)
{
	struct report p = { .u = uplink, .batch.max_records = PL_MAX_BATCH };

	while (!pl_uplink_is_stopping(p.u)) {
		if (take_hurry(p.u))
			forgive(&p);
		if (p.retry_at_ms <= pl_clock_now_ms())
			round_of_work(&p);
		if (p.caller.stream && pl_clock_now_ms() >= p.close_ms)
			pl_caller_hang_up(&p.caller);
		(void)pl_spool_wait(p.u->options.spool, next_wake_ms(&p));
	}
	pl_caller_finish(&p.caller);
	return NULL;
}
