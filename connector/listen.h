/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_LISTEN_H
#define PL_LISTEN_H

/*
 * Listen: an open TCP port. Threads: any. Memory: the caller closes the socket.
 */

#include <stdint.h>

#include "platen/result.h"

/* Opens a port (0: any) at an address of this machine, NULL: all of them, IPv6 and IPv4. What is
 * accepted sends without delay. Returns PL_OK | PL_E_BUSY (in use) | PL_E_DENIED | PL_E_INVALID
 * (no address of this machine) | PL_E_IO. */
enum pl_result pl_listen_open(const char *address, uint16_t port, int *ret_fd,
			      struct pl_error *err);

/* The port of such a socket, 0 when it has none. */
uint16_t pl_listen_port(int fd);

#endif
