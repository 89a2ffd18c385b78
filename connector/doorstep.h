/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_DOORSTEP_H
#define PL_DOORSTEP_H

/*
 * Doorstep: connections that have not asked for anything yet, most of them in mid-handshake.
 * libmicrohttpd's epoll mode never learns that gnutls_handshake() found nothing to read: it asks
 * again without pause, and one peer that is slow with its keys keeps a processor busy. So the
 * session reads through us until its first request, and a connection whose peer has to speak next
 * sleeps until bytes come.
 *
 * Threads: meet and enter on the daemon's thread. Memory: a spot is a member of its connection.
 */

#include <gnutls/gnutls.h>

#include "park.h"

struct pl_doorstep_spot {
	struct pl_park *park;
	struct MHD_Connection *connection;
	int fd;
	bool inside; /* its first request has begun */
	struct pl_park_spot waiting;
};

/* Takes over the reading of a new connection's session; `park` watches for bytes (EPOLLIN). The
 * deadline of a handshake is somebody else's business (patience.h). */
void pl_doorstep_meet(struct pl_park *park, struct pl_doorstep_spot *spot,
		      struct MHD_Connection *connection, int fd, gnutls_session_t session);

/* Its first request is here: from now on libmicrohttpd's own waiting does. */
static inline void pl_doorstep_enter(struct pl_doorstep_spot *spot)
{
	spot->inside = true;
}

#endif
