/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_ACTION_INSIDE_H
#define PL_AGENT_ACTION_INSIDE_H

/*
 * Actions from inside: what action.c (their ends), action_receive.c (their beginnings) and
 * action_open.c (start and stop) share.
 * Threads: any; `lock` guards what the enrolment says and is never held together with the spool's.
 */

#include <pthread.h>

#include "action.h"
#include "action_journal.h"
#include "action_parse.h"
#include "action_post.h"

struct pl_actions {
	struct pl_spool *spool;
	struct pl_audit *audit;
	const struct pl_settings *settings;
	struct pl_executor executor;
	struct pl_posts *posts;

	pthread_mutex_t lock; /* of what follows */
	char agent_id[PL_MAX_ID], customer_id[PL_MAX_ID];
	struct pl_command_key keys[PL_MAX_COMMAND_KEYS];
	size_t key_count;
	int64_t clock_offset_ms;
	uint8_t last_forged[PL_HASH_SIZE]; /* logged once, not with every poll */
};

/* Moves an action on, durably, if it is still in state `from` (-1: in any that is not final). */
enum pl_result pl_actions_settle(struct pl_actions *a, const char *id, int from,
				 enum pl_action_state to, const char *reason,
				 const struct cJSON *result, struct pl_error *err);

/* Within a transaction of the spool: the audit entry and the record of an end. */
enum pl_result pl_actions_tell_end(struct pl_actions *a, const struct pl_journal_entry *e,
				   const struct cJSON *result, struct pl_error *err);

/* The wall time by which the connector judges. */
int64_t pl_actions_now_ms(struct pl_actions *a);

/* Reads a payload whose signature was good, for the PC that we are. */
enum pl_result pl_actions_parse(struct pl_actions *a, struct pl_span payload,
				struct pl_order *ret_order, struct pl_error *err);

/* Gives an action that is journalled as delivered to the executor. */
void pl_actions_hand_out(struct pl_actions *a, struct pl_action *action);

#endif
