/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a batch of records: every member checked, every error names the member.
 */
#include "batch.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "platen/encode.h"
#include "platen/json.h"
#include "platen/json_walk.h"

#define MAX_WORD	64
#define CLOCKS_AGREE_MS 120000 /* up to here a PC's own clock is believed */

/* Letters, digits and - _ . : only, 1 to 64 of them. */
static bool is_word(const char *text)
{
	size_t n = text ? strlen(text) : 0;

	return n > 0 && n <= MAX_WORD &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:") ==
		       n;
}

/* Printable ASCII, 1 to 127 bytes. */
static bool is_key(const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return n > 0 && n < PL_MAX_KEY;
}

/*
 * When did it happen? The PC's wall clock is right where it agrees with how long ago the PC says it
 * was; where it does not, and the record is of the same boot, its uptime tells. A time in the
 * future never happened.
 */
static int64_t happened_at(const struct pl_batch *batch, const struct pl_record *record)
{
	int64_t at = record->taken_ms;

	if (batch->uptime_ms >= record->uptime_ms && !strcmp(batch->boot_id, record->boot_id)) {
		int64_t by_uptime = batch->received_ms - (batch->uptime_ms - record->uptime_ms);

		if (at < by_uptime - CLOCKS_AGREE_MS || at > by_uptime + CLOCKS_AGREE_MS)
			at = by_uptime;
	}
	return at < batch->received_ms ? at : batch->received_ms;
}

static enum pl_result wrong(struct pl_error *err, int at, const char *what)
{
	return pl_error_set(err, PL_E_INVALID, "records[%d].%s", at, what);
}

static enum pl_result read_record(const cJSON *item, int at, struct pl_record *r,
				  struct pl_error *err)
{
	const cJSON *key = cJSON_GetObjectItemCaseSensitive(item, "printer_key");
	const char *hash = pl_json_text(item, "hash");

	if (!cJSON_IsObject(item))
		return pl_error_set(err, PL_E_INVALID, "records[%d] is not an object", at);
	r->kind = pl_json_text(item, "kind");
	r->boot_id = pl_json_text(item, "boot_id");
	r->body = cJSON_GetObjectItemCaseSensitive(item, "body");
	r->printer_key = pl_json_text(item, "printer_key");
	if (!pl_json_int(item, "seq", 1, PL_MAX_JSON_INT, &r->seq))
		return wrong(err, at, "seq must be a number from 1 up");
	if (!is_word(r->kind))
		return wrong(err, at, "kind must be a word");
	if (!is_word(r->boot_id))
		return wrong(err, at, "boot_id must be a word");
	if (!pl_json_int(item, "uptime_ms", 0, PL_MAX_JSON_INT, &r->uptime_ms))
		return wrong(err, at, "uptime_ms must be a number");
	if (!pl_json_time(item, "taken_at", &r->taken_ms))
		return wrong(err, at, "taken_at must be an RFC 3339 time in UTC");
	if ((key && !cJSON_IsNull(key) && !r->printer_key) ||
	    (r->printer_key && !is_key(r->printer_key)))
		return wrong(err, at, "printer_key must be null or at most 127 printable bytes");
	if (!hash || !pl_hex_read(pl_span_of(hash), r->hash, sizeof r->hash))
		return wrong(err, at, "hash must be 32 hexadecimal digits");
	if (!cJSON_IsObject(r->body))
		return wrong(err, at, "body must be an object");
	return PL_OK;
}

static enum pl_result read_records(struct pl_batch *batch, const cJSON *list, struct pl_error *err)
{
	const cJSON *item;
	int at = 0;

	batch->count = cJSON_GetArraySize(list);
	if (!cJSON_IsArray(list) || batch->count > PL_MAX_RECORDS)
		return pl_error_set(err, PL_E_INVALID, "records must be a list of at most %d",
				    PL_MAX_RECORDS);
	batch->records = calloc((size_t)batch->count + 1, sizeof *batch->records);
	if (!batch->records)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	cJSON_ArrayForEach(item, list)
	{
		struct pl_record *record = &batch->records[at];
		enum pl_result r = read_record(item, at, record, err);

		if (r != PL_OK)
			return r;
		if (at > 0 && record->seq <= record[-1].seq)
			return wrong(err, at, "seq must rise");
		record->at_ms = happened_at(batch, record);
		at++;
	}
	return PL_OK;
}

/* The text of a record's body. A name that is written with escapes may be any name: none then. */
static struct pl_span body_text(struct pl_span *at)
{
	struct pl_span name, value, body = { NULL, 0 };
	bool plain = true, more = pl_json_walk_in(at, '{');

	while (more && pl_json_walk_member(at, &name)) {
		plain = plain && !(name.size > 0 && memchr(name.at, '\\', name.size));
		value = pl_json_walk_value(at);
		if (plain && !body.at && pl_span_is(name, "body"))
			body = value;
	}
	return body;
}

/* Finds the records' bodies in the text, so that they can be kept as they came. */
static void find_texts(struct pl_batch *batch, struct pl_span at)
{
	struct pl_span name;
	bool found = false, more = pl_json_walk_in(&at, '{');

	while (more && !found && pl_json_walk_member(&at, &name)) {
		if (name.size > 0 && memchr(name.at, '\\', name.size))
			return;
		found = pl_span_is(name, "records");
		if (!found)
			(void)pl_json_walk_value(&at);
	}
	more = found && pl_json_walk_in(&at, '[');
	for (int i = 0; more && i < batch->count && pl_json_walk_entry(&at); i++)
		batch->records[i].text = body_text(&at);
}

static enum pl_result read_head(struct pl_batch *batch, struct pl_error *err)
{
	const cJSON *doc = batch->doc;

	batch->spool_id = pl_json_text(doc, "spool_id");
	batch->boot_id = pl_json_text(doc, "boot_id");
	batch->audit_head = pl_json_text(doc, "audit.head");
	if (!pl_json_int(doc, "uptime_ms", 0, PL_MAX_JSON_INT, &batch->uptime_ms))
		batch->uptime_ms = -1;
	if (!pl_json_int(doc, "dropped", 0, PL_MAX_JSON_INT, &batch->dropped))
		batch->dropped = 0;
	if (!pl_json_int(doc, "audit.seq", 0, PL_MAX_JSON_INT, &batch->audit_seq))
		batch->audit_seq = -1;
	if (batch->audit_head && !is_word(batch->audit_head))
		batch->audit_head = NULL;
	if (!is_word(batch->spool_id))
		return pl_error_set(err, PL_E_INVALID, "spool_id must be a word");
	if (!is_word(batch->boot_id))
		return pl_error_set(err, PL_E_INVALID, "boot_id must be a word");
	return PL_OK;
}

enum pl_result pl_batch_read(struct pl_span text, int64_t received_ms, struct pl_batch *ret_batch,
			     struct pl_error *err)
{
	struct pl_batch batch = { .received_ms = received_ms };
	enum pl_result r = pl_json_parse(text, &batch.doc, err);

	if (r != PL_OK)
		return r;
	r = cJSON_IsObject(batch.doc)
		    ? read_head(&batch, err)
		    : pl_error_set(err, PL_E_INVALID, "the body must be an object");
	if (r == PL_OK)
		r = read_records(&batch, cJSON_GetObjectItemCaseSensitive(batch.doc, "records"),
				 err);
	if (r != PL_OK) {
		pl_batch_finish(&batch);
		return r;
	}
	find_texts(&batch, text);
	*ret_batch = batch;
	return PL_OK;
}

void pl_batch_finish(struct pl_batch *batch)
{
	cJSON_Delete(batch->doc);
	free(batch->records);
	memset(batch, 0, sizeof *batch);
}
