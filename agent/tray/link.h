/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_LINK_H
#define PL_TRAY_LINK_H

/*
 * Link: the line to the agent, through its local socket (protocol.h). While there is an agent, it
 * watches; while there is none, the socket's folder is looked at by inotify: nothing here wakes up
 * by itself.
 *
 * Threads: one, in an event loop. Memory: free with link_close().
 */

#include <stdbool.h>

#include <systemd/sd-event.h>

#include "platen/result.h"
#include "platen/span.h"

struct link;

struct link_calls {
	/* One line of the watch, without the newline; it lives during the call. False: it makes no
	 * sense, hang up and do not call again before the agent is another one. */
	bool (*line)(void *arg, struct pl_span line);
	/* The agent is not there (any more). */
	void (*lost)(void *arg);
	void *arg;
};

/* Begins to watch at `socket`. Returns a negative errno where that fails; that nobody listens there
 * is no failure. */
int link_open(sd_event *event, const char *socket, const struct link_calls *calls,
	      struct link **ret_link);
void link_close(struct link *link); /* NULL is allowed */

#endif
