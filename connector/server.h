/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_SERVER_H
#define PL_SERVER_H

/*
 * Server: what a running connector is made of, opened by serve.c in this order and closed in the
 * other. The calls of both ports get it as their owner.
 *
 * Threads: the parts are as safe as their own headers say. Memory: serve.c owns it all.
 */

#include "agent_config.h"
#include "events.h"
#include "identity.h"
#include "keyring.h"
#include "park.h"
#include "pool.h"
#include "roster.h"
#include "settings.h"
#include "store.h"
#include "throttle.h"
#include "web.h"

struct pl_projector;
struct pl_ews;
struct pl_serials;

struct pl_server {
	char sda_url[256];    /* what enrolment tokens carry */
	const char *data_dir; /* where packages lie */
	struct pl_keyring *ring;
	struct pl_identity identity;
	uint64_t command_key; /* that the PCs which wait were told of; only housekeeping's */
	struct pl_store *store;
	struct pl_projector *projector;
	struct pl_serials *serials;
	struct pl_pool *pool;
	struct pl_park *park;
	struct pl_roster *roster;
	struct pl_settings *settings;
	struct pl_agent_configs *configs;
	struct pl_events *events;
	struct pl_ews *ews;	       /* remote pages */
	struct pl_throttle *names;     /* failed logins by name */
	struct pl_throttle *addresses; /* failed logins and enrolments by address */
	struct pl_db *sda_db; /* reading connection of the thread of 12351, for customers' keys */
	struct pl_web *sda;
	struct pl_web *api;
	int64_t started_ms;
	_Atomic int report_interval_s;
	unsigned connection_limit; /* of port 12351 */
	int agent_rate;		   /* calls a second that one agent may make; 0: any number */
	bool discard_reports;	   /* for measuring: acknowledges what it does not store */
	_Atomic bool stopping;
};

#endif
