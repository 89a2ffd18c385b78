/* SPDX-License-Identifier: Apache-2.0 */
/* Reasons: keywords, suffixes, and the table from supplies to keywords. */

#include "reason.h"

#include <stdio.h>
#include <string.h>

#include "json.h"

static const char *const SUFFIXES[] = { "error", "warning", "report" };

/* PWG 5100.9: what a supply of a type is called when it runs out. */
static const struct {
	const char *type, *low, *empty;
} SUPPLIES[] = {
	{ "toner", "toner-low-warning", "toner-empty-error" },
	{ "ink", "marker-supply-low-warning", "marker-supply-empty-error" },
	{ "inkCartridge", "marker-supply-low-warning", "marker-supply-empty-error" },
	{ "wasteToner", "marker-waste-almost-full-warning", "marker-waste-full-error" },
	{ "wasteInk", "marker-waste-almost-full-warning", "marker-waste-full-error" },
	{ "opc", "opc-near-eol-warning", "opc-life-over-error" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *vp_reason_base(const char *reason, char ret_base[static VP_MAX_REASON])
{
	const char *dash = strrchr(reason, '-');
	size_t n = strlen(reason);

	snprintf(ret_base, VP_MAX_REASON, "%s", reason);
	for (size_t i = 0; dash && i < COUNT(SUFFIXES); i++) {
		if (strcmp(dash + 1, SUFFIXES[i]) != 0)
			continue;
		n = (size_t)(dash - reason);
		if (n < VP_MAX_REASON)
			ret_base[n] = '\0';
		return SUFFIXES[i];
	}
	return "";
}

void vp_reason_full(const cJSON *words, const char *reason, char ret_full[static VP_MAX_REASON])
{
	char base[VP_MAX_REASON];
	const cJSON *word;

	if (vp_reason_base(reason, base)[0]) {
		snprintf(ret_full, VP_MAX_REASON, "%s", reason);
		return;
	}
	word = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(words, "reasons"),
						base);
	snprintf(ret_full, VP_MAX_REASON, "%.48s-%.8s", base,
		 vp_json_text(word, "severity", "error"));
}

void vp_reasons_remove(cJSON *reasons, const char *reason)
{
	char wanted[VP_MAX_REASON], base[VP_MAX_REASON];

	vp_reason_base(reason, wanted);
	for (int i = cJSON_GetArraySize(reasons) - 1; i >= 0; i--) {
		vp_reason_base(cJSON_GetArrayItem(reasons, i)->valuestring, base);
		if (strcmp(base, wanted) == 0)
			cJSON_DeleteItemFromArray(reasons, i);
	}
}

bool vp_reasons_stop(const cJSON *reasons)
{
	char base[VP_MAX_REASON];
	const cJSON *reason;

	cJSON_ArrayForEach(reason, reasons)
	{
		if (strcmp(vp_reason_base(reason->valuestring, base), "error") == 0)
			return true;
	}
	return false;
}

static int gravity(const char *severity)
{
	return strcmp(severity, "error") == 0 ? 3 : strcmp(severity, "warning") == 0 ? 2 : 1;
}

const char *vp_reason_shown(const cJSON *facts, const cJSON *words, const char *key)
{
	const cJSON *state = cJSON_GetObjectItemCaseSensitive(facts, "state"), *reason;
	bool idle = strcmp(vp_json_text(state, "printer_state", ""), "processing") != 0;
	const char *gravest = NULL;
	char base[VP_MAX_REASON];
	int grave = 0;

	if (vp_json_true(state, "asleep", false))
		return NULL;
	cJSON_ArrayForEach(reason, cJSON_GetObjectItemCaseSensitive(state, "reasons"))
	{
		int g = gravity(vp_reason_base(reason->valuestring, base));
		const cJSON *word = cJSON_GetObjectItemCaseSensitive(
			cJSON_GetObjectItemCaseSensitive(words, "reasons"), base);

		if (!cJSON_GetObjectItemCaseSensitive(word, key) || g <= grave || (!idle && g < 3))
			continue;
		gravest = reason->valuestring;
		grave = g;
	}
	return gravest;
}

void vp_reasons_drop_supplies(cJSON *reasons)
{
	for (size_t i = 0; i < COUNT(SUPPLIES); i++) {
		vp_reasons_remove(reasons, SUPPLIES[i].low);
		vp_reasons_remove(reasons, SUPPLIES[i].empty);
	}
}

const char *vp_reason_of_supply(const char *type, const char *condition)
{
	for (size_t i = 0; i < COUNT(SUPPLIES); i++) {
		if (strcmp(SUPPLIES[i].type, type) != 0)
			continue;
		if (strcmp(condition, "low") == 0)
			return SUPPLIES[i].low;
		if (strcmp(condition, "empty") == 0)
			return SUPPLIES[i].empty;
	}
	return NULL;
}

void vp_reasons_add_supply(cJSON *reasons, const char *type, const char *condition)
{
	const char *reason = vp_reason_of_supply(type, condition);

	if (!reason)
		return;
	vp_reasons_remove(reasons, reason);
	cJSON_AddItemToArray(reasons, cJSON_CreateString(reason));
}
