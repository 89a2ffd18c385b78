/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_BOX_H
#define PL_BOX_H

/*
 * Box: a secret that only one PC can open: a printer's password on its way through a connector
 * that must not keep it. The PC tells its public key; whoever has it can close a box, and nobody
 * but that PC, neither the closer himself, can open it again.
 *
 *     public key of the moment (65 bytes, uncompressed P-256 point) | sealed as in seal.h
 *
 * The key under the seal is SHA-256 of "platen box 1", the shared secret (ECDH) and both public
 * keys. `place` binds the box to where it may be opened.
 *
 * Threads: a key may be used from any. Memory: the key wipes itself.
 * Standard: NIST SP 800-56A (one-pass Diffie-Hellman), SP 800-56C (one step).
 */

#include "platen/bytes.h"
#include "platen/result.h"
#include "platen/span.h"

#define PL_BOX_PUBLIC_SIZE 65  /* bytes of a public key */
#define PL_BOX_PUBLIC_TEXT 88  /* in base64url without padding, with NUL */
#define PL_MAX_BOX	   512 /* bytes of a closed box */

struct pl_box_key;

/* Opens the key file; where there is none, makes one (0600). Results of pl_seal_open(). */
enum pl_result pl_box_key_open(const char *path, struct pl_box_key **ret_key, struct pl_error *err);
void pl_box_key_close(struct pl_box_key *key); /* NULL is allowed */

/* What others need to close a box for us. */
const char *pl_box_public(const struct pl_box_key *key);

/* Adds a box with `secret` for the owner of a public key (its text). Returns PL_OK | PL_E_INVALID
 * (no such key) | PL_E_TOO_BIG | PL_E_NO_MEMORY. */
enum pl_result pl_box_close(const char *public_text, struct pl_span place, struct pl_span secret,
			    struct pl_bytes *out);

/* Adds the secret to `out`, to be wiped by the caller. Returns PL_OK | PL_E_UNTRUSTED (for another
 * key or place, changed) | PL_E_TOO_BIG | PL_E_NO_MEMORY. */
enum pl_result pl_box_open(const struct pl_box_key *key, struct pl_span place, struct pl_span box,
			   struct pl_bytes *out);

#endif
