/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_PROCESS_H
#define PL_OS_PROCESS_H

/*
 * Process: when this program is asked to stop, and what its terminal is like.
 *
 * Threads: see each function.
 */

#include <stdbool.h>
#include <stdint.h>

/* Keeps stop requests (SIGTERM, SIGINT, SIGHUP) for pl_process_wait_stop(), and makes writing to a
 * closed pipe an error instead of the end. Called by main() before any other thread exists. */
void pl_process_hold_stops(void);

/* Waits until somebody asks this program to stop. Main thread only. */
void pl_process_wait_stop(void);

/* True when standard output is a terminal that shows colours. */
bool pl_terminal_has_colour(void);

/* Columns of that terminal, or as many as COLUMNS says; 0 where it is none (no cutting then). */
int pl_terminal_columns(void);

/* Sleeps until `by_ms` or until a stop is asked for; true: asked for. For the command line. */
bool pl_process_pause(int64_t by_ms);

#endif
