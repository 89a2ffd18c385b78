/* SPDX-License-Identifier: Apache-2.0 */
/* identify: the printer shows itself (Identify-Printer): it flashes, sounds or tells a word. */
#include <string.h>

#include <cjson/cJSON.h>

#include "act_kinds.h"
#include "platen/clock.h"
#include "platen/ipp.h"
#include "platen/json.h"

#define IDENTIFY_MS 20000

/* `actions`: the ways in which it may show itself; none: its own default. */
static enum pl_result check(const cJSON *parameters, struct pl_error *err)
{
	static const char *const WAYS[] = { "flash", "sound", "display", "speak" };
	const cJSON *parameter, *way;

	cJSON_ArrayForEach(parameter, parameters)
	{
		if (strcmp(parameter->string, "actions") != 0 || !cJSON_IsArray(parameter))
			return pl_error_set(
				err, PL_E_INVALID,
				"The action has a parameter that this agent does not know");
		cJSON_ArrayForEach(way, parameter)
		{
			bool known = false;

			for (size_t i = 0; i < sizeof(WAYS) / sizeof(WAYS[0]); i++)
				known = known || (cJSON_IsString(way) &&
						  strcmp(way->valuestring, WAYS[i]) == 0);
			if (!known)
				return pl_error_set(err, PL_E_INVALID,
						    "The action names a way to identify that does "
						    "not exist");
		}
	}
	return PL_OK;
}

static const char *why_not(const struct pl_known *known, const struct pl_usb_device *dev)
{
	(void)dev;
	return known->can_identify ? NULL : "This printer does not offer Identify-Printer";
}

/* The first wanted way that this printer has; NULL with *ret_ok: the printer's own default. */
static const char *choose_way(const struct pl_known *known, const cJSON *wanted, bool *ret_ok)
{
	const struct {
		const char *name;
		bool can;
	} ways[] = { { "flash", known->can_flash },
		     { "sound", known->can_sound },
		     { "display", known->can_display } };
	const cJSON *item;

	*ret_ok = cJSON_GetArraySize(wanted) == 0;
	cJSON_ArrayForEach(item, wanted)
	{
		for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
			if (!ways[i].can || !cJSON_IsString(item) ||
			    strcmp(item->valuestring, ways[i].name) != 0)
				continue;
			*ret_ok = true;
			return ways[i].name;
		}
	}
	return NULL;
}

static enum pl_result run(struct pl_act *a, struct pl_error *err)
{
	struct pl_stream *stream;
	const char *way;
	enum pl_result r;
	bool ok;

	way = choose_way(a->known, pl_json_at(a->action->parameters, "actions"), &ok);
	if (!ok)
		return pl_act_say(a, PL_E_UNSUPPORTED,
				  "This printer has none of the wanted ways to show itself");
	r = pl_act_http(a, &stream, err);
	if (r == PL_OK)
		r = pl_act_begin(a, err);
	if (r == PL_OK)
		r = pl_ipp_identify(stream, a->known->ipp_target, way, pl_clock_in_ms(IDENTIFY_MS),
				    err);
	if (r == PL_OK)
		cJSON_AddStringToObject(a->result, "means", "ipp");
	return r;
}

const struct pl_act_kind PL_ACT_IDENTIFY = {
	.type = PL_ACTION_IDENTIFY, .check = check, .why_not = why_not, .run = run
};
