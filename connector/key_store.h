/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_KEY_STORE_H
#define PL_KEY_STORE_H

/*
 * Key store: the server's own private keys (ECDSA P-256) as they lie in the table `keys`, sealed
 * with the master key under their name: "ca", "server", "command".
 * Threads: any, each with a connection of its own. Memory: the caller frees what it gets.
 */

#include <gnutls/x509.h>

#include "db.h"
#include "keyring.h"

/* Makes a key; gnutls_x509_privkey_deinit() frees it. */
enum pl_result pl_key_make(gnutls_x509_privkey_t *ret_key, struct pl_error *err);

/* Seals the key and writes it with its certificate (PEM; NULL: none) in the place of the one of
 * this name. Its created_at is later than that of the one before, whatever the clock says. */
enum pl_result pl_key_save(struct pl_db *db, struct pl_keyring *ring, const char *name,
			   gnutls_x509_privkey_t key, const char *certificate,
			   struct pl_error *err);

/* Reads a key: PEM text for pl_key_free_pem(), and its certificate for free() (NULL where there is
 * none; ret_certificate may be NULL). PL_E_NOT_FOUND | PL_E_UNTRUSTED (another master key). */
enum pl_result pl_key_load_pem(struct pl_db *db, struct pl_keyring *ring, const char *name,
			       char **ret_key, char **ret_certificate, struct pl_error *err);
void pl_key_free_pem(char *pem); /* wipes it; NULL is allowed */

/* The same, ready for use. */
enum pl_result pl_key_load(struct pl_db *db, struct pl_keyring *ring, const char *name,
			   gnutls_x509_privkey_t *ret_key, char **ret_certificate,
			   struct pl_error *err);

/* A sentence for what GnuTLS would not do. Returns PL_E_IO. */
enum pl_result pl_key_failed(struct pl_error *err, const char *what, int gnutls_code);

#endif
