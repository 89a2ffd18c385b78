/* SPDX-License-Identifier: Apache-2.0 */
/* org.kde.StatusNotifierItem, and its registration with the panel. */
#include "item.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "platen/log.h"
#include "words.h"

#define PATH	     "/StatusNotifierItem"
#define INTERFACE    "org.kde.StatusNotifierItem"
#define WATCHER	     "org.kde.StatusNotifierWatcher"
#define WATCHER_PATH "/StatusNotifierWatcher"
#define OWNER_MATCH                                                                                \
	"type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"            \
	"member='NameOwnerChanged',arg0='" WATCHER "'"

static void set_icon(struct item *item)
{
	static const char *const MOODS[VIEW_MOODS] = {
		[VIEW_WELL] = "well",	    [VIEW_ATTENTION] = "attention", [VIEW_ERROR] = "error",
		[VIEW_OFFLINE] = "offline", [VIEW_REMOTE] = "remote",
	};

	snprintf(item->icon, sizeof(item->icon), "platen-tray-%s%s", MOODS[item->mood],
		 item->dark ? "-dark" : "");
}

static int get_text(sd_bus *bus, const char *path, const char *interface, const char *property,
		    sd_bus_message *reply, void *arg, sd_bus_error *error)
{
	const struct item *item = arg;
	const char *text = "";

	(void)bus, (void)path, (void)interface, (void)error;
	if (strcmp(property, "Category") == 0)
		text = "Hardware";
	else if (strcmp(property, "Id") == 0)
		text = "platen-tray";
	else if (strcmp(property, "Title") == 0)
		text = "Platen";
	else if (strcmp(property, "Status") == 0)
		text = "Active";
	else if (strcmp(property, "IconName") == 0)
		text = item->icon;
	else if (strcmp(property, "IconThemePath") == 0)
		text = item->icon_dir;
	else if (strcmp(property, "IconAccessibleDesc") == 0)
		text = item->tip;
	return sd_bus_message_append(reply, "s", text);
}

static int get_other(sd_bus *bus, const char *path, const char *interface, const char *property,
		     sd_bus_message *reply, void *arg, sd_bus_error *error)
{
	const struct item *item = arg;

	(void)bus, (void)path, (void)interface, (void)error;
	if (strcmp(property, "ToolTip") == 0)
		return sd_bus_message_append(reply, "(sa(iiay)ss)", item->icon, 0, "Platen",
					     item->tip);
	if (strcmp(property, "WindowId") == 0)
		return sd_bus_message_append(reply, "i", 0);
	if (strcmp(property, "ItemIsMenu") == 0)
		return sd_bus_message_append(reply, "b", 1);
	if (strcmp(property, "Menu") == 0)
		return sd_bus_message_append(reply, "o", ITEM_MENU_PATH);
	return sd_bus_message_append(reply, "a(iiay)", 0); /* pixmaps: icons have names */
}

static int activate(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	struct item *item = arg;

	(void)error;
	if (item->activated)
		item->activated(item->arg);
	return sd_bus_reply_method_return(m, "");
}

static int ignore(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	(void)arg, (void)error;
	return sd_bus_reply_method_return(m, "");
}

#define TEXT(name)	   SD_BUS_PROPERTY(name, "s", get_text, 0, 0)
#define OTHER(name, type)  SD_BUS_PROPERTY(name, type, get_other, 0, 0)
#define METHOD(name, type) SD_BUS_METHOD(name, type, "", ignore, SD_BUS_VTABLE_UNPRIVILEGED)

static const sd_bus_vtable VTABLE[] = {
	SD_BUS_VTABLE_START(0),
	TEXT("Category"),
	TEXT("Id"),
	TEXT("Title"),
	TEXT("Status"),
	TEXT("IconName"),
	TEXT("IconThemePath"),
	TEXT("IconAccessibleDesc"),
	TEXT("OverlayIconName"),
	TEXT("AttentionIconName"),
	TEXT("AttentionMovieName"),
	OTHER("WindowId", "i"),
	OTHER("IconPixmap", "a(iiay)"),
	OTHER("OverlayIconPixmap", "a(iiay)"),
	OTHER("AttentionIconPixmap", "a(iiay)"),
	OTHER("ToolTip", "(sa(iiay)ss)"),
	OTHER("ItemIsMenu", "b"),
	OTHER("Menu", "o"),
	SD_BUS_METHOD("Activate", "ii", "", activate, SD_BUS_VTABLE_UNPRIVILEGED),
	METHOD("SecondaryActivate", "ii"),
	METHOD("ContextMenu", "ii"),
	METHOD("Scroll", "is"),
	SD_BUS_SIGNAL("NewTitle", "", 0),
	SD_BUS_SIGNAL("NewIcon", "", 0),
	SD_BUS_SIGNAL("NewAttentionIcon", "", 0),
	SD_BUS_SIGNAL("NewOverlayIcon", "", 0),
	SD_BUS_SIGNAL("NewToolTip", "", 0),
	SD_BUS_SIGNAL("NewStatus", "s", 0),
	SD_BUS_VTABLE_END,
};

static int registered(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	(void)arg, (void)error;
	if (sd_bus_message_is_method_error(m, NULL))
		log_debug(NULL, "no panel takes the icon now: %s",
			  sd_bus_message_get_error(m)->message);
	return 0;
}

/* Not by starting one: a desktop without a panel has none on purpose. */
static void register_item(struct item *item)
{
	sd_bus_message *m = NULL;
	int r = sd_bus_message_new_method_call(item->bus, &m, WATCHER, WATCHER_PATH, WATCHER,
					       "RegisterStatusNotifierItem");

	if (r >= 0)
		r = sd_bus_message_set_auto_start(m, 0);
	if (r >= 0)
		r = sd_bus_message_append(m, "s", item->name);
	if (r >= 0)
		r = sd_bus_call_async(item->bus, NULL, m, registered, item, 0);
	if (r < 0)
		log_warn(NULL, "the icon cannot be registered: %s", strerror(-r));
	sd_bus_message_unref(m);
}

static int watcher_changed(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	const char *name, *old, *now;

	(void)error;
	if (sd_bus_message_read(m, "sss", &name, &old, &now) >= 0 && now[0])
		register_item(arg);
	return 0;
}

int item_open(struct item *item, sd_bus *bus)
{
	int r;

	item->bus = bus;
	set_icon(item);
	snprintf(item->name, sizeof(item->name), INTERFACE "-%d-1", (int)getpid());
	r = sd_bus_add_object_vtable(bus, NULL, PATH, INTERFACE, VTABLE, item);
	if (r >= 0)
		r = sd_bus_request_name(bus, item->name, 0);
	if (r >= 0)
		r = sd_bus_add_match(bus, NULL, OWNER_MATCH, watcher_changed, item);
	if (r >= 0)
		register_item(item);
	return r;
}

static void tell(struct item *item, const char *signal)
{
	if (item->bus)
		sd_bus_emit_signal(item->bus, PATH, INTERFACE, signal, "");
}

void item_show(struct item *item, enum view_mood mood, bool dark, const char *tip)
{
	char old[ITEM_MAX_ICON];

	memcpy(old, item->icon, sizeof(old));
	item->mood = mood;
	item->dark = dark;
	set_icon(item);
	if (strcmp(old, item->icon) != 0)
		tell(item, "NewIcon");
	if (strcmp(item->tip, tip) == 0)
		return;
	snprintf(item->tip, sizeof(item->tip), "%s", tip);
	tell(item, "NewToolTip");
}
