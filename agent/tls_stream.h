/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_TLS_STREAM_H
#define PL_AGENT_TLS_STREAM_H

/*
 * TLS stream: mutual TLS over any stream, TLS 1.2 or newer, the server always verified.
 * What the server is trusted by is one of: pins (SHA-256 of the SubjectPublicKeyInfo of a CA
 * certificate in the chain it shows, which then is the only anchor), given anchors, or the system's
 * store. The host name is checked in every case.
 * A client keeps the session ticket of its last connection and resumes with it (0.5 ms instead of
 * 13).
 *
 * Threads: a pl_tls belongs to one thread, and so do its streams. Memory: streams first, then it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/hash.h"
#include "platen/result.h"
#include "platen/stream.h"

#define PL_MAX_PINS 8

struct pl_revocation;

struct pl_tls_options {
	uint8_t pins[PL_MAX_PINS][PL_HASH_SIZE];
	size_t pin_count;

	const char *anchors_pem;     /* certificates, one or more; NULL: none */
	const char *ca_file;	     /* the same in a file; NULL or "": none */
	bool system_store;	     /* trust what this PC trusts */
	const char *certificate_pem; /* ours, with chain; NULL: no client certificate */
	const char *key_pem;
	struct pl_revocation *revocation; /* outlives the client; NULL: lists are not asked */
};

struct pl_tls;

/* Prepares a client; copies all it needs. Without any of pins, anchors, ca_file and system_store it
 * refuses. Returns PL_OK | PL_E_INVALID (the sentence says which certificate or key is bad) |
 * PL_E_NOT_FOUND (ca_file) | PL_E_UNTRUSTED (no trust given) | PL_E_NO_MEMORY. */
enum pl_result pl_tls_create(const struct pl_tls_options *options, struct pl_tls **ret_tls,
			     struct pl_error *err);
void pl_tls_destroy(struct pl_tls *tls); /* NULL is allowed */

/* Shakes hands over `below` (owned from now on, closed on failure too) with `host`. Reading from
 * the stream ends cleanly only by the peer's close_notify; a connection cut without it is
 * PL_E_GONE. Returns PL_OK | PL_E_UNTRUSTED ("the server's certificate expired on …", "… is for
 * other names", "… does not lead to a pinned CA", "… to a CA this PC trusts") | PL_E_REFUSED (the
 * server did not take our certificate) | PL_E_PROTOCOL (no TLS spoken there) | PL_E_TIMEOUT |
 * PL_E_GONE | PL_E_CANCELLED. */
enum pl_result pl_tls_wrap(struct pl_tls *tls, struct pl_stream *below, const char *host,
			   int64_t by_ms, struct pl_stream **ret_stream, struct pl_error *err);

/* Forgets the session, so that the next handshake is a full one. */
void pl_tls_forget_session(struct pl_tls *tls);

#endif
