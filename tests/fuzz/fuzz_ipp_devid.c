/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a device ID: spans stay inside, the public part is printable, the snapshot is sane.
 */
#include "fuzz_ipp.h"
#include "platen/devid.h"

static void must_be_inside(struct pl_span s, struct pl_span text)
{
	must(s.size == 0 || (s.at >= text.at && s.at + s.size <= text.at + text.size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pl_snapshot s;
	struct pl_span text = { (const char *)data, size };
	struct pl_devid id;

	if (pl_devid_parse(text, &id) == PL_OK) {
		char shown[64];

		must_be_inside(id.make, text);
		must_be_inside(id.s_field, text);
		must_be_inside(id.commands, text);
		pl_devid_speaks(&id, "PJL");
		for (size_t cap = 1; cap <= sizeof(shown); cap += 21) {
			pl_devid_public(&id, shown, cap);
			must_be_text(shown, cap);
			must(!strchr(shown, '@'));
		}
	}
	pl_snapshot_init(&s);
	pl_devid_snapshot(text, &s);
	must_reconcile(&s);
	return 0;
}
