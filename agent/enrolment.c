/* SPDX-License-Identifier: Apache-2.0 */
/* The sealed file that says who this PC is to its connector: JSON inside, replaced as a whole. */
#include "enrolment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "keys.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/file.h"
#include "platen/json.h"

#define MAX_FILE  (256 * 1024)
#define FILE_NAME "enrolment"

void pl_enrolment_init(struct pl_enrolment *e)
{
	*e = (struct pl_enrolment){ 0 };
}

void pl_enrolment_finish(struct pl_enrolment *e)
{
	pl_key_wipe(e->key_pem);
	free(e->certificate_pem);
	free(e->ca_pem);
	free(e->config);
	pl_enrolment_init(e);
}

static char *copy_of(const char *text)
{
	return text ? strdup(text) : NULL;
}

enum pl_result pl_enrolment_copy(const struct pl_enrolment *from, struct pl_enrolment *ret)
{
	struct pl_enrolment e = *from;

	e.key_pem = copy_of(from->key_pem);
	e.certificate_pem = copy_of(from->certificate_pem);
	e.ca_pem = copy_of(from->ca_pem);
	e.config = copy_of(from->config);
	if ((from->key_pem && !e.key_pem) || (from->certificate_pem && !e.certificate_pem) ||
	    (from->ca_pem && !e.ca_pem) || (from->config && !e.config)) {
		pl_enrolment_finish(&e);
		return PL_E_NO_MEMORY;
	}
	*ret = e;
	return PL_OK;
}

/* --- command keys --- */

enum pl_result pl_command_key_read(const struct cJSON *doc, const char *path,
				   struct pl_command_key *ret_key, struct pl_error *err)
{
	const struct cJSON *at = pl_json_at(doc, path);
	const char *spki = pl_json_text(at, "spki");
	struct pl_command_key key = { 0 };
	uint8_t digest[PL_HASH_SIZE];
	struct pl_bytes der;
	char id[sizeof(key.id)];
	enum pl_result r = PL_E_PROTOCOL;

	pl_bytes_init(&der, PL_MAX_SPKI);
	if (spki && pl_base64_read(PL_BASE64, pl_span_of(spki), &der) == PL_OK &&
	    pl_key_is_p256(der.at, der.size)) {
		pl_sha256(der.at, der.size, digest);
		pl_hex_write(digest, (sizeof(key.id) - 1) / 2, key.id);
		memcpy(key.spki, der.at, der.size);
		key.spki_size = der.size;
		/* The id is ours to compute; one that says otherwise is a mistake or a trick. */
		if (pl_json_copy(at, "id", id, sizeof(id)) && strcmp(id, key.id) == 0)
			r = PL_OK;
	}
	pl_bytes_finish(&der);
	if (r != PL_OK)
		return pl_error_set(err, r, "the connector sent a command key that is none");
	*ret_key = key;
	return PL_OK;
}

static cJSON *command_keys_json(const struct pl_enrolment *e)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; list && i < e->command_key_count; i++) {
		const struct pl_command_key *key = &e->command_keys[i];
		cJSON *item = cJSON_CreateObject();
		char until[PL_MAX_TIME_TEXT];
		struct pl_bytes text;

		pl_bytes_init(&text, 2 * PL_MAX_SPKI);
		if (item && pl_base64_write(PL_BASE64, key->spki, key->spki_size, &text) == PL_OK) {
			cJSON_AddStringToObject(item, "id", key->id);
			cJSON_AddStringToObject(item, "spki", (const char *)text.at);
			if (key->until_ms > 0) {
				pl_clock_text(key->until_ms, until);
				cJSON_AddStringToObject(item, "until", until);
			}
		}
		cJSON_AddItemToArray(list, item);
		pl_bytes_finish(&text);
	}
	return list;
}

static enum pl_result command_keys_read(const cJSON *doc, struct pl_enrolment *e,
					struct pl_error *err)
{
	int n = pl_json_count(doc, "command_keys");

	for (int i = 0; i < n && i < PL_MAX_COMMAND_KEYS; i++) {
		char path[32];
		enum pl_result r;

		snprintf(path, sizeof(path), "command_keys.%d", i);
		r = pl_command_key_read(doc, path, &e->command_keys[i], err);
		if (r != PL_OK)
			return r;
		snprintf(path, sizeof(path), "command_keys.%d.until", i);
		(void)pl_json_time(doc, path, &e->command_keys[i].until_ms);
		e->command_key_count++;
	}
	return PL_OK;
}

/* --- the file --- */

static cJSON *to_json(const struct pl_enrolment *e)
{
	cJSON *doc = cJSON_CreateObject();

	if (!doc)
		return NULL;
	pl_json_add_text(doc, "server", e->server);
	pl_json_add_text(doc, "agent_id", e->agent_id);
	pl_json_add_text(doc, "customer_id", e->customer_id);
	pl_json_add_text(doc, "site_id", e->site_id);
	pl_json_add_text(doc, "certificate", e->certificate_pem);
	pl_json_add_text(doc, "key", e->key_pem);
	pl_json_add_text(doc, "ca", e->ca_pem);
	pl_json_add_text(doc, "config", e->config);
	pl_json_add_text(doc, "config_etag", e->config_etag);
	cJSON_AddBoolToObject(doc, "revoked", e->revoked);
	cJSON_AddItemToObject(doc, "command_keys", command_keys_json(e));
	return doc;
}

static enum pl_result from_json(const cJSON *doc, struct pl_enrolment *e, struct pl_error *err)
{
	enum pl_result r;

	e->certificate_pem = copy_of(pl_json_text(doc, "certificate"));
	e->key_pem = copy_of(pl_json_text(doc, "key"));
	e->ca_pem = copy_of(pl_json_text(doc, "ca"));
	e->config = copy_of(pl_json_text(doc, "config"));
	(void)pl_json_copy(doc, "config_etag", e->config_etag, sizeof(e->config_etag));
	(void)pl_json_copy(doc, "site_id", e->site_id, sizeof(e->site_id));
	(void)pl_json_bool(doc, "revoked", &e->revoked);
	if (!pl_json_copy(doc, "server", e->server, sizeof(e->server)) ||
	    !pl_json_copy(doc, "agent_id", e->agent_id, sizeof(e->agent_id)) ||
	    !pl_json_copy(doc, "customer_id", e->customer_id, sizeof(e->customer_id)) ||
	    !e->certificate_pem || !e->key_pem || !e->ca_pem)
		return pl_error_set(err, PL_E_PROTOCOL, "the enrolment file lacks a member");
	r = pl_key_certificate(e->key_pem, e->certificate_pem, &e->not_before_ms, &e->not_after_ms,
			       err);
	return r == PL_OK ? command_keys_read(doc, e, err) : r;
}

static enum pl_result read_sealed(const char *path, const struct pl_seal *seal,
				  struct pl_bytes *plain, struct pl_error *err)
{
	struct pl_bytes sealed;
	enum pl_result r;

	pl_bytes_init(&sealed, MAX_FILE);
	r = pl_file_read(path, PL_FILE_SECRET, &sealed, err);
	if (r == PL_OK) {
		r = pl_seal_unwrap(seal, pl_span_of(FILE_NAME), sealed.at, sealed.size, plain);
		if (r != PL_OK)
			r = pl_error_set(err, r,
					 "%s was changed or belongs to another key: remove it and "
					 "enrol this PC again",
					 path);
	}
	pl_bytes_finish(&sealed);
	return r;
}

enum pl_result pl_enrolment_load(const char *state_dir, const struct pl_seal *seal,
				 struct pl_enrolment *ret_enrolment, struct pl_error *err)
{
	struct pl_enrolment e;
	struct pl_bytes plain;
	char path[PL_MAX_PATH];
	cJSON *doc = NULL;
	enum pl_result r;

	pl_enrolment_init(&e);
	pl_bytes_init(&plain, MAX_FILE);
	r = pl_file_join(state_dir, FILE_NAME, path, err);
	if (r == PL_OK)
		r = read_sealed(path, seal, &plain, err);
	if (r == PL_OK)
		r = pl_json_parse(pl_bytes_span(&plain), &doc, err);
	if (r == PL_OK)
		r = from_json(doc, &e, err);
	cJSON_Delete(doc);
	pl_bytes_wipe(&plain);
	if (r == PL_OK)
		*ret_enrolment = e;
	else
		pl_enrolment_finish(&e);
	return r;
}

enum pl_result pl_enrolment_save(const char *state_dir, const struct pl_seal *seal,
				 const struct pl_enrolment *e, struct pl_error *err)
{
	struct pl_bytes plain, sealed;
	char path[PL_MAX_PATH];
	cJSON *doc = to_json(e);
	enum pl_result r;

	pl_bytes_init(&plain, MAX_FILE);
	pl_bytes_init(&sealed, MAX_FILE);
	r = doc ? pl_json_print(doc, &plain) : PL_E_NO_MEMORY;
	if (r == PL_OK)
		r = pl_seal_wrap(seal, pl_span_of(FILE_NAME), plain.at, plain.size, &sealed);
	if (r != PL_OK)
		r = pl_error_set(err, r, "the enrolment cannot be written: %s", pl_result_name(r));
	if (r == PL_OK)
		r = pl_file_join(state_dir, FILE_NAME, path, err);
	if (r == PL_OK)
		r = pl_file_write(path, PL_FILE_SECRET, sealed.at, sealed.size, err);
	cJSON_Delete(doc);
	pl_bytes_wipe(&plain);
	pl_bytes_finish(&sealed);
	return r;
}

enum pl_result pl_enrolment_remove(const char *state_dir, struct pl_error *err)
{
	char path[PL_MAX_PATH];
	enum pl_result r = pl_file_join(state_dir, FILE_NAME, path, err);

	return r == PL_OK ? pl_file_remove(path, err) : r;
}
