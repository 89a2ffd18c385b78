/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_REASON_H
#define VP_REASON_H

/*
 * Reasons: IPP printer-state-reasons keywords with their suffix, "media-empty-error", in a JSON
 * array. Threads: pure on the tree given.
 */

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#define VP_MAX_REASON 64

/* The keyword without its suffix; returns the suffix ("error", "warning", "report"), "" where it
 * has none. */
const char *vp_reason_base(const char *reason, char ret_base[static VP_MAX_REASON]);

/* The keyword with the suffix it was given, or else with the severity of its words (error where it
 * has none). */
void vp_reason_full(const cJSON *words, const char *reason, char ret_full[static VP_MAX_REASON]);

/* Takes a reason out, whatever its suffix. */
void vp_reasons_remove(cJSON *reasons, const char *reason);

/* True when one of them is an error: the printer stops. */
bool vp_reasons_stop(const cJSON *reasons);

/* Of the facts' reasons the one that a language with room for one shows: the gravest with a word
 * `key` ("pjl_code"). A sleeping printer shows none, a printing one only what stops it. NULL: it
 * shows its state instead. */
const char *vp_reason_shown(const cJSON *facts, const cJSON *words, const char *key);

/* The reason that a condition ("low", "empty") of a supply of this type is called; NULL: none. */
const char *vp_reason_of_supply(const char *type, const char *condition);

/* What the condition ("low", "empty") of a supply of this type means; and all such reasons gone. */
void vp_reasons_add_supply(cJSON *reasons, const char *type, const char *condition);
void vp_reasons_drop_supplies(cJSON *reasons);

#endif
