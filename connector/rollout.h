/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ROLLOUT_H
#define PL_ROLLOUT_H

/*
 * Roll-out: a package on its way to many printers, ring by ring. A ring is begun when the one
 * before it has ended well enough; a share of failures stops it; a window of the day holds it back.
 *
 *     rings [5, 25, 100]: the first 5 % of the printers, then up to 25 %, then all
 *
 * A roll-out is  running -> paused -> running …  -> stopped | done | cancelled; stopped may be
 * resumed. A printer of it is  waiting -> started -> done | failed | cancelled,  or skipped.
 * Threads: the store's for what writes; the turn from housekeeping. Memory: plain values.
 */

#include "package_store.h"
#include "server.h"
#include "time_zone.h"

#define PL_MAX_RINGS	       10
#define PL_MAX_ROLLOUT_DEVICES 20000

struct pl_rollout {
	char id[PL_MAX_ID];		   /* made by pl_rollout_create() */
	const char *customer_id, *site_id; /* site "" for all of the customer's */
	const char *name, *created_by;
	struct pl_package package;
	bool force;
	int rings[PL_MAX_RINGS]; /* percent, rising, the last is 100 */
	int ring_count;
	int stop_percent;	    /* more than this share of a ring failed: it stops */
	int window_from, window_to; /* minutes of the day; -1: any time */
	char time_zone[PL_MAX_TIME_ZONE];
	int64_t now_ms;
	int64_t device_count; /* told by pl_rollout_create() */
};

/* Makes one with every printer of the place that the package fits, in an order that only chance
 * knows. Returns PL_OK | PL_E_REFUSED (it fits none of them) | what the store says. */
enum pl_result pl_rollout_create(struct pl_db *db, struct pl_rollout *rollout,
				 struct pl_error *err);

enum pl_rollout_verb { PL_ROLLOUT_PAUSE, PL_ROLLOUT_RESUME, PL_ROLLOUT_CANCEL };

/* What an administrator does to it. Returns PL_OK | PL_E_NOT_FOUND | PL_E_REFUSED (not in this
 * state). Cancelling withdraws what its printers have not begun. */
enum pl_result pl_rollout_do(struct pl_db *db, const char *id, enum pl_rollout_verb verb,
			     struct pl_error *err);

/* True where pl_rollout_turn() has something to look at. */
bool pl_rollout_is_due(struct pl_db *reader);

/* One turn of all of them: what ended is counted, what may begin begins. */
void pl_rollout_turn(struct pl_server *server);

#endif
