/* SPDX-License-Identifier: Apache-2.0 */
/* When a printer is asked again, and how much. */
#include "schedule.h"

#include <stddef.h>
#include <string.h>

#include "platen/clock.h"

#define SECOND		 1000
#define ACTIVE_FOR_MS	 (5 * 60 * SECOND) /* a sign of life counts this long */
#define AFTER_JOB_MS	 (2 * SECOND)	   /* counters need a moment to be true */
#define POOR_WAY_S	 60		   /* PJL takes the print pipe for a moment */
#define MAX_BACK_OFF_S	 900
#define MAX_BACK_OFF_LOG 6
#define MAX_PACE_S	 86400
#define SLEEPLESS_MS	 (60 * 60 * SECOND) /* idle, asked all the time and awake: why? */
#define LEFT_ALONE_S	 1800		    /* most printers sleep after 15 minutes or less */
#define TRIAL_EVERY_MS	 (24 * 3600LL * SECOND)

static const struct pl_pace BUILT_IN = {
	.busy_s = 5,
	.active_s = 10,
	.idle_s = 60,
	.full_active_s = 300,
	.full_idle_s = 3600,
	.asleep_s = 900,
};

static const struct {
	const char *name;
	size_t offset;
} PACES[] = {
	{ "busy_s", offsetof(struct pl_pace, busy_s) },
	{ "active_s", offsetof(struct pl_pace, active_s) },
	{ "idle_s", offsetof(struct pl_pace, idle_s) },
	{ "full_active_s", offsetof(struct pl_pace, full_active_s) },
	{ "full_idle_s", offsetof(struct pl_pace, full_idle_s) },
	{ "asleep_s", offsetof(struct pl_pace, asleep_s) },
};

void pl_pace_init(struct pl_pace *pace)
{
	*pace = BUILT_IN;
}

bool pl_pace_slow(struct pl_pace *pace, const char *name, int64_t seconds)
{
	for (size_t i = 0; i < sizeof(PACES) / sizeof(PACES[0]); i++) {
		int64_t least = *(const int64_t *)((const char *)&BUILT_IN + PACES[i].offset);
		int64_t *value = (int64_t *)((char *)pace + PACES[i].offset);

		if (strcmp(name, PACES[i].name) != 0)
			continue;
		*value = seconds < least ? least : seconds > MAX_PACE_S ? MAX_PACE_S : seconds;
		return true;
	}
	return false;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The last moment at which something happened on this printer. */
static int64_t last_life_ms(const struct pl_pulse *p)
{
	return later(p->attached_ms, later(p->active_ms, p->job_ended_ms));
}

void pl_pulse_init(struct pl_pulse *pulse, int64_t now_ms)
{
	*pulse = (struct pl_pulse){ .way = PL_WAY_ID,
				    .attached_ms = now_ms,
				    .active_ms = PL_NEVER_MS,
				    .job_ended_ms = PL_NEVER_MS,
				    .slept_ms = PL_NEVER_MS,
				    .trial_ms = PL_NEVER_MS,
				    .last_look_ms = PL_NEVER_MS,
				    .last_full_ms = PL_NEVER_MS,
				    .not_before_ms = PL_NEVER_MS };
}

/* Decided at the last look, so that the trial goes on until the next one. */
static bool is_trial(const struct pl_pulse *p)
{
	if (p->asleep || p->kept_awake || p->processing || p->failures > 0 ||
	    p->last_look_ms == PL_NEVER_MS)
		return false;
	if (p->trial_ms != PL_NEVER_MS && p->last_look_ms - p->trial_ms < TRIAL_EVERY_MS)
		return false;
	return p->last_look_ms - later(last_life_ms(p), p->slept_ms) >= SLEEPLESS_MS;
}

bool pl_schedule_ends_trial(const struct pl_pulse *p, int64_t now_ms)
{
	return is_trial(p) && now_ms - p->last_look_ms >= LEFT_ALONE_S * SECOND;
}

static bool is_active(const struct pl_pulse *p, int64_t now_ms)
{
	return p->processing || now_ms - last_life_ms(p) < ACTIVE_FOR_MS;
}

/* Seconds between two small looks. */
static int64_t small_s(const struct pl_pulse *p, const struct pl_pace *pace, int64_t now_ms)
{
	int64_t s = p->processing	   ? pace->busy_s
		    : is_active(p, now_ms) ? pace->active_s
					   : pace->idle_s;

	return p->way == PL_WAY_HTTP ? s : later(s, POOR_WAY_S);
}

/* A printer that does not answer is asked less and less often, up to every quarter of an hour. */
static int64_t back_off_s(const struct pl_pulse *p, int64_t s)
{
	int doubled = p->failures < MAX_BACK_OFF_LOG ? p->failures : MAX_BACK_OFF_LOG;

	return p->failures == 0 ? s : later(s, sooner(s << doubled, MAX_BACK_OFF_S));
}

static int64_t full_due_ms(const struct pl_pulse *p, const struct pl_pace *pace, int64_t now_ms)
{
	bool often = is_active(p, now_ms) && !p->tells_changes;
	int64_t every_s = often ? pace->full_active_s : pace->full_idle_s;

	if (p->last_full_ms == PL_NEVER_MS)
		return p->failures == 0 ? p->attached_ms : PL_FOREVER;
	if (p->job_ended_ms > p->last_full_ms)
		return p->job_ended_ms + AFTER_JOB_MS;
	if (p->doubts && p->way == PL_WAY_HTTP)
		return p->last_full_ms + pace->active_s * SECOND;
	return p->last_full_ms + every_s * SECOND;
}

void pl_schedule_next(const struct pl_pulse *p, const struct pl_pace *pace, int64_t now_ms,
		      int64_t *ret_at_ms, enum pl_depth *ret_depth)
{
	int64_t since_ms = p->last_look_ms == PL_NEVER_MS ? p->attached_ms : p->last_look_ms;
	int64_t small_ms = since_ms + back_off_s(p, small_s(p, pace, now_ms)) * SECOND;
	int64_t full_ms = full_due_ms(p, pace, now_ms);
	bool small = p->has_small && p->last_full_ms != PL_NEVER_MS;
	int64_t at_ms;
	enum pl_depth depth;

	if (p->wants_full) {
		at_ms = now_ms;
		depth = PL_DEPTH_FULL;
	} else if (p->asleep) {
		at_ms = since_ms + pace->asleep_s * SECOND;
		depth = PL_DEPTH_PASSIVE;
	} else if (p->kept_awake && !is_active(p, now_ms)) {
		at_ms = since_ms + pace->asleep_s * SECOND;
		depth = PL_DEPTH_PASSIVE;
	} else if (is_trial(p)) {
		at_ms = since_ms + later(LEFT_ALONE_S, pace->idle_s) * SECOND;
		depth = small ? PL_DEPTH_SMALL : PL_DEPTH_FULL;
	} else if (full_ms <= small_ms && !(p->processing && p->last_full_ms != PL_NEVER_MS)) {
		at_ms = full_ms;
		depth = PL_DEPTH_FULL;
	} else {
		at_ms = small_ms;
		depth = small ? PL_DEPTH_SMALL : PL_DEPTH_FULL;
	}
	*ret_at_ms = later(at_ms, p->not_before_ms);
	*ret_depth = depth;
}
