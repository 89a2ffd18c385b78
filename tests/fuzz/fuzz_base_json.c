/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as JSON: what is accepted can be printed, read again, and is the same; the getters
 * survive any path into it. */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "platen/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const cJSON *doc, const char *path)
{
	char text[16];
	int64_t n;
	bool b;

	(void)pl_json_copy(doc, path, text, sizeof(text));
	(void)pl_json_int(doc, path, -100, PL_MAX_JSON_INT, &n);
	(void)pl_json_bool(doc, path, &b);
	(void)pl_json_time(doc, path, &n);
	(void)pl_json_count(doc, path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_span text = { (const char *)data, size };
	cJSON *doc = NULL, *again = NULL;
	struct pl_bytes printed, twice;

	if (pl_json_parse(text, &doc, NULL) != PL_OK)
		return 0;
	look(doc, "");
	look(doc, "a");
	look(doc, "0");
	look(doc, "a.0.b");
	look(doc, "..");
	pl_bytes_init(&printed, 64 * 1024 * 1024);
	pl_bytes_init(&twice, 64 * 1024 * 1024);
	if (pl_json_print(doc, &printed) != PL_OK ||
	    pl_json_parse(pl_bytes_span(&printed), &again, NULL) != PL_OK ||
	    pl_json_print(again, &twice) != PL_OK || printed.size != twice.size ||
	    memcmp(printed.at, twice.at, twice.size) != 0)
		abort();
	pl_bytes_finish(&printed);
	pl_bytes_finish(&twice);
	cJSON_Delete(again);
	cJSON_Delete(doc);
	return 0;
}
