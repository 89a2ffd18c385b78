/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PROTOCOL_H
#define PL_PROTOCOL_H

/*
 * Protocol: what both ends of the agent's local socket have to agree on; control.h says what can be
 * asked. Programs of the person's session (the tray) know this of the agent, and nothing else.
 *
 *     -> {"v":1,"do":"watch"}
 *     <- {"v":1,"ok":true,"result":{"enrolment":"done","connected":true,"printers":[…],"pages":[]}}
 *     <- {"v":1,"ok":true,"result":{"enrolment":"done","connected":false,…}}      some time later
 *
 * Threads: constants. Memory: none.
 */

#define PL_CONTROL_VERSION     1
#define PL_MAX_CONTROL_REQUEST 4096			/* bytes of one line */
#define PL_MAX_CONTROL_ANSWER  (8 * 1024 * 1024)	/* bytes of one line */
#define PL_MAX_CONTROL_VIEW    (1024 * 1024)		/* bytes of one line of a watch */
#define PL_CONTROL_SOCKET      "/run/platen/agent.sock" /* unless the settings name another */

#endif
