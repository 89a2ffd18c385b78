/* SPDX-License-Identifier: Apache-2.0 */
/* Decides what the person is told, when, and when it is over. */
#include "notices.h"

#include <stdio.h>
#include <string.h>

#include "words.h"

#define NEVER_MS  INT64_MIN
#define MINUTE_MS 60000

void notices_init(struct notices *n)
{
	memset(n, 0, sizeof(*n));
	for (size_t i = 0; i < NOTICES_PER_MINUTE; i++)
		n->shown_ms[i] = NEVER_MS;
	n->back_ms = NEVER_MS;
}

/* About printers, and so subject to muting and to the bound. */
static bool is_of_printer(enum notice_kind kind)
{
	return kind <= NOTICE_ERROR || kind == NOTICE_MANY;
}

static void forget(struct notices *n, size_t at)
{
	n->count--;
	memmove(&n->list[at], &n->list[at + 1], (n->count - at) * sizeof(n->list[0]));
}

/* The notice of this kind and thing, made where there was none. NULL: no room. */
static struct notice *notice_of(struct notices *n, enum notice_kind kind, const char *about)
{
	struct notice *one;

	for (size_t i = 0; i < n->count; i++)
		if (n->list[i].kind == kind && strcmp(n->list[i].about, about) == 0)
			return &n->list[i];
	if (n->count == NOTICES_MAX)
		return NULL;
	one = &n->list[n->count++];
	memset(one, 0, sizeof(*one));
	one->handle = ++n->last_handle;
	one->kind = kind;
	one->told_ms = NEVER_MS;
	snprintf(one->about, sizeof(one->about), "%s", about);
	return one;
}

static size_t count_lines(const char *text)
{
	size_t lines = 1;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void say(struct notices *n, enum notice_kind kind, const char *about, const char *title,
		const char *body)
{
	struct notice *one = notice_of(n, kind, about);

	if (!one)
		return;
	one->lasts = true;
	if (strncmp(one->title, title, sizeof(one->title) - 1) == 0 &&
	    strncmp(one->body, body, sizeof(one->body) - 1) == 0)
		return;
	/* Less than was said before is no news: a bubble that stands is corrected, that is all. */
	one->changed |= one->shown || count_lines(body) >= count_lines(one->body);
	snprintf(one->title, sizeof(one->title), "%s", title);
	snprintf(one->body, sizeof(one->body), "%s", body);
}

static enum notice_kind kind_of(const struct view_alert *a)
{
	if (strstr(a->code, "jam") || strstr(a->code, "Jam"))
		return NOTICE_JAM;
	if (strcmp(a->group, "cover") == 0)
		return NOTICE_COVER;
	if (strcmp(a->group, "markerSupplies") == 0)
		return NOTICE_SUPPLY;
	if (strncmp(a->code, "inputMedia", 10) == 0 || strncmp(a->code, "inputManual", 11) == 0)
		return NOTICE_PAPER;
	return a->severity == VIEW_CRITICAL ? NOTICE_ERROR : NOTICE_KINDS;
}

static void add_sentence(char *body, size_t cap, const char *sentence)
{
	size_t n = strlen(body);

	if (n == 0)
		snprintf(body, cap, "%s", sentence);
	else if (n + strlen(sentence) + 3 < cap && !strstr(body, sentence))
		snprintf(body + n, cap - n, "\n%s", sentence);
}

/* What a person can do about it. */
static const char *advice(enum notice_kind kind)
{
	switch (kind) {
	case NOTICE_PAPER: return _("Load paper, and it goes on.");
	case NOTICE_JAM: return _("Open the covers and take the paper out.");
	case NOTICE_COVER: return _("Close the cover, and it goes on.");
	default: return NULL;
	}
}

static void look_at_printer(struct notices *n, const struct view_printer *p)
{
	char bodies[NOTICE_ERROR + 1][NOTICES_MAX_BODY] = { "" };
	char text[WORDS_MAX];

	for (size_t i = 0; i < p->alert_count; i++) {
		enum notice_kind kind = kind_of(&p->alerts[i]);

		if (kind < NOTICE_KINDS && p->alerts[i].severity != VIEW_REPORT)
			add_sentence(bodies[kind], NOTICES_MAX_BODY, words_alert(&p->alerts[i]));
	}
	/* Which supply it is says more than an alert that names none. */
	for (size_t i = 0, first = 1; i < p->supply_count; i++) {
		if (!words_shortage(&p->supplies[i], text))
			continue;
		if (first)
			bodies[NOTICE_SUPPLY][0] = '\0';
		first = 0;
		add_sentence(bodies[NOTICE_SUPPLY], NOTICES_MAX_BODY, text);
	}
	for (int kind = 0; kind <= NOTICE_ERROR; kind++) {
		const char *what = advice((enum notice_kind)kind);

		if (!bodies[kind][0])
			continue;
		if (what)
			add_sentence(bodies[kind], NOTICES_MAX_BODY, what);
		say(n, (enum notice_kind)kind, p->key, words_name(p), bodies[kind]);
	}
	if (p->gets_firmware)
		say(n, NOTICE_FIRMWARE, p->key, words_name(p),
		    _("The printer gets new firmware. Do not unplug it and do not switch it off."));
}

static void look_at_page(struct notices *n, const struct view *v, const struct view_page *p,
			 bool may_answer)
{
	char body[NOTICES_MAX_BODY]; /* holds WORDS_MAX */

	words_page(v, p, body);
	if (!p->asked) {
		add_sentence(
			body, sizeof(body),
			_("You can end it at any time, here or in the menu of the printer icon."));
		say(n, NOTICE_OPEN, p->id, _("A remote page is open"), body);
		return;
	}
	if (!may_answer)
		return;
	add_sentence(body, sizeof(body), _("Without an answer it is not shown."));
	if (p->firmware)
		add_sentence(body, sizeof(body), _("New firmware may be put on the printer."));
	say(n, NOTICE_ASKED, p->id, _("May a remote page be shown?"), body);
}

/* False: it is over, unless the view says it again. */
static bool may_last(const struct notices *n, const struct notice *one, const struct view *v,
		     int64_t now_ms)
{
	if (one->kind == NOTICE_MANY)
		return one->lasts;
	if (one->kind > NOTICE_ERROR)
		return false;
	return one->lasts &&
	       (!v->has_agent || (now_ms < n->back_ms && !view_printer(v, one->about)));
}

void notices_update(struct notices *n, const struct view *v, int64_t now_ms, bool may_answer,
		    bool muted)
{
	if (v->has_agent && n->lost)
		n->back_ms = now_ms + NOTICES_BACK_MS;
	n->lost = !v->has_agent;
	n->muted = muted;
	for (size_t i = 0; i < n->count; i++)
		n->list[i].lasts = may_last(n, &n->list[i], v, now_ms);
	for (size_t i = 0; i < v->printer_count; i++)
		look_at_printer(n, &v->printers[i]);
	for (size_t i = 0; i < v->page_count; i++)
		look_at_page(n, v, &v->pages[i], may_answer);
}

/* When another bubble about a printer may be shown. */
static int64_t room_ms(const struct notices *n)
{
	int64_t oldest = n->shown_ms[0];

	for (size_t i = 1; i < NOTICES_PER_MINUTE; i++)
		if (n->shown_ms[i] < oldest)
			oldest = n->shown_ms[i];
	return oldest == NEVER_MS ? NEVER_MS : oldest + MINUTE_MS;
}

static void take_room(struct notices *n, int64_t now_ms)
{
	size_t oldest = 0;

	for (size_t i = 1; i < NOTICES_PER_MINUTE; i++)
		if (n->shown_ms[i] < n->shown_ms[oldest])
			oldest = i;
	n->shown_ms[oldest] = now_ms;
}

static bool is_untold(const struct notice *one)
{
	return one->lasts && one->kind != NOTICE_MANY && (!one->told || one->changed);
}

/* When this one may be told. */
static int64_t due_ms(const struct notices *n, const struct notice *one)
{
	int64_t room = room_ms(n), quiet;

	if (!is_of_printer(one->kind) || n->muted)
		return NEVER_MS;
	/* One that is on the screen is only written anew. */
	quiet = one->told_ms == NEVER_MS || one->shown ? NEVER_MS : one->told_ms + NOTICES_QUIET_MS;
	return quiet > room ? quiet : room;
}

static void tell(struct notices *n, struct notice *one, int64_t now_ms)
{
	one->told = true;
	one->changed = false;
	one->shown = true;
	one->told_ms = now_ms;
	if (is_of_printer(one->kind))
		take_room(n, now_ms);
}

/* How many had to wait because there is no room: told together by one bubble. */
static size_t count_waiting(const struct notices *n, int64_t now_ms)
{
	size_t waiting = 0;

	if (n->muted || room_ms(n) <= now_ms)
		return 0;
	for (size_t i = 0; i < n->count; i++)
		waiting += is_of_printer(n->list[i].kind) && is_untold(&n->list[i]) &&
			   !n->list[i].told;
	return waiting;
}

/* One bubble for all that wait; they count as told. */
static const struct notice *tell_many(struct notices *n, int64_t now_ms)
{
	size_t waiting = count_waiting(n, now_ms);
	struct notice *many;
	char title[NOTICES_MAX_TITLE];

	if (waiting == 0)
		return NULL;
	snprintf(title, sizeof(title),
		 ngettext("%d more message about printers", "%d more messages about printers",
			  (unsigned long)waiting),
		 (int)waiting);
	say(n, NOTICE_MANY, "", title, _("The menu of the printer icon shows all of them."));
	many = notice_of(n, NOTICE_MANY, "");
	if (!many)
		return NULL;
	for (size_t i = 0; i < n->count; i++)
		if (is_of_printer(n->list[i].kind) && is_untold(&n->list[i])) {
			n->list[i].told = true;
			n->list[i].changed = false;
			n->list[i].told_ms = now_ms;
		}
	many->told = many->shown = true;
	many->changed = false;
	many->told_ms = now_ms;
	return many;
}

/* True when nothing that NOTICE_MANY stands for is left. */
static bool is_many_over(const struct notices *n)
{
	for (size_t i = 0; i < n->count; i++)
		if (n->list[i].lasts && n->list[i].kind <= NOTICE_ERROR && !n->list[i].shown)
			return false;
	return true;
}

bool notices_next(struct notices *n, int64_t now_ms, enum notice_order *ret_order,
		  const struct notice **ret_notice)
{
	for (size_t i = n->count; i-- > 0;) {
		struct notice *one = &n->list[i];

		if (one->kind == NOTICE_MANY && one->lasts)
			one->lasts = !is_many_over(n);
		if (one->lasts)
			continue;
		if (one->shown) {
			one->shown = false;
			*ret_order = NOTICE_CLOSE;
			*ret_notice = one;
			return true;
		}
		one->told = false;
		if (!is_of_printer(one->kind) || one->told_ms == NEVER_MS ||
		    one->told_ms + NOTICES_QUIET_MS <= now_ms)
			forget(n, i);
	}
	for (size_t i = 0; i < n->count; i++) {
		struct notice *one = &n->list[i];

		if (!is_untold(one) || due_ms(n, one) > now_ms)
			continue;
		if (n->muted && is_of_printer(one->kind)) {
			one->told = true;
			one->changed = false;
			continue;
		}
		tell(n, one, now_ms);
		*ret_order = NOTICE_SHOW;
		*ret_notice = one;
		return true;
	}
	*ret_notice = tell_many(n, now_ms);
	*ret_order = NOTICE_SHOW;
	return *ret_notice != NULL;
}

int64_t notices_wake_ms(const struct notices *n, int64_t now_ms)
{
	int64_t first = n->back_ms > now_ms ? n->back_ms : INT64_MAX;

	for (size_t i = 0; i < n->count; i++) {
		const struct notice *one = &n->list[i];
		int64_t at = due_ms(n, one);

		if (is_untold(one) && at > now_ms && at < first)
			first = at;
	}
	return first;
}

const struct notice *notices_find(const struct notices *n, uint32_t handle)
{
	for (size_t i = 0; i < n->count; i++)
		if (n->list[i].handle == handle)
			return &n->list[i];
	return NULL;
}

void notices_gone(struct notices *n, uint32_t handle)
{
	for (size_t i = 0; i < n->count; i++)
		if (n->list[i].handle == handle)
			n->list[i].shown = false;
}

void notices_lost(struct notices *n)
{
	for (size_t i = 0; i < n->count; i++) {
		n->list[i].shown = false;
		if (n->list[i].lasts && !is_of_printer(n->list[i].kind))
			n->list[i].told = false;
	}
}
