/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_HASH_H
#define PL_HASH_H

/*
 * Hash: SHA-256, whole or piece by piece, and HMAC over it.
 * Used for pins (of a certificate's public key), record hashes, the audit chain and packages.
 *
 * Threads: pure; a struct pl_hash one at a time. Memory: plain values.
 * Standards: FIPS 180-4, RFC 2104.
 */

#include <stddef.h>
#include <stdint.h>

#include "platen/span.h"

#define PL_HASH_SIZE 32			    /* bytes */
#define PL_HASH_TEXT (2 * PL_HASH_SIZE + 1) /* as lower-case hex, with NUL */

struct pl_hash {
	uint64_t state[24]; /* the library's context lives here */
};

void pl_hash_init(struct pl_hash *h);
void pl_hash_add(struct pl_hash *h, const void *data, size_t n);
void pl_hash_end(struct pl_hash *h, uint8_t ret_digest[static PL_HASH_SIZE]);

/* The SHA-256 of one piece of memory. */
void pl_sha256(const void *data, size_t n, uint8_t ret_digest[static PL_HASH_SIZE]);

/* HMAC-SHA-256 of `data` under a key of any length. */
void pl_hmac_sha256(const void *key, size_t key_size, const void *data, size_t n,
		    uint8_t ret_digest[static PL_HASH_SIZE]);

#endif
