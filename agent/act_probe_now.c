/* SPDX-License-Identifier: Apache-2.0 */
/* probe_now: reads everything of the printer now; what it told travels as records. */
#include "act_kinds.h"

static enum pl_result run(struct pl_act *a, struct pl_error *err)
{
	const struct pl_snapshot *s;
	enum pl_result r = pl_act_begin(a, err);
	bool ok;

	if (r != PL_OK)
		return r;
	if (!pl_act_look(a, &ok))
		return pl_error_set(err, PL_E_CANCELLED, "the agent stops");
	if (ok)
		return PL_OK;
	s = &a->last->snapshot;
	return pl_error_set(err, s->error_count > 0 ? s->errors[0].code : PL_E_TIMEOUT, "%s",
			    s->error_count > 0 ? s->errors[0].text : "no language told anything");
}

const struct pl_act_kind PL_ACT_PROBE_NOW = { .type = PL_ACTION_PROBE_NOW, .run = run };
