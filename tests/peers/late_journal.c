/* SPDX-License-Identifier: Apache-2.0 */
/* An agent that journals behind the effect, for one purpose: tests/peers/faults.py must notice it.
 * The linker puts these in the place of the real ones (--wrap). */
#include "action.h"

enum pl_result __real_pl_actions_begin(struct pl_actions *actions, const char *id,
				       struct pl_error *err);
enum pl_result __wrap_pl_actions_begin(struct pl_actions *actions, const char *id,
				       struct pl_error *err);
enum pl_result __real_pl_actions_end(struct pl_actions *actions, const char *id,
				     enum pl_action_state state, const char *reason,
				     const struct cJSON *result, struct pl_error *err);
enum pl_result __wrap_pl_actions_end(struct pl_actions *actions, const char *id,
				     enum pl_action_state state, const char *reason,
				     const struct cJSON *result, struct pl_error *err);

enum pl_result __wrap_pl_actions_begin(struct pl_actions *actions, const char *id,
				       struct pl_error *err)
{
	(void)actions;
	(void)id;
	(void)err;
	return PL_OK;
}

enum pl_result __wrap_pl_actions_end(struct pl_actions *actions, const char *id,
				     enum pl_action_state state, const char *reason,
				     const struct cJSON *result, struct pl_error *err)
{
	enum pl_result r = __real_pl_actions_begin(actions, id, err);

	return r == PL_OK ? __real_pl_actions_end(actions, id, state, reason, result, err) : r;
}
