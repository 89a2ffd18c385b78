/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_API_FIELDS_H
#define PL_API_FIELDS_H

/*
 * Fields: members of a request's body, checked one by one. Each function answers 400
 * `invalid_field` and returns false where a member is wrong. Threads: workers. Memory: texts live
 * as long as the body.
 */

#include "api.h"

/* A text of min to max bytes without control characters; NULL where it is absent or null. */
bool pl_api_text_field(struct pl_api *api, const char *name, size_t min, size_t max,
		       const char **ret_text);

/* As above, but it must be there. */
bool pl_api_need_text(struct pl_api *api, const char *name, size_t min, size_t max,
		      const char **ret_text);

/* A whole number; *number stays where it is absent. */
bool pl_api_number_field(struct pl_api *api, const char *name, int64_t min, int64_t max,
			 int64_t *number);

/* true or false; *flag stays (and *ret_there is false) where it is absent. */
bool pl_api_flag_field(struct pl_api *api, const char *name, bool *flag, bool *ret_there);

/* `grants`, at most PL_MAX_GRANTS, each within what the caller administers. *ret_count is 0 where
 * they are absent. */
bool pl_api_grants_field(struct pl_api *api, struct pl_grant *ret_grants, size_t *ret_count);

/* A body is there; else answers 400. */
bool pl_api_need_body(struct pl_api *api);

/* A time parameter of the query; `otherwise` where it is absent. */
bool pl_api_time_parameter(struct pl_api *api, const char *name, int64_t otherwise,
			   int64_t *ret_ms);

#endif
