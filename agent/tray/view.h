/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_VIEW_H
#define PL_TRAY_VIEW_H

/*
 * View: what the agent tells the person at the PC, read from one line of its watch (protocol.h).
 * Everything is bounded, and texts of printers and of other people are made harmless here: one
 * line, no control characters, nothing that turns the direction of writing.
 *
 *     {"v":1,"ok":true,"result":{"connected":true,"printers":[{"key":"usb-…",…}],"pages":[]}}
 *
 * Threads: pure. Memory: values, about 40 KB; keep them off the stack.
 */

#include <stdbool.h>
#include <stddef.h>

#include "platen/result.h"
#include "platen/span.h"

#define VIEW_MAX_PRINTERS 16
#define VIEW_MAX_ALERTS	  8
#define VIEW_MAX_SUPPLIES 12
#define VIEW_MAX_PAGES	  8
#define VIEW_MAX_KEY	  65 /* bytes with NUL, as all here */
#define VIEW_MAX_NAME	  96
#define VIEW_MAX_WORD	  48
#define VIEW_MAX_TEXT	  160

enum view_severity { VIEW_REPORT, VIEW_WARNING, VIEW_CRITICAL };
enum view_state { VIEW_UNKNOWN, VIEW_IDLE, VIEW_PROCESSING, VIEW_STOPPED };
enum view_level { VIEW_LEVEL_UNKNOWN, VIEW_LEVEL_OK, VIEW_LEVEL_LOW, VIEW_LEVEL_EMPTY };
enum view_enrolment { VIEW_NOT_ENROLLED, VIEW_PENDING, VIEW_REFUSED, VIEW_ENROLLED };

struct view_alert {
	enum view_severity severity;
	char code[VIEW_MAX_WORD];  /* PrtAlertCodeTC keyword, "coverOpen" */
	char group[VIEW_MAX_WORD]; /* PrtAlertGroupTC keyword, "cover" */
	char text[VIEW_MAX_NAME];  /* English, of our own table */
};

struct view_supply {
	char type[VIEW_MAX_WORD];     /* "toner", "wasteInk"; "" unknown */
	char colorant[VIEW_MAX_WORD]; /* "black"; "" none */
	bool fills;		      /* a waste box: empty means that it is full */
	int percent;		      /* of a waste box the room left; -1 unknown */
	enum view_level level;
};

struct view_printer {
	char key[VIEW_MAX_KEY];
	char name[VIEW_MAX_NAME];
	enum view_state state;
	bool asleep;
	bool gets_firmware; /* now: it must stay where it is */
	struct view_alert alerts[VIEW_MAX_ALERTS];
	size_t alert_count;
	struct view_supply supplies[VIEW_MAX_SUPPLIES];
	size_t supply_count;
};

/* A printer's own web page, shown to somebody far away. */
struct view_page {
	char id[VIEW_MAX_KEY];
	char user[VIEW_MAX_NAME];
	char key[VIEW_MAX_KEY]; /* of the printer */
	bool asked;		/* the person here has to answer; else it is open */
	bool firmware;		/* may put a firmware on the printer */
};

struct view {
	bool has_agent; /* it is there, and has told the rest */
	char version[VIEW_MAX_WORD];
	enum view_enrolment enrolment;
	bool connected; /* to the connector */
	char server[VIEW_MAX_TEXT];
	char trouble[VIEW_MAX_TEXT];
	struct view_printer printers[VIEW_MAX_PRINTERS];
	size_t printer_count;
	size_t more_printers; /* than are kept here */
	struct view_page pages[VIEW_MAX_PAGES];
	size_t page_count;
};

/* What the icon says. */
enum view_mood { VIEW_WELL, VIEW_ATTENTION, VIEW_ERROR, VIEW_OFFLINE, VIEW_REMOTE, VIEW_MOODS };

/* Reads one line. Returns PL_OK | PL_E_PROTOCOL | PL_E_UNSUPPORTED (the agent does not know how to
 * be watched) | PL_E_REFUSED (it says no) | PL_E_NO_MEMORY. */
enum pl_result view_read(struct pl_span line, struct view *ret_view, struct pl_error *err);

enum view_mood view_mood(const struct view *v);

/* The printer of this key; NULL: none. */
const struct view_printer *view_printer(const struct view *v, const char *key);

/* Copies text as it may be shown, cut at a character's edge. Returns ret_text. */
char *view_clean(const char *text, char *ret_text, size_t cap);

#endif
