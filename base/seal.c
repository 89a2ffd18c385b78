/* SPDX-License-Identifier: Apache-2.0 */
/* AES-256-GCM under one key. A context is made for each call: setting up a key costs less than a
 * microsecond, and so a seal may be used from any thread without a lock. */
#include "platen/seal.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/gcm.h>
#include <mbedtls/platform_util.h>

#include "key_guard.h"
#include "platen/file.h"
#include "platen/random.h"

#define VERSION	   1
#define NONCE_SIZE 12
#define TAG_SIZE   16
#define HEAD_SIZE  (1 + NONCE_SIZE)

_Static_assert(PL_SEAL_OVERHEAD == HEAD_SIZE + TAG_SIZE, "the header tells another overhead");

struct pl_seal {
	uint8_t key[PL_SEAL_KEY_SIZE];
};

struct pl_seal *pl_seal_create(const uint8_t key[static PL_SEAL_KEY_SIZE])
{
	struct pl_seal *seal = malloc(sizeof(*seal));

	if (seal)
		memcpy(seal->key, key, sizeof(seal->key));
	return seal;
}

void pl_seal_close(struct pl_seal *seal)
{
	if (!seal)
		return;
	mbedtls_platform_zeroize(seal, sizeof(*seal));
	free(seal);
}

static enum pl_result make_key(const char *path, uint8_t key[static PL_SEAL_KEY_SIZE],
			       struct pl_error *err)
{
	struct pl_bytes file;
	enum pl_result r;

	pl_bytes_init(&file, KEY_GUARD_MAX);
	pl_random_bytes(key, PL_SEAL_KEY_SIZE);
	r = key_guard_lock(key, &file, err);
	if (r == PL_OK)
		r = pl_file_write(path, PL_FILE_SECRET, file.at, file.size, err);
	pl_bytes_wipe(&file);
	return r;
}

static enum pl_result read_key(const char *path, uint8_t key[static PL_SEAL_KEY_SIZE],
			       struct pl_error *err)
{
	struct pl_error why = { .text = "it is too big" };
	struct pl_bytes file;
	enum pl_result r;

	pl_bytes_init(&file, KEY_GUARD_MAX);
	r = pl_file_read(path, PL_FILE_SECRET, &file, err);
	if (r == PL_OK || r == PL_E_TOO_BIG) {
		r = r == PL_OK ? key_guard_open(pl_bytes_span(&file), key, &why) : PL_E_PROTOCOL;
		if (r != PL_OK)
			r = pl_error_set(err, r, "%s is not a key file: %s", path, why.text);
	}
	pl_bytes_wipe(&file);
	return r;
}

enum pl_result pl_seal_open(const char *key_path, struct pl_seal **ret_seal, struct pl_error *err)
{
	uint8_t key[PL_SEAL_KEY_SIZE];
	struct pl_seal *seal;
	enum pl_result r;

	r = read_key(key_path, key, err);
	if (r == PL_E_NOT_FOUND)
		r = make_key(key_path, key, err);
	if (r != PL_OK)
		return r;
	seal = pl_seal_create(key);
	mbedtls_platform_zeroize(key, sizeof(key));
	if (!seal)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	*ret_seal = seal;
	return PL_OK;
}

/* One pass of AES-GCM over `text` in place. Returns mbedTLS's code. */
static int crypt_in_place(const struct pl_seal *seal, int mode, const uint8_t *nonce,
			  struct pl_span place, uint8_t *text, size_t n, uint8_t tag[TAG_SIZE])
{
	mbedtls_gcm_context gcm;
	const uint8_t *ad = (const uint8_t *)place.at;
	int code;

	mbedtls_gcm_init(&gcm);
	code = mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, seal->key, 8 * sizeof(seal->key));
	if (code == 0 && mode == MBEDTLS_GCM_ENCRYPT)
		code = mbedtls_gcm_crypt_and_tag(&gcm, mode, n, nonce, NONCE_SIZE, ad, place.size,
						 text, text, TAG_SIZE, tag);
	else if (code == 0)
		code = mbedtls_gcm_auth_decrypt(&gcm, n, nonce, NONCE_SIZE, ad, place.size, tag,
						TAG_SIZE, text, text);
	mbedtls_gcm_free(&gcm);
	return code;
}

enum pl_result pl_seal_wrap(const struct pl_seal *seal, struct pl_span place, const void *data,
			    size_t n, struct pl_bytes *out)
{
	uint8_t head[HEAD_SIZE] = { VERSION }, tag[TAG_SIZE] = { 0 };
	size_t before = out->size;
	enum pl_result r;

	pl_random_bytes(head + 1, NONCE_SIZE);
	r = pl_bytes_add(out, head, sizeof(head));
	if (r == PL_OK)
		r = pl_bytes_add(out, data, n);
	if (r == PL_OK && crypt_in_place(seal, MBEDTLS_GCM_ENCRYPT, head + 1, place,
					 out->at + before + HEAD_SIZE, n, tag) != 0)
		r = PL_E_NO_MEMORY;
	if (r == PL_OK)
		r = pl_bytes_add(out, tag, sizeof(tag));
	if (r != PL_OK)
		pl_bytes_cut(out, before);
	return r;
}

enum pl_result pl_seal_unwrap(const struct pl_seal *seal, struct pl_span place, const void *sealed,
			      size_t n, struct pl_bytes *out)
{
	const uint8_t *at = sealed;
	size_t before = out->size, size = n - PL_SEAL_OVERHEAD;
	uint8_t tag[TAG_SIZE];
	enum pl_result r;

	if (n < PL_SEAL_OVERHEAD || at[0] != VERSION)
		return PL_E_UNTRUSTED;
	memcpy(tag, at + n - TAG_SIZE, TAG_SIZE);
	r = pl_bytes_add(out, at + HEAD_SIZE, size);
	if (r != PL_OK)
		return r;
	if (crypt_in_place(seal, MBEDTLS_GCM_DECRYPT, at + 1, place, out->at + before, size, tag) !=
	    0) {
		pl_bytes_cut(out, before);
		return PL_E_UNTRUSTED;
	}
	return PL_OK;
}

void pl_seal_blind(const struct pl_seal *seal, struct pl_span data,
		   uint8_t ret_index[static PL_HASH_SIZE])
{
	static const char PURPOSE[] = "platen blind index 1";
	uint8_t key[PL_HASH_SIZE]; /* one of its own: a key has one use */

	pl_hmac_sha256(seal->key, sizeof(seal->key), PURPOSE, sizeof(PURPOSE) - 1, key);
	pl_hmac_sha256(key, sizeof(key), data.at, data.size, ret_index);
	mbedtls_platform_zeroize(key, sizeof(key));
}

void pl_wipe(void *secret, size_t n)
{
	mbedtls_platform_zeroize(secret, n);
}

void pl_bytes_wipe(struct pl_bytes *b)
{
	if (b->at)
		mbedtls_platform_zeroize(b->at, b->cap);
	pl_bytes_finish(b);
}
