/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_TLS_VERIFY_H
#define PL_AGENT_TLS_VERIFY_H

/*
 * TLS verify: is the server the one we mean? The chain it shows, the anchors we have, the name we
 * called; and where the answer is no, the one sentence that says why.
 * Threads: pure. Memory: none.
 */

#include <stddef.h>
#include <stdint.h>

#include <mbedtls/x509_crt.h>

#include "platen/hash.h"
#include "platen/result.h"

struct pl_tls_anchors {
	const uint8_t (*pins)[PL_HASH_SIZE]; /* where there are any, only they count */
	size_t pin_count;
	mbedtls_x509_crt *trusted; /* else these */
	const char *origin;	   /* what they are, for people: "the CA of the enrolment" */
};

/* `chain` begins with the server's own certificate. Returns PL_OK | PL_E_UNTRUSTED. */
enum pl_result pl_tls_verify(const struct pl_tls_anchors *anchors, mbedtls_x509_crt *chain,
			     const char *host, struct pl_error *err);

#endif
