/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_ENROLMENT_H
#define PL_AGENT_ENROLMENT_H

/*
 * Enrolment: who this PC is to its connector: the agent's id, key and certificate, the CA it trusts
 * and the key that signs actions. One sealed file, replaced as a whole:
 * <state_dir>/enrolment (AES-256-GCM under <state_dir>/key).
 *
 * Threads: values. Memory: pl_enrolment_finish() frees and wipes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/hash.h"
#include "platen/result.h"
#include "platen/seal.h"
#include "settings.h"

#define PL_MAX_ID	    65 /* with NUL; WIRE.md: 1 to 64 characters */
#define PL_MAX_COMMAND_KEYS 4
#define PL_MAX_SPKI	    160 /* bytes of DER; P-256 has 91 */

struct pl_command_key {
	char id[17]; /* first 16 hex digits of the SHA-256 of the SPKI */
	uint8_t spki[PL_MAX_SPKI];
	size_t spki_size;
	int64_t until_ms; /* from then on it is refused, by the connector's clock; 0: no end told */
};

struct pl_enrolment {
	char server[PL_MAX_URL]; /* "https://hp-print-mgmt:12351" */
	char agent_id[PL_MAX_ID], customer_id[PL_MAX_ID], site_id[PL_MAX_ID];
	char *certificate_pem; /* ours */
	char *key_pem;	       /* ours: never leaves this struct and its sealed file */
	char *ca_pem;	       /* one or more, one behind the other */
	int64_t not_before_ms, not_after_ms;			 /* of our certificate, wall time */
	struct pl_command_key command_keys[PL_MAX_COMMAND_KEYS]; /* the newest last */
	size_t command_key_count;
	char *config;	      /* body of the last GET /config */
	char config_etag[96]; /* with its quotes; "" none */
	bool revoked;	      /* the connector said agent_revoked: silent until enrolled anew */
};

void pl_enrolment_init(struct pl_enrolment *e);
void pl_enrolment_finish(struct pl_enrolment *e);

/* A copy that is finished on its own. Returns PL_OK | PL_E_NO_MEMORY. */
enum pl_result pl_enrolment_copy(const struct pl_enrolment *from, struct pl_enrolment *ret);

/* Reads {"id": …, "spki": base64} at a path. Returns PL_OK | PL_E_PROTOCOL (no P-256 key, or the id
 * is not that key's). */
struct cJSON;
enum pl_result pl_command_key_read(const struct cJSON *doc, const char *path,
				   struct pl_command_key *ret_key, struct pl_error *err);

/* Returns PL_OK | PL_E_NOT_FOUND (this PC is not enrolled) | PL_E_UNTRUSTED (the file was changed
 * or belongs to another key) | PL_E_PROTOCOL | PL_E_IO. */
enum pl_result pl_enrolment_load(const char *state_dir, const struct pl_seal *seal,
				 struct pl_enrolment *ret_enrolment, struct pl_error *err);
enum pl_result pl_enrolment_save(const char *state_dir, const struct pl_seal *seal,
				 const struct pl_enrolment *e, struct pl_error *err);
enum pl_result pl_enrolment_remove(const char *state_dir, struct pl_error *err);

#endif
