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

#endif
