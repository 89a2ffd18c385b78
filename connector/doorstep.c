/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader that GnuTLS is given. It is called on the daemon's thread only, in a handshake or in
 * gnutls_record_recv(); both are content when the connection has been suspended meanwhile.
 */
#include "doorstep.h"

#include <errno.h>
#include <sys/socket.h>

#include "platen/clock.h"

static ssize_t pull(gnutls_transport_ptr_t at, void *buf, size_t size)
{
	struct pl_doorstep_spot *spot = at;
	ssize_t n = recv(spot->fd, buf, size, 0);

	if (n < 0 && errno == EAGAIN && !spot->inside && !spot->waiting.parked) {
		/* Where the park is closing it stays awake, and is asked again and again. */
		(void)pl_park_add(spot->park, &spot->waiting, spot->connection, PL_FOREVER);
		errno = EAGAIN;
	}
	return n;
}

void pl_doorstep_meet(struct pl_park *park, struct pl_doorstep_spot *spot,
		      struct MHD_Connection *connection, int fd, gnutls_session_t session)
{
	spot->park = park;
	spot->connection = connection;
	spot->fd = fd;
	gnutls_transport_set_ptr2(session, spot, (gnutls_transport_ptr_t)(intptr_t)fd);
	gnutls_transport_set_pull_function(session, pull);
}
