/* SPDX-License-Identifier: Apache-2.0 */
/* AES-256-GCM by GnuTLS. A cipher is set up for each call (a fraction of a microsecond), so that a
 * key may be used from any thread without a lock. */
#include "sealing.h"

#include <gnutls/crypto.h>
#include <stdbool.h>
#include <string.h>

#define VERSION	   1
#define NONCE_SIZE 12
#define TAG_SIZE   16
#define HEAD_SIZE  (1 + NONCE_SIZE)

_Static_assert(PL_SEAL_OVERHEAD == HEAD_SIZE + TAG_SIZE, "the form is that of platen/seal.h");

/* One pass over `text` in place: writes the tag, or, opening, compares it. Returns GnuTLS's code.
 */
static int crypt_in_place(bool open, const uint8_t *key, const uint8_t *nonce, struct pl_span place,
			  uint8_t *text, size_t n, uint8_t tag[TAG_SIZE])
{
	const gnutls_datum_t secret = { (unsigned char *)(uintptr_t)key, PL_SEAL_KEY_SIZE };
	const giovec_t about = { (void *)(uintptr_t)place.at, place.size }, all = { text, n };
	gnutls_aead_cipher_hd_t cipher;
	size_t tag_size = TAG_SIZE;
	int rc = gnutls_aead_cipher_init(&cipher, GNUTLS_CIPHER_AES_256_GCM, &secret);

	if (rc < 0)
		return rc;
	rc = open ? gnutls_aead_cipher_decryptv2(cipher, nonce, NONCE_SIZE, &about, 1, &all, 1, tag,
						 tag_size)
		  : gnutls_aead_cipher_encryptv2(cipher, nonce, NONCE_SIZE, &about, 1, &all, 1, tag,
						 &tag_size);
	gnutls_aead_cipher_deinit(cipher);
	return rc;
}

enum pl_result pl_sealing_wrap(const uint8_t key[static PL_SEAL_KEY_SIZE], struct pl_span place,
			       const void *data, size_t n, struct pl_bytes *out)
{
	uint8_t head[HEAD_SIZE] = { VERSION }, tag[TAG_SIZE] = { 0 };
	size_t before = out->size;
	enum pl_result r;

	if (gnutls_rnd(GNUTLS_RND_NONCE, head + 1, NONCE_SIZE) < 0)
		return PL_E_IO;
	r = pl_bytes_add(out, head, sizeof head);
	if (r == PL_OK)
		r = pl_bytes_add(out, data, n);
	if (r == PL_OK &&
	    crypt_in_place(false, key, head + 1, place, out->at + before + HEAD_SIZE, n, tag) < 0)
		r = PL_E_NO_MEMORY;
	if (r == PL_OK)
		r = pl_bytes_add(out, tag, sizeof tag);
	if (r != PL_OK)
		pl_bytes_cut(out, before);
	return r;
}

enum pl_result pl_sealing_unwrap(const uint8_t key[static PL_SEAL_KEY_SIZE], struct pl_span place,
				 struct pl_span sealed, struct pl_bytes *out)
{
	const uint8_t *at = (const uint8_t *)sealed.at;
	size_t before = out->size, n = sealed.size - PL_SEAL_OVERHEAD;
	uint8_t tag[TAG_SIZE];
	enum pl_result r;

	if (sealed.size < PL_SEAL_OVERHEAD || at[0] != VERSION)
		return PL_E_UNTRUSTED;
	memcpy(tag, at + HEAD_SIZE + n, TAG_SIZE);
	r = pl_bytes_add(out, at + HEAD_SIZE, n);
	if (r == PL_OK && crypt_in_place(true, key, at + 1, place, out->at + before, n, tag) < 0)
		r = PL_E_UNTRUSTED;
	if (r != PL_OK)
		pl_bytes_cut(out, before);
	return r;
}
