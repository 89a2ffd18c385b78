/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_NOTIFY_H
#define PL_TRAY_NOTIFY_H

/*
 * Notify: shows notices as bubbles (org.freedesktop.Notifications). What the service cannot do is
 * left out: markup is escaped where it is understood, and buttons are not promised where there are
 * none. Without a service nothing is shown, and nothing is wrong.
 *
 * Threads: one. Memory: the caller's struct, which must not move while the bus has it.
 */

#include <systemd/sd-bus.h>

#include "notices.h"

struct notify_bubble {
	uint32_t handle; /* of the notice; 0: free */
	uint32_t id;	 /* of the bubble; 0: the service has not said it yet */
	bool closing;	 /* it is over before the service has said its number */
};

struct notify {
	sd_bus *bus;
	sd_bus_slot *asking; /* for capabilities */
	bool knows;	     /* them */
	bool has_actions, has_markup;
	const char *icon_dir; /* where icons lie, for services that do not know our theme */
	struct notices *notices;
	struct notify_bubble bubbles[NOTICES_MAX];
	/* A button was pressed: "allow", "deny", "end". */
	void (*pressed)(void *arg, uint32_t handle, const char *button);
	/* Something may be shown now that could not before. */
	void (*ready)(void *arg);
	void *arg;
};

/* Uses this bus from now on. Returns a negative errno where that fails. */
int notify_open(struct notify *n, sd_bus *bus);

/* True when a notice can be shown; false: it is being found out what the service can do, and
 * `ready` is called then. */
bool notify_is_ready(struct notify *n);

void notify_show(struct notify *n, const struct notice *one);
void notify_close(struct notify *n, const struct notice *one);

/* Tells one thing that is not a notice: that something is done, or went wrong. */
void notify_say(struct notify *n, const char *title, const char *body);

#endif
