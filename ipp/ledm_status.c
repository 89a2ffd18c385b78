/* SPDX-License-Identifier: Apache-2.0 */
/* ProductStatusDyn.xml: what the printer does, and what it complains of. */
#include <stdio.h>
#include <string.h>

#include "ledm_xml.h"
#include "platen/alert.h"
#include "text.h"

#define LENGTH(a)    (sizeof(a) / sizeof((a)[0]))
#define SOURCE	     PL_SOURCE_LEDM
#define MAX_STATUSES 16

/* A StatusCategory or a ProductStatusAlertID: both use the same words. */
static const struct meaning {
	char word[28];
	enum pl_printer_state state; /* PL_STATE_UNKNOWN: says nothing of the state */
	char reason[36];	     /* without suffix; "" where nothing is wrong */
} MEANINGS[] = {
	{ "ready", PL_STATE_IDLE, "" },
	{ "inPowerSave", PL_STATE_IDLE, "" },
	{ "scannerAdfLoaded", PL_STATE_IDLE, "" },
	{ "scanToDestinationNotSet", PL_STATE_IDLE, "" },
	{ "processing", PL_STATE_PROCESSING, "" },
	{ "cancelJob", PL_STATE_PROCESSING, "" },
	{ "initializing", PL_STATE_PROCESSING, "" },
	{ "warmingUp", PL_STATE_PROCESSING, "" },
	{ "calibrating", PL_STATE_PROCESSING, "marker-adjusting-print-quality" },
	{ "copying", PL_STATE_PROCESSING, "" },
	{ "scanProcessing", PL_STATE_PROCESSING, "" },
	{ "scanWaitingForPC", PL_STATE_PROCESSING, "" },
	{ "faxProcessing", PL_STATE_PROCESSING, "" },
	{ "faxSending", PL_STATE_PROCESSING, "" },
	{ "faxReceiving", PL_STATE_PROCESSING, "" },
	{ "faxDialing", PL_STATE_PROCESSING, "" },
	{ "faxConnecting", PL_STATE_PROCESSING, "" },
	{ "faxBlocking", PL_STATE_IDLE, "" },
	{ "faxSendError", PL_STATE_UNKNOWN, "other" },
	{ "faxReceiveError", PL_STATE_UNKNOWN, "other" },
	{ "faxErrorStorageFull", PL_STATE_UNKNOWN, "spool-area-full" },
	{ "shuttingDown", PL_STATE_STOPPED, "shutdown" },
	{ "closeDoorOrCover", PL_STATE_STOPPED, "cover-open" },
	{ "closeCover", PL_STATE_STOPPED, "cover-open" },
	{ "trayEmptyOrOpen", PL_STATE_STOPPED, "media-empty" },
	{ "trayEmpty", PL_STATE_STOPPED, "media-empty" },
	{ "trayOpen", PL_STATE_STOPPED, "input-tray-missing" },
	{ "insertOrCloseTray", PL_STATE_STOPPED, "input-tray-missing" },
	{ "insertOrCloseTray2", PL_STATE_STOPPED, "input-tray-missing" },
	{ "loadMedia", PL_STATE_STOPPED, "media-needed" },
	{ "manuallyFeed", PL_STATE_STOPPED, "input-manual-input-request" },
	{ "jamInPrinter", PL_STATE_STOPPED, "media-jam" },
	{ "outputBinFull", PL_STATE_STOPPED, "output-area-full" },
	{ "unexpectedSizeInTray", PL_STATE_STOPPED, "media-needed" },
	{ "sizeMismatchInTray", PL_STATE_STOPPED, "media-needed" },
	{ "typeMismatchInTray", PL_STATE_STOPPED, "media-needed" },
	{ "hardError", PL_STATE_STOPPED, "other" },
	{ "incorrectCartridge", PL_STATE_STOPPED, "marker-supply-missing" },
	{ "cartridgeMissing", PL_STATE_STOPPED, "marker-supply-missing" },
	{ "missingPrintHead", PL_STATE_STOPPED, "subunit-missing" },
	{ "cartridgeLow", PL_STATE_UNKNOWN, "marker-supply-low" },
	{ "cartridgeVeryLow", PL_STATE_UNKNOWN, "marker-supply-low" },
	{ "inkLow", PL_STATE_UNKNOWN, "marker-supply-low" },
	{ "tonerLow", PL_STATE_UNKNOWN, "toner-low" },
	{ "cartridgeEmpty", PL_STATE_UNKNOWN, "marker-supply-empty" },
	{ "cartridgeOut", PL_STATE_UNKNOWN, "marker-supply-empty" },
	{ "inkEmpty", PL_STATE_UNKNOWN, "marker-supply-empty" },
	{ "tonerEmpty", PL_STATE_UNKNOWN, "toner-empty" },
	{ "replaceCartridge", PL_STATE_UNKNOWN, "marker-supply-empty" },
	{ "wasteTonerAlmostFull", PL_STATE_UNKNOWN, "marker-waste-almost-full" },
	{ "wasteTonerFull", PL_STATE_STOPPED, "marker-waste-full" },
	{ "trayLow", PL_STATE_UNKNOWN, "media-low" },
	{ "scannerError", PL_STATE_UNKNOWN, "scanner-sensor-failure" },
	{ "scannerAdfJam", PL_STATE_UNKNOWN, "scan-media-path-jam" },
	{ "scannerAdfDoorOpen", PL_STATE_UNKNOWN, "cover-open" },
};

static const struct meaning *find_meaning(struct pl_span word)
{
	for (size_t i = 0; i < LENGTH(MEANINGS); i++)
		if (pl_span_is_word(word, MEANINGS[i].word))
			return &MEANINGS[i];
	return NULL;
}

struct status {
	struct pl_snapshot *s;
	const struct meaning *categories[MAX_STATUSES];
	size_t category_count;
	bool told;		     /* a StatusCategory came, known or not */
	enum pl_printer_state state; /* the gravest that was told */
	bool asleep;
	char alert_id[64];
	char severity[32];
	char consumable[32];
};

/* The gravest of the states that several Status elements tell. */
static bool is_graver(enum pl_printer_state a, enum pl_printer_state b)
{
	return (int)a > (int)b; /* unknown 0, idle 3, processing 4, stopped 5 */
}

static void read_category(struct status *st, struct pl_span text)
{
	const struct meaning *m = find_meaning(text);

	st->told = true;
	if (pl_span_is_word(text, "inPowerSave"))
		st->asleep = true;
	if (m && is_graver(m->state, st->state))
		st->state = m->state;
	if (m && m->reason[0] && st->category_count < MAX_STATUSES)
		st->categories[st->category_count++] = m;
}

/* M175nw sleeps with the category "ready"; only its words tell ("Power down mode"). */
static void read_words(struct status *st, struct pl_span text)
{
	if (text_has(text, "power down mode") || text_has(text, "sleep") ||
	    text_has(text, "power sav"))
		st->asleep = true;
	if (!st->s->message[0])
		pl_snapshot_set_message(st->s, text);
}

static enum pl_severity severity_of(const char *word)
{
	if (strcmp(word, "Error") == 0)
		return PL_SEVERITY_CRITICAL;
	if (strcmp(word, "Warning") == 0 || strcmp(word, "StrictWarning") == 0)
		return PL_SEVERITY_WARNING;
	if (strcmp(word, "Info") == 0)
		return PL_SEVERITY_REPORT;
	return PL_SEVERITY_UNKNOWN;
}

static void add_reason(struct pl_snapshot *s, const char *stem, enum pl_severity severity)
{
	static const char *const SUFFIXES[] = {
		[PL_SEVERITY_UNKNOWN] = "",
		[PL_SEVERITY_REPORT] = "-report",
		[PL_SEVERITY_WARNING] = "-warning",
		[PL_SEVERITY_CRITICAL] = "-error",
	};
	char keyword[PL_MAX_REASON];

	if (pl_snapshot_has_reason(s, stem))
		return;
	snprintf(keyword, sizeof(keyword), "%s%s", stem, SUFFIXES[severity]);
	pl_snapshot_add_reason(s, pl_span_of(keyword), SOURCE);
}

/* A cartridge is toner or ink, which IPP keeps apart. */
static const char *reason_of(const struct status *st, const struct meaning *m)
{
	if (!text_has(pl_span_of(st->consumable), "toner"))
		return m->reason;
	if (strcmp(m->reason, "marker-supply-low") == 0)
		return "toner-low";
	if (strcmp(m->reason, "marker-supply-empty") == 0)
		return "toner-empty";
	return m->reason;
}

/* Information that we do not know ("genuineHP") is none of our business; a warning or an error that
 * we do not know still is one. */
static void finish_alert(struct status *st)
{
	const struct meaning *m = find_meaning(pl_span_of(st->alert_id));
	enum pl_severity severity = severity_of(st->severity);

	if (m && m->reason[0])
		add_reason(st->s, reason_of(st, m), severity);
	else if (!m && (severity == PL_SEVERITY_WARNING || severity == PL_SEVERITY_CRITICAL))
		add_reason(st->s, "other", severity);
}

static void on_enter(void *arg, const char *path)
{
	struct status *st = arg;

	if (strcmp(path, "ProductStatusDyn/AlertTable/Alert") == 0)
		st->alert_id[0] = st->severity[0] = st->consumable[0] = '\0';
}

static void on_leave(void *arg, const char *path, struct pl_span text)
{
	struct status *st = arg;
	const char *name = ledm_inside(path, "ProductStatusDyn");

	if (!name)
		return;
	if (strcmp(name, "Status/StatusCategory") == 0)
		read_category(st, text);
	else if (strcmp(name, "Status/LocString") == 0)
		read_words(st, text);
	else if (strcmp(name, "AlertTable/Alert/ProductStatusAlertID") == 0)
		pl_span_copy(text, st->alert_id, sizeof(st->alert_id));
	else if (strcmp(name, "AlertTable/Alert/Severity") == 0)
		pl_span_copy(text, st->severity, sizeof(st->severity));
	else if (strcmp(name, "AlertTable/Alert/AlertDetails/AlertDetailsConsumableTypeEnum") == 0)
		pl_span_copy(text, st->consumable, sizeof(st->consumable));
	else if (strcmp(name, "AlertTable/Alert") == 0)
		finish_alert(st);
}

/* Categories have no severity of their own: they add only what no alert told. */
static void finish(struct status *st)
{
	struct pl_alert_meaning meaning;

	if (!st->told)
		return;
	pl_snapshot_set_state(st->s, st->state, SOURCE);
	pl_snapshot_add_reason(st->s, pl_span_of("none"), SOURCE);
	for (size_t i = 0; i < st->category_count; i++)
		if (pl_alert_by_reason(pl_span_of(st->categories[i]->reason), &meaning))
			add_reason(st->s, meaning.reason, meaning.severity);
	st->s->asleep = st->asleep ? PL_YES : PL_NO;
}

enum pl_result ledm_read_status(struct pl_span xml, struct pl_snapshot *s, struct pl_error *err)
{
	struct status st = { .s = s };
	struct ledm_visitor visitor = { on_enter, on_leave, &st };
	enum pl_result r = ledm_walk(xml, "ProductStatusDyn", &visitor, err);

	if (r == PL_OK)
		finish(&st);
	return r;
}

static void on_leave_mark(void *arg, const char *path, struct pl_span text)
{
	if (strcmp(path, "ProductStatusDyn/AlertTable/ModificationNumber") == 0)
		text_clean(text, arg, 32);
}

enum pl_result pl_ledm_read_alert_mark(struct pl_span xml, char ret_mark[static 32],
				       struct pl_error *err)
{
	char mark[32] = "";
	struct ledm_visitor visitor = { .leave = on_leave_mark, .arg = mark };
	enum pl_result r = ledm_walk(xml, "ProductStatusDyn", &visitor, err);

	if (r == PL_OK)
		memcpy(ret_mark, mark, sizeof(mark));
	return r;
}
