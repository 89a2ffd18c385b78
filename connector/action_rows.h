/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ACTION_ROWS_H
#define PL_ACTION_ROWS_H

/*
 * Actions as answers. Threads: workers. Memory: the caller frees the document.
 */

#include "api.h"

/* One action as openapi.yaml's Action; PL_E_NOT_FOUND when the caller may not see it. */
enum pl_result pl_action_render(struct pl_api *api, const char *id, struct cJSON **ret_action,
				struct pl_error *err);

/* An action about the printer of the path that another call than POST /printers/{id}/actions asks
 * for: looked up and checked first, then sent under an id of the caller's. */
struct pl_action_wish;

/* NULL: why not was answered (no such printer, not allowed, not offered). */
struct pl_action_wish *pl_action_wish(struct pl_api *api, const char *type);
void pl_action_wish_free(struct pl_action_wish *wish); /* NULL is allowed */

/* Whose it is, and who would carry it out; they live as long as the wish. */
struct pl_action_whose {
	const char *customer_id, *site_id, *agent_id, *device_id;
	int64_t agent_no;
};
struct pl_action_whose pl_action_wish_whose(const struct pl_action_wish *wish);

/* Signs and queues it, wakes the agent. */
enum pl_result pl_action_wish_send(struct pl_api *api, struct pl_action_wish *wish, const char *id,
				   const char *parameters, int64_t life_ms, struct pl_error *err);

/* Asks that an action be stopped: one that waits ends at once, one that runs is told. Returns PL_OK
 * (also where it has ended already) | what the store says. */
enum pl_result pl_action_withdraw(struct pl_server *server, const char *id, const char *agent_id,
				  const char *by, struct pl_error *err);

#endif
