/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_EVENTS_H
#define PL_EVENTS_H

/*
 * Events: what has just changed, told to consoles that listen (`GET /api/v1/events`). A ring keeps
 * the last few thousand; a listener that is further behind is told to look at everything anew.
 *
 *     pl_events_post(events, customer, site, "action.changed", id, printer_id, agent_id, "done");
 *
 * Threads: any. Memory: a fixed ring.
 */

#include <stdbool.h>
#include <stdint.h>

#include "park.h"
#include "platen/bytes.h"

#define PL_MAX_LISTENERS 200

struct pl_events;

enum pl_result pl_events_open(struct pl_park *park, struct pl_events **ret_events,
			      struct pl_error *err);
void pl_events_close(struct pl_events *events); /* NULL is allowed */

/* Tells of a change; what is NULL is left out. Call after the commit. */
void pl_events_post(struct pl_events *events, const char *customer_id, const char *site_id,
		    const char *type, const char *id, const char *printer_id, const char *agent_id,
		    const char *state);

/* By whose token a listener may listen, and a digest of what that token was allowed then. */
struct pl_event_access {
	char token_id[65];
	uint8_t digest[32];
};

/* A listener. */
struct pl_event_listener {
	int64_t next; /* the number of the event it has not seen yet */
	bool (*may_see)(void *arg, const char *customer_id, const char *site_id);
	void *arg;
	struct pl_event_access access;
	struct pl_park_spot spot;
	bool ended;					/* told to, by pl_events_end() */
	struct pl_event_listener *previous, *following; /* the module's own */
};
/* False: too many listen. */
bool pl_events_join(struct pl_events *events, struct pl_event_listener *listener);
void pl_events_leave(struct pl_events *events, struct pl_event_listener *listener);

/* Copies by what access the present listeners listen; returns how many there are. */
size_t pl_events_accesses(struct pl_events *events,
			  struct pl_event_access ret_accesses[static PL_MAX_LISTENERS]);

/* Ends the streams that listen by exactly this access: it is not what it was. */
void pl_events_end(struct pl_events *events, const struct pl_event_access *access);

/* True once the listener's stream has to end. */
bool pl_events_has_ended(struct pl_events *events, const struct pl_event_listener *listener);

/* Adds the lines this listener has not seen, as many as fit into out->max. */
void pl_events_read(struct pl_events *events, struct pl_event_listener *listener,
		    struct pl_bytes *out);

/* Parks the listener's connection until there is something or `by_ms` passes. False: there is
 * something already, or the server stops. */
bool pl_events_wait(struct pl_events *events, struct pl_event_listener *listener,
		    struct MHD_Connection *connection, int64_t by_ms);

#endif
