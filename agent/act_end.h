/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_ACT_END_H
#define PL_AGENT_ACT_END_H

/*
 * Act end: from what run() returned to the end that is journalled and told. Threads: the act's.
 */

#include "act.h"

/* Records the end that follows from `r` (act.h), with what of act->result may leave the PC. Nothing
 * is recorded where the gate did, or where the agent stops. */
void pl_act_end(struct pl_act *act, enum pl_result r, const struct pl_error *err);

#endif
