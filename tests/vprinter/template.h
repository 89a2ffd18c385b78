/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_TEMPLATE_H
#define VP_TEMPLATE_H

/*
 * Template: a document of a profile with the printer's live values in it.
 *
 *     <dd:SerialNumber>{{identity.serial_number}}</dd:SerialNumber>
 *     {{#reasons}}<ad:Alert>{{ledm.alert}}</ad:Alert>{{/reasons}}      for each, or once where it
 * is a value
 *     {{^reasons}}<none/>{{/reasons}}                                  where it is empty, null,
 * false or missing
 *     {{counters.impressions+31}} {{message|nothing}} {{.}} {{@number}} {{^@last}},{{/@last}}
 *
 * Names are looked up from the innermost section outwards.
 * Threads: pure. Memory: the result is appended to the caller's buffer.
 */

#include <cjson/cJSON.h>

#include <platen/bytes.h>

enum vp_escape { VP_ESCAPE_NONE, VP_ESCAPE_XML };

/* Renders `size` bytes of `text`. Returns PL_OK | PL_E_INVALID (a section is not closed) |
 * PL_E_TOO_BIG. */
enum pl_result vp_template_render(const char *text, size_t size, const cJSON *view,
				  enum vp_escape escape, struct pl_bytes *out,
				  struct pl_error *err);

/* Renders a short text to a string for g_free(); "" where it is malformed. */
char *vp_template_text(const char *text, const cJSON *view);

#endif
