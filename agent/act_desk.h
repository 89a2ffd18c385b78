/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_ACT_DESK_H
#define PL_AGENT_ACT_DESK_H

/*
 * Desk: carries out the actions about the PC, those that name no printer, one after the other:
 * what the worker is for a printer's. A kind that runs here has `of_pc` in its row (act.h); its
 * pl_act has `desk` and `engine` instead of a worker.
 *
 * Threads: its own, begun with the first action, so that a PC that is asked nothing has none; the
 * functions here from any. Memory: the thread's stack, 256 KB at most.
 */

#include <stdbool.h>

#include "action.h"
#include "os/os.h"
#include "uplink.h"

struct pl_act;
struct pl_act_desk;
struct pl_engine;

#define PL_MAX_DESK_ACTIONS 8 /* waiting */

/* What it needs of its surroundings; outlives it. */
struct pl_act_desk_home {
	const struct pl_settings *settings;
	struct pl_engine *engine;
	struct pl_actions *actions;
	struct pl_uplink *uplink;
	struct pl_wake *wake; /* set when the program stops */
};

enum pl_result pl_act_desk_create(struct pl_act_desk **ret_desk, struct pl_error *err);
void pl_act_desk_destroy(struct pl_act_desk *desk); /* after stop; NULL is allowed */

/* Begins with what waits already. */
enum pl_result pl_act_desk_start(struct pl_act_desk *desk, const struct pl_act_desk_home *home,
				 struct pl_error *err);

/* Waits for the action that runs, which ends soon where the home's wake is set. Actions that have
 * not begun stay in the journal. */
void pl_act_desk_stop(struct pl_act_desk *desk);

/* Takes an action over. Returns PL_OK | PL_E_FULL (too many wait already) | PL_E_NO_MEMORY. */
enum pl_result pl_act_desk_take(struct pl_act_desk *desk, struct pl_action *action,
				struct pl_error *err);

/* Somebody wants this action stopped, where it runs here and that is safe. */
void pl_act_desk_cancel(struct pl_act_desk *desk, const char *id);

/* For act.c: is this action to be stopped; waits, false: it is to be stopped. */
bool pl_act_desk_is_cancelled(struct pl_act_desk *desk, const char *id);
bool pl_act_desk_pause(struct pl_act_desk *desk, const char *id, int64_t ms);

#endif
