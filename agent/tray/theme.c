/* SPDX-License-Identifier: Apache-2.0 */
/* Xfconf, or the settings portal. */
#include "theme.h"

#include <stdlib.h>
#include <string.h>

#define ASK_US 5000000

#define XFCONF	      "org.xfce.Xfconf"
#define XFCONF_PATH   "/org/xfce/Xfconf"
#define XFCE_CHANNEL  "xfce4-panel"
#define XFCE_PROPERTY "/panels/dark-mode"

#define PORTAL	     "org.freedesktop.portal.Desktop"
#define PORTAL_PATH  "/org/freedesktop/portal/desktop"
#define SETTINGS     "org.freedesktop.portal.Settings"
#define APPEARANCE   "org.freedesktop.appearance"
#define COLOR_SCHEME "color-scheme"

static void set_dark(struct theme *theme, bool dark)
{
	if (theme->dark == dark)
		return;
	theme->dark = dark;
	theme->changed(theme->arg);
}

static bool desktop_is(const char *name)
{
	const char *desktop = getenv("XDG_CURRENT_DESKTOP");

	return desktop && strstr(desktop, name);
}

/* ---- Xfce ---- */

static int xfce_told(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	int dark;

	(void)error;
	/* A panel that was never changed says nothing: it is dark. */
	if (!sd_bus_message_is_method_error(m, NULL) && sd_bus_message_read(m, "v", "b", &dark) > 0)
		set_dark(arg, dark);
	return 0;
}

static int xfce_changed(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	const char *channel, *property;
	int dark;

	(void)error;
	if (sd_bus_message_read(m, "ss", &channel, &property) > 0 &&
	    strcmp(channel, XFCE_CHANNEL) == 0 && strcmp(property, XFCE_PROPERTY) == 0 &&
	    sd_bus_message_read(m, "v", "b", &dark) > 0)
		set_dark(arg, dark);
	return 0;
}

static int ask_xfce(struct theme *theme)
{
	int r = sd_bus_add_match(theme->bus, NULL,
				 "type='signal',interface='" XFCONF
				 "',member='PropertyChanged',arg0='" XFCE_CHANNEL "'",
				 xfce_changed, theme);

	if (r < 0)
		return r;
	return sd_bus_call_method_async(theme->bus, NULL, XFCONF, XFCONF_PATH, XFCONF,
					"GetProperty", xfce_told, theme, "ss", XFCE_CHANNEL,
					XFCE_PROPERTY);
}

/* ---- the portal ---- */

/* 1: dark is preferred, 2: light is, 0: neither, which means light. The portal wraps the value once
 * or twice. */
static void read_scheme(struct theme *theme, sd_bus_message *m)
{
	const char *inside;
	uint32_t scheme;
	char type;

	for (int depth = 0; depth < 2; depth++)
		if (sd_bus_message_peek_type(m, &type, &inside) > 0 && type == 'v')
			sd_bus_message_enter_container(m, 'v', inside);
	if (sd_bus_message_peek_type(m, &type, NULL) > 0 && type == 'u' &&
	    sd_bus_message_read(m, "u", &scheme) > 0)
		set_dark(theme, scheme == 1);
}

static int portal_told(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	(void)error;
	if (!sd_bus_message_is_method_error(m, NULL))
		read_scheme(arg, m);
	return 0;
}

static int portal_changed(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	const char *space, *key;

	(void)error;
	if (sd_bus_message_read(m, "ss", &space, &key) > 0 && strcmp(space, APPEARANCE) == 0 &&
	    strcmp(key, COLOR_SCHEME) == 0)
		read_scheme(arg, m);
	return 0;
}

static int ask_portal(struct theme *theme)
{
	int r = sd_bus_add_match(theme->bus, NULL,
				 "type='signal',interface='" SETTINGS
				 "',member='SettingChanged',arg0='" APPEARANCE "'",
				 portal_changed, theme);

	if (r < 0)
		return r;
	return sd_bus_call_method_async(theme->bus, NULL, PORTAL, PORTAL_PATH, SETTINGS, "Read",
					portal_told, theme, "ss", APPEARANCE, COLOR_SCHEME);
}

int theme_open(struct theme *theme, sd_bus *bus)
{
	theme->bus = bus;
	theme->dark = true;
	if (desktop_is("GNOME") || desktop_is("Unity"))
		return 0;
	return desktop_is("XFCE") ? ask_xfce(theme) : ask_portal(theme);
}
