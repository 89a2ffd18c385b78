/* SPDX-License-Identifier: Apache-2.0 */
/* One look at a printer, and what follows from it: what is reported, and when to look again. */
#include "worker_inside.h"

#include <string.h>

#include "platen/clock.h"
#include "platen/log.h"

#define LOOK_MS	      45000 /* a whole conversation; each language has a shorter bound of its own */
#define LEFT_ALONE_MS 10000 /* a printer in use is not asked again sooner */

/* True when the look brought what it was made for. */
static bool is_fruitful(const struct pl_worker *w, enum pl_depth depth)
{
	const struct pl_reading *now = w->now;

	if (depth == PL_DEPTH_PASSIVE)
		return true;
	return !now->access.busy && (now->access.tier > 0 || now->snapshot.error_count == 0);
}

/* What could not be read this time stays as it was last told; what little was told, and why it was
 * no more, is new. */
static void keep_last(struct pl_worker *w)
{
	struct pl_snapshot *now = &w->now->snapshot, told = *now;

	*now = w->tracker.last.snapshot;
	memcpy(now->errors, told.errors, sizeof(now->errors));
	now->error_count = told.error_count;
	if (told.asleep != PL_MAYBE)
		now->asleep = told.asleep;
	if (told.reasons_known) {
		now->printer_state = told.printer_state;
		now->state_source = told.state_source;
		memcpy(now->reasons, told.reasons, sizeof(now->reasons));
		now->reason_count = told.reason_count;
		now->reasons_known = true;
		now->reasons_source = told.reasons_source;
		memcpy(now->alerts, told.alerts, sizeof(now->alerts));
		now->alert_count = told.alert_count;
	}
	w->now->confidence = w->tracker.last.confidence;
	w->now->actions |= w->tracker.last.actions;
	if (!w->now->knobs.known)
		w->now->knobs = w->tracker.last.knobs;
}

/* A small look tells the state; everything else stays, for had it changed, we would look deeper.
 * The reasons stay too: it asked one language only, and that one says they are the same. */
static void add_state(struct pl_worker *w)
{
	struct pl_snapshot *now = &w->now->snapshot, small = *now;
	const struct pl_reading *last = &w->tracker.last;

	now->reasons_known = false;
	keep_last(w);
	w->now->access.tier = last->access.tier;
	memcpy(now->errors, last->snapshot.errors, sizeof(now->errors));
	now->error_count = last->snapshot.error_count;
	if (small.printer_state != PL_STATE_UNKNOWN) {
		now->printer_state = small.printer_state;
		now->state_source = small.state_source;
	}
	if (small.message[0])
		memcpy(now->message, small.message, sizeof(now->message));
}

static bool is_printing(const struct pl_reading *r)
{
	return r->snapshot.printer_state == PL_STATE_PROCESSING ||
	       (r->access.busy && r->access.owner == PL_OWNER_CUPS);
}

/* Where the kernel counts transfers, a printer that only speaks PJL needs not be asked for its
 * counters to see whether it has printed. */
static bool counts_traffic(const struct pl_worker *w)
{
	return w->traffic != PL_USB_TRAFFIC_UNKNOWN;
}

/* It was left alone for a while. If it sleeps now, our questions would have kept it awake. */
static void end_trial(struct pl_worker *w, int64_t now_ms)
{
	struct pl_pulse *p = &w->pulse;

	p->trial_ms = now_ms;
	p->kept_awake = p->asleep;
	if (p->kept_awake)
		log_info(w->key, "printer sleeps only when it is left alone: it is, when idle");
}

/* What the next look depends on. */
static void take_pulse(struct pl_worker *w, enum pl_depth depth, bool fruitful, int events)
{
	struct pl_pulse *p = &w->pulse;
	int64_t now_ms = pl_clock_now_ms();
	bool printing = is_printing(w->now), trial = pl_schedule_ends_trial(p, now_ms);

	p->way = pl_known_way(&w->known);
	p->has_small = p->way == PL_WAY_HTTP || (p->way == PL_WAY_PJL && counts_traffic(w));
	p->tells_changes = w->known.tells_changes || (p->way == PL_WAY_PJL && p->has_small);
	if (p->processing && !printing)
		p->job_ended_ms = now_ms;
	if (events > 0 || printing != p->processing)
		p->active_ms = now_ms;
	p->processing = printing;
	p->asleep = w->now->snapshot.asleep == PL_YES && !printing;
	if (p->asleep)
		p->slept_ms = now_ms;
	if (trial)
		end_trial(w, now_ms);
	p->last_look_ms = now_ms;
	p->doubts = w->tracker.flutters || w->tracker.jumps;
	if (fruitful && depth == PL_DEPTH_FULL)
		p->last_full_ms = now_ms;
	p->not_before_ms = w->now->access.busy ? now_ms + LEFT_ALONE_MS : PL_NEVER_MS;
	if (fruitful)
		p->failures = 0;
	else if (!w->now->access.busy)
		p->failures++;
}

/* State changes are logged, not polls. */
static void log_look(struct pl_worker *w, bool fruitful, int events)
{
	const struct pl_snapshot *s = &w->now->snapshot;
	bool faulty = !fruitful && !w->now->access.busy;

	if (faulty && !w->was_faulty)
		log_warn(w->key, "printer does not answer: %s",
			 s->error_count > 0 ? s->errors[0].text : "no language told anything");
	else if (!faulty && w->was_faulty)
		log_info(w->key, "printer answers again");
	else if (events > 0)
		log_info(w->key, "printer changed state=%s reasons=%zu alerts=%zu events=%d",
			 pl_printer_state_name(s->printer_state), s->reason_count, s->alert_count,
			 events);
	w->was_faulty = faulty;
}

static void publish(struct pl_worker *w, enum pl_depth depth, int64_t ticket)
{
	pthread_mutex_lock(&w->lock);
	*w->published = *w->now;
	w->has_reading = true;
	if (depth == PL_DEPTH_FULL && ticket > w->served)
		w->served = ticket;
	pthread_cond_broadcast(&w->ended);
	pthread_mutex_unlock(&w->lock);
	pl_wake_set(w->home.news);
}

/* A suspended printer that is not suspended any more was woken by somebody. */
static bool has_woken(struct pl_worker *w)
{
	bool suspended = pl_usb_power(w->home.usb, &w->dev) == PL_USB_POWER_SUSPENDED;
	bool woken = w->was_suspended && !suspended;

	w->was_suspended = suspended;
	return woken;
}

/* Somebody, most likely with a job, has talked to the printer since our last look. */
static bool was_used(struct pl_worker *w)
{
	int64_t now = pl_usb_traffic(w->home.usb, &w->dev), last = w->traffic;

	return !w->was_suspended && now != PL_USB_TRAFFIC_UNKNOWN &&
	       last != PL_USB_TRAFFIC_UNKNOWN && now != last;
}

static enum pl_result converse(struct pl_worker *w, enum pl_depth depth, struct pl_error *err)
{
	struct pl_prober prober = { .usb = w->home.usb,
				    .pjl = worker_tuning(w).pjl,
				    .wake = w->home.wake };

	return pl_probe(&prober, &w->dev, &w->known, depth, pl_clock_in_ms(LOOK_MS), w->now, err);
}

/* True when what the look found calls for everything. `used`: somebody else talked to it before. */
static bool needs_more(struct pl_worker *w, enum pl_depth depth, bool used)
{
	bool woken = has_woken(w);

	if (depth == PL_DEPTH_SMALL)
		return (w->known.changed && w->now->access.tier > 0) ||
		       (used && w->pulse.way == PL_WAY_PJL && !w->now->access.busy);
	return depth == PL_DEPTH_PASSIVE && (woken || used || w->now->access.busy);
}

static int64_t last_ticket(struct pl_worker *w)
{
	int64_t ticket;

	pthread_mutex_lock(&w->lock);
	ticket = w->tickets;
	pthread_mutex_unlock(&w->lock);
	return ticket;
}

/* It was pulled out, or fell off the bus for a moment: the engine ends this worker soon, or the
 * next look finds the printer again. */
static void lose_sight(struct pl_worker *w, const struct pl_error *why)
{
	log_debug(w->key, "look ended: %s", why->text);
	w->pulse.last_look_ms = pl_clock_now_ms();
	w->pulse.failures++;
	w->was_faulty = true;
}

bool worker_look(struct pl_worker *w, enum pl_depth depth)
{
	int64_t ticket = last_ticket(w);
	struct pl_error err;
	bool fruitful, used = was_used(w);
	enum pl_result r;
	int events;

	r = converse(w, depth, &err);
	if (r == PL_OK && needs_more(w, depth, used)) {
		depth = PL_DEPTH_FULL;
		r = converse(w, depth, &err);
	}
	if (r == PL_E_CANCELLED)
		return false;
	if (r != PL_OK) {
		lose_sight(w, &err);
		return true;
	}
	fruitful = is_fruitful(w, depth);
	if (depth == PL_DEPTH_FULL && !fruitful)
		w->known.glanced = false; /* whatever was new is still to be read */
	memcpy(w->now->key, w->key, sizeof(w->key));
	if (w->tracker.primed && depth == PL_DEPTH_SMALL && fruitful)
		add_state(w);
	else if (w->tracker.primed && (depth == PL_DEPTH_PASSIVE || !fruitful))
		keep_last(w);
	events = pl_track(&w->tracker, w->now, depth == PL_DEPTH_FULL && fruitful, &w->home.outlet);
	if (events > 0 || depth == PL_DEPTH_FULL)
		pl_memory_keep(w->home.memory, w->key, w->now->usb.port_path, &w->tracker.kept);
	else
		pl_memory_catch_up(w->home.memory);
	w->traffic = pl_usb_traffic(w->home.usb, &w->dev);
	take_pulse(w, depth, fruitful, events);
	log_look(w, fruitful, events);
	publish(w, depth, ticket);
	return true;
}
