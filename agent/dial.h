/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_DIAL_H
#define PL_AGENT_DIAL_H

/*
 * Dial: from a server's URL to a TLS stream: TCP, perhaps a proxy's tunnel, TLS.
 *
 * Threads: a dialer belongs to one thread. Memory: streams first, then the dialer.
 */

#include "os/os.h"
#include "platen/stream.h"
#include "settings.h"
#include "tls_stream.h"
#include "trace_stream.h"

struct pl_dialer;

/* Prepares to call `server`; `settings` outlives the dialer. Returns PL_OK | PL_E_INVALID | what
 * pl_tls_create() says. `wake` (may be NULL) ends every wait of its streams and must outlive them.
 */
enum pl_result pl_dialer_create(const char *server, const struct pl_settings *settings,
				const struct pl_tls_options *tls, struct pl_wake *wake,
				struct pl_dialer **ret_dialer, struct pl_error *err);
void pl_dialer_destroy(struct pl_dialer *dialer); /* NULL is allowed */

/* Shows the plain bytes of every stream dialled from now on. */
void pl_dialer_trace(struct pl_dialer *dialer, const struct pl_trace *trace);

/* Calls `fetched` for whatever is fetched beside: revocation lists. */
void pl_dialer_tell(struct pl_dialer *dialer,
		    void (*fetched)(void *arg, const char *url, int status), void *arg);

/* "host:port" as the Host header wants it. */
const char *pl_dialer_host(const struct pl_dialer *dialer);

enum pl_result pl_dial(struct pl_dialer *dialer, int64_t by_ms, struct pl_stream **ret_stream,
		       struct pl_error *err);

#endif
