/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_IDENTITY_ISSUE_H
#define PL_IDENTITY_ISSUE_H

/*
 * Issue: the three sorts of certificate a connector makes. Used by identity.c; agents' certificates
 * are issued through identity.h. Threads: any. Memory: PEM into the caller's buffer.
 */

#include "identity.h"

/* A self-signed CA for this key, 20 years. */
enum pl_result pl_issue_ca(gnutls_x509_privkey_t key, char *ret_pem, size_t cap,
			   struct pl_error *err);

/* A server certificate for these DNS names and IP addresses, 2 years. */
enum pl_result pl_issue_server(const struct pl_identity *ca, gnutls_x509_privkey_t key,
			       const char *const *names, size_t name_count, char *ret_pem,
			       size_t cap, struct pl_error *err);

/* "sha256:…" of the certificate's SubjectPublicKeyInfo. */
enum pl_result pl_issue_fingerprint(gnutls_x509_crt_t crt, char ret_pin[static PL_PIN_TEXT],
				    struct pl_error *err);

#endif
