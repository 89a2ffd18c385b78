/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_SETTINGS_H
#define VP_SETTINGS_H

/*
 * Settings: what of a printer can be changed by a valid write, and by nothing else. They are facts
 * ("settings.sleep"), so they outlive a restart, as the printer's lasting memory does; what they
 * may be stands in behaviour.json:
 *
 *     "settings": { "password": "4711",
 *                   "ledm": { "PowerSaveTimeout": { "fact": "settings.sleep", "minimum": 1,
 *                                                   "maximum": 240, "suffix": "minutes" } },
 *                   "pjl": { "PAPER": { "fact": "settings.paper", "values": ["A4", "LETTER"] } } }
 *
 * Every write that was taken is one of that memory, and logged as such, whether it changed anything
 * or not: {"what":"nvram","by":"pjl","name":"PAPER","before":"A4","after":"LETTER"}.
 * Threads: any.
 */

#include <stdbool.h>

#include "http.h"
#include "printer.h"

/* True when this printer can be configured in a language ("ipp", "ledm", "pjl"). */
bool vp_settings_by(struct vp_printer *p, const char *by);

/* True when there is such a setting; and when it takes this value. */
bool vp_setting_exists(struct vp_printer *p, const char *by, const char *name);
bool vp_setting_takes(struct vp_printer *p, const char *by, const char *name, const char *value);

/* Writes one that takes this value. */
void vp_setting_write(struct vp_printer *p, const char *by, const char *name, const char *value);

/* True when no password is set, or this is it. NULL: none was given. */
bool vp_settings_password(struct vp_printer *p, const char *password);

/* The same for a request's Authorization (basic, user admin). */
bool vp_settings_authorized(struct vp_printer *p, struct vp_http *http);

/* A PUT of part of ProductConfigDyn: all of its elements are taken, or none. Returns the status to
 * answer with. */
int vp_settings_put(struct vp_printer *p, const char *xml, size_t size);

#endif
