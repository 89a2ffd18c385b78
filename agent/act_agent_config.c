/* SPDX-License-Identifier: Apache-2.0 */
/* agent_config: settings of this agent, at once and for good; what was and what is are told. */
#include <string.h>

#include <cjson/cJSON.h>

#include "act_kinds.h"
#include "overrides.h"
#include "platen/json.h"

#define MAX_TEXT 256

static enum pl_result check(const cJSON *parameters, struct pl_error *err)
{
	const cJSON *member;

	cJSON_ArrayForEach(member, parameters)
	{
		if (strcmp(member->string, "settings") != 0)
			return pl_error_set(
				err, PL_E_INVALID,
				"The action has a parameter that this agent does not know");
	}
	return pl_overrides_check(NULL, pl_json_at(parameters, "settings"), err);
}

/* A value in words: a text as it is, anything else as JSON. */
static void add_value(cJSON *o, const char *name, const cJSON *value)
{
	struct pl_bytes text;

	pl_bytes_init(&text, MAX_TEXT);
	if (cJSON_IsString(value))
		cJSON_AddStringToObject(o, name, value->valuestring);
	else if (value && !cJSON_IsNull(value) && pl_json_print(value, &text) == PL_OK)
		cJSON_AddStringToObject(o, name, (const char *)text.at);
	else
		cJSON_AddNullToObject(o, name);
	pl_bytes_finish(&text);
}

static void tell(struct pl_act *a, const cJSON *changes, const cJSON *before, const cJSON *after)
{
	cJSON *list = cJSON_AddArrayToObject(a->result, "settings");
	const cJSON *change;

	cJSON_ArrayForEach(change, changes)
	{
		const cJSON *was = pl_json_at(before, change->string);
		const cJSON *is = pl_json_at(after, change->string);
		bool same = (!was && !is) || cJSON_Compare(was, is, true);
		cJSON *o = cJSON_CreateObject();

		cJSON_AddStringToObject(o, "name", change->string);
		cJSON_AddStringToObject(o, "outcome", same ? "unchanged" : "applied");
		add_value(o, "wanted", change);
		add_value(o, "before", was);
		add_value(o, "after", is);
		cJSON_AddItemToArray(list, o);
	}
}

static enum pl_result run(struct pl_act *a, struct pl_error *err)
{
	const cJSON *changes = pl_json_at(a->action->parameters, "settings");
	cJSON *before = NULL, *after = NULL;
	enum pl_result r = pl_overrides_check(a->settings, changes, err);

	if (r != PL_OK)
		return pl_act_say(a, r, "%s", err->text);
	r = pl_act_begin(a, err);
	if (r == PL_OK)
		r = pl_uplink_override(a->uplink, changes, &before, &after, err);
	if (r == PL_OK)
		tell(a, changes, before, after);
	else if (a->begun)
		(void)pl_act_say(a, r, "The settings could not be written to this PC's disk");
	cJSON_Delete(before);
	cJSON_Delete(after);
	return r;
}

const struct pl_act_kind PL_ACT_AGENT_CONFIG = {
	.type = PL_ACTION_AGENT_CONFIG, .of_pc = true, .check = check, .run = run
};
