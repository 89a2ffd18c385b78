/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_SENT_STATE_H
#define PL_AGENT_SENT_STATE_H

/*
 * Sent state: what sent.c keeps in memory beside the spool's table: the calls without a body,
 * counted per path, and the trace file. Belongs to the spool.
 */

#include "platen/result.h"

struct pl_sent_state;

enum pl_result pl_sent_state_create(struct pl_sent_state **ret_state, struct pl_error *err);
void pl_sent_state_destroy(struct pl_sent_state *state); /* NULL is allowed */

#endif
