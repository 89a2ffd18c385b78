/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as the agent's log: what leaves is printable, no longer than it was but for its masks,
 * and itself once more. */
#include <stdlib.h>
#include <string.h>

#include "log_public.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_bytes once, twice;

	if (size > 16 * 1024)
		return 0;
	pl_bytes_init(&once, 64 * 1024);
	pl_bytes_init(&twice, 64 * 1024);
	if (pl_log_public((struct pl_span){ (const char *)data, size }, &once) == PL_OK) {
		for (size_t i = 0; i < once.size; i++)
			if (once.at[i] != '\n' && (once.at[i] < ' ' || once.at[i] > '~'))
				abort();
		if (pl_log_public(pl_bytes_span(&once), &twice) == PL_OK &&
		    (once.size != twice.size ||
		     (once.size > 0 && memcmp(once.at, twice.at, once.size) != 0)))
			abort();
	}
	pl_bytes_finish(&twice);
	pl_bytes_finish(&once);
	return 0;
}
