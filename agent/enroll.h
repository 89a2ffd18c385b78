/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_ENROLL_H
#define PL_AGENT_ENROLL_H

/*
 * Enroll: how a PC becomes known to a connector, and how its certificate is renewed.
 * The key pair is made here and stays here: a request for a certificate goes out, a certificate
 * comes back. With a token the server is recognised by the pins in it, before it sees the secret.
 *
 *     plt1.eyJ1cmwiOiJodHRwczovL2hwLXByaW50LW1nbXQ6MTIzNTEiLCJwaW5zIjpb…
 *
 * Threads: one at a time. Memory: the caller's.
 */

#include "dial.h"
#include "enrolment.h"
#include "platen/span.h"

#define PL_MAX_TOKEN_SECRET 64

struct pl_token {
	char server[PL_MAX_URL];
	uint8_t pins[PL_MAX_PINS][PL_HASH_SIZE];
	size_t pin_count;
	char secret[PL_MAX_TOKEN_SECRET];
};

/* Returns PL_OK | PL_E_INVALID ("this is not an enrolment token: …"). */
enum pl_result pl_token_parse(struct pl_span text, struct pl_token *ret_token,
			      struct pl_error *err);

/* A pending request without token (202): the same CSR is sent again until somebody decides. */
struct pl_enroll_pending {
	char *key_pem, *csr_pem;	    /* NULL: none yet */
	char fingerprint[8 + PL_HASH_TEXT]; /* "sha256:…" shown by `platen status` */
	int64_t retry_after_s;
};
void pl_enroll_pending_finish(struct pl_enroll_pending *p);

/* Enrols over `dialer` once. `token` NULL: asks without. Nothing is stored; the caller saves.
 * Returns PL_OK | PL_E_BUSY (202: ask again, `pending` says when) | PL_E_DENIED (403: the connector
 * said no; the sentence is the connector's) | what pl_dial() says | PL_E_PROTOCOL. */
enum pl_result pl_enroll(struct pl_dialer *dialer, const struct pl_settings *settings,
			 const struct pl_token *token, int64_t by_ms,
			 struct pl_enroll_pending *pending, struct pl_enrolment *ret_enrolment,
			 struct pl_error *err);

/* Gets a new certificate for the same key into `e`. Returns like pl_enroll(). */
enum pl_result pl_enroll_renew(struct pl_stream *s, struct pl_enrolment *e, int64_t by_ms,
			       struct pl_error *err);

/* When the certificate is due for renewal: two thirds of its life, wall time. */
int64_t pl_enroll_renew_at_ms(const struct pl_enrolment *e);

#endif
