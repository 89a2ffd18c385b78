/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a package's manifest; what is taken is within its bounds, and is taken again when it
 * is written down. The first and second half as two versions: an order that holds both ways. */
#include <stdlib.h>
#include <string.h>

#include "platen/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare_halves(const uint8_t *data, size_t size)
{
	char first[64], second[64];
	enum pl_version_order there, back;

	pl_span_copy((struct pl_span){ (const char *)data, size / 2 }, first, sizeof(first));
	pl_span_copy((struct pl_span){ (const char *)data + size / 2, size - size / 2 }, second,
		     sizeof(second));
	there = pl_version_compare(first, second);
	back = pl_version_compare(second, first);
	if ((there == PL_VERSION_OLDER) != (back == PL_VERSION_NEWER) ||
	    (there == PL_VERSION_SAME) != (back == PL_VERSION_SAME))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_package p, again;
	struct pl_bytes text;
	struct pl_error err;

	if (size > 0)
		compare_halves(data, size);
	if (pl_package_read((struct pl_span){ (const char *)data, size }, &p, &err) != PL_OK)
		return 0;
	if (p.model_count < 1 || p.model_count > PL_MAX_PACKAGE_MODELS || p.size < 1 ||
	    p.size > PL_MAX_PACKAGE || strlen(p.sha256) != 64)
		abort();
	pl_bytes_init(&text, 2 * PL_MAX_MANIFEST);
	if (pl_package_write(&p, &text, &err) == PL_OK &&
	    (pl_package_read(pl_bytes_span(&text), &again, &err) != PL_OK ||
	     strcmp(p.version, again.version) != 0))
		abort();
	pl_bytes_finish(&text);
	return 0;
}
