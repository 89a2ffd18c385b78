/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_A_SIGNER_H
#define TESTS_A_SIGNER_H

/* A connector's part of trust, made anew for each run: a key that signs, and certificates. */

#include "enrolment.h"

struct cJSON;
struct a_signer;

struct a_signer *a_signer(void);
void a_signer_finish(struct a_signer *signer);

/* Its public key as an enrolment has it. */
struct pl_command_key a_signer_key(const struct a_signer *signer);

/* {"payload": …, "signature": …} over exactly this text; the caller deletes it. */
struct cJSON *a_signer_envelope(struct a_signer *signer, const char *payload);

/* A certificate (PEM) for this private key (PEM), signed by itself, with this life
 * ("20260101000000" and the like); the caller frees it. */
char *a_certificate(const char *key_pem, const char *from, const char *until);

#endif
