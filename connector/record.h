/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_RECORD_H
#define PL_RECORD_H

/*
 * Record: how a record lies in the store, sealed under its customer's key: the printer's key (empty
 * where it is about the PC), a line end, the body as JSON. Whoever has the key of the customer can
 * derive everything else from it again.
 *
 * Threads: any. Memory: the caller's.
 */

#include <stdbool.h>

#include "batch.h"
#include "keyring.h"

/* True for a snapshot that tells only what changed: it is kept for a shorter time than a full one.
 */
bool pl_record_is_part(const struct pl_record *record);

/* Adds a record's sealed form to `out`; `scratch` is a buffer to write in, so that a batch needs
 * one only. Returns PL_OK | PL_E_TOO_BIG | PL_E_GONE (the customer was erased) | PL_E_NO_MEMORY. */
enum pl_result pl_record_wrap(struct pl_keyring *ring, struct pl_db *db, const char *customer_id,
			      const struct pl_record *record, struct pl_bytes *scratch,
			      struct pl_bytes *out, struct pl_error *err);

/* Opens a sealed record: its body, to be freed with cJSON_Delete(), and its printer's key ("" for
 * none). Returns as pl_keyring_unwrap(), and PL_E_PROTOCOL where the body is no object. */
enum pl_result pl_record_unwrap(struct pl_keyring *ring, struct pl_db *db, const char *customer_id,
				struct pl_span sealed, char ret_key[static PL_MAX_KEY],
				struct cJSON **ret_body, struct pl_error *err);

#endif
