/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

#include <stdio.h>

#include "platen/file.h"
#include "platen/json.h"
#include "unit.h"

/* True for the line "```json name" or "```text name". */
static bool opens(struct pl_span line, const char *name)
{
	if (!pl_span_starts(line, "```json ") && !pl_span_starts(line, "```text "))
		return false;
	return pl_span_is((struct pl_span){ line.at + 8, line.size - 8 }, name);
}

struct pl_bytes wire_text(const char *name)
{
	struct pl_bytes page, text;
	struct pl_span rest;
	bool inside = false, found = false;

	pl_bytes_init(&page, 1024 * 1024);
	pl_bytes_init(&text, 64 * 1024);
	assert_result(pl_file_read(WIRE_MD, PL_FILE_SHARED, &page, NULL), PL_OK);
	rest = pl_bytes_span(&page);
	while (rest.size > 0) {
		struct pl_span line = pl_span_take(&rest, '\n');

		if (inside && pl_span_is(line, "```"))
			break;
		if (inside) {
			if (text.size > 0)
				assert_result(pl_bytes_add_text(&text, "\n"), PL_OK);
			assert_result(pl_bytes_add(&text, line.at, line.size), PL_OK);
		}
		if (opens(line, name))
			inside = found = true;
	}
	pl_bytes_finish(&page);
	if (!found)
		fail_msg("WIRE.md has no example %s", name);
	return text;
}

struct cJSON *wire_json(const char *name)
{
	struct pl_bytes text = wire_text(name);
	struct cJSON *doc = NULL;
	struct pl_error err;

	if (pl_json_parse(pl_bytes_span(&text), &doc, &err) != PL_OK)
		fail_msg("%s: %s", name, err.text);
	pl_bytes_finish(&text);
	return doc;
}
