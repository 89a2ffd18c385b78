/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Told: the patterns of state.json made into paths. Reasons and alerts are told one by one, by the
 * words that the languages have for them, and by how much room a language has.
 */

#include "told.h"

#include <stdio.h>
#include <string.h>

#include "json.h"
#include "reason.h"

#define MAX_PATH   160
#define ONE_REASON "state.reasons."
#define BY_REASON  "supplies.*.state:reason"

static void tell(cJSON *told_by, const char *path, const char *language)
{
	cJSON *list = cJSON_GetObjectItemCaseSensitive(told_by, path);

	if (!list)
		list = cJSON_AddArrayToObject(told_by, path);
	cJSON_AddItemToArray(list, cJSON_CreateString(language));
}

/* Only LEDM has a word for a supply's state; with IPP's marks it follows from the level, where that
 * is known. */
static bool is_told(const char *language, const cJSON *node, const char *path, const char *step)
{
	if (strncmp(path, "supplies.", 9) != 0 || strcmp(step, "state") != 0 ||
	    strcmp(language, "ledm") == 0)
		return true;
	return cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(node, "level"));
}

/* Walks a pattern ("supplies.*.level") down from `node`; every field it names is told by
 * `language`. */
static void expand(cJSON *told_by, const char *language, const cJSON *node, const char *pattern,
		   const char *so_far)
{
	const char *dot = strchr(pattern, '.');
	size_t n = dot ? (size_t)(dot - pattern) : strlen(pattern);
	const cJSON *item;
	char path[MAX_PATH];
	int i = 0;

	cJSON_ArrayForEach(item, node)
	{
		char step[64];

		if (item->string)
			snprintf(step, sizeof(step), "%s", item->string);
		else
			snprintf(step, sizeof(step), "%d", i);
		i++;
		if (!(n == 1 && pattern[0] == '*') &&
		    !(strlen(step) == n && strncmp(step, pattern, n) == 0))
			continue;
		snprintf(path, sizeof(path), "%s%s%s", so_far, *so_far ? "." : "", step);
		if (dot)
			expand(told_by, language, item, dot + 1, path);
		else if (is_told(language, node, path, step))
			tell(told_by, path, language);
	}
}

/* The word by which a language tells a reason, and whether it has room for one reason only. */
static const struct telling {
	const char *language, *key;
	bool one;
} TELLINGS[] = {
	{ "ipp", "alert", false },
	{ "ledm", "ledm", false },
	{ "pjl", "pjl_code", true },
	{ "ieee1284", "vstatus", true },
};

static const struct telling *telling_of(const char *language)
{
	for (size_t i = 0; i < sizeof(TELLINGS) / sizeof(TELLINGS[0]); i++)
		if (strcmp(TELLINGS[i].language, language) == 0)
			return &TELLINGS[i];
	return NULL;
}

/* A language with room for one reason may have a place of its own for another, as an ink printer's
 * ID has for its lid: the profile then says "state.reasons.cover-open", too. */
static bool has_own_place(const cJSON *patterns, const char *base)
{
	const cJSON *pattern;

	cJSON_ArrayForEach(pattern, patterns)
	{
		if (strncmp(pattern->valuestring, ONE_REASON, strlen(ONE_REASON)) == 0 &&
		    strcmp(pattern->valuestring + strlen(ONE_REASON), base) == 0)
			return true;
	}
	return false;
}

/* Which of the reasons a language tells now: "state.reasons.media-empty" or, with its code,
 * "alerts.inputMediaSupplyEmpty". */
static void tell_reasons(cJSON *told_by, const cJSON *patterns, const cJSON *out,
			 const struct vp_printer *p, const char *what)
{
	const char *language = patterns->string;
	const cJSON *words = cJSON_GetObjectItemCaseSensitive(p->profile->words, "reasons"),
		    *reason;
	const struct telling *t = telling_of(language);
	const char *shown = t && t->one ? vp_reason_shown(out, p->profile->words, t->key) : NULL;
	char base[VP_MAX_REASON], path[MAX_PATH];

	if (strcmp(what, "state.reasons") == 0)
		tell(told_by, what, language);
	cJSON_ArrayForEach(reason, vp_json_at(out, "state.reasons"))
	{
		const cJSON *word;

		vp_reason_base(reason->valuestring, base);
		word = cJSON_GetObjectItemCaseSensitive(words, base);
		if (t && t->one ? (!shown || strcmp(shown, reason->valuestring) != 0) &&
					  !has_own_place(patterns, base)
				: t && !cJSON_GetObjectItemCaseSensitive(word, t->key) &&
					  strcmp(language, "ipp") != 0)
			continue;
		if (strcmp(what, "state.reasons") == 0)
			snprintf(path, sizeof(path), "state.reasons.%s", base);
		else if (vp_json_text(word, "alert", NULL))
			snprintf(path, sizeof(path), "alerts.%s%s", vp_json_text(word, "alert", ""),
				 strcmp(what, "alerts.severity") == 0 ? ".severity" : "");
		else
			continue;
		tell(told_by, path, language);
	}
}

/* Whether `reason` can mean another supply than this one as well. */
static bool may_mean_another(const cJSON *supplies, const cJSON *mine, const char *reason)
{
	static const char ANY[] = "marker-supply-";
	const cJSON *other;

	cJSON_ArrayForEach(other, supplies)
	{
		const char *type = vp_json_text(other, "type", "");
		const char *low = vp_reason_of_supply(type, "low");
		const char *empty = vp_reason_of_supply(type, "empty");

		if (other == mine)
			continue;
		if (strncmp(reason, ANY, strlen(ANY)) == 0
			    ? strcmp(vp_json_text(other, "class", ""), "filled") != 0
			    : (low && strcmp(low, reason) == 0) ||
				      (empty && strcmp(empty, reason) == 0))
			return true;
	}
	return false;
}

/* Whether a language says this reason now; `shown`: the one it has room for. */
static bool says(const cJSON *out, const struct telling *t, const char *shown, const char *reason)
{
	const cJSON *each;

	if (t && t->one)
		return shown && strcmp(shown, reason) == 0 && strcmp(t->language, "pjl") == 0;
	cJSON_ArrayForEach(each, vp_json_at(out, "state.reasons"))
	{
		if (strcmp(each->valuestring, reason) == 0)
			return true;
	}
	return false;
}

/* A language without a word for a supply's state and without a mark still tells that one is empty,
 * by its level, and what a reason says that can mean no other. An ID's word for it means anything.
 */
static void tell_by_reason(cJSON *told_by, const char *language, const cJSON *out,
			   const struct vp_printer *p)
{
	const struct telling *t = telling_of(language);
	const char *shown = t && t->one ? vp_reason_shown(out, p->profile->words, t->key) : NULL;
	const cJSON *supplies = vp_json_at(out, "supplies"), *supply;
	char path[MAX_PATH];
	int i = 0;

	cJSON_ArrayForEach(supply, supplies)
	{
		const char *condition = vp_json_text(supply, "state", "");
		const char *reason =
			vp_reason_of_supply(vp_json_text(supply, "type", ""), condition);
		const cJSON *level = cJSON_GetObjectItemCaseSensitive(supply, "level");

		snprintf(path, sizeof(path), "supplies.%d.state", i++);
		if ((cJSON_IsNumber(level) && level->valuedouble == 0) ||
		    (reason && says(out, t, shown, reason) &&
		     !may_mean_another(supplies, supply, reason)))
			tell(told_by, path, language);
	}
}

/* A sleeping printer whose language has room for one word says that it sleeps, and nothing of its
 * state. */
static bool untold_in_sleep(const cJSON *out, const char *language, const char *pattern)
{
	const struct telling *t = telling_of(language);

	return t && t->one && strcmp(pattern, "state.printer_state") == 0 &&
	       cJSON_IsTrue(vp_json_at(out, "state.asleep"));
}

void vp_told(cJSON *out, const struct vp_printer *p)
{
	static const char *const USB[] = { "vendor_id", "product_id", "bus", "address",
					   "port_path" };
	cJSON *told_by = cJSON_CreateObject();
	const cJSON *language, *pattern;

	for (size_t i = 0; i < sizeof(USB) / sizeof(USB[0]); i++)
		expand(told_by, "usb", cJSON_GetObjectItemCaseSensitive(out, "usb"), USB[i], "usb");
	if (vp_device_descriptors(p->device)->serial)
		tell(told_by, "usb.serial", "usb");
	cJSON_ArrayForEach(language, p->profile->tells)
	{
		if (p->recovers && strcmp(language->string, "usb") != 0 &&
		    strcmp(language->string, "ieee1284") != 0)
			continue;
		cJSON_ArrayForEach(pattern, language)
		{
			const char *what = pattern->valuestring;

			if (strcmp(what, "state.reasons") == 0 || strncmp(what, "alerts", 6) == 0)
				tell_reasons(told_by, language, out, p, what);
			else if (strcmp(what, BY_REASON) == 0)
				tell_by_reason(told_by, language->string, out, p);
			else if (strncmp(what, ONE_REASON, strlen(ONE_REASON)) != 0 &&
				 !untold_in_sleep(out, language->string, what))
				expand(told_by, language->string, out, what, "");
		}
	}
	cJSON_AddItemToObject(out, "told_by", told_by);
}
