/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_GREETING_H
#define PL_GREETING_H

/*
 * Greeting: what the agent says of itself: agent.hello at its start, agent.health once a day.
 *
 * Threads: any. Memory: trees of cJSON; the caller deletes them.
 */

#include <cjson/cJSON.h>

#include "settings.h"
#include "spool.h"
#include "uplink.h"

/* `box_key`: what secrets for this PC are closed with (box.h). */
cJSON *pl_greeting_hello(const struct pl_settings *settings, const char *box_key,
			 int64_t started_ms);

/* `uplink` may be NULL. */
cJSON *pl_greeting_health(struct pl_spool *spool, struct pl_uplink *uplink, int64_t uptime_s,
			  size_t printers);

#endif
