/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle from anybody's PC: its list, and each of its parts. */
#include <stdlib.h>
#include <string.h>

#include "zip_read.h"

#define MAX_PART (256 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_span zip = { (const char *)data, size };
	static struct pl_zip_part parts[PL_MAX_ZIP_PARTS];
	struct pl_error err;
	size_t count = 0;

	if (pl_zip_list(zip, parts, &count, &err) != PL_OK)
		return 0;
	for (size_t i = 0; i < count; i++) {
		struct pl_bytes out;

		if (strspn(parts[i].name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					  "0123456789-_.") != strlen(parts[i].name) ||
		    !parts[i].name[0])
			abort(); /* a name that no file of ours has */
		pl_bytes_init(&out, MAX_PART);
		if (pl_zip_unpack(zip, &parts[i], &out, &err) == PL_OK && out.size != parts[i].size)
			abort();
		pl_bytes_finish(&out);
	}
	return 0;
}
