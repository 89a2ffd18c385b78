/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an IPP message: decoded as far as it makes sense, and the snapshot is sane. */
#include "fuzz_ipp.h"
#include "platen/ipp.h"

static void look_at(void *arg, const struct pl_ipp_value *v)
{
	must(v->name && v->name[0] && (v->kind != PL_IPP_TEXT || v->text));
	++*(int *)arg;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pl_snapshot s;
	struct pl_ipp_answer *a = NULL;
	struct pl_ipp_hints hints;
	struct pl_knobs knobs;
	struct pl_error err = { 0 };
	int values = 0;
	struct pl_ipp_visitor visitor = { .value = look_at, .arg = &values };

	pl_snapshot_init(&s);
	if (pl_ipp_decode(data, size, &a, &err) != PL_OK) {
		must(err.text[0] && !a);
		return 0;
	}
	pl_ipp_snapshot(a, &s);
	pl_ipp_get_hints(a, &hints);
	pl_ipp_supports(a, PL_IPP_OP_IDENTIFY_PRINTER);
	pl_ipp_identify_can(a, "flash");
	pl_knobs_init(&knobs);
	pl_ipp_knobs(a, &knobs);
	must_be_knobs(&knobs);
	pl_ipp_each(a, &visitor);
	pl_ipp_answer_destroy(a);
	must_reconcile(&s);
	return 0;
}
