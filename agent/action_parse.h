/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_ACTION_PARSE_H
#define PL_AGENT_ACTION_PARSE_H

/*
 * Action parse: from the signed bytes to an action, and whether it may be done here.
 * Threads: pure. Memory: the order owns its action until that is taken out.
 */

#include "action.h"
#include "platen/span.h"

#define PL_MAX_ACTION_AHEAD_MS                                                                     \
	(30LL * 86400 * 1000) /* WIRE.md: not_after at most 30 days ahead                          \
			       */

struct pl_order {
	char id[PL_MAX_ID];
	char type[32];		      /* its word, also of a type we do not know */
	enum pl_action_state verdict; /* DELIVERED: to be done; else REJECTED or EXPIRED */
	char reason[PL_MAX_ERROR];    /* one sentence for the verdict; "" for DELIVERED */
	struct pl_action *action;     /* NULL unless DELIVERED */
};

struct pl_order_check {
	const char *agent_id, *customer_id;
	unsigned forbid; /* pl_settings.forbid */
	int64_t now_ms;	 /* the connector's wall time */
};

/* Reads a payload whose signature is good. Returns PL_OK (whatever the verdict) | PL_E_PROTOCOL (no
 * JSON object, or without a usable id: it cannot even be answered) | PL_E_NO_MEMORY. */
enum pl_result pl_order_parse(struct pl_span payload, const struct pl_order_check *check,
			      struct pl_order *ret_order, struct pl_error *err);
void pl_order_finish(struct pl_order *order);

#endif
