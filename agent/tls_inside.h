/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_TLS_INSIDE_H
#define PL_AGENT_TLS_INSIDE_H

/*
 * TLS from inside: what is prepared once (tls_config.c) and used by every connection
 * (tls_stream.c).
 * Threads: one.
 */

#include <mbedtls/ssl.h>

#include "tls_stream.h"
#include "tls_verify.h"

struct pl_tls {
	mbedtls_ssl_config config;
	mbedtls_x509_crt trusted, own;
	mbedtls_pk_context key;
	uint8_t pins[PL_MAX_PINS][PL_HASH_SIZE];
	struct pl_tls_anchors anchors;
	mbedtls_ssl_session session;
	bool has_session;
};

#endif
