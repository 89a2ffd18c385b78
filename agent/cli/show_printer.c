/* SPDX-License-Identifier: Apache-2.0 */
/* One printer, for people. */
#include "show_printer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "platen/json.h"

#define LABEL_WIDTH 10
#define BAR_WIDTH   20
#define NOT_TOLD    "not told"

static const char *told(const cJSON *o, const char *path)
{
	const char *text = pl_json_text(o, path);

	return text ? text : NOT_TOLD;
}

static bool number(const cJSON *o, const char *path, int64_t *ret)
{
	return pl_json_int(o, path, -PL_MAX_JSON_INT, PL_MAX_JSON_INT, ret);
}

static void label(const struct paper *p, const char *text)
{
	fputs("  ", stdout);
	paper_blanks(LABEL_WIDTH - paper_text(p, INK_DIM, text, 0));
}

static void show_name(const struct paper *p, const cJSON *o)
{
	const char *make = pl_json_text(o, "identity.make");
	const char *model = pl_json_text(o, "identity.model");

	if (make && model && strncmp(model, make, strlen(make)) != 0)
		paper_print(p, INK_BOLD, "%s %s", make, model);
	else
		paper_print(p, INK_BOLD, "%s", model ? model : make ? make : "A printer");
	fputs("  ", stdout);
	paper_print(p, INK_DIM, "%s", told(o, "key"));
	fputc('\n', stdout);
}

static enum ink state_ink(const char *state)
{
	if (strcmp(state, "stopped") == 0)
		return INK_RED;
	return strcmp(state, "unknown") == 0 ? INK_YELLOW : INK_GREEN;
}

static void show_state(const struct paper *p, const cJSON *o)
{
	const char *state = told(o, "state.printer_state");
	const char *message = pl_json_text(o, "state.message");
	bool asleep = false, busy = false;

	label(p, "State");
	if (pl_json_bool(o, "state.asleep", &asleep) && asleep)
		paper_print(p, INK_DIM, "asleep");
	else if (strcmp(state, "unknown") == 0)
		paper_print(p, INK_YELLOW, NOT_TOLD);
	else
		paper_print(p, state_ink(state), "%s", state);
	if (message)
		paper_print(p, INK_PLAIN, " %s \"%s\"", paper_dot(p), message);
	if (pl_json_bool(o, "access.busy", &busy) && busy)
		paper_print(p, INK_YELLOW, " %s in use, read gently", paper_dot(p));
	fputc('\n', stdout);
}

static enum ink severity_ink(const char *severity)
{
	if (strcmp(severity, "critical") == 0)
		return INK_RED;
	return strcmp(severity, "warning") == 0 ? INK_YELLOW : INK_DIM;
}

static void show_alerts(const struct paper *p, const cJSON *o)
{
	const cJSON *alert;

	cJSON_ArrayForEach(alert, pl_json_at(o, "alerts"))
	{
		enum ink ink = severity_ink(told(alert, "severity"));

		label(p, "");
		paper_print(p, ink, "! %s", told(alert, "description"));
		paper_print(p, INK_DIM, " (%s)", told(alert, "code"));
		fputc('\n', stdout);
	}
}

static void show_identity(const struct paper *p, const cJSON *o)
{
	const char *confidence = told(o, "identity.confidence");

	label(p, "Serial");
	paper_print(p, INK_PLAIN, "%s", told(o, "identity.serial_number"));
	if (strcmp(confidence, "weak") == 0)
		paper_print(p, INK_YELLOW, " (uncertain)");
	paper_print(p, INK_PLAIN, " %s firmware %s %s USB %s", paper_dot(p),
		    told(o, "identity.firmware"), paper_dot(p), told(o, "usb.port_path"));
	fputc('\n', stdout);
}

static void show_level(const struct paper *p, const cJSON *supply)
{
	int64_t percent, code = 0;

	if (number(supply, "level_percent", &percent)) {
		paper_bar(p, percent, BAR_WIDTH);
		paper_print(p, INK_PLAIN, " %3" PRId64 " %%", percent);
		return;
	}
	number(supply, "level_code", &code);
	paper_print(p, INK_DIM, "%-*s", BAR_WIDTH + 6, code == -3 ? "some left" : NOT_TOLD);
}

static void supply_name(const cJSON *supply, char *ret_name, size_t cap)
{
	const char *colorant = pl_json_text(supply, "colorant");
	const char *type = told(supply, "type");

	if (colorant && strcmp(colorant, "none") != 0)
		snprintf(ret_name, cap, "%s %s", colorant, type);
	else
		snprintf(ret_name, cap, "%s", type);
}

static void show_supplies(const struct paper *p, const cJSON *o)
{
	const cJSON *list = pl_json_at(o, "supplies"), *supply;
	const char *title = "Supplies";
	int width = 0;
	char name[80];

	if (!cJSON_IsArray(list)) {
		label(p, title);
		paper_print(p, INK_DIM, NOT_TOLD);
		fputc('\n', stdout);
		return;
	}
	cJSON_ArrayForEach(supply, list)
	{
		supply_name(supply, name, sizeof(name));
		if (paper_width(p, name) > width)
			width = paper_width(p, name);
	}
	cJSON_ArrayForEach(supply, list)
	{
		const char *part = pl_json_text(supply, "part_number");
		const char *state = told(supply, "state");

		label(p, title);
		title = "";
		supply_name(supply, name, sizeof(name));
		paper_blanks(width + 2 - paper_text(p, INK_PLAIN, name, 0));
		show_level(p, supply);
		if (part)
			paper_print(p, INK_DIM, "  %s", part);
		if (strcmp(state, "ok") != 0 && strcmp(state, "unknown") != 0)
			paper_print(p, INK_RED, "  %s", state);
		fputc('\n', stdout);
	}
}

static void show_counters(const struct paper *p, const cJSON *o)
{
	static const struct {
		const char *path, *name;
	} COUNTERS[] = {
		{ "counters.impressions", "impressions" },
		{ "counters.impressions_color", "in colour" },
		{ "counters.impressions_monochrome", "in black" },
		{ "counters.sheets", "sheets" },
		{ "counters.sheets_duplex", "two-sided" },
		{ "counters.scans", "scans" },
		{ "counters.copies", "copies" },
		{ "counters.faxes", "faxes" },
		{ "counters.jams", "jams" },
	};
	const char *separator = "";
	int64_t value;

	label(p, "Counters");
	for (size_t i = 0; i < sizeof(COUNTERS) / sizeof(COUNTERS[0]); i++) {
		if (!number(o, COUNTERS[i].path, &value))
			continue;
		paper_print(p, INK_PLAIN, "%s%s%s%" PRId64 " %s", separator,
			    separator[0] ? paper_dot(p) : "", separator, value, COUNTERS[i].name);
		separator = " ";
	}
	if (!separator[0])
		paper_print(p, INK_DIM, NOT_TOLD);
	fputc('\n', stdout);
}

static void show_trays(const struct paper *p, const cJSON *o)
{
	const cJSON *tray;
	const char *title = "Trays";

	cJSON_ArrayForEach(tray, pl_json_at(o, "media"))
	{
		int64_t level, code = 0, capacity;

		label(p, title);
		title = "";
		paper_print(p, INK_PLAIN, "%s: ", told(tray, "name"));
		number(tray, "level_code", &code);
		if (number(tray, "level", &level))
			paper_print(p, level == 0 ? INK_RED : INK_PLAIN, "%" PRId64, level);
		else
			paper_print(p, INK_PLAIN, "%s", code == -3 ? "some" : NOT_TOLD);
		if (number(tray, "capacity", &capacity))
			paper_print(p, INK_PLAIN, " of %" PRId64 " sheets", capacity);
		if (pl_json_text(tray, "size"))
			paper_print(p, INK_DIM, " %s %s", paper_dot(p), told(tray, "size"));
		fputc('\n', stdout);
	}
}

static void show_access(const struct paper *p, const cJSON *o)
{
	static const char *const TIERS[] = { "descriptors and 1284 ID only", "HTTP over USB",
					     "PJL on the print pipe" };
	const char *owner = told(o, "access.owner");
	const char *note = pl_json_text(o, "access.note");
	int64_t tier = 0;

	label(p, "Read by");
	pl_json_int(o, "access.tier", 0, 2, &tier);
	paper_print(p, INK_DIM, "%s", TIERS[tier]);
	if (strcmp(owner, "none") != 0)
		paper_print(p, INK_DIM, " %s held by %s", paper_dot(p), owner);
	fputc('\n', stdout);
	if (note) {
		label(p, "");
		paper_print(p, INK_DIM, "%s", note);
		fputc('\n', stdout);
	}
}

static void show_errors(const struct paper *p, const cJSON *o)
{
	const cJSON *error;
	const char *title = "Trouble";

	cJSON_ArrayForEach(error, pl_json_at(o, "errors"))
	{
		label(p, title);
		title = "";
		paper_print(p, INK_YELLOW, "%s: %s", told(error, "source"), told(error, "error"));
		fputc('\n', stdout);
	}
}

void show_printer(const struct paper *p, const cJSON *printer)
{
	show_name(p, printer);
	show_state(p, printer);
	show_alerts(p, printer);
	show_identity(p, printer);
	show_supplies(p, printer);
	show_counters(p, printer);
	show_trays(p, printer);
	show_access(p, printer);
	show_errors(p, printer);
}
