/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_TCP_STREAM_H
#define PL_AGENT_TCP_STREAM_H

/*
 * TCP stream: a connected socket as a stream, to the connector, a proxy, or ipp-usb's loopback
 * port. Name resolution cannot be interrupted on any system, so it runs in a thread of its own that
 * is left behind when the deadline passes first.
 *
 * Threads: one per stream. Memory: close() frees it; `wake` must outlive it.
 */

#include "os/os.h"
#include "platen/stream.h"

/* Connects to the first address of `host` that answers (IPv6 and IPv4 in the system's order), with
 * TCP_NODELAY. Every wait of this stream ends with PL_E_CANCELLED once `wake` (may be NULL) is set.
 * Returns PL_OK | PL_E_NOT_FOUND (no such name) | PL_E_REFUSED | PL_E_TIMEOUT | PL_E_CANCELLED |
 * PL_E_IO. */
enum pl_result pl_tcp_connect(const char *host, int port, int64_t by_ms, struct pl_wake *wake,
			      struct pl_stream **ret_stream, struct pl_error *err);

#endif
