/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_SNAPSHOT_H
#define PL_SNAPSHOT_H

/*
 * Snapshot: what is known of one printer at one moment, in the terms of IPP, Printer MIB and IEEE
 * 1284. Each language fills one of its own, knowing nothing of the others; the agent merges them
 * field by field. Whatever no language told stays unknown: PL_UNKNOWN, an empty text,
 * PL_SOURCE_NONE. Never 0, never a guess.
 *
 *     struct pl_snapshot part;
 *     pl_snapshot_init(&part);                           everything unknown
 *     pl_pjl_snapshot(answer, &part);                    PAGECOUNT=18421
 *                                                        -> counters[IMPRESSIONS] 18421, pjl
 *
 * Threads: values; copied, never shared. Memory: plain, about 30 KB; keep it off small stacks.
 * Standards: RFC 8011, PWG 5100.9, PWG 5100.13, RFC 3805, IEEE 1284.
 */

#include <stdbool.h>
#include <stdint.h>

#include "platen/result.h"
#include "platen/span.h"

#define PL_UNKNOWN INT64_MIN /* a number that nobody told */

#define PL_MAX_FACT	  256 /* bytes with NUL of one identity text */
#define PL_MAX_SUPPLIES	  32
#define PL_MAX_REASONS	  32
#define PL_MAX_REASON	  56 /* bytes with NUL; the longest standard one takes 54 */
#define PL_MAX_MEDIA	  16
#define PL_MAX_ALERTS	  32
#define PL_MAX_ALERT_CODE 48 /* bytes with NUL */
#define PL_MAX_ALERT_TEXT 64 /* bytes with NUL */
#define PL_MAX_ERRORS	  12
#define PL_MAX_MESSAGE	  256

/* Which language told a value. The JSON words are pl_source_name(): "ledm", "ipp", "pjl",
 * "ieee1284", "usb". */
enum pl_source {
	PL_SOURCE_NONE,
	PL_SOURCE_LEDM,
	PL_SOURCE_IPP,
	PL_SOURCE_PJL,
	PL_SOURCE_IEEE1284,
	PL_SOURCE_USB,
	PL_SOURCE_COUNT
};
const char *pl_source_name(enum pl_source source); /* NULL for PL_SOURCE_NONE */

enum pl_tristate { PL_MAYBE, PL_NO, PL_YES };

/* Identity texts; JSON names from pl_identity_name(). */
enum pl_identity_field {
	PL_ID_MAKE,
	PL_ID_MODEL,
	PL_ID_SERIAL_NUMBER,
	PL_ID_UUID, /* without "urn:uuid:", lower case */
	PL_ID_FIRMWARE,
	PL_ID_DEVICE_ID, /* the public part of the IEEE 1284 ID, see pl_devid_public() */
	PL_ID_COUNT
};
const char *pl_identity_name(enum pl_identity_field field);

struct pl_fact {
	char text[PL_MAX_FACT]; /* UTF-8; "" = unknown */
	enum pl_source source;
};

enum pl_printer_state {
	PL_STATE_UNKNOWN = 0,
	PL_STATE_IDLE = 3,
	PL_STATE_PROCESSING = 4,
	PL_STATE_STOPPED = 5
};								/* RFC 8011 */
const char *pl_printer_state_name(enum pl_printer_state state); /* "idle", …, "unknown" */

/* Life counters; they only grow. */
enum pl_counter {
	PL_COUNTER_IMPRESSIONS,
	PL_COUNTER_IMPRESSIONS_COLOR,
	PL_COUNTER_IMPRESSIONS_MONOCHROME,
	PL_COUNTER_SHEETS,
	PL_COUNTER_SHEETS_DUPLEX,
	PL_COUNTER_SCANS,
	PL_COUNTER_COPIES,
	PL_COUNTER_FAXES,
	PL_COUNTER_JAMS,
	PL_COUNTER_COUNT
};
const char *pl_counter_name(enum pl_counter counter); /* "impressions_color" */

struct pl_count {
	int64_t value; /* PL_UNKNOWN, or >= 0 */
	enum pl_source source;
};

enum pl_supply_class { PL_SUPPLY_CLASS_UNKNOWN, PL_SUPPLY_CONSUMED, PL_SUPPLY_FILLED };
enum pl_supply_state {
	PL_SUPPLY_STATE_UNKNOWN,
	PL_SUPPLY_OK,
	PL_SUPPLY_LOW,
	PL_SUPPLY_EMPTY,
	PL_SUPPLY_MISSING
};

/* One supply, in the terms of prtMarkerSuppliesTable (RFC 3805) and printer-supply (PWG 5100.13).
 */
struct pl_supply {
	int index; /* 1.. in the order the printer tells them */
	enum pl_supply_class supply_class;
	char type[32]; /* PrtMarkerSuppliesTypeTC: "toner", "wasteToner", "inkCartridge"; "" unknown
			*/
	char colorant[32]; /* prtMarkerColorantValue: "black", "cyan-magenta-yellow"; "" unknown */
	char description[64];
	char unit[32];	       /* "percent", "impressions", "tenthsOfMilliliters"; "" unknown */
	int64_t max_capacity;  /* in `unit`; PL_UNKNOWN */
	int64_t level;	       /* in `unit`; PL_UNKNOWN when the printer gave a code instead */
	int level_code;	       /* 0, or the MIB's -1 other, -2 unknown, -3 some */
	int64_t level_percent; /* 0..100; of a filled container the space that remains; PL_UNKNOWN
				*/
	char part_number[64];
	char serial_number[64];
	enum pl_supply_state state;
	enum pl_source source;
};

struct pl_medium {
	char name[64];		 /* stays on the PC: tray names are people's words */
	int64_t level, capacity; /* sheets; PL_UNKNOWN */
	int level_code;		 /* as in pl_supply */
	char size[64]; /* PWG 5101.1 self-describing name, "iso_a4_210x297mm"; "" unknown */
	enum pl_source source;
};

enum pl_severity {
	PL_SEVERITY_UNKNOWN,
	PL_SEVERITY_REPORT,
	PL_SEVERITY_WARNING,
	PL_SEVERITY_CRITICAL
};

struct pl_alert {
	char code[PL_MAX_ALERT_CODE]; /* PrtAlertCodeTC keyword, "coverOpen" */
	enum pl_severity severity;
	char group[32];			     /* PrtAlertGroupTC keyword, "cover"; "" unknown */
	char description[PL_MAX_ALERT_TEXT]; /* our own table's English words for `code`; the
						device's words never leave */
	int64_t since_ms;		     /* wall clock when we first saw it; PL_UNKNOWN */
	enum pl_source source;
};

/* What went wrong while reading, in words a person can act on. */
struct pl_complaint {
	enum pl_source source;
	enum pl_result code; /* PL_OK: the answer came, what it says is odd */
	char text[PL_MAX_ERROR];
};

struct pl_snapshot {
	struct pl_fact identity[PL_ID_COUNT];

	enum pl_printer_state printer_state;
	enum pl_source state_source;
	enum pl_tristate asleep;
	char reasons[PL_MAX_REASONS][PL_MAX_REASON]; /* IPP printer-state-reasons with the suffix
							the printer gave; never "none" */
	size_t reason_count;
	bool reasons_known; /* told "none" and told nothing are different */
	enum pl_source reasons_source;
	char message[PL_MAX_MESSAGE]; /* the printer's words; stays on the PC */

	struct pl_supply supplies[PL_MAX_SUPPLIES];
	size_t supply_count;
	struct pl_count counters[PL_COUNTER_COUNT];
	struct pl_medium media[PL_MAX_MEDIA];
	size_t medium_count;
	struct pl_alert alerts[PL_MAX_ALERTS];
	size_t alert_count;
	struct pl_complaint errors[PL_MAX_ERRORS];
	size_t error_count;
};

/* Makes everything unknown. */
void pl_snapshot_init(struct pl_snapshot *s);

/* Sets an identity text when `text` (trimmed) is not empty and nothing stands there yet; control
 * characters become blanks, long text is cut at a character's edge, bytes that are no UTF-8 become
 * '?'. A UUID loses its "urn:uuid:" and its capitals. */
void pl_snapshot_identify(struct pl_snapshot *s, enum pl_identity_field field, struct pl_span text,
			  enum pl_source source);

/* Sets the state; PL_STATE_UNKNOWN changes nothing. */
void pl_snapshot_set_state(struct pl_snapshot *s, enum pl_printer_state state,
			   enum pl_source source);

/* Sets the printer's own words, cleaned as in pl_snapshot_identify(); empty text changes nothing.
 */
void pl_snapshot_set_message(struct pl_snapshot *s, struct pl_span text);

/* Sets a counter; a negative value changes nothing. */
void pl_snapshot_count(struct pl_snapshot *s, enum pl_counter counter, int64_t value,
		       enum pl_source source);

/* Adds a reason keyword once ("none" only marks reasons as known). Too long or not a keyword (RFC
 * 8011 section 5.1.4): left out. */
void pl_snapshot_add_reason(struct pl_snapshot *s, struct pl_span keyword, enum pl_source source);

/* True when the reason stands there, the -error/-warning/-report suffixes of both ignored. */
bool pl_snapshot_has_reason(const struct pl_snapshot *s, const char *keyword);

/* Adds a supply or medium row made unknown, or NULL when the list is full. */
struct pl_supply *pl_snapshot_add_supply(struct pl_snapshot *s, enum pl_source source);
struct pl_medium *pl_snapshot_add_medium(struct pl_snapshot *s, enum pl_source source);

/* Adds an alert by its PrtAlertCodeTC keyword or number, with group, severity and description from
 * the alert table (alert.h); once per code. An unknown severity takes the table's. NULL when the
 * list is full or the standards have no such code. */
struct pl_alert *pl_snapshot_add_alert(struct pl_snapshot *s, struct pl_span code,
				       enum pl_severity severity, enum pl_source source);

/* Adds one printf-style sentence to the errors; lost when the list is full. */
void pl_snapshot_complain(struct pl_snapshot *s, enum pl_source source, const char *fmt, ...)
	PL_PRINTF(3, 4);

/* Sets type (and with it the class) and colorant from any of the languages' words:
 * "toner-cartridge" (CUPS), "tonerCartridge" (LEDM, PWG 5100.13), "K", "CMY", "Black". Unknown
 * words: type "other", the colorant lower-cased as told. */
void pl_supply_set_type(struct pl_supply *supply, struct pl_span word);
void pl_supply_set_colorant(struct pl_supply *supply, struct pl_span word);

/* Fills level_percent from level, max_capacity and unit, and a state that nobody told yet: empty at
 * 0 percent; where the printer tells a mark of its own, low down to and including `low_percent` and
 * ok above it; unknown where it tells none (PL_UNKNOWN), for what is low with one is plenty with
 * the next. Of a filled container empty means: no space remains. */
void pl_supply_settle(struct pl_supply *supply, int64_t low_percent);

/* When all languages have spoken, lets the reasons speak of the supplies: "toner-low" makes the one
 * toner of a printer low, whatever its level says. Where several supplies could be meant, none is:
 * that would be a guess. That no reason complains says nothing: PJL and 1284 IDs tell one trouble
 * at a time, and a jam hides that toner is low. */
void pl_supply_reconcile(struct pl_snapshot *s);

#endif
