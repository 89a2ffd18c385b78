/* SPDX-License-Identifier: Apache-2.0 */
/* ProductUsageDyn.xml: the life counters. Only direct children of the subunits count: the document
 * has dozens of TotalImpressions by media, type and language, and some sheets stand there twice (as
 * Letter and as A4). Polling is itself counted there (EWSAccessCount), so it is read seldom. */
#include <string.h>

#include "ledm_xml.h"
#include "text.h"

static const struct {
	const char *path; /* inside ProductUsageDyn */
	enum pl_counter counter;
} COUNTERS[] = {
	{ "PrinterSubunit/TotalImpressions", PL_COUNTER_IMPRESSIONS },
	{ "PrinterSubunit/ColorImpressions", PL_COUNTER_IMPRESSIONS_COLOR },
	{ "PrinterSubunit/MonochromeImpressions", PL_COUNTER_IMPRESSIONS_MONOCHROME },
	{ "PrinterSubunit/DuplexSheets", PL_COUNTER_SHEETS_DUPLEX },
	{ "PrinterSubunit/JamEvents", PL_COUNTER_JAMS },
	{ "ScannerEngineSubunit/ScanImages", PL_COUNTER_SCANS },
	{ "CopyApplicationSubunit/TotalImpressions", PL_COUNTER_COPIES },
	{ "FaxApplicationSubunit/TotalImpressions", PL_COUNTER_FAXES },
};

/* Where the engine tells no ScanImages, its two ways to scan together do. */
struct usage {
	struct pl_snapshot *s;
	int64_t adf, flatbed;
};

static void on_leave(void *arg, const char *path, struct pl_span text)
{
	struct usage *u = arg;
	const char *name = ledm_inside(path, "ProductUsageDyn");
	int64_t value;

	if (!name || !text_number(text, &value))
		return;
	for (size_t i = 0; i < sizeof(COUNTERS) / sizeof(COUNTERS[0]); i++)
		if (strcmp(name, COUNTERS[i].path) == 0)
			pl_snapshot_count(u->s, COUNTERS[i].counter, value, PL_SOURCE_LEDM);
	if (strcmp(name, "ScannerEngineSubunit/AdfImages") == 0)
		u->adf = value;
	else if (strcmp(name, "ScannerEngineSubunit/FlatbedImages") == 0)
		u->flatbed = value;
}

enum pl_result ledm_read_usage(struct pl_span xml, struct pl_snapshot *s, struct pl_error *err)
{
	struct usage u = { .s = s, .adf = PL_UNKNOWN, .flatbed = PL_UNKNOWN };
	struct ledm_visitor visitor = { .leave = on_leave, .arg = &u };
	enum pl_result r = ledm_walk(xml, "ProductUsageDyn", &visitor, err);

	if (r == PL_OK && s->counters[PL_COUNTER_SCANS].source != PL_SOURCE_LEDM && u.adf >= 0 &&
	    u.flatbed >= 0 && u.adf <= INT64_MAX - u.flatbed)
		pl_snapshot_count(s, PL_COUNTER_SCANS, u.adf + u.flatbed, PL_SOURCE_LEDM);
	return r;
}
