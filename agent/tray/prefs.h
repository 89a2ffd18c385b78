/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_PREFS_H
#define PL_TRAY_PREFS_H

/*
 * Prefs: what the person chose, kept in $XDG_CONFIG_HOME/platen/tray.conf:
 *
 *     mute = yes
 *
 * Threads: one. Memory: values.
 */

#include <stdbool.h>

#include "platen/result.h"

struct prefs {
	bool mute; /* no messages about printers */
};

/* Reads them; what cannot be read is as if it had not been chosen. */
void prefs_load(struct prefs *ret_prefs);

/* Returns PL_OK | PL_E_NOT_FOUND (no home folder) | what pl_file_write() says. */
enum pl_result prefs_save(const struct prefs *prefs, struct pl_error *err);

#endif
