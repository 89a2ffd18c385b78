/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and HMAC by mbedTLS. Its SHA-256 on memory cannot fail: the codes that it returns are
 * there for hardware engines, so a failure ends the program rather than passing on a wrong hash. */
#include "platen/hash.h"

#include <stdlib.h>

#include <mbedtls/md.h>
#include <mbedtls/sha256.h>
#include <mbedtls/version.h>

/* The functions that report failure changed their names in 3.0. */
#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define sha256_starts mbedtls_sha256_starts_ret
#define sha256_update mbedtls_sha256_update_ret
#define sha256_finish mbedtls_sha256_finish_ret
#else
#define sha256_starts mbedtls_sha256_starts
#define sha256_update mbedtls_sha256_update
#define sha256_finish mbedtls_sha256_finish
#endif

_Static_assert(sizeof(mbedtls_sha256_context) <= sizeof(struct pl_hash),
	       "struct pl_hash has no room for the library's context");

static mbedtls_sha256_context *context(struct pl_hash *h)
{
	return (mbedtls_sha256_context *)(void *)h->state;
}

static void must(int code)
{
	if (code != 0)
		abort();
}

void pl_hash_init(struct pl_hash *h)
{
	mbedtls_sha256_init(context(h));
	must(sha256_starts(context(h), 0));
}

void pl_hash_add(struct pl_hash *h, const void *data, size_t n)
{
	if (n > 0)
		must(sha256_update(context(h), data, n));
}

void pl_hash_end(struct pl_hash *h, uint8_t ret_digest[static PL_HASH_SIZE])
{
	must(sha256_finish(context(h), ret_digest));
	mbedtls_sha256_free(context(h));
}

void pl_sha256(const void *data, size_t n, uint8_t ret_digest[static PL_HASH_SIZE])
{
	struct pl_hash h;

	pl_hash_init(&h);
	pl_hash_add(&h, data, n);
	pl_hash_end(&h, ret_digest);
}

void pl_hmac_sha256(const void *key, size_t key_size, const void *data, size_t n,
		    uint8_t ret_digest[static PL_HASH_SIZE])
{
	must(mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), key, key_size, data, n,
			     ret_digest));
}
