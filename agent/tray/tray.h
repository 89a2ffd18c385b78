/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_TRAY_H
#define PL_TRAY_TRAY_H

/*
 * Tray: puts the parts together: what the agent tells becomes the icon, the menu and bubbles, and
 * what is clicked goes back.
 *
 *     agent ─ link ─▶ view ─▶ item (icon), menu ─▶ dbusmenu, notices ─▶ notify
 *       ▲                                              │ clicked            │ pressed
 *       └──────────────── answer ◀─────────────────────┴────────────────────┘
 *
 * Threads: one; it sleeps until a socket has something. Memory: one large struct.
 */

#include "dbusmenu.h"
#include "errands.h"
#include "item.h"
#include "link.h"
#include "menu.h"
#include "notices.h"
#include "notify.h"
#include "prefs.h"
#include "seat.h"
#include "theme.h"
#include "view.h"

struct tray {
	sd_event *event;
	sd_bus *bus;
	sd_event_source *timer;	    /* of notices that wait for their time */
	sd_event_source *bus_again; /* a bus that is away is looked for again */
	int bus_tries;
	const char *socket; /* of the agent */
	struct view view;
	struct menu menu;
	struct notices notices;
	struct item item;
	struct dbusmenu dbusmenu;
	struct notify notify;
	struct theme theme;
	struct seat seat;
	struct prefs prefs;
	struct errands errands;
	struct link *link;
};

/* Starts everything; icons are looked for in `icon_dir`. Returns a negative errno, where this
 * session has no bus. */
int tray_open(struct tray *t, const char *socket, const char *icon_dir);

/* Runs until a signal, or until the session ends or another tray takes over. */
int tray_run(struct tray *t);
void tray_close(struct tray *t);

#endif
