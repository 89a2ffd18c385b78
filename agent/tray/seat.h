/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_SEAT_H
#define PL_TRAY_SEAT_H

/*
 * Seat: whether this session is the one on the PC's own screen, by logind's word: a person's
 * session, active, and not from elsewhere. Only there a person is asked for consent; the agent
 * enforces the same by the caller's user.
 *
 * Threads: one, in an event loop. Memory: free with seat_close().
 */

#include <stdbool.h>

#include <systemd/sd-event.h>
#include <systemd/sd-login.h>

struct seat {
	sd_login_monitor *monitor;
	sd_event_source *io;
	bool here; /* as it was told last */
	void (*changed)(void *arg);
	void *arg;
};

/* Begins to look; `changed` is called when `here` is another. Without logind nobody is here. */
void seat_open(struct seat *seat, sd_event *event, void (*changed)(void *arg), void *arg);
void seat_close(struct seat *seat);

#endif
