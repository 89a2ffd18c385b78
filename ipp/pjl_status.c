/* SPDX-License-Identifier: Apache-2.0 */
/* INFO STATUS and USTATUS DEVICE: what a status code means. DISPLAY is in the panel's language, so
 * it is shown and, but for sleep, not understood. */
#include <stdlib.h>
#include <string.h>

#include "pjl_parts.h"
#include "text.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define SOURCE	  PL_SOURCE_PJL

#define CODE_READY_OFFLINE 10002

#define IDLE	   PL_STATE_IDLE
#define PROCESSING PL_STATE_PROCESSING
#define STOPPED	   PL_STATE_STOPPED
#define UNTOLD	   PL_STATE_UNKNOWN

/* Codes from `first` to `last`. The narrower rows come first. Groups: PJL Technical Reference
 * appendix D; single codes: what HP's and compatible printers send. */
static const struct row {
	int first, last;
	enum pl_printer_state state;
	bool asleep;
	char reason[48];
} ROWS[] = {
	/* 10xxx: information. */
	{ 10000, 10000, IDLE, true, "" },
	{ 10001, 10001, IDLE, false, "" },
	{ CODE_READY_OFFLINE, CODE_READY_OFFLINE, IDLE, false, "" },
	{ 10003, 10005, PROCESSING, false, "" }, /* warming up, self test, reset */
	{ 10006, 10006, IDLE, false, "toner-low-warning" },
	{ 10007, 10007, PROCESSING, false, "" }, /* cancelling */
	{ 10010, 10010, UNTOLD, false, "" },	 /* the status buffer overflowed */
	{ 10011, 10011, PROCESSING, false, "" },
	{ 10013, 10023, PROCESSING, false, "" }, /* test pages, resets, a job */
	{ 10024, 10025, PROCESSING, false, "" }, /* data waits */
	{ 10026, 10026, PROCESSING, false, "" },
	{ 10027, 10027, STOPPED, false, "media-jam-error" }, /* remove paper from printer */
	{ 10028, 10036, PROCESSING, false, "" },
	/* 102xx: order a supply; 103xx: replace it. */
	{ 10200, 10203, UNTOLD, false, "toner-low-warning" },
	{ 10204, 10208, UNTOLD, false, "opc-near-eol-warning" },
	{ 10209, 10212, UNTOLD, false, "toner-low-warning" },
	{ 10213, 10213, UNTOLD, false, "marker-supply-low-warning" }, /* transport kit */
	{ 10214, 10214, UNTOLD, false, "cleaner-life-almost-over-warning" },
	{ 10215, 10218, UNTOLD, false, "marker-supply-low-warning" }, /* transfer, fuser, any */
	{ 10300, 10303, UNTOLD, false, "toner-empty-warning" },
	{ 10304, 10308, UNTOLD, false, "opc-life-over-warning" },
	{ 10309, 10312, UNTOLD, false, "toner-empty-warning" },
	{ 10313, 10313, UNTOLD, false, "marker-supply-empty-warning" },
	{ 10314, 10314, UNTOLD, false, "cleaner-life-over-warning" },
	{ 10315, 10318, UNTOLD, false, "marker-supply-empty-warning" },
	{ 10400, 10401, UNTOLD, false, "" }, /* another maker's supply, and its end */
	{ 10402, 10402, UNTOLD, false, "marker-supply-missing-warning" },
	{ 10000, 10999, UNTOLD, false, "" },
	/* Background messages about paper and bins: printing goes on. */
	{ 11000, 11999, UNTOLD, false, "media-empty-warning" },
	{ 12000, 12999, UNTOLD, false, "" },
	{ 15000, 15999, UNTOLD, false, "output-area-full-warning" },
	/* Faults of what was sent, not of the printer. */
	{ 20000, 29999, UNTOLD, false, "" },
	{ 32000, 32999, UNTOLD, false, "" },
	/* 30xxx: goes on by itself. */
	{ 30016, 30017, PROCESSING, false, "interpreter-complex-page-encountered-warning" },
	{ 30034, 30034, STOPPED, false, "media-jam-error" },
	{ 30078, 30078, IDLE, true, "" },
	{ 30119, 30119, STOPPED, false, "media-jam-error" },
	{ 30000, 30999, PROCESSING, false, "other-warning" },
	/* 35xxx: may need a hand. */
	{ 35075, 35075, UNTOLD, false, "toner-low-warning" },
	{ 35078, 35078, IDLE, true, "" },
	{ 35000, 35999, UNTOLD, false, "other-warning" },
	/* 40xxx: needs a hand. 40000 is sleep, also with Brother, whom the question wakes. */
	{ 40000, 40000, IDLE, true, "" },
	{ 40010, 40010, STOPPED, false, "marker-toner-cartridge-missing-error" },
	{ 40019, 40019, STOPPED, false, "output-area-full-error" },
	{ 40020, 40020, STOPPED, false, "marker-toner-cartridge-missing-error" },
	{ 40021, 40021, STOPPED, false, "cover-open-error" },
	{ 40022, 40022, STOPPED, false, "media-jam-error" },
	{ 40026, 40026, STOPPED, false, "input-tray-missing-error" },
	{ 40034, 40034, STOPPED, false, "media-jam-error" },
	{ 40038, 40038, UNTOLD, false, "toner-low-warning" },
	{ 40050, 40050, STOPPED, false, "marker-fuser-thermistor-failure-error" },
	{ 40051, 40052, STOPPED, false, "laser-failure-error" }, /* beam, scanner mirror */
	{ 40053, 40053, STOPPED, false, "fan-failure-error" },
	{ 40056, 40056, STOPPED, false, "input-tray-missing-error" },
	{ 40079, 40079, STOPPED, false, "paused" }, /* taken offline at the panel */
	{ 40093, 40093, STOPPED, false, "media-jam-error" },
	{ 40141, 40141, STOPPED, false, "toner-empty-error" },
	{ 40600, 40600, STOPPED, false, "toner-empty-error" },
	{ 40000, 40999, STOPPED, false, "other-error" },
	/* Foreground messages: the job waits. */
	{ 41000, 41999, STOPPED, false, "media-empty-error" },
	{ 42000, 42999, STOPPED, false, "media-jam-error" },
	{ 43000, 43999, STOPPED, false, "other-error" },
	{ 44000, 44999, STOPPED, false, "media-jam-error" },
	/* 50xxx: hardware. */
	{ 50000, 50000, STOPPED, false, "other-error" },
	{ 50001, 50999, STOPPED, false, "other-error" },
	{ 55000, 55999, STOPPED, false, "interpreter-resource-unavailable-error" },
};

void pl_pjl_code(int code, struct pl_pjl_meaning *ret_meaning)
{
	*ret_meaning = (struct pl_pjl_meaning){ .reason = "" };
	for (size_t i = 0; i < LENGTH(ROWS); i++) {
		if (code < ROWS[i].first || code > ROWS[i].last)
			continue;
		ret_meaning->state = ROWS[i].state;
		ret_meaning->asleep = ROWS[i].asleep ? PL_YES : PL_NO;
		ret_meaning->reason = ROWS[i].reason;
		return;
	}
}

static void apply_code(int code, struct pl_snapshot *s)
{
	struct pl_pjl_meaning m;

	pl_pjl_code(code, &m);
	/* The first code tells the state; the others, where there are any, add their reasons. */
	if (s->printer_state == PL_STATE_UNKNOWN)
		pl_snapshot_set_state(s, m.state, SOURCE);
	if (m.asleep != PL_MAYBE && s->asleep != PL_YES)
		s->asleep = m.asleep;
	pl_snapshot_add_reason(s, pl_span_of(m.reason[0] ? m.reason : "none"), SOURCE);
}

/* Ready, but offline: somebody paused it. Pantum says the same of every idle printer. */
static void apply_offline(bool is_pantum, struct pl_snapshot *s)
{
	if (is_pantum)
		return;
	pl_snapshot_set_state(s, PL_STATE_STOPPED, SOURCE);
	pl_snapshot_add_reason(s, pl_span_of("paused"), SOURCE);
}

/* CODE, or CODE2 and so on where there are several. */
static bool is_code(struct pl_span key)
{
	int64_t number;

	if (key.size < 4 || !pl_span_is_word((struct pl_span){ key.at, 4 }, "CODE"))
		return false;
	return key.size == 4 || text_number((struct pl_span){ key.at + 4, key.size - 4 }, &number);
}

bool pjl_read_status(struct pl_span lines, bool is_pantum, struct pl_snapshot *s)
{
	struct pl_span rest = lines, line, key, value;
	bool told = false, ready_offline = false, online = false, offline = false;
	int64_t code;

	while (pjl_next_line(&rest, &line)) {
		pjl_split(line, &key, &value);
		if (is_code(key) && text_leading_number(value, &code) && code >= 0 &&
		    code < 100000) {
			apply_code((int)code, s);
			ready_offline = ready_offline || code == CODE_READY_OFFLINE;
			told = true;
		} else if (text_same_words(key, "DISPLAY")) {
			pl_snapshot_set_message(s, value);
		} else if (text_same_words(key, "ONLINE")) {
			online = pl_span_is_word(value, "TRUE");
			offline = pl_span_is_word(value, "FALSE");
		}
	}
	if (ready_offline && offline)
		apply_offline(is_pantum, s);
	if (told && s->printer_state == PL_STATE_UNKNOWN && (online || offline))
		pl_snapshot_set_state(s, online ? PL_STATE_IDLE : PL_STATE_STOPPED, SOURCE);
	if (told && s->printer_state != PL_STATE_PROCESSING &&
	    (text_has(pl_span_of(s->message), "sleep") ||
	     text_has(pl_span_of(s->message), "powersave")))
		s->asleep = PL_YES;
	/* Some say their toner in a status, "TONER=44", and nowhere else. */
	if (s->supply_count == 0)
		pjl_read_supplies(lines, s);
	return told;
}
