/* SPDX-License-Identifier: Apache-2.0 */
/* A batch of records as any certificate's holder may send it. */
#include <stdlib.h>

#include <cjson/cJSON.h>
#include <string.h>

#include "batch.h"
#include "platen/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text that is kept says what was checked. */
static void compare(const struct pl_record *record)
{
	struct pl_error err;
	cJSON *doc = NULL;
	char *kept, *checked;

	if (record->text.size == 0)
		return;
	if (pl_json_parse(record->text, &doc, &err) != PL_OK)
		abort();
	kept = cJSON_PrintUnformatted(doc);
	checked = cJSON_PrintUnformatted(record->body);
	if (!kept || !checked || strcmp(kept, checked) != 0)
		abort();
	cJSON_free(kept);
	cJSON_free(checked);
	cJSON_Delete(doc);
}

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
	for (int i = 0; i < batch.count; i++)
		compare(&batch.records[i]);
	pl_batch_finish(&batch);
	return 0;
}
