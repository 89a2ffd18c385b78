/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PARK_H
#define PL_PARK_H

/*
 * Park: connections that wait for something to happen (long polls, the console's event stream,
 * handshakes). A connection that libmicrohttpd has suspended sees neither its peer nor a time-out,
 * so one thread watches all of them: an epoll for hang-ups, a list by deadline.
 *
 * Threads: add on the daemon's thread, wake from any. Memory: the spot is a member of the request;
 * it may go once the connection has been resumed.
 */

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "platen/result.h"

struct pl_park;

struct pl_park_spot {
	struct MHD_Connection *connection;
	int fd;
	uint32_t turn; /* tells this stay from an earlier one on the same descriptor */
	int64_t by_ms;
	bool parked;
	bool hung_up; /* what the park watches for has come: waiting again would end at once */
	struct pl_park_spot *previous, *next;
};

/* `events`: what of a peer ends its stay: EPOLLRDHUP its hang-up, EPOLLIN also its bytes. */
enum pl_result pl_park_open(uint32_t events, struct pl_park **ret_park, struct pl_error *err);

/* Resumes everybody; from now on pl_park_add() refuses. */
void pl_park_stop(struct pl_park *park);
void pl_park_close(struct pl_park *park); /* after pl_park_stop(); NULL is allowed */

/* Suspends the connection until it is woken, its peer does what the park watches for, or `by_ms`
 * passes; its handler is then called again. False: the park is closing, nothing was suspended. */
bool pl_park_add(struct pl_park *park, struct pl_park_spot *spot, struct MHD_Connection *connection,
		 int64_t by_ms);

/* Resumes the connection if it is still parked. */
void pl_park_wake(struct pl_park *park, struct pl_park_spot *spot);

/* How many are parked. */
int64_t pl_park_count(struct pl_park *park);

#endif
