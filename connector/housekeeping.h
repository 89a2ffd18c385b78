/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_HOUSEKEEPING_H
#define PL_HOUSEKEEPING_H

/*
 * Housekeeping: what nobody asks for: actions that nobody fetched expire, last-seen times are
 * written down, sessions that ended go, the server's certificate is made anew before it ends.
 * Threads: the one that waits for signals.
 */

#include "server.h"

/* One turn; writes nothing where nothing is due. `reader`: the calling thread's connection. */
void pl_housekeeping(struct pl_server *server, struct pl_db *reader);

/* Before the start: a server certificate with less than 30 days left is made anew, for the same
 * names. */
enum pl_result pl_housekeeping_certificate(struct pl_db *db, struct pl_keyring *ring,
					   struct pl_error *err);

#endif
