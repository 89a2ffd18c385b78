/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_ACT_HOLD_H
#define PL_AGENT_ACT_HOLD_H

/*
 * Act hold: the printer in the hands of a running action: its lock against other processes of
 * ours, the HTTP line and the print pipe. Threads: the action's. Memory: pl_act_let_go().
 */

#include "act.h"
#include "line.h"

struct pl_act_hold {
	struct pl_prober prober;
	struct conversation c;
	struct line line;
	struct pl_stream *pipe;
	struct pl_lock *lock;
};

#endif
