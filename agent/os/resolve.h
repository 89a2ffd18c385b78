/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_RESOLVE_H
#define PL_OS_RESOLVE_H

/*
 * Resolve: getaddrinfo() with a deadline. It cannot be interrupted, so it runs in a thread that is
 * left behind when nobody waits for it any more; whoever is last frees what came.
 * Threads: any. Memory: the caller frees the list with freeaddrinfo().
 */

#if defined(_WIN32)
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <netdb.h>
#endif

#include "os/os.h"

/* Returns PL_OK | PL_E_NOT_FOUND (no such name) | PL_E_TIMEOUT | PL_E_CANCELLED | PL_E_IO. */
enum pl_result pl_resolve(const char *host, int port, int64_t by_ms, struct pl_wake *wake,
			  struct addrinfo **ret_list, struct pl_error *err);

#endif
