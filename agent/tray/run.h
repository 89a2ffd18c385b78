/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_RUN_H
#define PL_TRAY_RUN_H

/*
 * Run: starts another program (platen, xdg-open) without waiting for it.
 *
 * Threads: one, in an event loop with SIGCHLD blocked. Memory: frees itself.
 */

#include <systemd/sd-event.h>

#define RUN_MAX_SAID 512 /* bytes of what it said on stderr, with NUL */

struct run_end {
	int code;		 /* exit code; -1: it was killed, or could not be started */
	char said[RUN_MAX_SAID]; /* the end of its stderr, one line */
};

/* Starts `words` (ended by NULL; the first is looked for in PATH) with its standard output going
 * to `out`, a descriptor that stays the caller's (-1: nowhere). `ended` is called once, also from
 * within; NULL: nobody wants to know. */
void run_start(sd_event *event, const char *const *words, int out,
	       void (*ended)(void *arg, const struct run_end *end), void *arg);

#endif
