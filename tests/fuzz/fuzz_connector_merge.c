/* SPDX-License-Identifier: Apache-2.0 */
/* Two snapshots, parted by a NUL: the second is laid over the first. */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "platen/json.h"
#include "project.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *mark = size ? memchr(data, 0, size) : NULL;
	size_t first = mark ? (size_t)(mark - data) : size;
	cJSON *known = NULL, *body = NULL, *told = NULL;
	const cJSON *section;

	if (mark &&
	    pl_json_parse((struct pl_span){ (const char *)data, first }, &known, NULL) == PL_OK &&
	    pl_json_parse((struct pl_span){ (const char *)mark + 1, size - first - 1 }, &body,
			  NULL) == PL_OK &&
	    cJSON_IsObject(known) && cJSON_IsObject(body)) {
		told = cJSON_Duplicate(body, true);
		pl_project_merge(known, body);
		if (body->child)
			abort();
		cJSON_ArrayForEach(section, told) if (strcmp(section->string, "full") != 0 &&
						      !cJSON_GetObjectItemCaseSensitive(
							      known, section->string)) abort();
	}
	cJSON_Delete(known);
	cJSON_Delete(body);
	cJSON_Delete(told);
	return 0;
}
