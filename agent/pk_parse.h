/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_PK_PARSE_H
#define PL_AGENT_PK_PARSE_H

/*
 * PK parse: mbedTLS 3 wants random numbers to read a private key, 2.28 does not.
 * Threads: pure. Memory: the caller's context.
 */

#include <mbedtls/pk.h>

/* Reads a private key (PEM) into an initialised context. Returns mbedTLS's code, 0 for success. */
int pl_pk_parse_key(mbedtls_pk_context *pk, const char *pem);

#endif
