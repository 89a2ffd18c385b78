/* SPDX-License-Identifier: Apache-2.0 */
/* The table of the kinds of actions. A type without a row is rejected and not offered. */
#include <cjson/cJSON.h>

#include "act_kinds.h"

static const struct pl_act_kind *const KINDS[PL_ACTION_TYPE_COUNT] = {
	[PL_ACTION_PROBE_NOW] = &PL_ACT_PROBE_NOW,
	[PL_ACTION_IDENTIFY] = &PL_ACT_IDENTIFY,
	[PL_ACTION_REBOOT] = &PL_ACT_REBOOT,
	[PL_ACTION_PRINT_TEST_PAGE] = &PL_ACT_PRINT_TEST_PAGE,
	[PL_ACTION_AGENT_CONFIG] = &PL_ACT_AGENT_CONFIG,
	[PL_ACTION_CONFIGURE] = &PL_ACT_CONFIGURE,
	[PL_ACTION_FIRMWARE] = &PL_ACT_FIRMWARE,
	[PL_ACTION_EWS] = &PL_ACT_EWS,
	[PL_ACTION_AGENT_LOG] = &PL_ACT_AGENT_LOG,
	[PL_ACTION_DIAGNOSTICS] = &PL_ACT_DIAGNOSTICS,
};

const struct pl_act_kind *pl_act_kind(enum pl_action_type type)
{
	return KINDS[type];
}

unsigned pl_act_ours(void)
{
	unsigned types = 0;

	for (unsigned i = 0; i < PL_ACTION_TYPE_COUNT; i++)
		types |= KINDS[i] ? 1u << i : 0;
	return types;
}

unsigned pl_act_offered(const struct pl_known *known, const struct pl_usb_device *dev)
{
	unsigned types = 0;

	for (unsigned i = 0; i < PL_ACTION_TYPE_COUNT; i++)
		if (KINDS[i] && !KINDS[i]->of_pc &&
		    (!KINDS[i]->why_not || !KINDS[i]->why_not(known, dev)))
			types |= 1u << i;
	return types;
}

enum pl_result pl_act_check(const struct pl_action *action, struct pl_error *err)
{
	const struct pl_act_kind *kind = KINDS[action->type];

	if (!kind)
		return pl_error_set(err, PL_E_UNSUPPORTED, "This agent does not carry out %s",
				    PL_ACTION_WORDS[action->type]);
	if (!action->printer_key[0] && !kind->of_pc)
		return pl_error_set(err, PL_E_INVALID, "The action names no printer");
	if (action->printer_key[0] && kind->of_pc)
		return pl_error_set(err, PL_E_INVALID, "%s is about the PC, not about a printer",
				    PL_ACTION_WORDS[action->type]);
	if (kind->check)
		return kind->check(action->parameters, err);
	return cJSON_GetArraySize(action->parameters) == 0
		       ? PL_OK
		       : pl_error_set(err, PL_E_INVALID,
				      "The action has a parameter that this agent does not know");
}
