/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_ACTION_H
#define PL_AGENT_ACTION_H

/*
 * Action: something the connector asks to be done, at most once.
 * The way of one: verified against the pinned command key over its exact bytes, parsed, checked
 * (ours? in time? allowed here?), journalled as `delivered`, handed to the executor; the executor
 * calls pl_actions_begin() right before the first effect (journalled as `running`) and
 * pl_actions_end() exactly once. After a crash, what was `delivered` is handed out again, what was
 * `running` ends as `interrupted`.
 *
 *     delivered -> running -> done | failed          delivered -> rejected | expired | cancelled
 *
 * Threads: any. Memory: a struct pl_action is freed by whoever took it (pl_action_destroy()).
 */

#include <stdbool.h>
#include <stdint.h>

#include "enrolment.h"
#include "platen/audit.h"
#include "platen/result.h"
#include "settings.h"
#include "spool.h"

struct cJSON;

struct pl_action {
	char id[PL_MAX_ID];
	enum pl_action_type type;
	char device[PL_MAX_ID];		      /* the connector's name of the printer; "" none */
	char printer_key[PL_MAX_PRINTER_KEY]; /* "" for agent_config and agent_log */
	struct cJSON *parameters;	      /* an object, never NULL */
	int64_t not_after_ms;		      /* wall time */

	/* Preconditions; every one told must hold when the effect begins. */
	char want_firmware[128]; /* "" not told */
	char want_serial[128];
	bool want_idle;
};
void pl_action_destroy(struct pl_action *action); /* NULL is allowed */

enum pl_action_state {
	PL_ACTION_DELIVERED,
	PL_ACTION_RUNNING,
	PL_ACTION_DONE,
	PL_ACTION_FAILED,
	PL_ACTION_REJECTED,
	PL_ACTION_EXPIRED,
	PL_ACTION_CANCELLED,
	PL_ACTION_INTERRUPTED,
	PL_ACTION_STATE_COUNT
};
const char *pl_action_state_name(enum pl_action_state state); /* "delivered", … */
static inline bool pl_action_is_final(enum pl_action_state state)
{
	return state >= PL_ACTION_DONE;
}

/* Who carries actions out. Called from the uplink's work thread; must not block. */
struct pl_executor {
	void *arg;
	/* Takes the action over (frees it later) and returns PL_OK; or says no: then the action is
	 * `rejected` with err's sentence and stays with the caller. The executor checks printer_key
	 * (attached here?) and that it understands every parameter. */
	enum pl_result (*take)(void *arg, struct pl_action *action, struct pl_error *err);
	/* Somebody cancelled it. One that has not begun ends as `cancelled`: its
	 * pl_actions_begin() says PL_E_CANCELLED. One that runs may be stopped where that is
	 * safe. */
	void (*cancel)(void *arg, const char *id);
};

struct pl_actions;

/* `spool`, `audit` and `settings` outlive it. Actions that a crash cut short are settled here;
 * those only delivered wait for pl_actions_resume(). */
enum pl_result pl_actions_open(struct pl_spool *spool, struct pl_audit *audit,
			       const struct pl_settings *settings,
			       const struct pl_executor *executor, struct pl_actions **ret_actions,
			       struct pl_error *err);
void pl_actions_close(struct pl_actions *actions);

/* Whose actions are obeyed: ids and command keys are copied. Call before the others, and again when
 * the enrolment changes. */
void pl_actions_trust(struct pl_actions *actions, const struct pl_enrolment *enrolment);

/* Hands out again what was delivered before the last stop and not begun. */
void pl_actions_resume(struct pl_actions *actions);

/* Takes one entry of a work answer: {"payload": base64, "signature": base64}. Returns PL_OK
 * (journalled just now, whatever its state) | PL_E_BUSY (seen before: only answered again) |
 * PL_E_UNTRUSTED (wrong signature: logged and audited once, answered with nothing) | PL_E_PROTOCOL
 * | PL_E_IO. */
enum pl_result pl_actions_receive(struct pl_actions *actions, const struct cJSON *entry,
				  struct pl_error *err);

/* What the present command key says of its successor. */
struct pl_key_handover {
	struct pl_command_key key;
	int64_t old_until_ms; /* from then on older keys are refused; 0: not told */
};

/* Takes one entry of command_keys, signed by a key we trust; it stands in the audit when PL_OK
 * comes back, and is to be added to the enrolment. Returns PL_OK | PL_E_BUSY (trusted already) |
 * PL_E_UNTRUSTED | PL_E_PROTOCOL | PL_E_IO. */
enum pl_result pl_actions_new_key(struct pl_actions *actions, const struct cJSON *entry,
				  struct pl_key_handover *ret_handover, struct pl_error *err);

/* The connector does not want this one any more. */
void pl_actions_cancel(struct pl_actions *actions, const char *id);

/* How many actions of this type began in the last hour, also before a restart; -1: the journal
 * cannot be read. */
int64_t pl_actions_in_last_hour(struct pl_actions *actions, enum pl_action_type type);

/* For the executor: last gate before the first effect; durable when it returns PL_OK. Anything else
 * means: do nothing, free the action; its end is already recorded. Returns PL_OK | PL_E_CANCELLED |
 * PL_E_TIMEOUT (expired) | PL_E_INVALID (not in state delivered) | PL_E_IO. */
enum pl_result pl_actions_begin(struct pl_actions *actions, const char *id, struct pl_error *err);

/* For the executor: how far it is, 0..100, for people; not durable. */
void pl_actions_progress(struct pl_actions *actions, const char *id, int percent, const char *stage,
			 const char *message);

/* For the executor: the end. `state` is a final one; `reason` one sentence of our own or NULL;
 * `result` (may be NULL) stays the caller's and has passed the allow-list. Journal and record
 * become durable in one commit. Returns PL_OK | PL_E_INVALID (ended before) | PL_E_IO. */
enum pl_result pl_actions_end(struct pl_actions *actions, const char *id,
			      enum pl_action_state state, const char *reason,
			      const struct cJSON *result, struct pl_error *err);

/* For the uplink: the next state that the connector has not been told, as the body of
 * POST /actions/{id}. False: none. pl_actions_posted() says that it arrived. */
bool pl_actions_next_post(struct pl_actions *actions, char ret_id[static PL_MAX_ID],
			  struct pl_bytes *body, int *ret_revision);
void pl_actions_posted(struct pl_actions *actions, const char *id, int revision);

/* How far the connector's clock is ahead of ours: expiry is judged by the connector's. */
void pl_actions_set_clock_offset(struct pl_actions *actions, int64_t offset_ms);

#endif
