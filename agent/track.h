/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRACK_H
#define PL_TRACK_H

/*
 * Track: what happened to a printer between two readings: alerts opened and closed, a cartridge
 * changed, a counter that fell, a job that ended, and which sections of the snapshot are new.
 *
 *     before: impressions 931, cover open      now: impressions 941, no alerts
 *     -> alert.closed coverOpen; job.finished 931 -> 941; printer.snapshot {state, counters,
 * alerts}
 *
 * Threads: one per tracker. Memory: values, about 40 KB.
 */

#include <stdbool.h>

#include "memory.h"
#include "reading.h"
#include "report.h"

/* What a supply surely had, and since when it shows something far from that. */
struct pl_level {
	int64_t percent;  /* PL_UNKNOWN: nobody told yet */
	int64_t since_ms; /* monotonic */
};

struct pl_tracker {
	struct pl_reading last;			 /* what was reported */
	bool primed;				 /* `last` holds something */
	bool recalled;				 /* `kept` holds alerts from before a restart */
	struct pl_kept kept;			 /* what outlives a restart */
	struct pl_level levels[PL_MAX_SUPPLIES]; /* of the supplies of `last` */
	bool flutters, jumps;			 /* an alert, a level: to be looked at again soon */
	int64_t full_ms;			 /* wall time of the last full report */
	bool in_job;			 /* it was seen printing; the end is not reported yet */
	int64_t job_since_ms;		 /* wall time */
	struct pl_count job_impressions; /* before it */
};

void pl_tracker_init(struct pl_tracker *t);

/* Takes over the alerts that were open and the counters that were told when this printer was last
 * seen, from before a restart too. Before the first pl_track(). */
void pl_tracker_recall(struct pl_tracker *t, struct pl_memory *memory, const char *key);

/* Compares `now` with the last reading, gives the records to `outlet` (events first, then the
 * snapshot), and remembers `now`. Alerts of `now` get their `since_ms`. `counted`: the counters in
 * `now` were read just now. Returns how many events there were besides the snapshot. */
int pl_track(struct pl_tracker *t, struct pl_reading *now, bool counted,
	     const struct pl_outlet *outlet);

#endif
