/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PACKAGE_KEY_H
#define PL_PACKAGE_KEY_H

/*
 * Package keys: ECDSA P-256 keys that sign manifests of packages. They are made and used where no
 * server runs; PCs get the public half from their installer, never from a connector. The connector
 * itself only looks, so that it can warn before PCs refuse.
 *
 * Threads: any. Memory: buffers are the caller's.
 */

#include "platen/bytes.h"
#include "platen/file.h"
#include "platen/package.h"

#define PL_PACKAGE_KEYS "/etc/platen/package-keys.d" /* *.pem, public keys */

/* Makes a key pair, both halves as PEM. Returns PL_OK | PL_E_IO. */
enum pl_result pl_package_key_make(struct pl_bytes *secret_pem, struct pl_bytes *public_pem,
				   struct pl_error *err);

/* Signs the exact bytes: adds a DER ECDSA-Sig-Value. Returns PL_OK | PL_E_INVALID (no such key) |
 * PL_E_IO. */
enum pl_result pl_package_key_sign(struct pl_span secret_pem, struct pl_span manifest,
				   struct pl_bytes *signature, struct pl_error *err);

/* Looks for the key of a signature among the *.pem files of a folder; ret_name gets its file's
 * name. Returns PL_OK | PL_E_NOT_FOUND (no key there) | PL_E_UNTRUSTED (none of them signed it). */
enum pl_result pl_package_key_find(const char *dir, struct pl_span manifest,
				   struct pl_span signature, char ret_name[static PL_MAX_PATH],
				   struct pl_error *err);

#endif
