/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_KEYS_H
#define PL_AGENT_KEYS_H

/*
 * Keys: this PC's own key pair, requests for and facts of its certificate, and the check of a
 * command's signature. ECDSA P-256 throughout.
 * Threads: pure. Memory: texts are the caller's to free().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/hash.h"
#include "platen/result.h"
#include "platen/span.h"

#define PL_FINGERPRINT_TEXT (7 + PL_HASH_TEXT) /* "sha256:" and 64 digits, with NUL */

/* Makes a key pair; PEM of the private key. Returns PL_OK | PL_E_NO_MEMORY. */
enum pl_result pl_key_create(char **ret_pem, struct pl_error *err);

/* The request for a certificate of that key (PKCS#10, PEM), and the fingerprint of its public key
 * ("sha256:…", as the console shows it). Returns PL_OK | PL_E_INVALID (no key) | PL_E_NO_MEMORY. */
enum pl_result pl_key_request(const char *key_pem, char **ret_csr_pem,
			      char ret_fingerprint[static PL_FINGERPRINT_TEXT],
			      struct pl_error *err);

/* Checks that a certificate is for this key, and tells its life (wall time). Returns PL_OK |
 * PL_E_PROTOCOL. */
enum pl_result pl_key_certificate(const char *key_pem, const char *certificate_pem,
				  int64_t *ret_not_before_ms, int64_t *ret_not_after_ms,
				  struct pl_error *err);

/* When the certificates of `pem` are all valid: from the latest beginning to the earliest end (wall
 * time). False, outputs untouched: no certificates. */
bool pl_key_life(const char *pem, int64_t *ret_not_before_ms, int64_t *ret_not_after_ms);

/* True when `pem` is one or more certificates. */
bool pl_key_is_certificates(const char *pem);

/* True when `spki` (DER) is a P-256 public key. */
bool pl_key_is_p256(const void *spki, size_t spki_size);

/* Checks an ECDSA signature (DER) over the SHA-256 of exactly these bytes. Returns PL_OK |
 * PL_E_UNTRUSTED. */
enum pl_result pl_key_verify(const void *spki, size_t spki_size, struct pl_span data,
			     const void *signature, size_t signature_size);

/* Overwrites a secret text and frees it; NULL is allowed. */
void pl_key_wipe(char *text);

#endif
