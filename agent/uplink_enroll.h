/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_UPLINK_ENROLL_H
#define PL_AGENT_UPLINK_ENROLL_H

/*
 * Uplink enroll: becoming known and staying known, for the report thread alone.
 * Threads: the report thread.
 */

#include "uplink_state.h"

/* True when somebody (the settings, the person at the PC) wants this PC enrolled; *ret_ask is how.
 */
bool pl_uplink_wants_enrolment(struct pl_uplink *u, struct pl_ask *ret_ask);

/* Asks once. Returns PL_OK (enrolled) | PL_E_DENIED (no: the wish is dropped) | anything else: try
 * again, not before *ret_retry_s (-1: not told). */
enum pl_result pl_uplink_try_enrolment(struct pl_uplink *u, const struct pl_ask *ask,
				       int64_t *ret_retry_s, struct pl_error *err);

/* Renews the certificate over the caller's connection. */
enum pl_result pl_uplink_renew(struct pl_uplink *u, struct pl_caller *caller, struct pl_error *err);

#endif
