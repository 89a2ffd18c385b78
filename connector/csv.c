/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cells, quoted where they must be and defused where they might be run.
 */
#include "csv.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

static enum pl_result add_text(struct pl_bytes *out, const char *text)
{
	bool risky = *text && strchr("=+-@\t\r", *text);
	enum pl_result r = pl_bytes_add_text(out, risky ? "\"'" : "\"");

	for (; *text && r == PL_OK; text++)
		r = *text == '"' ? pl_bytes_add_text(out, "\"\"") : pl_bytes_add(out, text, 1);
	return r == PL_OK ? pl_bytes_add_text(out, "\"") : r;
}

static enum pl_result add_cell(struct pl_bytes *out, const cJSON *value)
{
	if (cJSON_IsString(value))
		return add_text(out, value->valuestring);
	if (cJSON_IsNumber(value))
		return pl_bytes_add_format(out, "%.0f", value->valuedouble);
	if (cJSON_IsBool(value))
		return pl_bytes_add_text(out, cJSON_IsTrue(value) ? "true" : "false");
	return PL_OK;
}

enum pl_result pl_csv_write(const struct cJSON *items, const char *const *names,
			    struct pl_bytes *out)
{
	enum pl_result r = PL_OK;
	const cJSON *item;

	for (int i = 0; names[i] && r == PL_OK; i++)
		r = pl_bytes_add_format(out, "%s%s", i ? "," : "", names[i]);
	cJSON_ArrayForEach(item, items) for (int i = 0; names[i] && r == PL_OK; i++)
	{
		r = pl_bytes_add_text(out, i ? "," : "\r\n");
		if (r == PL_OK)
			r = add_cell(out, cJSON_GetObjectItemCaseSensitive(item, names[i]));
	}
	return r == PL_OK ? pl_bytes_add_text(out, "\r\n") : r;
}
