/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_PROXY_H
#define PL_AGENT_PROXY_H

/*
 * Proxy: the way out of the house where the PC has no direct one: HTTP CONNECT, with basic
 * authentication where the URL has a user.
 *
 *     proxy = http://user:secret@proxy.example:3128
 *
 * Threads: pure, but pl_proxy_connect. Memory: plain.
 */

#include <stdbool.h>

#include "platen/bytes.h"
#include "platen/stream.h"
#include "settings.h"

struct pl_proxy {
	bool used;
	char host[PL_MAX_URL];
	int port;
	char credentials[PL_MAX_URL]; /* "user:secret", decoded; "" none */
};

/* Which proxy leads to `host`: the settings', else https_proxy / HTTPS_PROXY / all_proxy of the
 * environment, unless no_proxy (settings', else environment's) or a loopback name says none.
 * Returns PL_OK (ret->used may be false) | PL_E_INVALID (not an http:// URL). */
enum pl_result pl_proxy_choose(const char *proxy, const char *no_proxy, const char *host,
			       struct pl_proxy *ret_proxy, struct pl_error *err);

/* Adds the line "Proxy-Authorization: …" to `headers`, where the proxy wants one. */
enum pl_result pl_proxy_authorization(const struct pl_proxy *proxy, struct pl_bytes *headers);

/* Asks the proxy at the other end of `s` for a tunnel. After PL_OK the stream is the tunnel.
 * Returns PL_OK | PL_E_DENIED (407: name and password wanted or wrong) | PL_E_REFUSED (any other
 * status) | PL_E_PROTOCOL | PL_E_TIMEOUT | PL_E_GONE | PL_E_CANCELLED. */
enum pl_result pl_proxy_connect(struct pl_stream *s, const struct pl_proxy *proxy, const char *host,
				int port, int64_t by_ms, struct pl_error *err);

#endif
