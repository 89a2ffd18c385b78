/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_ITEM_H
#define PL_TRAY_ITEM_H

/*
 * Item: the icon itself, a StatusNotifierItem on the session bus at /StatusNotifierItem.
 * It registers with whoever watches for items (a panel), and again whenever that is another one;
 * where nobody does, it waits without a sound.
 *
 * Threads: one. Memory: the caller's struct, which must not move while the bus has it.
 */

#include <systemd/sd-bus.h>

#include "view.h"

#define ITEM_MENU_PATH "/MenuBar"
#define ITEM_MAX_ICON  48 /* bytes of an icon's name, with NUL */

struct item {
	sd_bus *bus;
	char name[64]; /* of this item on the bus */
	const char *icon_dir;
	enum view_mood mood;
	bool dark; /* the panel is */
	char icon[ITEM_MAX_ICON];
	char tip[256];
	/* The icon was clicked, where the panel does not show the menu itself. */
	void (*activated)(void *arg);
	void *arg;
};

/* Puts the item on this bus. Returns a negative errno where that fails. */
int item_open(struct item *item, sd_bus *bus);

/* Shows another state; panels are told of what changed. */
void item_show(struct item *item, enum view_mood mood, bool dark, const char *tip);

#endif
