/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_CRL_FETCH_H
#define PL_AGENT_CRL_FETCH_H

/*
 * CRL fetch: gets a revocation list by plain HTTP, through the proxy where there is one. Nobody is
 * told more than that somebody asks: no certificate, no name of this PC.
 * Threads: one each. Memory: the caller's.
 */

#include "os/os.h"
#include "platen/bytes.h"
#include "settings.h"

struct pl_crl_way {
	const struct pl_settings *settings; /* its proxy */
	struct pl_wake *wake;		    /* NULL: none */

	/* What was asked, and the status of the answer (0: none came); NULL: nobody wants to know.
	 */
	void (*fetched)(void *arg, const char *url, int status);
	void *arg;
};

/* Adds what lies at an "http://" URL to `out`, whose maximum is the most that is taken. Returns
 * PL_OK | PL_E_INVALID (no such URL) | PL_E_REFUSED (another status than 200) | what connecting and
 * pl_http_exchange() say. */
enum pl_result pl_crl_fetch(const struct pl_crl_way *way, const char *url, int64_t by_ms,
			    struct pl_bytes *out, struct pl_error *err);

#endif
