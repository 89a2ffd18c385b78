/* SPDX-License-Identifier: Apache-2.0 */
/* com.canonical.dbusmenu. Calls come from any program of the session: what they ask for is looked
 * up, never trusted. */
#include "dbusmenu.h"

#include <string.h>

#define INTERFACE  "com.canonical.dbusmenu"
#define MAX_DEPTH  8
#define MAX_EVENTS 64

static int append_text(sd_bus_message *m, const char *name, const char *text)
{
	return sd_bus_message_append(m, "{sv}", name, "s", text);
}

static int append_bool(sd_bus_message *m, const char *name, bool value)
{
	return sd_bus_message_append(m, "{sv}", name, "b", (int)value);
}

/* Only what differs from the defaults of the specification. `item` NULL: the menu itself. */
static int append_properties(sd_bus_message *m, const struct menu_item *item)
{
	int r = sd_bus_message_open_container(m, 'a', "{sv}");

	if (r >= 0 && (!item || item->is_parent))
		r = append_text(m, "children-display", "submenu");
	if (r >= 0 && item && item->separator)
		r = append_text(m, "type", "separator");
	if (r >= 0 && item && !item->separator)
		r = append_text(m, "label", item->label);
	if (r >= 0 && item && !item->separator)
		r = append_bool(m, "enabled", item->enabled);
	if (r >= 0 && item && item->has_check)
		r = append_text(m, "toggle-type", "checkmark");
	if (r >= 0 && item && item->has_check)
		r = sd_bus_message_append(m, "{sv}", "toggle-state", "i", (int)item->checked);
	if (r >= 0)
		r = sd_bus_message_close_container(m);
	return r;
}

static int append_tree(sd_bus_message *m, const struct menu *menu, int32_t id, int depth);

static int append_children(sd_bus_message *m, const struct menu *menu, int32_t parent, int depth)
{
	int r = sd_bus_message_open_container(m, 'a', "v");

	for (size_t i = 0; r >= 0 && depth != 0 && i < menu->count; i++) {
		if (menu->items[i].parent != parent)
			continue;
		r = sd_bus_message_open_container(m, 'v', "(ia{sv}av)");
		if (r >= 0)
			r = append_tree(m, menu, menu->items[i].id, depth - 1);
		if (r >= 0)
			r = sd_bus_message_close_container(m);
	}
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_tree(sd_bus_message *m, const struct menu *menu, int32_t id, int depth)
{
	int r = sd_bus_message_open_container(m, 'r', "ia{sv}av");

	if (r >= 0)
		r = sd_bus_message_append(m, "i", id);
	if (r >= 0)
		r = append_properties(m, menu_find(menu, id));
	if (r >= 0)
		r = append_children(m, menu, id, depth);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int no_such_item(sd_bus_error *error)
{
	return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS, "there is no such entry");
}

static int get_layout(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	struct dbusmenu *d = arg;
	sd_bus_message *reply = NULL;
	int32_t parent, depth;
	int r = sd_bus_message_read(m, "ii", &parent, &depth);

	if (r < 0)
		return r;
	if (parent != 0 && !menu_find(d->menu, parent))
		return no_such_item(error);
	if (depth < 0 || depth > MAX_DEPTH)
		depth = MAX_DEPTH;
	r = sd_bus_message_new_method_return(m, &reply);
	if (r >= 0)
		r = sd_bus_message_append(reply, "u", d->menu->revision);
	if (r >= 0)
		r = append_tree(reply, d->menu, parent, depth);
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

static bool is_among(int32_t id, const int32_t *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return count == 0; /* an empty list asks for all */
}

static int append_group_member(sd_bus_message *reply, int32_t id, const struct menu_item *item)
{
	int r = sd_bus_message_open_container(reply, 'r', "ia{sv}");

	if (r >= 0)
		r = sd_bus_message_append(reply, "i", id);
	if (r >= 0)
		r = append_properties(reply, item);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_group_properties(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	struct dbusmenu *d = arg;
	sd_bus_message *reply = NULL;
	const void *ids;
	size_t size;
	int r = sd_bus_message_read_array(m, 'i', &ids, &size);

	(void)error;
	if (r >= 0)
		r = sd_bus_message_new_method_return(m, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(ia{sv})");
	if (r >= 0 && is_among(0, ids, size / sizeof(int32_t)))
		r = append_group_member(reply, 0, NULL); /* the menu itself */
	for (size_t i = 0; r >= 0 && i < d->menu->count; i++)
		if (is_among(d->menu->items[i].id, ids, size / sizeof(int32_t)))
			r = append_group_member(reply, d->menu->items[i].id, &d->menu->items[i]);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

static int get_property(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	struct dbusmenu *d = arg;
	const struct menu_item *item;
	const char *name;
	int32_t id;
	int r = sd_bus_message_read(m, "is", &id, &name);

	if (r < 0)
		return r;
	item = menu_find(d->menu, id);
	if (!item)
		return no_such_item(error);
	if (strcmp(name, "label") == 0)
		return sd_bus_reply_method_return(m, "v", "s", item->label);
	if (strcmp(name, "enabled") == 0)
		return sd_bus_reply_method_return(m, "v", "b", (int)item->enabled);
	if (strcmp(name, "toggle-state") == 0)
		return sd_bus_reply_method_return(m, "v", "i",
						  item->has_check ? item->checked : -1);
	return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS, "there is no such property");
}

static bool click(struct dbusmenu *d, int32_t id, const char *event)
{
	const struct menu_item *item = menu_find(d->menu, id);

	if (!item && id != 0)
		return false;
	if (item && item->enabled && item->act != MENU_NOTHING && strcmp(event, "clicked") == 0) {
		struct menu_item copy = *item; /* the click may change the menu */

		d->clicked(d->arg, &copy);
	}
	return true;
}

static int event(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	const char *what;
	int32_t id;
	int r = sd_bus_message_read(m, "is", &id, &what);

	if (r < 0)
		return r;
	if (!click(arg, id, what))
		return no_such_item(error);
	return sd_bus_reply_method_return(m, "");
}

static int event_group(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	int32_t unknown[MAX_EVENTS];
	size_t count = 0, seen = 0;
	sd_bus_message *reply = NULL;
	int r = sd_bus_message_enter_container(m, 'a', "(isvu)");

	(void)error;
	while (r >= 0 && seen++ < MAX_EVENTS &&
	       (r = sd_bus_message_enter_container(m, 'r', "isvu")) > 0) {
		const char *what;
		int32_t id;

		r = sd_bus_message_read(m, "is", &id, &what);
		if (r >= 0)
			r = sd_bus_message_skip(m, "vu");
		if (r >= 0)
			r = sd_bus_message_exit_container(m);
		if (r >= 0 && !click(arg, id, what))
			unknown[count++] = id;
	}
	if (r >= 0)
		r = sd_bus_message_new_method_return(m, &reply);
	if (r >= 0)
		r = sd_bus_message_append_array(reply, 'i', unknown, count * sizeof(unknown[0]));
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

/* The menu is always up to date. */
static int about_to_show(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	(void)arg, (void)error;
	return sd_bus_reply_method_return(m, "b", 0);
}

static int about_to_show_group(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	(void)arg, (void)error;
	return sd_bus_reply_method_return(m, "aiai", 0, 0);
}

static int get(sd_bus *bus, const char *path, const char *interface, const char *property,
	       sd_bus_message *reply, void *arg, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)arg, (void)error;
	if (strcmp(property, "Version") == 0)
		return sd_bus_message_append(reply, "u", 3);
	if (strcmp(property, "IconThemePath") == 0)
		return sd_bus_message_append(reply, "as", 0);
	return sd_bus_message_append(reply, "s",
				     strcmp(property, "Status") == 0 ? "normal" : "ltr");
}

#define METHOD(name, in, out, call) SD_BUS_METHOD(name, in, out, call, SD_BUS_VTABLE_UNPRIVILEGED)

static const sd_bus_vtable VTABLE[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("Version", "u", get, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("TextDirection", "s", get, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("Status", "s", get, 0, 0),
	SD_BUS_PROPERTY("IconThemePath", "as", get, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	METHOD("GetLayout", "iias", "u(ia{sv}av)", get_layout),
	METHOD("GetGroupProperties", "aias", "a(ia{sv})", get_group_properties),
	METHOD("GetProperty", "is", "v", get_property),
	METHOD("Event", "isvu", "", event),
	METHOD("EventGroup", "a(isvu)", "ai", event_group),
	METHOD("AboutToShow", "i", "b", about_to_show),
	METHOD("AboutToShowGroup", "ai", "aiai", about_to_show_group),
	SD_BUS_SIGNAL("ItemsPropertiesUpdated", "a(ia{sv})a(ias)", 0),
	SD_BUS_SIGNAL("LayoutUpdated", "ui", 0),
	SD_BUS_SIGNAL("ItemActivationRequested", "iu", 0),
	SD_BUS_VTABLE_END,
};

int dbusmenu_open(struct dbusmenu *d, sd_bus *bus, const char *path)
{
	d->bus = bus;
	return sd_bus_add_object_vtable(bus, NULL, path, INTERFACE, VTABLE, d);
}

void dbusmenu_changed(struct dbusmenu *d, const char *path)
{
	if (d->bus)
		sd_bus_emit_signal(d->bus, path, INTERFACE, "LayoutUpdated", "ui",
				   d->menu->revision, 0);
}
