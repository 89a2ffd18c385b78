/* SPDX-License-Identifier: Apache-2.0 */
/* View: facts plus words plus times. */

#include "view.h"

#include <stdio.h>
#include <string.h>

#include <platen/clock.h>

#include "json.h"
#include "reason.h"
#include "template.h"

static const char *state_name(const cJSON *facts)
{
	const cJSON *state = cJSON_GetObjectItemCaseSensitive(facts, "state");

	if (vp_json_true(state, "asleep", false))
		return "asleep";
	return vp_json_text(state, "printer_state", "idle");
}

static const cJSON *words_of(const cJSON *words, const char *kind, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(words, kind),
						name);
}

/* Adds the printer's reasons with their words, and "has", by which a template asks for one. */
static void add_reasons(cJSON *view, const cJSON *words)
{
	cJSON *list = cJSON_AddArrayToObject(view, "reasons");
	cJSON *has = cJSON_AddObjectToObject(view, "has");
	const cJSON *reason;
	char base[VP_MAX_REASON];

	cJSON_ArrayForEach(reason, vp_json_at(view, "state.reasons"))
	{
		const char *severity = vp_reason_base(reason->valuestring, base);
		cJSON *item = cJSON_Duplicate(words_of(words, "reasons", base), true);

		if (!item)
			item = cJSON_CreateObject();
		cJSON_DeleteItemFromObject(item, "severity");
		cJSON_AddStringToObject(item, "severity", severity);
		cJSON_AddBoolToObject(item, "stops", strcmp(severity, "error") == 0);
		cJSON_AddBoolToObject(item, "warns", strcmp(severity, "warning") == 0);
		cJSON_AddStringToObject(item, "keyword", reason->valuestring);
		cJSON_AddStringToObject(item, "base", base);
		cJSON_AddItemToArray(list, item);
		cJSON_AddTrueToObject(has, base);
	}
}

/* The words of the one reason that a language with room for one shows; of the state where it shows
 * none. */
static void add_shown(cJSON *view, const cJSON *words, const cJSON *status)
{
	static const char *const LANGUAGES[][2] = { { "pjl", "pjl_code" },
						    { "ledm", "ledm" },
						    { "vstatus", "vstatus" } };
	cJSON *shown = cJSON_AddObjectToObject(view, "shown");

	for (size_t i = 0; i < sizeof(LANGUAGES) / sizeof(LANGUAGES[0]); i++) {
		const char *reason = vp_reason_shown(view, words, LANGUAGES[i][1]);
		char base[VP_MAX_REASON] = "";

		if (reason)
			vp_reason_base(reason, base);
		cJSON_AddItemToObject(
			shown, LANGUAGES[i][0],
			cJSON_Duplicate(reason ? words_of(words, "reasons", base) : status, true));
	}
}

static void add_supplies(cJSON *view)
{
	cJSON *supply;

	cJSON_ArrayForEach(supply, cJSON_GetObjectItemCaseSensitive(view, "supplies"))
	{
		double max = vp_json_number(supply, "max_capacity", 100);
		double level = vp_json_number(supply, "level", 0);
		double percent = max > 0 ? (double)(int)(level * 100 / max) : 0;
		char digits[16];

		snprintf(digits, sizeof(digits), "%03d", (int)percent);
		cJSON_AddStringToObject(supply, "percent_3", digits);
		cJSON_AddNumberToObject(supply, "percent", percent);
		cJSON_AddNumberToObject(supply, "used_percent", 100 - percent);
		cJSON_AddBoolToObject(
			supply, "known",
			cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(supply, "level")));
	}
}

static void add_times(cJSON *view, const struct vp_state_times *t)
{
	cJSON *ipp = cJSON_AddObjectToObject(view, "ipp");
	cJSON *now = cJSON_AddObjectToObject(view, "now");
	const char *state = vp_json_text(cJSON_GetObjectItemCaseSensitive(view, "state"),
					 "printer_state", "idle");
	char text[PL_MAX_TIME_TEXT];

	cJSON_AddNumberToObject(ipp, "state",
				strcmp(state, "stopped") == 0	   ? 5
				: strcmp(state, "processing") == 0 ? 4
								   : 3);
	cJSON_AddNumberToObject(ipp, "up_time",
				(double)((pl_clock_now_ms() - t->started_ms) / 1000 + 1));
	cJSON_AddNumberToObject(ipp, "change_time",
				t->changed_ms > t->started_ms
					? (double)((t->changed_ms - t->started_ms) / 1000 + 1)
					: 1);
	pl_clock_text(pl_clock_wall_ms(), text);
	cJSON_AddStringToObject(now, "rfc3339", text);
	cJSON_AddNumberToObject(now, "unix", (double)(pl_clock_wall_ms() / 1000));
	cJSON_AddNumberToObject(view, "revision", (double)t->revision);
	cJSON_AddNumberToObject(view, "jobs", t->jobs);
}

cJSON *vp_view(const struct vp_profile *profile, struct vp_state *state, const char *language)
{
	cJSON *view = vp_state_told(state, language);
	struct vp_state_times times = vp_state_times(state);
	const cJSON *status = words_of(profile->words, "states", state_name(view));

	add_shown(view, profile->words, status);
	add_reasons(view, profile->words);
	add_supplies(view);
	add_times(view, &times);
	cJSON_AddItemToObject(view, "status", cJSON_Duplicate(status, true));
	cJSON_AddBoolToObject(view, "online", !vp_reasons_stop(vp_json_at(view, "state.reasons")));
	return view;
}

char *vp_view_text(const struct vp_profile *profile, struct vp_state *state, const char *language,
		   const char *text)
{
	cJSON *view = vp_view(profile, state, language);
	char *rendered = vp_template_text(text, view);

	cJSON_Delete(view);
	return rendered;
}

uint8_t vp_view_port_status(struct vp_state *state)
{
	cJSON *facts = vp_state_facts(state);
	const cJSON *reason, *reasons = vp_json_at(facts, "state.reasons");
	char base[VP_MAX_REASON];
	uint8_t bits = 0x18;

	if (vp_reasons_stop(reasons))
		bits &= (uint8_t)~0x08;
	cJSON_ArrayForEach(reason, reasons)
	{
		vp_reason_base(reason->valuestring, base);
		if (strcmp(base, "media-empty") == 0)
			bits |= 0x20;
		if (strcmp(base, "offline") == 0)
			bits &= (uint8_t)~0x10;
	}
	cJSON_Delete(facts);
	return bits;
}
