/* SPDX-License-Identifier: Apache-2.0 */
/* A body that says it is gzip. */
#include "gunzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_bytes out;

	pl_bytes_init(&out, 256 * 1024);
	(void)!pl_gunzip((struct pl_span){ (const char *)data, size }, &out);
	pl_bytes_finish(&out);
	return 0;
}
