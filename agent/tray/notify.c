/* SPDX-License-Identifier: Apache-2.0 */
/* org.freedesktop.Notifications, asynchronously: a service that hangs holds nobody up. */
#include "notify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platen/bytes.h"
#include "platen/file.h"
#include "platen/log.h"
#include "words.h"

#define SERVICE	 "org.freedesktop.Notifications"
#define PATH	 "/org/freedesktop/Notifications"
#define CALL_US	 5000000 /* a service that takes longer shows nothing */
#define MAX_BODY 2048
#define MATCH(member)                                                                              \
	"type='signal',sender='" SERVICE "',interface='" SERVICE "',member='" member "'"
#define OWNER_MATCH                                                                                \
	"type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"            \
	"member='NameOwnerChanged',arg0='" SERVICE "'"

enum { URGENCY_NORMAL = 1, URGENCY_CRITICAL = 2 };

static struct notify_bubble *find_bubble(struct notify *n, uint32_t handle)
{
	for (size_t i = 0; i < NOTICES_MAX; i++)
		if (n->bubbles[i].handle == handle)
			return &n->bubbles[i];
	return NULL;
}

static struct notify_bubble *bubble_of_id(struct notify *n, uint32_t id)
{
	for (size_t i = 0; id && i < NOTICES_MAX; i++)
		if (n->bubbles[i].handle && n->bubbles[i].id == id)
			return &n->bubbles[i];
	return NULL;
}

/* ---- what the service can do ---- */

static int capabilities_told(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	struct notify *n = arg;
	const char *word;

	(void)error;
	n->asking = sd_bus_slot_unref(n->asking);
	n->knows = true;
	n->has_actions = n->has_markup = false;
	if (!sd_bus_message_is_method_error(m, NULL) &&
	    sd_bus_message_enter_container(m, 'a', "s") > 0)
		while (sd_bus_message_read(m, "s", &word) > 0) {
			n->has_actions |= strcmp(word, "actions") == 0;
			n->has_markup |= strcmp(word, "body-markup") == 0;
		}
	n->ready(n->arg);
	return 0;
}

bool notify_is_ready(struct notify *n)
{
	if (!n->bus)
		return false;
	if (n->knows || n->asking)
		return n->knows;
	if (sd_bus_call_method_async(n->bus, &n->asking, SERVICE, PATH, SERVICE, "GetCapabilities",
				     capabilities_told, n, "") < 0)
		n->asking = NULL;
	return false;
}

/* ---- what comes back ---- */

static int action_invoked(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	struct notify *n = arg;
	struct notify_bubble *bubble;
	const char *button;
	uint32_t id;

	(void)error;
	if (sd_bus_message_read(m, "us", &id, &button) < 0)
		return 0;
	bubble = bubble_of_id(n, id);
	if (bubble && !bubble->closing)
		n->pressed(n->arg, bubble->handle, button);
	return 0;
}

static int closed(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	struct notify *n = arg;
	struct notify_bubble *bubble;
	uint32_t id, reason;

	(void)error;
	if (sd_bus_message_read(m, "uu", &id, &reason) < 0)
		return 0;
	bubble = bubble_of_id(n, id);
	if (!bubble)
		return 0;
	notices_gone(n->notices, bubble->handle);
	memset(bubble, 0, sizeof(*bubble));
	return 0;
}

/* Another service knows nothing of our bubbles. */
static int owner_changed(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	struct notify *n = arg;
	const char *name, *old, *now;

	(void)error;
	if (sd_bus_message_read(m, "sss", &name, &old, &now) < 0)
		return 0;
	n->asking = sd_bus_slot_unref(n->asking);
	n->knows = false;
	if (!old[0])
		return 0;
	memset(n->bubbles, 0, sizeof(n->bubbles));
	notices_lost(n->notices);
	if (now[0])
		n->ready(n->arg);
	return 0;
}

int notify_open(struct notify *n, sd_bus *bus)
{
	int r;

	n->bus = bus;
	n->asking = NULL; /* it went with the bus that was */
	n->knows = false;
	memset(n->bubbles, 0, sizeof(n->bubbles));
	r = sd_bus_add_match(bus, NULL, MATCH("ActionInvoked"), action_invoked, n);
	if (r >= 0)
		r = sd_bus_add_match(bus, NULL, MATCH("NotificationClosed"), closed, n);
	if (r >= 0)
		r = sd_bus_add_match(bus, NULL, OWNER_MATCH, owner_changed, n);
	return r;
}

/* ---- showing ---- */

/* Where the service reads markup, what looks like it is text all the same. */
static void add_escaped(struct pl_bytes *out, const char *text, bool escape)
{
	for (; *text; text++) {
		enum pl_result r;

		if (escape && *text == '&')
			r = pl_bytes_add_text(out, "&amp;");
		else if (escape && *text == '<')
			r = pl_bytes_add_text(out, "&lt;");
		else if (escape && *text == '>')
			r = pl_bytes_add_text(out, "&gt;");
		else
			r = pl_bytes_add(out, text, 1);
		if (r != PL_OK)
			return; /* cut: bodies are far shorter than that */
	}
}

static int append_actions(const struct notify *n, sd_bus_message *m, enum notice_kind kind)
{
	if (n->has_actions && kind == NOTICE_ASKED)
		return sd_bus_message_append(m, "as", 4, "allow", _("Allow"), "deny",
					     _("Do not allow"));
	if (n->has_actions && kind == NOTICE_OPEN)
		return sd_bus_message_append(m, "as", 2, "end", _("End it"));
	return sd_bus_message_append(m, "as", 0);
}

static const char *icon_of(enum notice_kind kind)
{
	switch (kind) {
	case NOTICE_ASKED:
	case NOTICE_OPEN: return "platen-tray-remote";
	case NOTICE_SUPPLY:
	case NOTICE_MANY:
	case NOTICE_FIRMWARE: return "platen-tray-attention";
	case NOTICE_KINDS: return "platen-tray-well";
	default: return "platen-tray-error";
	}
}

/* These stay until they are over or answered. */
static bool stays(enum notice_kind kind)
{
	return kind == NOTICE_ASKED || kind == NOTICE_FIRMWARE;
}

/* By the file: a service looks for names in the system's themes alone. */
static void find_icon(const struct notify *n, enum notice_kind kind, char *ret_uri, size_t cap)
{
	snprintf(ret_uri, cap, "file://%s/hicolor/scalable/status/%s.svg", n->icon_dir,
		 icon_of(kind));
}

static int compose(const struct notify *n, enum notice_kind kind, uint32_t replaces,
		   const char *title, const char *body, sd_bus_message **ret_m)
{
	sd_bus_message *m = NULL;
	char icon[PL_MAX_PATH + 64];
	int r = sd_bus_message_new_method_call(n->bus, &m, SERVICE, PATH, SERVICE, "Notify");

	find_icon(n, kind, icon, sizeof(icon));
	if (r >= 0)
		r = sd_bus_message_append(m, "susss", "Platen", replaces, icon, title, body);
	if (r >= 0)
		r = append_actions(n, m, kind);
	if (r >= 0)
		r = sd_bus_message_append(m, "a{sv}", 2, "urgency", "y",
					  stays(kind) ? URGENCY_CRITICAL : URGENCY_NORMAL,
					  "desktop-entry", "s", "platen-tray");
	if (r >= 0)
		r = sd_bus_message_append(m, "i", stays(kind) ? 0 : -1);
	if (r < 0)
		sd_bus_message_unref(m);
	else
		*ret_m = m;
	return r;
}

static void send_close(struct notify *n, uint32_t id)
{
	sd_bus_call_method_async(n->bus, NULL, SERVICE, PATH, SERVICE, "CloseNotification", NULL,
				 NULL, "u", id);
}

/* Who waits for the number of which bubble. */
struct waiting {
	struct notify *notify;
	uint32_t handle;
};

static int shown(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	struct waiting *w = arg;
	struct notify_bubble *bubble = find_bubble(w->notify, w->handle);
	uint32_t id;

	(void)error;
	if (!bubble)
		return 0;
	if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_read(m, "u", &id) < 0) {
		notices_gone(w->notify->notices, w->handle);
		memset(bubble, 0, sizeof(*bubble));
		return 0;
	}
	bubble->id = id;
	if (!bubble->closing)
		return 0;
	send_close(w->notify, id);
	memset(bubble, 0, sizeof(*bubble));
	return 0;
}

static int send_show(struct notify *n, sd_bus_message *m, uint32_t handle)
{
	struct waiting *w = malloc(sizeof(*w));
	sd_bus_slot *slot = NULL;
	int r;

	if (!w)
		return -ENOMEM;
	*w = (struct waiting){ n, handle };
	r = sd_bus_call_async(n->bus, &slot, m, shown, w, CALL_US);
	if (r < 0) {
		free(w);
		return r;
	}
	sd_bus_slot_set_destroy_callback(slot, free);
	sd_bus_slot_set_floating(slot, 1);
	sd_bus_slot_unref(slot);
	return r;
}

void notify_show(struct notify *n, const struct notice *one)
{
	struct notify_bubble *bubble = find_bubble(n, one->handle);
	struct pl_bytes body;
	sd_bus_message *m = NULL;
	int r;

	if (!bubble)
		bubble = find_bubble(n, 0);
	if (!bubble)
		return; /* there are as many as notices can be */
	pl_bytes_init(&body, MAX_BODY);
	add_escaped(&body, one->body, n->has_markup);
	if (one->kind == NOTICE_ASKED && !n->has_actions)
		add_escaped(&body, _("\nAnswer in the menu of the printer icon."), n->has_markup);
	r = compose(n, one->kind, bubble->id, one->title, body.at ? (char *)body.at : "", &m);
	if (r >= 0) {
		bubble->handle = one->handle;
		bubble->closing = false;
		r = send_show(n, m, one->handle);
	}
	if (r < 0)
		log_warn(NULL, "a message cannot be shown: %s", strerror(-r));
	sd_bus_message_unref(m);
	pl_bytes_finish(&body);
}

void notify_close(struct notify *n, const struct notice *one)
{
	struct notify_bubble *bubble = find_bubble(n, one->handle);

	if (!bubble)
		return;
	if (!bubble->id) {
		bubble->closing = true;
		return;
	}
	send_close(n, bubble->id);
	memset(bubble, 0, sizeof(*bubble));
}

void notify_say(struct notify *n, const char *title, const char *body)
{
	sd_bus_message *m = NULL;
	struct pl_bytes text;

	if (!n->bus)
		return;
	pl_bytes_init(&text, MAX_BODY);
	add_escaped(&text, body, !n->knows || n->has_markup);
	if (compose(n, NOTICE_KINDS, 0, title, text.at ? (char *)text.at : "", &m) >= 0)
		sd_bus_call_async(n->bus, NULL, m, NULL, NULL, CALL_US);
	sd_bus_message_unref(m);
	pl_bytes_finish(&text);
}
