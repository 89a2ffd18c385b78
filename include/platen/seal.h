/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_SEAL_H
#define PL_SEAL_H

/*
 * Seal: AES-256-GCM under a key that only the service can read. What is sealed can be neither read
 * nor changed nor put in another place: `place` (associated data, "spool/41") is bound to it.
 *
 *     version (1 byte, 1) | nonce (12, random) | ciphertext | tag (16)
 *
 * Threads: a seal may be used from any. Memory: the seal owns its key and wipes it.
 * Standard: NIST SP 800-38D; a random nonce is safe for 2^32 seals under one key.
 */

#include <stddef.h>
#include <stdint.h>

#include "platen/bytes.h"
#include "platen/hash.h"
#include "platen/result.h"
#include "platen/span.h"

#define PL_SEAL_KEY_SIZE 32 /* bytes */
#define PL_SEAL_OVERHEAD 29 /* bytes that sealing adds */

struct pl_seal;

/* Opens the key file; where there is none, makes one (0600). Returns PL_OK | PL_E_DENIED (others
 * may read it, or we may not) | PL_E_PROTOCOL (not a key file) | PL_E_IO | PL_E_FULL. */
enum pl_result pl_seal_open(const char *key_path, struct pl_seal **ret_seal, struct pl_error *err);

/* A seal under a key that the caller has; NULL when out of memory. */
struct pl_seal *pl_seal_create(const uint8_t key[static PL_SEAL_KEY_SIZE]);

void pl_seal_close(struct pl_seal *seal); /* NULL is allowed */

/* Adds the sealed form of `data` to `out`. Returns PL_OK | PL_E_TOO_BIG | PL_E_NO_MEMORY. */
enum pl_result pl_seal_wrap(const struct pl_seal *seal, struct pl_span place, const void *data,
			    size_t n, struct pl_bytes *out);

/* Adds the content to `out`; nothing on failure. Returns PL_OK | PL_E_UNTRUSTED (changed, another
 * place, another key) | PL_E_TOO_BIG | PL_E_NO_MEMORY. */
enum pl_result pl_seal_unwrap(const struct pl_seal *seal, struct pl_span place, const void *sealed,
			      size_t n, struct pl_bytes *out);

/* Overwrites the content of a buffer that held a secret, and frees it. (Growing leaves copies
 * behind: give secrets buffers only for a moment.) */
void pl_bytes_wipe(struct pl_bytes *b);

/* Overwrites a secret. */
void pl_wipe(void *secret, size_t n);

/* A blind index: the same for the same data under the same key, and tells nothing of it. For
 * finding what is sealed. */
void pl_seal_blind(const struct pl_seal *seal, struct pl_span data,
		   uint8_t ret_index[static PL_HASH_SIZE]);

#endif
