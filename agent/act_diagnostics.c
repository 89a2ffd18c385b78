/* SPDX-License-Identifier: Apache-2.0 */
/* diagnostics: a bundle of all that the printer and the agent tell, as far as it may leave. */
#include "act_kinds.h"
#include "bundle_send.h"
#include "diag.h"
#include "platen/clock.h"

#define COLLECT_MS (90 * 1000)

static enum pl_result collect(struct pl_act *a, struct pl_bundle *b, struct pl_error *err)
{
	enum pl_result r;

	pl_act_progress(a, 10, "reading", NULL);
	if (!pl_act_look(a, NULL))
		return pl_error_set(err, PL_E_CANCELLED, "the agent stops");
	r = pl_diag_printer(a, b, pl_clock_in_ms(COLLECT_MS), err);
	if (r == PL_E_GONE)
		r = PL_OK; /* what it told before is worth having */
	pl_act_progress(a, 70, "packing", NULL);
	pl_diag_agent(b, a->uplink, NULL);
	pl_diag_log(b);
	return r;
}

static enum pl_result run(struct pl_act *a, struct pl_error *err)
{
	struct pl_bundle *b = NULL;
	struct pl_span zip;
	enum pl_result r = pl_act_begin(a, err);

	if (r == PL_OK && !(b = pl_bundle_create("diagnostics", false)))
		r = pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	if (r == PL_OK)
		r = collect(a, b, err);
	if (r == PL_OK)
		r = pl_bundle_end(b, &zip, err);
	if (r == PL_OK) {
		pl_act_progress(a, 80, "sending", NULL);
		r = pl_bundle_send(a, zip, err);
	}
	pl_bundle_destroy(b);
	return r;
}

const struct pl_act_kind PL_ACT_DIAGNOSTICS = { .type = PL_ACTION_DIAGNOSTICS, .run = run };
