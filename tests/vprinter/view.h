/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_VIEW_H
#define VP_VIEW_H

/*
 * View: the facts as templates see them, with what follows from them.
 *
 *     reasons[]  each reason as {keyword, base, severity, stops, warns} with its words laid in:
 * {{alert}}, {{ledm}} has        {media-empty: true, …} shown      what a language with room for
 * one reason shows: {{shown.pjl.pjl_code}}, shown.ledm, shown.vstatus status     the words of the
 * state alone (asleep, processing, stopped, idle) supplies[] with percent (of capacity), percent_3
 * ("007"), used_percent, known; extra.* as they are ipp        {state, up_time, change_time};  now
 * {unix, rfc3339};  revision;  online
 *
 * Threads: any. Memory: the view is the caller's, cJSON_Delete() it.
 */

#include <cjson/cJSON.h>

#include "profile.h"
#include "state.h"

/* As a language tells them, lies included; NULL: as they are. */
cJSON *vp_view(const struct vp_profile *profile, struct vp_state *state, const char *language);

/* Renders a short text of the profile ("…{{identity.model}}…") with the values of now; g_free() it.
 */
char *vp_view_text(const struct vp_profile *profile, struct vp_state *state, const char *language,
		   const char *text);

/* Port status bits of the printer class: paper empty 0x20, selected 0x10, no error 0x08. */
uint8_t vp_view_port_status(struct vp_state *state);

#endif
