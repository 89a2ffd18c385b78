/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_NOTICES_H
#define PL_TRAY_NOTICES_H

/*
 * Notices: what the person is told by a bubble, decided from one view after the other.
 * Each thing is told once; while it lasts its bubble is replaced when there is more to say, and
 * closed when it is over. What comes and goes is not told again for a while; more than a few in a
 * minute become one bubble that counts them. Who muted them is still asked whether a remote page
 * may be shown, and still warned of a printer that must not be unplugged.
 *
 *     notices_update(&n, &view, …);
 *     while (notices_next(&n, now_ms, &order)) show or close what the order says
 *
 * Threads: pure. Memory: values; keep them off the stack.
 */

#include <stdint.h>

#include "view.h"

#define NOTICES_MAX	   64
#define NOTICES_PER_MINUTE 6	 /* bubbles about printers */
#define NOTICES_QUIET_MS   60000 /* before the same thing is told again */
#define NOTICES_BACK_MS	   30000 /* in which an agent that is back finds its printers again */
#define NOTICES_MAX_TITLE  160
#define NOTICES_MAX_BODY   512

enum notice_kind {
	NOTICE_PAPER,
	NOTICE_JAM,
	NOTICE_COVER,
	NOTICE_SUPPLY,
	NOTICE_ERROR,
	NOTICE_FIRMWARE,
	NOTICE_ASKED,
	NOTICE_OPEN,
	NOTICE_MANY, /* stands for all that would have been too many */
	NOTICE_KINDS
};

struct notice {
	uint32_t handle; /* ours; never used again */
	enum notice_kind kind;
	char about[VIEW_MAX_KEY]; /* a printer's key or a page's id; "" of NOTICE_MANY */
	char title[NOTICES_MAX_TITLE], body[NOTICES_MAX_BODY];
	bool lasts;	 /* it is so now */
	bool told;	 /* the person knows, or does not want to */
	bool changed;	 /* since it was told */
	bool shown;	 /* a bubble is there, as far as we know */
	int64_t told_ms; /* when it was told last; INT64_MIN never */
};

struct notices {
	struct notice list[NOTICES_MAX];
	size_t count;
	uint32_t last_handle;
	int64_t shown_ms[NOTICES_PER_MINUTE]; /* the latest bubbles about printers */
	bool muted;
	bool lost;	 /* the agent is not there */
	int64_t back_ms; /* until when printers may be missing because it was not */
};

enum notice_order { NOTICE_SHOW, NOTICE_CLOSE };

void notices_init(struct notices *n);

/* Takes a view over. `may_answer`: the person is at this PC's own screen, and may be asked. Without
 * an agent what is known of printers stays: it may be back in a moment, and its printers soon
 * after. */
void notices_update(struct notices *n, const struct view *v, int64_t now_ms, bool may_answer,
		    bool muted);

/* The next thing to do; false: nothing now. A notice to close is forgotten or kept quiet after it;
 * the pointer lives until the next call. */
bool notices_next(struct notices *n, int64_t now_ms, enum notice_order *ret_order,
		  const struct notice **ret_notice);

/* When to look again, because something waits for its time; INT64_MAX: no need. */
int64_t notices_wake_ms(const struct notices *n, int64_t now_ms);

/* A bubble has gone by itself, or the person closed it. */
void notices_gone(struct notices *n, uint32_t handle);

/* The notice of this handle; NULL: over. */
const struct notice *notices_find(const struct notices *n, uint32_t handle);

/* Nobody shows bubbles any more, or somebody else does: those that ask are told anew. */
void notices_lost(struct notices *n);

#endif
