/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_MENU_H
#define PL_TRAY_MENU_H

/*
 * Menu: the entries behind the icon, as a tree in a flat list; a child follows its parent.
 *
 *     HP LaserJet: ready  >  Black toner: 51 %
 *     ─────────
 *     Connected to print.example.org
 *
 * An entry keeps its number as long as it means the same, and numbers are not used again: a click
 * that was on its way while the menu changed never hits another entry.
 * Threads: pure. Memory: values, about 130 KB; keep them off the stack.
 */

#include <stdint.h>

#include "view.h"

#define MENU_MAX_ITEMS 480
#define MENU_MAX_LABEL 200

enum menu_act {
	MENU_NOTHING,
	MENU_ALLOW,
	MENU_DENY,
	MENU_END,
	MENU_SENT,
	MENU_DIAG,
	MENU_MUTE,
};

struct menu_item {
	int32_t id;	  /* > 0 */
	int32_t parent;	  /* 0: the menu itself */
	uint64_t meaning; /* the same for the same entry in the next menu */
	enum menu_act act;
	bool separator, enabled, has_check, checked, is_parent;
	char page[VIEW_MAX_KEY];    /* of MENU_ALLOW, MENU_DENY, MENU_END */
	char label[MENU_MAX_LABEL]; /* with mnemonics escaped: "_" stands as "__" */
};

struct menu {
	uint32_t revision; /* rises with every change */
	int32_t last_id;
	struct menu_item items[MENU_MAX_ITEMS];
	size_t count;
};

/* What beside the view decides about the entries. */
struct menu_state {
	bool may_answer; /* the person is at the PC's own screen */
	bool muted;
	bool can_diag;
	bool busy; /* a bundle or list is being made */
};

void menu_init(struct menu *menu);

/* Makes the menu anew. Returns true when it is another one than before. */
bool menu_build(struct menu *menu, const struct view *v, const struct menu_state *state);

/* The entry of this number; NULL: none (any more). */
const struct menu_item *menu_find(const struct menu *menu, int32_t id);

#endif
