/* SPDX-License-Identifier: Apache-2.0 */
/* The parts put together. */
#include "tray.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "answer.h"
#include "platen/clock.h"
#include "platen/log.h"
#include "words.h"

/* One tray in a session: the newest one, which knows the session as it is now. */
#define NAME "org.platen.Tray"
#define NAME_LOST                                                                                  \
	"type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"            \
	"member='NameLost',arg0='" NAME "'"
#define BUS_GONE                                                                                   \
	"type='signal',path='/org/freedesktop/DBus/Local',"                                        \
	"interface='org.freedesktop.DBus.Local',member='Disconnected'"

#define BUS_TRIES 6 /* 1, 2, 4 … s apart; then the session is over */

/* ---- outwards ---- */

static void show_notices(struct tray *t);

static int timer_over(sd_event_source *s, uint64_t usec, void *arg)
{
	struct tray *t = arg;

	(void)s, (void)usec;
	notices_update(&t->notices, &t->view, pl_clock_now_ms(), t->seat.here, t->prefs.mute);
	show_notices(t);
	return 0;
}

static void set_timer(struct tray *t)
{
	int64_t now_ms = pl_clock_now_ms(), at_ms = notices_wake_ms(&t->notices, now_ms);

	t->timer = sd_event_source_disable_unref(t->timer);
	if (at_ms != INT64_MAX)
		sd_event_add_time_relative(t->event, &t->timer, CLOCK_MONOTONIC,
					   (uint64_t)(at_ms - now_ms + 1) * 1000, 0, timer_over, t);
}

static void show_notices(struct tray *t)
{
	enum notice_order order;
	const struct notice *one;

	if (t->notices.count == 0 || !notify_is_ready(&t->notify))
		return;
	while (notices_next(&t->notices, pl_clock_now_ms(), &order, &one)) {
		if (order == NOTICE_SHOW)
			notify_show(&t->notify, one);
		else
			notify_close(&t->notify, one);
	}
	set_timer(t);
}

static void show_menu(struct tray *t)
{
	struct menu_state state = {
		.may_answer = t->seat.here,
		.muted = t->prefs.mute,
		.can_diag = t->errands.can_diag,
		.busy = t->errands.busy,
	};

	if (menu_build(&t->menu, &t->view, &state))
		dbusmenu_changed(&t->dbusmenu, ITEM_MENU_PATH);
}

static void show_icon(struct tray *t)
{
	char tip[WORDS_MAX];

	words_summary(&t->view, tip);
	item_show(&t->item, view_mood(&t->view), t->theme.dark, tip);
}

static void show_all(void *arg)
{
	struct tray *t = arg;

	show_icon(t);
	show_menu(t);
	notices_update(&t->notices, &t->view, pl_clock_now_ms(), t->seat.here, t->prefs.mute);
	show_notices(t);
}

static void only_icon(void *arg)
{
	show_icon(arg);
}

static void only_menu(void *arg)
{
	show_menu(arg);
}

static void only_notices(void *arg)
{
	show_notices(arg);
}

static void say(void *arg, const char *title, const char *body)
{
	struct tray *t = arg;

	notify_say(&t->notify, title, body);
}

/* ---- inwards ---- */

static bool line(void *arg, struct pl_span text)
{
	struct tray *t = arg;
	struct pl_error err;

	if (view_read(text, &t->view, &err) == PL_OK) {
		show_all(t);
		return true;
	}
	log_warn(NULL, "the agent cannot be watched: %s", err.text);
	memset(&t->view, 0, sizeof(t->view));
	view_clean(err.text, t->view.trouble, sizeof(t->view.trouble));
	show_all(t);
	return false;
}

static void lost(void *arg)
{
	struct tray *t = arg;

	if (!t->view.has_agent)
		return;
	memset(&t->view, 0, sizeof(t->view));
	show_all(t);
}

static void answer_failed(void *arg, const struct pl_error *err)
{
	struct tray *t = arg;

	log_warn(NULL, "the answer was not taken: %s", err->text);
	notify_say(&t->notify, _("The answer was not taken"), err->text);
}

static void answer(struct tray *t, const char *what, const char *id)
{
	answer_send(t->event, t->socket, what, id, answer_failed, t);
}

static void toggle_mute(struct tray *t)
{
	struct pl_error err;

	t->prefs.mute = !t->prefs.mute;
	if (prefs_save(&t->prefs, &err) != PL_OK)
		log_warn(NULL, "your choice lasts until you log out: %s", err.text);
	show_all(t);
}

static void clicked(void *arg, const struct menu_item *item)
{
	struct tray *t = arg;

	switch (item->act) {
	case MENU_ALLOW: answer(t, "ews_allow", item->page); break;
	case MENU_DENY: answer(t, "ews_deny", item->page); break;
	case MENU_END: answer(t, "ews_end", item->page); break;
	case MENU_SENT: errands_show_sent(&t->errands); break;
	case MENU_DIAG: errands_make_bundle(&t->errands); break;
	case MENU_MUTE: toggle_mute(t); break;
	case MENU_NOTHING: break;
	}
}

static void pressed(void *arg, uint32_t handle, const char *button)
{
	struct tray *t = arg;
	const struct notice *one = notices_find(&t->notices, handle);

	if (!one || !one->lasts)
		return;
	if (one->kind == NOTICE_ASKED && strcmp(button, "allow") == 0)
		answer(t, "ews_allow", one->about);
	else if (one->kind == NOTICE_ASKED && strcmp(button, "deny") == 0)
		answer(t, "ews_deny", one->about);
	else if (one->kind == NOTICE_OPEN && strcmp(button, "end") == 0)
		answer(t, "ews_end", one->about);
}

/* ---- the session's bus ---- */

static int open_bus(struct tray *t);

static int bus_again(sd_event_source *s, uint64_t usec, void *arg)
{
	struct tray *t = arg;
	uint64_t wait_us = UINT64_C(1000000) << t->bus_tries;

	(void)s, (void)usec;
	t->bus_again = sd_event_source_disable_unref(t->bus_again);
	if (open_bus(t) >= 0) {
		log_info(NULL, "the session's bus is back");
		show_all(t);
		return 0;
	}
	if (++t->bus_tries == BUS_TRIES)
		return sd_event_exit(t->event, 0);
	return sd_event_add_time_relative(t->event, &t->bus_again, CLOCK_MONOTONIC, wait_us, 0,
					  bus_again, t);
}

static int bus_gone(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	struct tray *t = arg;

	(void)m, (void)error;
	log_info(NULL, "the session's bus is gone");
	t->item.bus = t->dbusmenu.bus = t->notify.bus = NULL;
	t->notify.asking = sd_bus_slot_unref(t->notify.asking);
	notices_lost(&t->notices);
	sd_bus_detach_event(t->bus);
	t->bus_tries = 0;
	return sd_event_add_time_relative(t->event, &t->bus_again, CLOCK_MONOTONIC, 500000, 0,
					  bus_again, t);
}

static int name_lost(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	struct tray *t = arg;

	(void)m, (void)error;
	log_info(NULL, "another tray has begun in this session");
	return sd_event_exit(t->event, 0);
}

static int put_on_bus(struct tray *t)
{
	int r = sd_bus_add_match(t->bus, NULL, BUS_GONE, bus_gone, t);

	if (r >= 0)
		r = sd_bus_add_match(t->bus, NULL, NAME_LOST, name_lost, t);
	if (r >= 0)
		r = sd_bus_request_name(
			t->bus, NAME, SD_BUS_NAME_ALLOW_REPLACEMENT | SD_BUS_NAME_REPLACE_EXISTING);
	if (r >= 0)
		r = dbusmenu_open(&t->dbusmenu, t->bus, ITEM_MENU_PATH);
	if (r >= 0)
		r = theme_open(&t->theme, t->bus);
	if (r >= 0)
		r = notify_open(&t->notify, t->bus);
	if (r >= 0)
		r = item_open(&t->item, t->bus);
	return r < 0 ? r : sd_bus_attach_event(t->bus, t->event, SD_EVENT_PRIORITY_NORMAL);
}

static int open_bus(struct tray *t)
{
	int r;

	t->bus = sd_bus_close_unref(t->bus);
	r = sd_bus_open_user(&t->bus);
	if (r >= 0)
		r = put_on_bus(t);
	if (r < 0) {
		t->item.bus = t->dbusmenu.bus = t->notify.bus = NULL;
		t->bus = sd_bus_close_unref(t->bus);
	}
	return r;
}

/* ---- all of it ---- */

static int open_loop(struct tray *t)
{
	sigset_t signals;
	int r = sd_event_new(&t->event);

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	if (r >= 0)
		r = sd_event_add_signal(t->event, NULL, SIGTERM, NULL, NULL);
	if (r >= 0)
		r = sd_event_add_signal(t->event, NULL, SIGINT, NULL, NULL);
	return r;
}

int tray_open(struct tray *t, const char *socket, const char *icon_dir)
{
	const struct link_calls calls = { .line = line, .lost = lost, .arg = t };
	int r;

	memset(t, 0, sizeof(*t));
	t->socket = socket;
	t->item.icon_dir = icon_dir;
	t->dbusmenu = (struct dbusmenu){ .menu = &t->menu, .clicked = clicked, .arg = t };
	t->notify.icon_dir = icon_dir;
	t->notify.notices = &t->notices;
	t->notify.pressed = pressed;
	t->notify.ready = only_notices;
	t->notify.arg = t;
	t->theme.changed = only_icon;
	t->theme.arg = t;
	menu_init(&t->menu);
	notices_init(&t->notices);
	prefs_load(&t->prefs);
	r = open_loop(t);
	if (r < 0)
		return r;
	t->errands = (struct errands){
		.event = t->event, .socket = socket, .changed = only_menu, .say = say, .arg = t
	};
	seat_open(&t->seat, t->event, show_all, t);
	words_summary(&t->view, t->item.tip);
	t->item.mood = view_mood(&t->view);
	t->item.dark = true;
	r = open_bus(t);
	if (r < 0)
		return r;
	show_all(t);
	errands_open(&t->errands);
	return link_open(t->event, socket, &calls, &t->link);
}

int tray_run(struct tray *t)
{
	return sd_event_loop(t->event);
}

void tray_close(struct tray *t)
{
	link_close(t->link);
	seat_close(&t->seat);
	sd_event_source_disable_unref(t->timer);
	sd_event_source_disable_unref(t->bus_again);
	sd_bus_flush_close_unref(t->bus);
	sd_event_unref(t->event);
}
