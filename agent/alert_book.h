/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ALERT_BOOK_H
#define PL_ALERT_BOOK_H

/*
 * Alert book: which alerts of a printer are told open, so that each is opened once and closed once.
 * A door that somebody opens and shuts is one event each; a sensor that flutters is not twenty:
 *
 *     open, shut, open, shut, open, … within a minute  ->  opened, closed, and then nothing until
 *                                                          it has stayed one way for 3 seconds
 *
 * Threads: pure. Memory: values, about 7 KB.
 */

#include "platen/snapshot.h"

#define PL_MAX_FLUTTERS 16

struct pl_alert_book {
	struct pl_alert open[PL_MAX_ALERTS]; /* as they were told */
	size_t count;
	struct pl_flutter {
		struct pl_alert alert;
		int64_t opened_ms;  /* when it was told open last */
		int64_t differs_ms; /* since when it is otherwise than told; PL_UNKNOWN */
		bool again;	    /* that was not the first time within the minute */
	} recent[PL_MAX_FLUTTERS];
	size_t recent_count;
};

struct pl_alert_news {
	bool opened; /* else closed */
	struct pl_alert alert;
};

/* Takes the alerts of a reading. Those that are told open get the `since_ms` of that time, new ones
 * `wall_ms` where they have none. `now_ms` is the monotonic clock. `ret_news` gets what is to be
 * told, openings first. Returns how many; *ret_doubt: something flutters, look again soon. */
size_t pl_alert_book_enter(struct pl_alert_book *book, struct pl_snapshot *s, int64_t now_ms,
			   int64_t wall_ms, struct pl_alert_news ret_news[static 2 * PL_MAX_ALERTS],
			   bool *ret_doubt);

#endif
