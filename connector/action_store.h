/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ACTION_STORE_H
#define PL_ACTION_STORE_H

/*
 * Actions in the store: made once, signed, handed to their agent until it answers, and moved along
 * their states (queued, delivered, running, then one of six ends). States only go forward.
 *
 * Threads: the store's, for whatever writes. Memory: plain values.
 */

#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "identity.h"
#include "keyring.h"
#include "web.h"

enum pl_action_state {
	PL_ACTION_QUEUED,
	PL_ACTION_DELIVERED,
	PL_ACTION_RUNNING,
	PL_ACTION_DONE, /* from here on it is over */
	PL_ACTION_FAILED,
	PL_ACTION_REJECTED,
	PL_ACTION_EXPIRED,
	PL_ACTION_CANCELLED,
	PL_ACTION_INTERRUPTED,
	PL_ACTION_STATE_COUNT
};
const char *pl_action_state_name(enum pl_action_state state);
enum pl_action_state pl_action_state_of(
	const char *name); /* NULL or unknown: PL_ACTION_STATE_COUNT */

static inline bool pl_action_is_final(enum pl_action_state state)
{
	return state >= PL_ACTION_DONE && state < PL_ACTION_STATE_COUNT;
}

/* Where an action belongs, as far as others need to be told. */
struct pl_action_place {
	enum pl_action_state state; /* as it stands now */
	bool cancel;		    /* an administrator has asked to stop it */
	int64_t no, device_no;	    /* 0: none */
	char device_id[PL_MAX_ID];  /* "" none */
	char site_id[PL_MAX_ID];
};

/* A new action. The texts are borrowed for the call. */
struct pl_action_order {
	const struct pl_identity *identity;
	struct pl_keyring *ring;
	char id[PL_MAX_ID]; /* made here where it is "" */
	const char *customer_id, *site_id, *agent_id;
	int64_t agent_no;
	int64_t device_no;	 /* 0: about the PC */
	const char *device_id;	 /* NULL: about the PC */
	const char *printer_key; /* NULL: about the PC */
	const char *type;
	const char *parameters;	     /* JSON object, as it was asked for */
	const char *wire_parameters; /* as the PC gets them; NULL: the same */
	const char *package;	     /* SHA-256 of what the PC may fetch for it; NULL: nothing */
	const char *created_by;
	int64_t now_ms, not_after_ms;
};

/* Signs and queues an action; fills order->id where it is "". */
enum pl_result pl_action_create(struct pl_db *db, struct pl_action_order *order,
				struct pl_error *err);

/* A step on its way, told by the agent or by an administrator. */
struct pl_action_step {
	enum pl_action_state state;
	int percent;	     /* -1: not told */
	const char *message; /* NULL: not told */
	const char *result;  /* JSON object, NULL: none */
	int64_t at_ms;
	bool by_record; /* an action.result record: it brings the result even where the state is
			   known */
};

/* Moves an action of this agent (agent_no 0: whosever) to a later state; an earlier one changes
 * nothing. *ret_place says how it stands now. PL_E_NOT_FOUND: not an action of this agent. */
enum pl_result pl_action_step(struct pl_db *db, int64_t agent_no, const char *id,
			      const struct pl_action_step *step, struct pl_action_place *ret_place,
			      struct pl_error *err);

/* Ends what is still queued and past its time. Calls `each` for every one. */
enum pl_result pl_action_expire(struct pl_db *db, int64_t now_ms,
				void (*each)(void *arg, const char *id, const char *customer_id,
					     int64_t agent_no, const struct pl_action_place *place),
				void *arg, struct pl_error *err);

#endif
