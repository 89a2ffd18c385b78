/* SPDX-License-Identifier: Apache-2.0 */
/* A system whose management writes files: agent.conf.d. */
#include "policy.h"

enum pl_result pl_policy_read(enum pl_policy_place place, pl_policy_each each, void *arg,
			      struct pl_error *err)
{
	(void)place, (void)each, (void)arg, (void)err;
	return PL_OK;
}

void pl_policy_forget_token(void)
{
}
