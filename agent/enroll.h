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

#include "call.h"
#include "enrolment.h"
#include "keys.h"
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

/* Reads "sha256:" and 64 lower-case hex digits; false for anything else. */
bool pl_pin_read(const char *text, uint8_t ret_pin[static PL_HASH_SIZE]);

/* The key and request of an enrolment that is on its way. Kept in a sealed file until it is over,
 * because an administrator compares the fingerprint, and because an answer may get lost. */
struct pl_candidate {
	char *key_pem, *csr_pem;
	char fingerprint[PL_FINGERPRINT_TEXT];
};

/* Takes the one that waits in state_dir, or makes one and stores it. */
enum pl_result pl_candidate_open(const char *state_dir, const struct pl_seal *seal,
				 struct pl_candidate *ret_candidate, struct pl_error *err);
void pl_candidate_finish(struct pl_candidate *c);
enum pl_result pl_candidate_remove(const char *state_dir, struct pl_error *err);

/* Asks once over `caller`. `secret` NULL: without a token. Stores nothing. Returns PL_OK |
 * PL_E_BUSY (202: an administrator has to agree; or the connector is under load; ask again after
 * *ret_retry_s, -1 where it was not told) | PL_E_DENIED (403: the connector said no; the sentence
 * is the connector's) | PL_E_PROTOCOL | what pl_call() says. */
enum pl_result pl_enroll(struct pl_caller *caller, const struct pl_settings *settings,
			 const char *server, const char *secret,
			 const struct pl_candidate *candidate, int64_t by_ms,
			 struct pl_enrolment *ret_enrolment, int64_t *ret_retry_s,
			 bool *ret_pending, struct pl_error *err);

/* Reads the 200 answer of POST /enroll for the key that asked. Returns PL_OK | PL_E_PROTOCOL. */
enum pl_result pl_enroll_read_answer(const struct cJSON *doc, const char *server,
				     const char *key_pem, struct pl_enrolment *ret_enrolment,
				     struct pl_error *err);

/* Gets a new certificate for the same key into `e`, and the CA as it is now. Returns PL_OK |
 * PL_E_DENIED | PL_E_BUSY | PL_E_PROTOCOL | what pl_call() says; `e` is unchanged then. */
enum pl_result pl_enroll_renew(struct pl_caller *caller, struct pl_enrolment *e, int64_t by_ms,
			       struct pl_answer *ret_answer, struct pl_error *err);

/* When the certificate is due for renewal: two thirds of its life, wall time. */
int64_t pl_enroll_renew_at_ms(const struct pl_enrolment *e);

/* The host object of an enrolment request, also the beginning of an agent.hello record: os,
 * os_version, architecture, agent_version, hostname (as the policy says). NULL: out of memory. */
struct cJSON *pl_host_json(const struct pl_settings *settings);

#endif
