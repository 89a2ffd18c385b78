/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_SCHEDULE_H
#define PL_SCHEDULE_H

/*
 * Schedule: when a printer is asked again, and how much. One pure function of what is known now:
 * a printer at work is asked often and little, an idle one seldom, a sleeping one not at all
 * (sysfs is looked at, which wakes nothing).
 *
 *     cover opened 20 s ago   -> active: one small request in 10 s
 *     job ended just now      -> everything in 2 s (counters have moved)
 *     nothing for an hour     -> one small request in 60 s, everything hourly
 *
 * A printer that is asked each minute and never sleeps may be kept awake by just that. Once a day
 * it is left alone for half an hour; if it sleeps then, it is from now on left alone whenever
 * nothing has happened for 5 minutes.
 *
 * Threads: pure. Memory: values. Times are milliseconds of pl_clock_now_ms().
 */

#include <stdbool.h>
#include <stdint.h>

#define PL_NEVER_MS (-1) /* a moment that has not come yet */

/* The seconds between two looks; the connector may make them longer, never shorter. */
struct pl_pace {
	int64_t busy_s, active_s, idle_s, full_active_s, full_idle_s, asleep_s;
};

/* What the built-in schedule says. */
void pl_pace_init(struct pl_pace *pace);

/* Takes over one interval that the connector asks for; shorter than the built-in one or longer than
 * a day is bent to that. Names: "busy_s", "active_s", … False: no such name. */
bool pl_pace_slow(struct pl_pace *pace, const char *name, int64_t seconds);

/* Which questions a printer can be asked cheaply. */
enum pl_way {
	PL_WAY_ID,   /* only its 1284 ID */
	PL_WAY_PJL,  /* the print pipe, when it is idle: seldom */
	PL_WAY_HTTP, /* IPP or LEDM: small questions are possible */
};

/* How much the next look asks. */
enum pl_depth {
	PL_DEPTH_PASSIVE, /* sysfs only: wakes nothing */
	PL_DEPTH_SMALL,	  /* state, reasons, change times */
	PL_DEPTH_FULL,	  /* everything */
};

struct pl_pulse {
	enum pl_way way;
	bool processing;    /* it prints */
	bool asleep;	    /* by its own words or by its power state */
	bool kept_awake;    /* our polls would keep it from sleeping */
	bool has_small;	    /* there is a question smaller than everything */
	bool tells_changes; /* its small answers show whether anything at all has changed */
	bool doubts;	    /* something was seen once, and is to be seen again before it is told */
	bool wants_full;    /* somebody asked, or a change was seen: everything, now */
	int64_t attached_ms;  /* when it was plugged in or the agent started */
	int64_t active_ms;    /* last sign of life: job, alert, action, PL_NEVER_MS */
	int64_t job_ended_ms; /* end of the last job not yet followed by a full look */
	int64_t slept_ms;     /* when it was last seen asleep, PL_NEVER_MS */
	int64_t trial_ms; /* when it was last left alone to see whether it sleeps, PL_NEVER_MS */
	int64_t last_look_ms;  /* last look of any depth, PL_NEVER_MS */
	int64_t last_full_ms;  /* last full look that succeeded, PL_NEVER_MS */
	int failures;	       /* looks in a row that brought nothing */
	int64_t not_before_ms; /* it was printing or held: left alone until then; PL_NEVER_MS */
};

/* Nothing is known yet of a printer that was attached at `now_ms`. */
void pl_pulse_init(struct pl_pulse *pulse, int64_t now_ms);

/* True when the look at `now_ms` ends a time in which the printer was left alone to see whether it
 * sleeps: what it says now decides `kept_awake`. */
bool pl_schedule_ends_trial(const struct pl_pulse *pulse, int64_t now_ms);

/* When to look next (`PL_FOREVER`: only when something happens) and how deep. `now_ms` decides what
 * "active" means; the moment may lie in the past: look now. */
void pl_schedule_next(const struct pl_pulse *pulse, const struct pl_pace *pace, int64_t now_ms,
		      int64_t *ret_at_ms, enum pl_depth *ret_depth);

#endif
