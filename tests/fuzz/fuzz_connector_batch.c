/* SPDX-License-Identifier: Apache-2.0 */
/* A batch of records as any certificate's holder may send it. */
#include <stdlib.h>

#include "batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_error err;
	struct pl_batch batch;

	if (pl_batch_read((struct pl_span){ (const char *)data, size }, 1700000000000, &batch,
			  &err) != PL_OK)
		return 0;
	for (int i = 0; i < batch.count; i++)
		if (batch.records[i].at_ms > 1700000000000 || batch.records[i].seq < 1 ||
		    (i > 0 && batch.records[i].seq <= batch.records[i - 1].seq))
			abort();
	pl_batch_finish(&batch);
	return 0;
}
