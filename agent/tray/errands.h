/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_ERRANDS_H
#define PL_TRAY_ERRANDS_H

/*
 * Errands: what the menu has done by the platen command: the list of what was sent, put into a file
 * for the person alone and opened with what the desktop opens texts with (a text, for a browser may
 * be locked out of the folder); and a diagnostics bundle in the home folder.
 *
 * Threads: one, in an event loop. Memory: the caller's struct, which must not move meanwhile.
 */

#include <limits.h>
#include <stdbool.h>

#include <systemd/sd-event.h>

struct errands {
	sd_event *event;
	const char *socket; /* of the agent */
	bool busy;	    /* one at a time */
	bool can_diag;	    /* this platen makes bundles */
	int file;	    /* being written */
	char path[PATH_MAX];
	/* `busy` or `can_diag` changed. */
	void (*changed)(void *arg);
	/* Something for the person to know. */
	void (*say)(void *arg, const char *title, const char *body);
	void *arg;
};

/* Finds out what this platen can do. */
void errands_open(struct errands *e);

void errands_show_sent(struct errands *e);
void errands_make_bundle(struct errands *e);

#endif
