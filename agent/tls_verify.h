/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_TLS_VERIFY_H
#define PL_AGENT_TLS_VERIFY_H

/*
 * TLS verify: is the server the one we mean? The chain it shows, the anchors we have, the name we
 * called; and where the answer is no, the one sentence that says why.
 * Threads: pure, but for the revocation lists that it may fetch. Memory: none.
 */

#include <stddef.h>
#include <stdint.h>

#include <mbedtls/x509_crt.h>

#include "platen/hash.h"
#include "platen/result.h"

struct pl_revocation;

struct pl_tls_anchors {
	const uint8_t (*pins)[PL_HASH_SIZE]; /* where there are any, only they count */
	size_t pin_count;
	mbedtls_x509_crt *trusted;	  /* else these */
	const char *origin;		  /* what they are, for people: "the CA of the enrolment" */
	struct pl_revocation *revocation; /* asked last; NULL: nobody is */
};

/* `chain` begins with the server's own certificate; `by_ms` bounds the fetching of lists. Returns
 * PL_OK | PL_E_UNTRUSTED. */
enum pl_result pl_tls_verify(const struct pl_tls_anchors *anchors, mbedtls_x509_crt *chain,
			     const char *host, int64_t by_ms, struct pl_error *err);

#endif
