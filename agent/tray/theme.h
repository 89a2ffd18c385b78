/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_THEME_H
#define PL_TRAY_THEME_H

/*
 * Theme: whether the panel is dark, so that the icon is seen on it. There is no one place where
 * this stands: Xfce's panel has a switch of its own, GNOME's bar is dark always, and the others
 * follow the desktop's colour scheme (the settings portal).
 *
 * Threads: one. Memory: the caller's struct, which must not move while the bus has it.
 */

#include <stdbool.h>

#include <systemd/sd-bus.h>

struct theme {
	sd_bus *bus;
	bool dark;
	void (*changed)(void *arg);
	void *arg;
};

/* Asks on this bus, and listens for changes; until something is told the panel is held for dark.
 * Returns a negative errno where that fails. */
int theme_open(struct theme *theme, sd_bus *bus);

#endif
