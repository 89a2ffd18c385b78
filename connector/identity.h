/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_IDENTITY_H
#define PL_IDENTITY_H

/*
 * Identity: the connector's own three keys and what they sign.
 *
 *     ca        signs the server's and every agent's certificate, and the revocation list
 *     server    shown on 12351 and 12352
 *     command   signs actions; it is not a TLS key (signer.h)
 *
 * All are ECDSA P-256; they lie in the store, sealed with the master key.
 * Threads: any, once loaded. Memory: the identity owns its keys.
 */

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "db.h"
#include "keyring.h"
#include "signer.h"

#define PL_PIN_TEXT	    (7 + 64 + 1) /* "sha256:" and hex, with NUL */
#define PL_CERT_SERIAL_TEXT 41		 /* 20 bytes as hex, with NUL */
#define PL_MAX_PEM	    (16 * 1024)
#define PL_AGENT_DAYS	    365 /* life of an agent's certificate */

struct pl_identity {
	gnutls_x509_privkey_t ca_key;
	gnutls_x509_crt_t ca;
	char *ca_pem;
	char ca_pin[PL_PIN_TEXT];

	char *server_key_pem;
	char *server_pem; /* leaf, then the CA */

	struct pl_signer *signer; /* the command key; the one member that may change later */
};

/* Makes all three; `names` (DNS names and IP addresses) go into the server's certificate. Run in
 * one transaction. */
enum pl_result pl_identity_make(struct pl_db *db, struct pl_keyring *ring, const char *const *names,
				size_t name_count, struct pl_error *err);

/* Makes the server's certificate anew, same CA (new names, or it nears its end). */
enum pl_result pl_identity_make_server(struct pl_db *db, struct pl_keyring *ring,
				       const char *const *names, size_t name_count,
				       struct pl_error *err);

enum pl_result pl_identity_load(struct pl_db *db, struct pl_keyring *ring,
				struct pl_identity *ret_identity, struct pl_error *err);
void pl_identity_finish(struct pl_identity *identity);

/* A certificate made for an agent. */
struct pl_certificate {
	char pem[4096];
	char serial[PL_CERT_SERIAL_TEXT];
	char fingerprint[PL_PIN_TEXT]; /* of the agent's public key */
	int64_t not_before_ms, not_after_ms;
};

/* Checks a PKCS#10 request (self-signature, ECDSA P-256) and writes its key's fingerprint.
 * PL_E_INVALID with what is wrong with it. */
enum pl_result pl_identity_check_csr(const char *csr_pem, char ret_fingerprint[static PL_PIN_TEXT],
				     struct pl_error *err);

/* Issues a client certificate with CN and O of ours; of the request only the key counts. */
enum pl_result pl_identity_issue(const struct pl_identity *identity, const char *csr_pem,
				 const char *agent_id, const char *customer_id,
				 struct pl_certificate *ret_certificate, struct pl_error *err);

/* The revocation list, DER, of the serials that `db` has as revoked. */
enum pl_result pl_identity_crl(const struct pl_identity *identity, struct pl_db *db,
			       struct pl_bytes *out, struct pl_error *err);

#endif
