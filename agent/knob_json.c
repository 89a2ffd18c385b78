/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of a printer as JSON: what each is, what it may be, and who sets it. */
#include "platen/json.h"
#include "snapshot_json.h"

static void add_value(cJSON *list, enum pl_knob knob, int64_t value)
{
	char text[PL_MAX_KNOB_TEXT];

	pl_knob_text(knob, value, text);
	cJSON_AddItemToArray(list, cJSON_CreateString(text));
}

/* The values it takes, where it tells them; for numbers also their bounds. */
static void add_choices(cJSON *o, enum pl_knob knob, const struct pl_knob_state *state)
{
	const char *const *words = pl_knob_words(knob);
	cJSON *list;

	if (!words) {
		pl_json_add_int(o, "minimum", state->minimum);
		pl_json_add_int(o, "maximum", state->maximum);
		pl_json_add_int(o, "step", state->step);
	}
	if (words ? state->words == 0 : state->number_count == 0) {
		cJSON_AddNullToObject(o, "choices");
		return;
	}
	list = cJSON_AddArrayToObject(o, "choices");
	for (int64_t i = 0; words && words[i]; i++)
		if (state->words >> i & 1)
			add_value(list, knob, i);
	for (size_t i = 0; i < state->number_count; i++)
		add_value(list, knob, state->numbers[i]);
}

cJSON *pl_knobs_to_json(const struct pl_reading *r)
{
	cJSON *o, *items;

	if (!r->knobs.known)
		return cJSON_CreateNull();
	o = cJSON_CreateObject();
	cJSON_AddBoolToObject(o, "wants_password", r->knobs.wants_password);
	items = cJSON_AddArrayToObject(o, "items");
	for (int i = 0; i < PL_KNOB_COUNT; i++) {
		const struct pl_knob_state *state = &r->knobs.of[i];
		char text[PL_MAX_KNOB_TEXT];
		cJSON *item;

		if (state->means == PL_SOURCE_NONE)
			continue;
		item = cJSON_CreateObject();
		pl_knob_text((enum pl_knob)i, state->value, text);
		pl_json_add_text(item, "name", pl_knob_name((enum pl_knob)i));
		pl_json_add_text(item, "value", text);
		pl_json_add_text(item, "means", pl_source_name(state->means));
		cJSON_AddBoolToObject(item, "writable", state->writable);
		add_choices(item, (enum pl_knob)i, state);
		cJSON_AddItemToArray(items, item);
	}
	return o;
}
