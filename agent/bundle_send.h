/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_BUNDLE_SEND_H
#define PL_AGENT_BUNDLE_SEND_H

/*
 * Bundle send: a bundle to the connector, under the action that asked for it. After a cut it is
 * sent again, whole: it is small, and the connector knows one it has by its hash. Threads: the
 * action's. Memory: the caller's.
 */

#include "act.h"
#include "platen/span.h"

/* Sends, with pauses of up to half a minute in between where that fails; a->result gets the size
 * and the hash. Returns PL_OK (the connector has stored it) | PL_E_REFUSED (it does not take it,
 * and pl_act_say() has said why) | PL_E_CANCELLED | how the last try failed. */
enum pl_result pl_bundle_send(struct pl_act *a, struct pl_span zip, struct pl_error *err);

#endif
