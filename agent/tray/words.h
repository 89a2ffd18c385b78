/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_WORDS_H
#define PL_TRAY_WORDS_H

/*
 * Words: how what is known is said to the person at the PC, in their language (gettext, domain
 * "platen-tray"). Texts go into the caller's buffer and are cut where it ends.
 *
 * Threads: one. Memory: the caller's.
 */

#include <libintl.h>

#include "view.h"

#define _(text)	 gettext(text)
#define N_(text) text /* a text that is translated where it is shown */

#define WORDS_MAX 256 /* bytes of one text, with NUL */

/* "HP LaserJet", or what an unknown printer is called. */
const char *words_name(const struct view_printer *p);

/* "ready", "printing", "asleep", …: what matters most of a printer now. */
void words_state(const struct view_printer *p, char ret_text[static WORDS_MAX]);

/* "Black toner: 51 %" */
void words_supply(const struct view_supply *s, char ret_text[static WORDS_MAX]);

/* "Black toner is low"; false: there is nothing to say of this supply. */
bool words_shortage(const struct view_supply *s, char ret_text[static WORDS_MAX]);

/* An alert in the person's language, where it has words for it. */
const char *words_alert(const struct view_alert *a);

/* "Connected to print.example.org" */
void words_link(const struct view *v, char ret_text[static WORDS_MAX]);

/* All of it in one line, for the icon's tool tip. */
void words_summary(const struct view *v, char ret_text[static WORDS_MAX]);

/* Who wants to see, or sees, which printer's page. */
void words_page(const struct view *v, const struct view_page *p, char ret_text[static WORDS_MAX]);

#endif
