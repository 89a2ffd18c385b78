/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PATIENCE_H
#define PL_PATIENCE_H

/*
 * Patience: until when each connection must have done what it is at (its handshake and a request's
 * head, a body, taking its answer). libmicrohttpd only knows silence, so a peer that sends a byte
 * now and then would stay for ever; here the whole of a step has an end.
 *
 *     pl_patience_until(p, &link->spot, pl_clock_in_ms(60000));   its body must be here by then
 *     pl_patience_until(p, &link->spot, PL_FOREVER);              it is our turn
 *
 * Threads: add, until and leave on the daemon's thread, cut on any. Memory: a spot is a member of
 * its connection and stays until it has left.
 */

#include <stdint.h>

struct pl_patience;

struct pl_patience_spot {
	int fd;
	int64_t by_ms;
	struct pl_patience_spot *previous, *next;
};

/* NULL when out of memory. */
struct pl_patience *pl_patience_create(void);
void pl_patience_destroy(struct pl_patience *patience); /* NULL is allowed; nobody is there */

void pl_patience_add(struct pl_patience *patience, struct pl_patience_spot *spot, int fd,
		     int64_t by_ms);
void pl_patience_until(struct pl_patience *patience, struct pl_patience_spot *spot, int64_t by_ms);
void pl_patience_leave(struct pl_patience *patience, struct pl_patience_spot *spot);

/* Shuts down the connections whose time is over; their daemon then ends them. Returns how many. */
int pl_patience_cut(struct pl_patience *patience);

#endif
