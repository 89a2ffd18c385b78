/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_DBUSMENU_H
#define PL_TRAY_DBUSMENU_H

/*
 * Dbusmenu: the menu on the session bus (com.canonical.dbusmenu), for the panel to draw.
 *
 * Threads: one. Memory: the caller's struct, which must not move while the bus has it.
 */

#include <systemd/sd-bus.h>

#include "menu.h"

struct dbusmenu {
	sd_bus *bus;
	const struct menu *menu;
	/* An entry that can be clicked was; it lives during the call. */
	void (*clicked)(void *arg, const struct menu_item *item);
	void *arg;
};

/* Puts the menu on this bus at `path`. Returns a negative errno where that fails. */
int dbusmenu_open(struct dbusmenu *d, sd_bus *bus, const char *path);

/* Tells whoever draws it that the menu is another one now. */
void dbusmenu_changed(struct dbusmenu *d, const char *path);

#endif
