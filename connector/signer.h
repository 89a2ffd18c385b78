/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_SIGNER_H
#define PL_SIGNER_H

/*
 * Signer: the command key, which signs actions and the ends of exported audit chains; it is not a
 * TLS key. `platen-connector key rotate` is another process that replaces it in the store while the
 * server runs: pl_signer_refresh() takes the new one over.
 * Threads: any. Memory: the signer owns the key.
 */

#include <gnutls/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "keyring.h"

#define PL_KEY_ID_TEXT	 (16 + 1)
#define PL_KEY_SPKI_TEXT 256

struct pl_signer;

/* The half that everybody may know. */
struct pl_signer_key {
	char id[PL_KEY_ID_TEXT];     /* first 16 hex digits of the SHA-256 of the SPKI */
	char spki[PL_KEY_SPKI_TEXT]; /* base64 of its DER */
};

enum pl_result pl_signer_load(struct pl_db *db, struct pl_keyring *ring,
			      struct pl_signer **ret_signer, struct pl_error *err);
/* A signer of a key that is not in the store yet; the key stays the caller's. */
enum pl_result pl_signer_of(gnutls_x509_privkey_t key, struct pl_signer **ret_signer,
			    struct pl_error *err);
void pl_signer_close(struct pl_signer *signer); /* NULL is allowed */

/* Takes over the key that is in the store now, if it is another one: a look at one row. Within a
 * transaction that writes, what is signed after it is signed by the key in force. */
enum pl_result pl_signer_refresh(struct pl_signer *signer, struct pl_db *db,
				 struct pl_keyring *ring, struct pl_error *err);

void pl_signer_public(struct pl_signer *signer, struct pl_signer_key *ret_key);

/* The id as a number (its 16 hex digits), for comparing; takes no lock. */
uint64_t pl_signer_number(const struct pl_signer *signer);
uint64_t pl_key_number(const char *id); /* 0: that is no key's id */

/* Signs the exact bytes: adds a DER ECDSA-Sig-Value to `out` and tells whose it is. */
enum pl_result pl_signer_sign(struct pl_signer *signer, const void *data, size_t n,
			      struct pl_bytes *out, char ret_id[static PL_KEY_ID_TEXT],
			      struct pl_error *err);

#endif
