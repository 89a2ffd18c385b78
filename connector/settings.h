/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_SETTINGS_H
#define PL_SETTINGS_H

/*
 * Settings: what an administrator may change while the server runs, one table with the words that a
 * console shows. Kept in memory; whoever stores a change tells them.
 *
 *     if (pl_setting_is(settings, PL_SETTING_APPROVAL)) …
 *
 * Threads: any. Memory: texts are copied out.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db.h"

enum pl_setting {
	PL_SETTING_URL,	     /* what tokens carry; "" the server's own */
	PL_SETTING_APPROVAL, /* PCs may ask without a token */
	PL_SETTING_SESSION_HOURS,
	PL_SETTING_METRICS_OPEN,
	PL_SETTING_INTERVAL, /* seconds between reports */
	PL_SETTING_UPLINK,
	PL_SETTING_PJL,
	PL_SETTING_KEEP_RECORDS, /* days */
	PL_SETTING_KEEP_PARTS,
	PL_SETTING_KEEP_ALERTS,
	PL_SETTING_KEEP_ACTIONS,
	PL_SETTING_KEEP_BUNDLES,
	PL_SETTING_COUNT
};

enum pl_setting_type { PL_SETTING_TEXT, PL_SETTING_NUMBER, PL_SETTING_BOOLEAN, PL_SETTING_CHOICE };

struct pl_setting_info {
	const char *name;				/* "sessions.hours" */
	const char *group, *title, *description, *unit; /* unit NULL: none */
	enum pl_setting_type type;
	int64_t minimum, maximum;
	const char *const *choices; /* ended by NULL */
	const char *usual;	    /* the default, as text */
};
extern const struct pl_setting_info pl_setting_infos[PL_SETTING_COUNT];

struct pl_settings;

enum pl_result pl_settings_open(struct pl_db *db, struct pl_settings **ret_settings,
				struct pl_error *err);
void pl_settings_close(struct pl_settings *settings); /* NULL is allowed */

/* The setting of this name, PL_SETTING_COUNT for none. */
enum pl_setting pl_setting_of(const char *name);

/* Is this text a value of the setting? Else *ret_why says what is wrong. */
bool pl_setting_allows(enum pl_setting which, const char *text, char *ret_why, size_t cap);

/* Takes a value over (NULL: back to the default). */
void pl_settings_put(struct pl_settings *settings, enum pl_setting which, const char *text);

#define PL_MAX_SETTING 256
void pl_setting_text(struct pl_settings *settings, enum pl_setting which,
		     char ret_text[static PL_MAX_SETTING]);
int64_t pl_setting_number(struct pl_settings *settings, enum pl_setting which);
bool pl_setting_is(struct pl_settings *settings, enum pl_setting which);

#endif
