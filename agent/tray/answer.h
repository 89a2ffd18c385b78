/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TRAY_ANSWER_H
#define PL_TRAY_ANSWER_H

/*
 * Answer: what the person decides about a remote page, told to the agent on a line of its own. The
 * agent looks at who calls: a tray of somebody who is not at the PC's screen is refused.
 *
 * Threads: one, in an event loop. Memory: frees itself.
 */

#include <systemd/sd-event.h>

#include "platen/result.h"

/* Sends {"v":1,"do":"<what>","id":"<id>"}, `what` being ews_allow, ews_deny or ews_end. `failed` is
 * called at most once, also from within: where the agent says no, or nothing in time. */
void answer_send(sd_event *event, const char *socket, const char *what, const char *id,
		 void (*failed)(void *arg, const struct pl_error *err), void *arg);

#endif
