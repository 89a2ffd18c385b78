/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the menu from what is known. */
#include "menu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

/* What entries mean; with a key behind it, whose. */
enum meaning {
	OF_PRINTER = 1,
	OF_ALERT,
	OF_SUPPLY,
	OF_STATE,
	OF_MORE,
	OF_LINK,
	OF_PAGE,
	OF_ALLOW,
	OF_DENY,
	OF_END,
	OF_SENT,
	OF_MUTE,
	OF_DIAG,
	OF_ABOUT,
	OF_VERSION,
	OF_AGENT,
	OF_PROMISE,
	OF_TROUBLE,
	OF_LINE, /* a separator */
};

/* FNV-1a. */
static uint64_t meaning_of(enum meaning what, const char *key, size_t at)
{
	uint64_t h = 14695981039346656037u;

	h = (h ^ (uint64_t)what) * 1099511628211u;
	h = (h ^ (uint64_t)at) * 1099511628211u;
	for (; *key; key++)
		h = (h ^ (unsigned char)*key) * 1099511628211u;
	return h;
}

/* "_" marks the next letter as a mnemonic; "__" is an underline. */
static void set_label(struct menu_item *item, const char *text)
{
	size_t n = 0;

	for (; *text && n + 2 < sizeof(item->label); text++) {
		if (*text == '_')
			item->label[n++] = '_';
		item->label[n++] = *text;
	}
	/* Not in the middle of a character. */
	while (*text && n > 0 && ((unsigned char)*text & 0xc0) == 0x80) {
		text--;
		n--;
	}
	item->label[n] = '\0';
}

/* Adds an entry that does nothing yet; the last place is overwritten by what comes too late. */
static struct menu_item *add(struct menu *menu, int32_t parent, uint64_t meaning, const char *text)
{
	size_t at = menu->count < MENU_MAX_ITEMS ? menu->count++ : MENU_MAX_ITEMS - 1;
	struct menu_item *item = &menu->items[at];

	memset(item, 0, sizeof(*item));
	item->parent = parent;
	item->meaning = meaning;
	item->id = (int32_t)at + 1; /* until numbers are given out */
	set_label(item, text);
	return item;
}

static void add_line(struct menu *menu, size_t at)
{
	add(menu, 0, meaning_of(OF_LINE, "", at), "")->separator = true;
}

static struct menu_item *add_act(struct menu *menu, int32_t parent, enum meaning what,
				 enum menu_act act, const char *page, const char *text)
{
	struct menu_item *item = add(menu, parent, meaning_of(what, page, 0), text);

	item->act = act;
	item->enabled = true;
	snprintf(item->page, sizeof(item->page), "%s", page);
	return item;
}

static void add_printer(struct menu *menu, const struct view_printer *p)
{
	char state[WORDS_MAX], text[WORDS_MAX + VIEW_MAX_NAME];
	struct menu_item *top;
	int32_t id;

	words_state(p, state);
	snprintf(text, sizeof(text), "%s: %s", words_name(p), state);
	top = add(menu, 0, meaning_of(OF_PRINTER, p->key, 0), text);
	top->enabled = top->is_parent = true;
	id = top->id;
	if (p->alert_count == 0)
		add(menu, id, meaning_of(OF_STATE, p->key, 0), state);
	for (size_t i = 0; i < p->alert_count; i++)
		add(menu, id, meaning_of(OF_ALERT, p->key, i), words_alert(&p->alerts[i]));
	for (size_t i = 0; i < p->supply_count; i++) {
		words_supply(&p->supplies[i], text);
		add(menu, id, meaning_of(OF_SUPPLY, p->key, i), text);
	}
}

static void add_printers(struct menu *menu, const struct view *v)
{
	char text[WORDS_MAX];

	for (size_t i = 0; i < v->printer_count; i++)
		add_printer(menu, &v->printers[i]);
	if (v->more_printers > 0) {
		snprintf(text, sizeof(text),
			 ngettext("and %d more printer", "and %d more printers", v->more_printers),
			 (int)v->more_printers);
		add(menu, 0, meaning_of(OF_MORE, "", 0), text);
	}
	if (v->has_agent && v->printer_count == 0)
		add(menu, 0, meaning_of(OF_MORE, "", 1), _("No USB printer is attached"));
}

static void add_page(struct menu *menu, const struct view *v, const struct view_page *p,
		     bool may_answer)
{
	char text[WORDS_MAX], whole[WORDS_MAX + 32];

	words_page(v, p, text);
	if (!p->asked) {
		/* TRANSLATORS: behind it stands who sees which printer's page */
		snprintf(whole, sizeof(whole), _("Remote page open: end it (%s)"), text);
		add_act(menu, 0, OF_END, MENU_END, p->id, whole)->enabled = may_answer;
		return;
	}
	add(menu, 0, meaning_of(OF_PAGE, p->id, 0), text);
	add_act(menu, 0, OF_ALLOW, MENU_ALLOW, p->id, _("Allow it"))->enabled = may_answer;
	add_act(menu, 0, OF_DENY, MENU_DENY, p->id, _("Do not allow it"))->enabled = may_answer;
}

static void add_about(struct menu *menu, const struct view *v)
{
	struct menu_item *about = add(menu, 0, meaning_of(OF_ABOUT, "", 0), _("About Platen"));
	int32_t id = about->id;
	char text[WORDS_MAX];

	about->enabled = about->is_parent = true;
	add(menu, id, meaning_of(OF_VERSION, "", 0), "Platen " PL_VERSION);
	if (v->has_agent && strcmp(v->version, PL_VERSION) != 0) {
		snprintf(text, sizeof(text), _("The service is version %s"), v->version);
		add(menu, id, meaning_of(OF_AGENT, "", 0), text);
	}
	add(menu, id, meaning_of(OF_PROMISE, "", 0),
	    _("Reads USB printers for their administrators"));
	add(menu, id, meaning_of(OF_PROMISE, "", 1),
	    _("No document, job or user name leaves this PC"));
}

static void add_all(struct menu *menu, const struct view *v, const struct menu_state *state)
{
	char text[WORDS_MAX];
	struct menu_item *item;

	for (size_t i = 0; i < v->page_count; i++)
		add_page(menu, v, &v->pages[i], state->may_answer);
	if (v->page_count > 0)
		add_line(menu, 0);
	add_printers(menu, v);
	if (menu->count > 0)
		add_line(menu, 1);
	words_link(v, text);
	add(menu, 0, meaning_of(OF_LINK, "", 0), text);
	if (v->has_agent && !v->connected && v->trouble[0])
		add(menu, 0, meaning_of(OF_TROUBLE, "", 0), v->trouble);
	item = add_act(menu, 0, OF_SENT, MENU_SENT, "", _("What is sent"));
	item->enabled = v->has_agent && !state->busy;
	item = add_act(menu, 0, OF_DIAG, MENU_DIAG, "", _("Make a diagnostics bundle"));
	item->enabled = v->has_agent && state->can_diag && !state->busy;
	item = add_act(menu, 0, OF_MUTE, MENU_MUTE, "", _("No messages about printers"));
	item->has_check = true;
	item->checked = state->muted;
	add_line(menu, 2);
	add_about(menu, v);
}

/* True when an entry before this one has the number already. */
static bool is_taken(const struct menu *now, size_t at, int32_t id)
{
	for (size_t i = 0; i < at; i++)
		if (now->items[i].id == id)
			return true;
	return false;
}

/* The number that the entry of this meaning had, the second of a meaning the second's; 0: none. */
static int32_t old_id(const struct menu *old, const struct menu *now, size_t at)
{
	for (size_t i = 0; i < old->count; i++)
		if (old->items[i].meaning == now->items[at].meaning &&
		    !is_taken(now, at, old->items[i].id))
			return old->items[i].id;
	return 0;
}

/* Numbers that stand for places become numbers that stand for meanings. */
static void number(struct menu *menu, const struct menu *old)
{
	for (size_t i = 0; i < menu->count; i++) {
		int32_t id = old_id(old, menu, i), place = (int32_t)i + 1;

		menu->items[i].id = id ? id : ++menu->last_id;
		for (size_t k = i + 1; k < menu->count && menu->items[i].is_parent; k++)
			if (menu->items[k].parent == place)
				menu->items[k].parent = -menu->items[i].id;
	}
	for (size_t i = 0; i < menu->count; i++)
		if (menu->items[i].parent < 0)
			menu->items[i].parent = -menu->items[i].parent;
}

void menu_init(struct menu *menu)
{
	memset(menu, 0, sizeof(*menu));
}

bool menu_build(struct menu *menu, const struct view *v, const struct menu_state *state)
{
	struct menu *now = calloc(1, sizeof(*now));
	bool changed = false;

	if (!now)
		return false;
	now->last_id = menu->last_id;
	now->revision = menu->revision;
	add_all(now, v, state);
	number(now, menu);
	changed = now->count != menu->count ||
		  memcmp(now->items, menu->items, now->count * sizeof(now->items[0])) != 0;
	if (changed) {
		now->revision++;
		*menu = *now;
	}
	free(now);
	return changed;
}

const struct menu_item *menu_find(const struct menu *menu, int32_t id)
{
	for (size_t i = 0; i < menu->count; i++)
		if (menu->items[i].id == id)
			return &menu->items[i];
	return NULL;
}
