/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_LINGER_H
#define PL_LINGER_H

/*
 * Linger: the last moments of a connection whose peer was refused while it was still sending. A
 * socket closed with bytes unread is reset by the kernel, and the reset takes our answer away from
 * the peer before it has read it. So what still comes is read and dropped for a while.
 *
 * Threads: take from any; one of its own. Memory: a descriptor for each connection, bounded.
 */

#include "platen/result.h"

struct pl_linger;

enum pl_result pl_linger_open(struct pl_linger **ret_linger, struct pl_error *err);
void pl_linger_close(struct pl_linger *linger); /* NULL is allowed */

/* Says to the peer of `fd` that nothing more will come, and drops what it sends until it ends, is
 * silent for 2 s, or has had 8 MiB or 10 s. The caller may close its own descriptor at once.
 * Where too many linger already nothing is done. */
void pl_linger_take(struct pl_linger *linger, int fd);

#endif
