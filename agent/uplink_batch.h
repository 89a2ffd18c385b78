/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_UPLINK_BATCH_H
#define PL_AGENT_UPLINK_BATCH_H

/*
 * Uplink batch: one POST of records and what its answer means.
 * Threads: the report thread.
 */

#include "uplink_state.h"

struct pl_batch {
	int max_records; /* fewer after a 413 */
	int renewals;	 /* new spools since a batch was taken: one may help, a second would not */
	bool more;	 /* there is, or may be, another batch to send */
	int64_t retry_s; /* Retry-After of the last answer; -1: not told */
};

/* Sends the oldest records, or, when there are none, an empty batch as a sign of life. Returns
 * PL_OK | PL_E_BUSY, PL_E_DENIED, PL_E_REFUSED (the connector's no) | what pl_call() and the spool
 * say. */
enum pl_result pl_uplink_send_batch(struct pl_uplink *u, struct pl_caller *caller,
				    struct pl_batch *batch, struct pl_error *err);

#endif
