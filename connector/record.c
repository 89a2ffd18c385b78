/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records, sealed and opened; a body as it came, which costs less than printing it again. Those of
 * the first schema have no line with a key in front: their text has no line end at all, as JSON
 * printed without spaces never has.
 */
#include "record.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "platen/json.h"

#define PLACE	   "record"
#define MAX_RECORD (6 * 1024 * 1024)

bool pl_record_is_part(const struct pl_record *record)
{
	bool full = false;

	return !strcmp(record->kind, "printer.snapshot") &&
	       !(pl_json_bool(record->body, "full", &full) && full);
}

enum pl_result pl_record_wrap(struct pl_keyring *ring, struct pl_db *db, const char *customer_id,
			      const struct pl_record *record, struct pl_bytes *scratch,
			      struct pl_bytes *out, struct pl_error *err)
{
	enum pl_result r;

	pl_bytes_clear(scratch);
	r = pl_bytes_add_text(scratch, record->printer_key ? record->printer_key : "");
	if (r == PL_OK)
		r = pl_bytes_add_text(scratch, "\n");
	if (r == PL_OK && record->text.size > 0)
		r = pl_bytes_add(scratch, record->text.at, record->text.size);
	else if (r == PL_OK)
		r = pl_json_print(record->body, scratch);
	if (r != PL_OK)
		return pl_error_set(err, r, "a record's body could not be kept");
	return pl_keyring_wrap(ring, db, customer_id, PLACE, scratch->at, scratch->size, out, err);
}

enum pl_result pl_record_unwrap(struct pl_keyring *ring, struct pl_db *db, const char *customer_id,
				struct pl_span sealed, char ret_key[static PL_MAX_KEY],
				struct cJSON **ret_body, struct pl_error *err)
{
	cJSON *body = NULL;
	struct pl_bytes text;
	struct pl_span rest, key = { "", 0 };
	enum pl_result r;

	pl_bytes_init(&text, MAX_RECORD);
	r = pl_keyring_unwrap(ring, db, customer_id, PLACE, sealed, &text, err);
	if (r != PL_OK)
		goto out;
	rest = pl_bytes_span(&text);
	if (memchr(rest.at, '\n', rest.size))
		key = pl_span_take(&rest, '\n');
	r = pl_json_parse_again(rest, &body, err);
	if (r == PL_OK && (!cJSON_IsObject(body) || !pl_span_copy(key, ret_key, PL_MAX_KEY)))
		r = pl_error_set(err, PL_E_PROTOCOL, "a record in the store is damaged");
	if (r == PL_OK) {
		*ret_body = body;
		body = NULL;
	}
out:
	cJSON_Delete(body);
	pl_bytes_finish(&text);
	return r;
}
