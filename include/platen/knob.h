/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_KNOB_H
#define PL_KNOB_H

/*
 * Knob: a setting of a printer that can be changed from afar, and how each language names it. One
 * table (ipp/knob_table.c) knows names, kinds and words; a value is a number, or the index of a
 * word, and travels as text ("900", "iso_a4_210x297mm", "on").
 *
 *     default_media   IPP media-default          PJL PAPER=A4
 *     sleep_timer_s   LEDM PowerSaveTimeout      PJL POWERSAVETIME=15 (minutes)
 *
 * What a printer can do is what it told: printer-settable-attributes-supported, the elements of
 * ProductConfigDyn, the list of INFO VARIABLES with its allowed values. Its memory wears with every
 * write, so whoever writes compares first.
 *
 * Threads: pure, but for pl_ipp_knob_*, one per stream. Memory: values.
 * Standards: RFC 3380 (Set-Printer-Attributes); HP PJL Technical Reference.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/bytes.h"
#include "platen/result.h"
#include "platen/snapshot.h"
#include "platen/span.h"
#include "platen/stream.h"

enum pl_knob {
	PL_KNOB_SLEEP_TIMER,
	PL_KNOB_AUTO_OFF,
	PL_KNOB_DEFAULT_MEDIA,
	PL_KNOB_DUPLEX,
	PL_KNOB_PRINT_QUALITY,
	PL_KNOB_DENSITY,
	PL_KNOB_TONER_SAVE,
	PL_KNOB_DISPLAY_LANGUAGE,
	PL_KNOB_PANEL_LOCK,
	PL_KNOB_AUTO_CONTINUE,
	PL_KNOB_QUIET_MODE,
	PL_KNOB_COUNT
};

#define PL_MAX_KNOB_TEXT    64 /* bytes with NUL of a value's text */
#define PL_MAX_KNOB_NUMBERS 24 /* of one list of allowed numbers */
#define PL_MAX_KNOB_FORM    12 /* "_minutes" */

/* "sleep_timer_s"; and back: PL_KNOB_COUNT for a name that is none. */
const char *pl_knob_name(enum pl_knob knob);
enum pl_knob pl_knob_of(const char *name);

/* The words a knob can have, ended by NULL; NULL: its values are numbers, within these bounds. */
const char *const *pl_knob_words(enum pl_knob knob);
int64_t pl_knob_minimum(enum pl_knob knob);
int64_t pl_knob_maximum(enum pl_knob knob);

/* A value as text, and back. Returns PL_OK | PL_E_INVALID (err says what is allowed). */
void pl_knob_text(enum pl_knob knob, int64_t value, char ret_text[static PL_MAX_KNOB_TEXT]);
enum pl_result pl_knob_read(enum pl_knob knob, const char *text, int64_t *ret_value,
			    struct pl_error *err);

/* What one printer told of one knob. */
struct pl_knob_state {
	enum pl_source means; /* the language that sets it: IPP, LEDM or PJL; NONE: not told */
	bool writable;
	int64_t value;	 /* PL_UNKNOWN: one that the table does not know */
	uint64_t words;	 /* bits of the words it takes; 0: it does not say */
	int64_t minimum; /* PL_UNKNOWN: it does not say */
	int64_t maximum;
	int64_t step; /* of numbers: the language counts in so many (minutes: 60) */
	int64_t numbers[PL_MAX_KNOB_NUMBERS]; /* the only ones it takes; none: it does not say */
	size_t number_count;
	char form[PL_MAX_KNOB_FORM]; /* LEDM: what stands behind the digits */
};

struct pl_knobs {
	bool known; /* it was asked */
	bool wants_password;
	struct pl_knob_state of[PL_KNOB_COUNT];
};

/* Makes everything unknown. */
void pl_knobs_init(struct pl_knobs *knobs);

/* True when the printer, as far as it says, takes this value. */
bool pl_knob_takes(const struct pl_knob_state *state, enum pl_knob knob, int64_t value);

/* What is wanted: bits 1 << enum pl_knob, and the values. */
struct pl_knob_wish {
	unsigned wanted;
	int64_t value[PL_KNOB_COUNT];
};

/* ---- IPP ---- */

struct pl_ipp_answer;

/* Set-Printer-Attributes (RFC 3380). */
#define PL_IPP_OP_SET_PRINTER_ATTRIBUTES 0x0013

/* Adds what an answer to PL_IPP_ASK_SETTINGS tells. */
void pl_ipp_knobs(const struct pl_ipp_answer *answer, struct pl_knobs *knobs);

/* Sets all of the wish that IPP sets, in one request: the printer takes all of it or nothing.
 * `headers`: further HTTP header lines (a password), or NULL. Returns as pl_ipp_identify(). */
enum pl_result pl_ipp_knobs_set(struct pl_stream *s, const char *target, const char *headers,
				const struct pl_knob_wish *wish, int64_t by_ms,
				struct pl_error *err);

/* ---- LEDM ---- */

/* Adds what ProductConfigDyn tells. Results of pl_ledm_read(). */
enum pl_result pl_ledm_knobs(struct pl_span xml, struct pl_knobs *knobs, struct pl_error *err);

/* Writes the part of ProductConfigDyn to be PUT, numbers in the form the printer told them.
 * Returns PL_OK | PL_E_TOO_BIG. */
enum pl_result pl_ledm_knobs_document(const struct pl_knobs *knobs, const struct pl_knob_wish *wish,
				      struct pl_bytes *out);

/* ---- PJL ---- */

/* Adds what the category VARIABLES of an answer tells. */
void pl_pjl_knobs(struct pl_span answer, struct pl_knobs *knobs);

/* Writes the one packet that sets the wish's defaults; `password` -1: none, else 0..65535.
 * Returns PL_OK | PL_E_TOO_BIG (over one packet). */
enum pl_result pl_pjl_knobs_order(const struct pl_knob_wish *wish, int password,
				  struct pl_bytes *out);

#endif
