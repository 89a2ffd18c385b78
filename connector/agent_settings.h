/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_SETTINGS_H
#define PL_AGENT_SETTINGS_H

/*
 * Agent settings: the server's settings that PCs get, as the document of WIRE.md section 8.
 * Threads: any.
 */

#include "server.h"

/* Makes the agents' document of what the settings say now, and wakes long polls that run with
 * another. */
void pl_agent_settings_apply(struct pl_server *server);

#endif
