/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_SERVICE_WIN32_H
#define PL_OS_SERVICE_WIN32_H

/*
 * How the service manager's thread reaches process_win32.c.
 *
 * Threads: any, after pl_process_hold_stops(). Memory: none.
 */

/* Sets what pl_process_wait_stop() waits for. */
void pl_process_ask_stop(void);

#endif
