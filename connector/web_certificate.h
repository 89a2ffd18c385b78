/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_WEB_CERTIFICATE_H
#define PL_WEB_CERTIFICATE_H

/*
 * Web certificate: what a port shows of itself, exchangeable while connections are open. A
 * handshake that has begun keeps the certificate it began with, so an exchanged one is kept until
 * the port is closed; connections go on, and sessions are still resumed.
 *
 *     leaf, intermediates… in PEM, and the leaf's private key, in PEM, without a password
 *
 * Threads: put on one thread at a time, get on any. Memory: the table owns all it was given.
 */

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <stdbool.h>

#include "platen/result.h"

struct pl_web_certificates;

/* NULL when out of memory. */
struct pl_web_certificates *pl_web_certificates_create(void);
void pl_web_certificates_destroy(struct pl_web_certificates *all); /* NULL is allowed */

/* From now on shows this one. PL_E_INVALID says what is wrong with it: no certificate, no key, a
 * key that is another certificate's, a certificate that has ended. The one before then stays. */
enum pl_result pl_web_certificates_put(struct pl_web_certificates *all, const char *certificate_pem,
				       const char *key_pem, struct pl_error *err);

/* For gnutls: the present chain and key, borrowed. False: none was put yet. */
bool pl_web_certificates_get(struct pl_web_certificates *all, gnutls_pcert_st **ret_chain,
			     unsigned *ret_count, gnutls_privkey_t *ret_key);

#endif
