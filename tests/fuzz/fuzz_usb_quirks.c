/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a quirk file of either kind, and as a glob: what is found stays within its bounds.
 * The first byte says which. */
#include <stdlib.h>
#include <string.h>

#include "platen/quirks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void find(const struct pl_quirk_set *set)
{
	struct pl_quirks q;

	pl_quirks_find(set, 0x03f0, 0x0c17, "HP Inc.", "HP Laser 107a", &q);
	if (!memchr(q.file, '\0', sizeof(q.file)) || (q.line > 0) != pl_quirks_forbid(&q))
		abort();
	for (int k = PL_QUIRK_INIT_DELAY; k <= PL_QUIRK_SEND_DELAY; k++)
		if (q.value[k] > PL_MAX_QUIRK_DELAY)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_quirk_set *set;
	struct pl_span text;
	char glob[PL_MAX_QUIRK_MODEL];
	struct pl_error err = { PL_OK, "" };
	enum pl_result r;

	if (size == 0 || pl_quirks_create(&set, NULL) != PL_OK)
		return 0;
	text = (struct pl_span){ (const char *)data + 1, size - 1 };
	r = data[0] & 1 ? pl_quirks_add_cups(set, text, "rows", &err)
			: pl_quirks_add(set, text, "file", &err);
	if (r != PL_OK && (err.code != r || !err.text[0]))
		abort();
	find(set);
	pl_span_copy(text, glob, sizeof(glob));
	if (pl_quirk_glob(glob, "HP Laser 107a") > (int)strlen(glob) ||
	    pl_quirk_glob("*", glob) != 0)
		abort();
	pl_quirks_destroy(set);
	return 0;
}
