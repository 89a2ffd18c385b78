/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_EWS_H
#define PL_EWS_H

/*
 * EWS: remote pages of printers. A session is one printer's own web page, shown to one person for a
 * while: asked for through the admin API (api_ews.c), agreed to at the PC, relayed between a
 * browser on a port of its own (ews_door.c) and the agent on 12351 (sda_ews.c).
 *
 *     requested -> waiting (the person at the PC is asked) -> open -> ended
 *
 * A session's id is the id of the signed action that asks the agent for it. Sessions live in memory
 * only: a restart of the server ends them all.
 *
 * Threads: any. Memory: the relay owns its sessions.
 */

#include <stdbool.h>
#include <stdint.h>

#include "platen/random.h"
#include "platen/result.h"
#include "token.h"
#include "users.h"
#include "web.h"

#define PL_EWS_PORTS	   20 /* sessions at a time */
#define PL_EWS_FIRST_PORT  12353
#define PL_EWS_REQUEST_MS  120000 /* an answer from the PC comes within this, or never */
#define PL_EWS_MAX_REASON  160
#define PL_EWS_MAX_PRINTER 128

struct pl_ews;
struct pl_server;

enum pl_ews_state { PL_EWS_REQUESTED, PL_EWS_WAITING, PL_EWS_OPEN, PL_EWS_ENDED };
const char *pl_ews_state_name(enum pl_ews_state state);

/* Who asks for which printer's page, and for how long. Texts are copied. */
struct pl_ews_order {
	const char *customer_id, *site_id, *printer_id, *printer_name, *agent_id;
	int64_t agent_no;
	const char *user_id, *user_name;
	int64_t idle_ms, hard_ms;
	bool firmware; /* this session may send a firmware */
};

/* A session as others see it. */
struct pl_ews_view {
	char id[PL_UUID_TEXT];
	enum pl_ews_state state;
	char customer_id[PL_MAX_ID], site_id[PL_MAX_ID], printer_id[PL_MAX_ID];
	char agent_id[PL_MAX_ID], user_id[PL_MAX_ID];
	char user_name[PL_MAX_NAME], printer_name[PL_EWS_MAX_PRINTER];
	uint16_t port;
	bool firmware;
	int64_t idle_ms, hard_ms;
	int64_t created_ms, opened_ms, ended_ms; /* wall time; 0: not yet */
	int64_t requests;			 /* that went to the printer */
	char reason[PL_EWS_MAX_REASON];		 /* why it ended; "" it has not */
};

/* `first_port` 0: any free ports. `listen` as in struct pl_web_config. */
enum pl_result pl_ews_create(struct pl_server *server, const char *listen, uint16_t first_port,
			     struct pl_ews **ret_ews, struct pl_error *err);
/* Ends every session; nobody waits in the relay any more. Before pl_park_stop(). */
void pl_ews_stop(struct pl_ews *ews);
void pl_ews_destroy(struct pl_ews *ews); /* after pl_park_stop(); NULL is allowed */

/* Begins a session and opens its port; fills ret_id. Returns PL_OK | PL_E_FULL (all ports are
 * taken, or this printer's page is open already: the sentence says which) | PL_E_BUSY (no port is
 * free on this machine) | PL_E_NO_MEMORY | PL_E_IO. */
enum pl_result pl_ews_begin(struct pl_ews *ews, const struct pl_ews_order *order,
			    char ret_id[static PL_UUID_TEXT], struct pl_error *err);

/* Ends a session; one that has ended already stays as it is. The agent learns of it with its next
 * call. Returns PL_OK | PL_E_NOT_FOUND. */
enum pl_result pl_ews_end(struct pl_ews *ews, const char *id, const char *reason);

/* The agent has the action now, or has ended it (`reason` NULL: not told). */
void pl_ews_delivered(struct pl_ews *ews, const char *id);
void pl_ews_action_ended(struct pl_ews *ews, const char *id, const char *reason);

/* Fills `ret_views` with the sessions of now and those just ended, newest last; returns how many.
 */
size_t pl_ews_list(struct pl_ews *ews, struct pl_ews_view ret_views[static PL_EWS_PORTS]);
bool pl_ews_get(struct pl_ews *ews, const char *id, struct pl_ews_view *ret_view);

/* A secret by which one browser enters the session, once and within a minute. PL_E_NOT_FOUND: no
 * open session of this id. */
enum pl_result pl_ews_ticket(struct pl_ews *ews, const char *id,
			     char ret_ticket[static PL_SECRET_TEXT]);

/* Ends what has been idle, open or waiting for too long; closes ports of ended sessions. Called
 * every few seconds, from one thread. */
void pl_ews_tick(struct pl_ews *ews);

#endif
