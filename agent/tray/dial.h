/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_DIAL_H
#define PL_TRAY_DIAL_H

/*
 * Dial: a call to the agent's local socket that never waits.
 *
 * Threads: any. Memory: none.
 */

#define DIAL_MAX_PATH 108 /* bytes of a socket's path, with NUL: what the kernel takes */

/* Calls and sends one line. Returns a descriptor to read the answers from, not to be waited on, or
 * a negative errno. */
int dial(const char *socket_path, const char *line);

#endif
