/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_LOCAL_H
#define PL_OS_LOCAL_H

/*
 * Local: how programs of this PC talk to the agent: a Unix socket on Linux and macOS. Whoever calls
 * is known by what the kernel says of him, not by what he says.
 *
 * Threads: a listener belongs to one thread, each stream to one. Memory: close what was opened.
 */

#include <stdbool.h>

#include "os.h"
#include "platen/stream.h"

/* The caller, by the kernel's word. */
struct pl_peer {
	int64_t user; /* user id */
	bool trusted; /* root, or the user this process runs as: may change things */
};

struct pl_listener;

/* Begins to listen at `path`, whose folder is made when it is missing; a socket that a dead process
 * left is replaced. Any local user may connect. Returns PL_OK | PL_E_BUSY (another agent listens
 * there) | PL_E_DENIED | PL_E_INVALID (path too long) | PL_E_IO. */
enum pl_result pl_local_listen(const char *path, struct pl_listener **ret_listener,
			       struct pl_error *err);
void pl_local_close(struct pl_listener *listener); /* removes the socket; NULL is allowed */

/* Waits for the next caller. `wake` (which outlives the stream) ends this and every wait of the
 * stream. Returns PL_OK | PL_E_CANCELLED | PL_E_IO. */
enum pl_result pl_local_accept(struct pl_listener *listener, struct pl_wake *wake,
			       struct pl_stream **ret_stream, struct pl_peer *ret_peer,
			       struct pl_error *err);

/* Waits until one of these callers says something or hangs up (*ret_which: its place), or `news` is
 * set (*ret_which == count). Returns PL_OK | PL_E_CANCELLED (`stop` is set) | PL_E_IO. */
#define PL_MAX_LOCAL_WAIT 16
enum pl_result pl_local_wait(struct pl_stream *const *callers, size_t count, struct pl_wake *stop,
			     struct pl_wake *news, size_t *ret_which, struct pl_error *err);

/* Calls the agent. Returns PL_OK | PL_E_NOT_FOUND (no agent listens there) | PL_E_DENIED |
 * PL_E_IO. */
enum pl_result pl_local_connect(const char *path, struct pl_stream **ret_stream,
				struct pl_error *err);

#endif
