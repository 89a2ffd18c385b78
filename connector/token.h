/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TOKEN_H
#define PL_TOKEN_H

/*
 * Tokens: secrets that are shown once and kept only as their SHA-256.
 *
 *     enrolment    "plt1." and base64url of {"url","pins","secret"}; brings a PC in (WIRE.md
 * section 1) bearer       "plb1." and 43 characters; a session of the console, or another program's
 * access
 *
 * Threads: pure. Memory: the caller's.
 */

#include <stddef.h>
#include <stdint.h>

#include "platen/bytes.h"
#include "platen/hash.h"
#include "platen/span.h"

#define PL_SECRET_TEXT 44 /* base64url of 32 random bytes, with NUL */
#define PL_BEARER_TEXT (5 + PL_SECRET_TEXT)
#define PL_MAX_TOKEN   1024

/* Makes a secret and its hash. */
void pl_token_secret(char ret_secret[static PL_SECRET_TEXT], uint8_t ret_hash[static PL_HASH_SIZE]);

/* Makes a bearer token and its hash. */
void pl_token_bearer(char ret_token[static PL_BEARER_TEXT], uint8_t ret_hash[static PL_HASH_SIZE]);

/* The hash under which a secret or a bearer token is kept. */
void pl_token_hash(struct pl_span text, uint8_t ret_hash[static PL_HASH_SIZE]);

/* Adds the enrolment token's string. Returns PL_OK | PL_E_TOO_BIG | PL_E_NO_MEMORY. */
enum pl_result pl_token_write(const char *url, const char *pin, const char *secret,
			      struct pl_bytes *out);

#endif
