/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rotating the command key, and telling the PCs of it.
 */
#include "handover.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "key_store.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/json.h"
#include "web.h"

#define MAX_STATEMENT 2048
#define MAX_PAYLOAD   (32 * 1024)
#define MAX_STEPS     16 /* in one answer; more are told in the next */

struct keys {
	struct pl_signer *old_key, *new_key;
};

static enum pl_result write_statement(const struct pl_rotation *r, const char *customer_id,
				      struct pl_bytes *out)
{
	char old_until[PL_MAX_TIME_TEXT], not_after[PL_MAX_TIME_TEXT];
	cJSON *doc = cJSON_CreateObject(), *key;
	enum pl_result result;

	pl_clock_text(r->old_until_ms, old_until);
	pl_clock_text(r->now_ms + PL_HANDOVER_DAYS * INT64_C(86400000), not_after);
	cJSON_AddStringToObject(doc, "type", "command_key");
	cJSON_AddStringToObject(doc, "customer", customer_id);
	key = cJSON_AddObjectToObject(doc, "key");
	cJSON_AddStringToObject(key, "id", r->after.id);
	cJSON_AddStringToObject(key, "spki", r->after.spki);
	cJSON_AddStringToObject(doc, "old_until", old_until);
	cJSON_AddStringToObject(doc, "not_after", not_after);
	result = pl_json_print(doc, out);
	cJSON_Delete(doc);
	return result;
}

static enum pl_result tell_customer(struct pl_db *db, const struct pl_rotation *rotation,
				    const struct keys *keys, const char *customer_id,
				    struct pl_error *err)
{
	struct pl_bytes payload, signature;
	char id[PL_KEY_ID_TEXT];
	enum pl_result r;

	pl_bytes_init(&payload, MAX_STATEMENT);
	pl_bytes_init(&signature, 256);
	r = write_statement(rotation, customer_id, &payload);
	if (r == PL_OK)
		r = pl_signer_sign(keys->old_key, payload.at, payload.size, &signature, id, err);
	else
		r = pl_error_set(err, r, "out of memory");
	if (r == PL_OK)
		r = pl_db_run(
			db,
			"INSERT INTO command_handovers (customer_id, old_id, new_id, payload,"
			" signature, created_at, old_until, not_after) VALUES"
			" (?1,?2,?3,?4,?5,?6,?7,?8)",
			PL_ARGS(pl_db_text(customer_id), pl_db_text(id),
				pl_db_text(rotation->after.id),
				pl_db_blob(payload.at, payload.size),
				pl_db_blob(signature.at, signature.size),
				pl_db_int(rotation->now_ms), pl_db_int(rotation->old_until_ms),
				pl_db_int(rotation->now_ms + PL_HANDOVER_DAYS * INT64_C(86400000))),
			err);
	pl_bytes_finish(&signature);
	pl_bytes_finish(&payload);
	return r;
}

/* Every customer that is not erased, also those that are not active now. */
static enum pl_result tell_customers(struct pl_db *db, struct pl_rotation *rotation,
				     const struct keys *keys, struct pl_error *err)
{
	char id[PL_MAX_ID] = "";
	struct pl_db_rows *rows;
	enum pl_result r;

	for (;;) {
		rows = NULL;
		r = pl_db_one(db, &rows,
			      "SELECT id FROM customers WHERE id > ?1 AND key_sealed IS NOT NULL"
			      " ORDER BY id LIMIT 1",
			      PL_ARGS(pl_db_text(id)), err);
		if (r != PL_OK)
			return r == PL_E_NOT_FOUND ? PL_OK : r;
		pl_db_copy_at(rows, 0, id, sizeof id);
		pl_db_done(rows);
		r = tell_customer(db, rotation, keys, id, err);
		if (r != PL_OK)
			return r;
		rotation->customers++;
	}
}

/* The same bytes, signed by the new key. */
static enum pl_result sign_anew(struct pl_db *db, const struct pl_rotation *rotation,
				const struct keys *keys, int64_t no, const char *customer_id,
				struct pl_span sealed, struct pl_error *err)
{
	struct pl_bytes payload, signature;
	char id[PL_KEY_ID_TEXT];
	enum pl_result r;

	pl_bytes_init(&payload, MAX_PAYLOAD);
	pl_bytes_init(&signature, 256);
	r = pl_keyring_unwrap(rotation->ring, db, customer_id, "action", sealed, &payload, err);
	if (r == PL_OK)
		r = pl_signer_sign(keys->new_key, payload.at, payload.size, &signature, id, err);
	if (r == PL_OK)
		r = pl_db_run(db, "UPDATE actions SET key_id=?2, signature=?3 WHERE no=?1",
			      PL_ARGS(pl_db_int(no), pl_db_text(id),
				      pl_db_blob(signature.at, signature.size)),
			      err);
	pl_bytes_finish(&signature);
	pl_bytes_finish(&payload);
	return r;
}

/* What is still queued and may be fetched when the old key is refused already. */
static enum pl_result sign_queued_anew(struct pl_db *db, struct pl_rotation *rotation,
				       const struct keys *keys, struct pl_error *err)
{
	char customer_id[PL_MAX_ID];
	struct pl_db_rows *rows;
	int64_t no = 0;
	enum pl_result r;

	for (;;) {
		rows = NULL;
		r = pl_db_one(db, &rows,
			      "SELECT no, customer_id, payload_sealed FROM actions WHERE no > ?1"
			      " AND state='queued' AND not_after > ?2 ORDER BY no LIMIT 1",
			      PL_ARGS(pl_db_int(no), pl_db_int(rotation->old_until_ms)), err);
		if (r != PL_OK)
			return r == PL_E_NOT_FOUND ? PL_OK : r;
		no = pl_db_int_at(rows, 0);
		pl_db_copy_at(rows, 1, customer_id, sizeof customer_id);
		r = sign_anew(db, rotation, keys, no, customer_id, pl_db_blob_at(rows, 2), err);
		pl_db_done(rows);
		if (r != PL_OK)
			return r;
		rotation->signed_anew++;
	}
}

enum pl_result pl_handover_rotate(struct pl_db *db, struct pl_rotation *rotation,
				  struct pl_error *err)
{
	gnutls_x509_privkey_t key = NULL;
	struct keys keys = { 0 };
	enum pl_result r = pl_signer_load(db, rotation->ring, &keys.old_key, err);

	if (r == PL_OK)
		r = pl_key_make(&key, err);
	if (r == PL_OK)
		r = pl_signer_of(key, &keys.new_key, err);
	if (r == PL_OK) {
		pl_signer_public(keys.old_key, &rotation->before);
		pl_signer_public(keys.new_key, &rotation->after);
		r = pl_db_run(db, "DELETE FROM command_handovers WHERE not_after < ?1",
			      PL_ARGS(pl_db_int(rotation->now_ms)), err);
	}
	if (r == PL_OK)
		r = tell_customers(db, rotation, &keys, err);
	if (r == PL_OK)
		r = sign_queued_anew(db, rotation, &keys, err);
	if (r == PL_OK)
		r = pl_key_save(db, rotation->ring, "command", key, NULL, err);
	pl_signer_close(keys.new_key);
	pl_signer_close(keys.old_key);
	gnutls_x509_privkey_deinit(key);
	return r;
}

static enum pl_result add_statement(struct pl_db_rows *rows, cJSON *list, struct pl_error *err)
{
	struct pl_span payload = pl_db_blob_at(rows, 1), signature = pl_db_blob_at(rows, 2);
	cJSON *item = cJSON_CreateObject();
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, 2 * MAX_STATEMENT);
	cJSON_AddStringToObject(item, "key_id", pl_db_text_at(rows, 0));
	r = pl_base64_write(PL_BASE64, payload.at, payload.size, &text);
	if (r == PL_OK) {
		cJSON_AddStringToObject(item, "payload", (const char *)text.at);
		pl_bytes_clear(&text);
		r = pl_base64_write(PL_BASE64, signature.at, signature.size, &text);
	}
	if (r == PL_OK) {
		cJSON_AddStringToObject(item, "signature", (const char *)text.at);
		cJSON_AddItemToArray(list, item);
	} else {
		cJSON_Delete(item);
		r = pl_error_set(err, r, "out of memory");
	}
	pl_bytes_finish(&text);
	return r;
}

enum pl_result pl_handover_list(struct pl_db *db, const char *customer_id, uint64_t known,
				struct cJSON *list, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	char id[PL_KEY_ID_TEXT];
	int64_t from = 0;
	enum pl_result r = PL_OK;

	snprintf(id, sizeof id, "%016" PRIx64, known);
	if (known)
		r = pl_db_number(
			db, &from,
			"SELECT no FROM command_handovers WHERE customer_id=?1 AND old_id=?2",
			PL_ARGS(pl_db_text(customer_id), pl_db_text(id)), err);
	if (r != PL_OK)
		return r == PL_E_NOT_FOUND ? PL_OK : r;
	r = pl_db_query(
		db, &rows,
		"SELECT old_id, payload, signature FROM command_handovers"
		" WHERE customer_id=?1 AND no >= ?2 AND not_after > ?3 ORDER BY no LIMIT ?4",
		PL_ARGS(pl_db_text(customer_id), pl_db_int(from), pl_db_int(pl_clock_wall_ms()),
			pl_db_int(MAX_STEPS)),
		err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK)
		r = add_statement(rows, list, err);
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}
