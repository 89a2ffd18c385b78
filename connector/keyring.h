/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_KEYRING_H
#define PL_KEYRING_H

/*
 * Keyring: what seals the store. The master key is a file outside of the data folder; under it lie
 * the server's own keys and one random key per customer; under a customer's key lie its serial
 * numbers, records and snapshots. Erasing a customer destroys its key, and with it everything
 * sealed.
 *
 * Threads: any. Memory: customers' keys are kept once opened and wiped at the end.
 */

#include "db.h"
#include "platen/bytes.h"
#include "platen/hash.h"
#include "platen/seal.h"

struct pl_keyring;

/* Opens the master key at `path`, made (0600) when `create` and missing. Returns PL_OK |
 * PL_E_NOT_FOUND | PL_E_DENIED | PL_E_PROTOCOL | PL_E_IO. */
enum pl_result pl_keyring_open(const char *path, bool create, struct pl_keyring **ret_ring,
			       struct pl_error *err);
void pl_keyring_close(struct pl_keyring *ring); /* NULL is allowed */

/* The master's seal, for the server's own keys. */
const struct pl_seal *pl_keyring_master(const struct pl_keyring *ring);

/* Makes a key for a new customer: adds its sealed form, for customers.key_sealed, to `out`. */
enum pl_result pl_keyring_make(struct pl_keyring *ring, const char *customer_id,
			       struct pl_bytes *out, struct pl_error *err);

/* Seals or opens under a customer's key; `place` says what it is ("serial", "record"). The key is
 * read through `db` at first use. PL_E_GONE: the customer was erased. */
enum pl_result pl_keyring_wrap(struct pl_keyring *ring, struct pl_db *db, const char *customer_id,
			       const char *place, const void *data, size_t n, struct pl_bytes *out,
			       struct pl_error *err);
enum pl_result pl_keyring_unwrap(struct pl_keyring *ring, struct pl_db *db, const char *customer_id,
				 const char *place, struct pl_span sealed, struct pl_bytes *out,
				 struct pl_error *err);

/* The blind index of a value: equal values of one customer have equal indexes, and nobody without
 * the key can tell what they were. */
enum pl_result pl_keyring_index(struct pl_keyring *ring, struct pl_db *db, const char *customer_id,
				const char *place, struct pl_span value,
				uint8_t ret_index[static PL_HASH_SIZE], struct pl_error *err);

/* Forgets a customer's key (it was erased). */
void pl_keyring_forget(struct pl_keyring *ring, const char *customer_id);

#endif
