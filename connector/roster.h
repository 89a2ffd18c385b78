/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ROSTER_H
#define PL_ROSTER_H

/*
 * Roster: every agent in memory, so that a call is let in or refused, and a long poll parked or
 * woken, without the store. Read once at start; whoever changes an agent in the store tells the
 * roster after the commit.
 *
 * Threads: any. Memory: an agent, once in, stays until the roster is closed.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "park.h"
#include "web.h"

struct pl_roster;

struct pl_roster_agent {
	int64_t no; /* agents.no */
	char id[PL_MAX_ID];
	char customer_id[PL_MAX_ID];
	char site_id[PL_MAX_ID]; /* read it through pl_roster_site() */
	_Atomic bool revoked;
	_Atomic bool has_work;	 /* the store may hold actions it has not been told of */
	_Atomic int64_t seen_ms; /* wall clock of its last call; 0: not since this start */
	_Atomic uint64_t
		command_key;	/* the newest it has said it trusts; 0: not since this start */
	_Atomic uint64_t noted; /* what the store has of its last batch; ingest.c's own */
	int64_t saved_ms;	/* what the store has of it; only pl_roster_unsaved() */
	double allowance;	/* calls it may make now; only pl_roster_too_fast() */
	int64_t allowance_ms;	/* when that was so */
	struct pl_park_spot *waiting; /* its long poll, under the roster's mutex */
	struct pl_roster_agent *next;
};

enum pl_result pl_roster_open(struct pl_db *db, struct pl_park *park, struct pl_roster **ret_roster,
			      struct pl_error *err);
void pl_roster_close(struct pl_roster *roster); /* NULL is allowed */

/* NULL when there is no such agent. */
struct pl_roster_agent *pl_roster_find(struct pl_roster *roster, const char *id);
struct pl_roster_agent *pl_roster_find_no(struct pl_roster *roster, int64_t no);

/* Adds an agent that was enrolled. PL_OK also where it is there already. */
enum pl_result pl_roster_add(struct pl_roster *roster, int64_t no, const char *id,
			     const char *customer_id, const char *site_id);

/* Ends an agent's access: a poll that is open is answered at once. */
void pl_roster_revoke(struct pl_roster *roster, struct pl_roster_agent *agent);

/* Counts a call. True: it is over `rate` calls a second, after a burst of 20 seconds' worth; rate
 * 0: never. Only on the thread of 12351. */
bool pl_roster_too_fast(struct pl_roster_agent *agent, int rate, int64_t now_ms);

/* Where the agent belongs now. */
void pl_roster_site(struct pl_roster *roster, struct pl_roster_agent *agent,
		    char ret_site_id[static PL_MAX_ID]);

/* Moves an agent to another site. */
void pl_roster_move(struct pl_roster *roster, struct pl_roster_agent *agent, const char *site_id);

/* Calls `each` for every agent; it may revoke or wake. */
void pl_roster_each(struct pl_roster *roster,
		    void (*each)(void *arg, struct pl_roster_agent *agent), void *arg);

/* There is something for this agent: wakes its long poll, or its next one. */
void pl_roster_wake(struct pl_roster *roster, struct pl_roster_agent *agent);
/* The same for all agents of a customer (NULL: of all), because their configuration changed. */
void pl_roster_wake_all(struct pl_roster *roster, const char *customer_id);

/* Parks a long poll of the agent; an older one ends. False where it may not wait (work is there, or
 * the server stops): nothing was parked. Called on the daemon's thread. */
bool pl_roster_wait(struct pl_roster *roster, struct pl_roster_agent *agent,
		    struct pl_web_request *rq, int64_t by_ms);
/* The long poll is over, for whatever reason. */
void pl_roster_waited(struct pl_roster *roster, struct pl_roster_agent *agent,
		      struct pl_web_request *rq);

/* True while a long poll of it is open. */
bool pl_roster_is_waiting(struct pl_roster *roster, struct pl_roster_agent *agent);

/* Calls `each` for every agent heard from since it was last told of so (agents.last_seen_at is
 * behind). False from `each`: no room, it is asked again the next time. */
void pl_roster_unsaved(struct pl_roster *roster,
		       bool (*each)(void *arg, const struct pl_roster_agent *agent,
				    int64_t seen_ms),
		       void *arg);

#endif
