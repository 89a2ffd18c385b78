/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the signed payload of an action: one that is to be done is bound to this PC, known,
 * allowed and in time; one that is not has a reason. */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "action_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_order_check check = { .agent_id = "0b0c7a52-5a1e-4f6e-8e39-1f0a64a3d7c1",
					.customer_id = "6d1f7c52-3b8e-4c1a-9f57-0f4a2b9d8e10",
					.forbid = 1u << PL_ACTION_FIRMWARE,
					.now_ms = 1801310400000 - 3600000 };
	struct pl_order o;

	if (pl_order_parse((struct pl_span){ (const char *)data, size }, &check, &o, NULL) != PL_OK)
		return 0;
	if (!o.id[0] || !o.type[0] || (o.action != NULL) != (o.verdict == PL_ACTION_DELIVERED) ||
	    (o.action == NULL) != (o.reason[0] != '\0'))
		abort();
	if (o.action &&
	    (!cJSON_IsObject(o.action->parameters) || o.action->type >= PL_ACTION_TYPE_COUNT ||
	     o.action->type == PL_ACTION_FIRMWARE || strcmp(o.id, o.action->id) != 0 ||
	     o.action->not_after_ms <= check.now_ms ||
	     o.action->not_after_ms > check.now_ms + PL_MAX_ACTION_AHEAD_MS))
		abort();
	pl_order_finish(&o);
	return 0;
}
