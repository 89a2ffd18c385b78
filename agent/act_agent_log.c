/* SPDX-License-Identifier: Apache-2.0 */
/* agent_log: the agent's recent log and how it stands, as a bundle. */
#include "act_kinds.h"
#include "bundle_send.h"
#include "diag.h"

static enum pl_result run(struct pl_act *a, struct pl_error *err)
{
	struct pl_bundle *b = NULL;
	struct pl_span zip;
	enum pl_result r = pl_act_begin(a, err);

	if (r == PL_OK && !(b = pl_bundle_create("agent_log", false)))
		r = pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	if (r == PL_OK) {
		pl_diag_agent(b, a->uplink, NULL);
		pl_diag_log(b);
		r = pl_bundle_end(b, &zip, err);
	}
	if (r == PL_OK)
		r = pl_bundle_send(a, zip, err);
	pl_bundle_destroy(b);
	return r;
}

const struct pl_act_kind PL_ACT_AGENT_LOG = { .type = PL_ACTION_AGENT_LOG,
					      .of_pc = true,
					      .run = run };
