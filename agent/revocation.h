/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_REVOCATION_H
#define PL_AGENT_REVOCATION_H

/*
 * Revocation: has the CA taken a server's certificate back? Its list is fetched from where the
 * certificate says, by plain HTTP (the list is signed), through the proxy, and kept in the state
 * folder as long as it is new enough, so that each thread and the next start find it there.
 *
 *     soft    a revoked certificate is refused; where no list can be had, it is taken and logged
 *     hard    what cannot be checked is refused, too
 *
 * The connector's own CA names no list: it is replaced by its pins, and such a certificate is
 * nothing that hard could check. Threads: one each. Memory: pl_revocation_destroy() frees.
 */

#include <mbedtls/x509_crt.h>

#include "os/os.h"
#include "settings.h"

#define PL_MAX_TLS_PATH 10 /* certificates from the server's to the anchor */

struct pl_revocation;

/* `settings` and `wake` (may be NULL) outlive it. `own_ca`: the anchor is the connector's own CA.
 * Returns PL_OK (*ret is NULL where tls.revocation is off) | PL_E_NO_MEMORY. */
enum pl_result pl_revocation_create(const struct pl_settings *settings, bool own_ca,
				    struct pl_wake *wake, struct pl_revocation **ret_revocation,
				    struct pl_error *err);
void pl_revocation_destroy(struct pl_revocation *revocation); /* NULL is allowed */

/* Calls `fetched` for every list that was asked for: nothing leaves untold. */
void pl_revocation_tell(struct pl_revocation *revocation,
			void (*fetched)(void *arg, const char *url, int status), void *arg);

/* Checks a path that was verified: path[0] is the server's, path[n - 1] the anchor, which nobody
 * can revoke. Returns PL_OK | PL_E_UNTRUSTED (revoked; or, hard, not to be checked). */
enum pl_result pl_revocation_check(struct pl_revocation *revocation,
				   const mbedtls_x509_crt *const *path, size_t n, int64_t by_ms,
				   struct pl_error *err);

/* True when it is time to check again: a session that is resumed shows no certificate. */
bool pl_revocation_is_due(const struct pl_revocation *revocation);

#endif
