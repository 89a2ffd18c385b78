/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_CRL_PLACE_H
#define PL_AGENT_CRL_PLACE_H

/*
 * CRL places: where a certificate says that the list of its CA's revoked ones lies (RFC 5280,
 * section 4.2.1.13). mbedTLS keeps the extensions as bytes and leaves this one alone.
 *
 *     CRLDistributionPoints ::= SEQUENCE OF { [0] { [0] { [6] "http://crl.example/ca.crl" } } … }
 *
 * Threads: pure. Memory: the caller's.
 */

#include <stddef.h>

#include "platen/span.h"

#define PL_MAX_CRL_URL	  256
#define PL_MAX_CRL_PLACES 4

/* Reads the certificate's extensions, DER: a SEQUENCE OF Extension. Copies the http:// URLs of the
 * first points and returns how many; what is malformed, too long or of another scheme is left out.
 */
size_t pl_crl_places(struct pl_span extensions,
		     char ret_urls[static PL_MAX_CRL_PLACES][PL_MAX_CRL_URL]);

#endif
