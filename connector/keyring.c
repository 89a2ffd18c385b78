/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The master key, and the customers' keys that it opens, kept in a short list: a connector has few
 * customers.
 */
#include "keyring.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "platen/random.h"
#include "sealing.h"

#define MAX_PLACE 64

struct customer_key {
	char id[65];
	uint8_t key[PL_SEAL_KEY_SIZE];
	uint8_t index_key[PL_HASH_SIZE];
	struct customer_key *next;
};

struct pl_keyring {
	struct pl_seal *master;
	pthread_rwlock_t lock; /* guards the list; entries live until forgotten */
	struct customer_key *first;
};

static void wipe(void *at, size_t n)
{
	volatile uint8_t *p = at;

	while (n--)
		*p++ = 0;
}

static void free_key(struct customer_key *k)
{
	wipe(k, sizeof *k);
	free(k);
}

static struct pl_span place_of(const char *what, const char *customer_id, char buf[MAX_PLACE + 64])
{
	snprintf(buf, MAX_PLACE + 64, "%s/%s", what, customer_id);
	return pl_span_of(buf);
}

enum pl_result pl_keyring_open(const char *path, bool create, struct pl_keyring **ret_ring,
			       struct pl_error *err)
{
	struct pl_keyring *ring;
	enum pl_result r;

	if (!create && access(path, F_OK) < 0)
		return pl_error_set(err, PL_E_NOT_FOUND,
				    "the master key %s is missing; say where it is with --key",
				    path);
	ring = calloc(1, sizeof *ring);
	if (!ring)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	r = pl_seal_open(path, &ring->master, err);
	if (r != PL_OK) {
		free(ring);
		return r;
	}
	pthread_rwlock_init(&ring->lock, NULL);
	*ret_ring = ring;
	return PL_OK;
}

void pl_keyring_close(struct pl_keyring *ring)
{
	if (!ring)
		return;
	while (ring->first) {
		struct customer_key *next = ring->first->next;

		free_key(ring->first);
		ring->first = next;
	}
	pl_seal_close(ring->master);
	pthread_rwlock_destroy(&ring->lock);
	free(ring);
}

const struct pl_seal *pl_keyring_master(const struct pl_keyring *ring)
{
	return ring->master;
}

enum pl_result pl_keyring_make(struct pl_keyring *ring, const char *customer_id,
			       struct pl_bytes *out, struct pl_error *err)
{
	uint8_t key[PL_SEAL_KEY_SIZE];
	char place[MAX_PLACE + 64];
	enum pl_result r;

	pl_random_bytes(key, sizeof key);
	r = pl_seal_wrap(ring->master, place_of("customer", customer_id, place), key, sizeof key,
			 out);
	wipe(key, sizeof key);
	return r == PL_OK ? r : pl_error_set(err, r, "the customer's key could not be sealed");
}

static struct customer_key *find(struct pl_keyring *ring, const char *customer_id)
{
	struct customer_key *k = ring->first;

	while (k && strcmp(k->id, customer_id) != 0)
		k = k->next;
	return k;
}

/* Reads and opens a customer's key from the store; does not touch the list. */
static enum pl_result load(struct pl_keyring *ring, struct pl_db *db, const char *customer_id,
			   struct customer_key **ret_key, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct customer_key *k = NULL;
	char place[MAX_PLACE + 64];
	struct pl_bytes key;
	struct pl_span sealed;
	enum pl_result r;

	pl_bytes_init(&key, PL_SEAL_KEY_SIZE);
	r = pl_db_one(db, &rows, "SELECT key_sealed FROM customers WHERE id=?1",
		      PL_ARGS(pl_db_text(customer_id)), err);
	if (r != PL_OK)
		return r;
	sealed = pl_db_blob_at(rows, 0);
	if (sealed.size == 0) {
		r = pl_error_set(err, PL_E_GONE, "this customer was erased");
		goto out;
	}
	r = pl_seal_unwrap(ring->master, place_of("customer", customer_id, place), sealed.at,
			   sealed.size, &key);
	if (r != PL_OK || key.size != PL_SEAL_KEY_SIZE) {
		r = pl_error_set(err, PL_E_UNTRUSTED,
				 "the store was not sealed with this master key");
		goto out;
	}
	k = calloc(1, sizeof *k);
	if (!k) {
		r = pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
		goto out;
	}
	snprintf(k->id, sizeof k->id, "%s", customer_id);
	memcpy(k->key, key.at, sizeof k->key);
	pl_hmac_sha256(key.at, key.size, "platen blind index", 18, k->index_key);
	*ret_key = k;
out:
	if (key.at)
		wipe(key.at, key.size);
	pl_bytes_finish(&key);
	pl_db_done(rows);
	return r;
}

/* Finds or loads a key. On PL_OK the read lock is held: the caller gives it back. */
static enum pl_result hold(struct pl_keyring *ring, struct pl_db *db, const char *customer_id,
			   struct customer_key **ret_key, struct pl_error *err)
{
	struct customer_key *loaded = NULL;
	enum pl_result r;

	pthread_rwlock_rdlock(&ring->lock);
	*ret_key = find(ring, customer_id);
	if (*ret_key)
		return PL_OK;
	pthread_rwlock_unlock(&ring->lock);

	r = load(ring, db, customer_id, &loaded, err);
	if (r != PL_OK)
		return r;
	pthread_rwlock_wrlock(&ring->lock);
	if (find(ring, customer_id)) {
		free_key(loaded); /* another thread was faster */
	} else {
		loaded->next = ring->first;
		ring->first = loaded;
	}
	pthread_rwlock_unlock(&ring->lock);

	pthread_rwlock_rdlock(&ring->lock);
	*ret_key = find(ring, customer_id);
	if (*ret_key)
		return PL_OK;
	pthread_rwlock_unlock(&ring->lock);
	return pl_error_set(err, PL_E_GONE, "this customer was erased");
}

enum pl_result pl_keyring_wrap(struct pl_keyring *ring, struct pl_db *db, const char *customer_id,
			       const char *place, const void *data, size_t n, struct pl_bytes *out,
			       struct pl_error *err)
{
	struct customer_key *k;
	enum pl_result r = hold(ring, db, customer_id, &k, err);

	if (r != PL_OK)
		return r;
	r = pl_sealing_wrap(k->key, pl_span_of(place), data, n, out);
	pthread_rwlock_unlock(&ring->lock);
	return r == PL_OK ? r : pl_error_set(err, r, "sealing failed: %s", pl_result_name(r));
}

enum pl_result pl_keyring_unwrap(struct pl_keyring *ring, struct pl_db *db, const char *customer_id,
				 const char *place, struct pl_span sealed, struct pl_bytes *out,
				 struct pl_error *err)
{
	struct customer_key *k;
	enum pl_result r = hold(ring, db, customer_id, &k, err);

	if (r != PL_OK)
		return r;
	r = pl_sealing_unwrap(k->key, pl_span_of(place), sealed, out);
	pthread_rwlock_unlock(&ring->lock);
	return r == PL_OK
		       ? r
		       : pl_error_set(err, r, "a sealed %s in the store cannot be opened", place);
}

enum pl_result pl_keyring_index(struct pl_keyring *ring, struct pl_db *db, const char *customer_id,
				const char *place, struct pl_span value,
				uint8_t ret_index[static PL_HASH_SIZE], struct pl_error *err)
{
	struct customer_key *k;
	uint8_t key[PL_HASH_SIZE];
	enum pl_result r = hold(ring, db, customer_id, &k, err);

	if (r != PL_OK)
		return r;
	pl_hmac_sha256(k->index_key, sizeof k->index_key, place, strlen(place), key);
	pthread_rwlock_unlock(&ring->lock);
	pl_hmac_sha256(key, sizeof key, value.at, value.size, ret_index);
	return PL_OK;
}

void pl_keyring_forget(struct pl_keyring *ring, const char *customer_id)
{
	struct customer_key **at;

	pthread_rwlock_wrlock(&ring->lock);
	for (at = &ring->first; *at; at = &(*at)->next) {
		struct customer_key *k = *at;

		if (strcmp(k->id, customer_id) == 0) {
			*at = k->next;
			free_key(k);
			break;
		}
	}
	pthread_rwlock_unlock(&ring->lock);
}
