/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ring of events and the list of those who listen.
 */
#include "events.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platen/clock.h"
#include "platen/json.h"

#define RING	 4096
#define MAX_LINE 512

struct event {
	char customer_id[65], site_id[65];
	char line[MAX_LINE]; /* JSON and a newline */
	size_t size;
};

struct pl_events {
	pthread_mutex_t mutex;
	struct pl_park *park;
	int64_t next; /* the number of the next event */
	struct event *ring;
	struct pl_event_listener *first;
	int listeners;
};

enum pl_result pl_events_open(struct pl_park *park, struct pl_events **ret_events,
			      struct pl_error *err)
{
	struct pl_events *events = calloc(1, sizeof *events);

	if (events)
		events->ring = calloc(RING, sizeof *events->ring);
	if (!events || !events->ring) {
		free(events);
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	}
	pthread_mutex_init(&events->mutex, NULL);
	events->park = park;
	*ret_events = events;
	return PL_OK;
}

void pl_events_close(struct pl_events *events)
{
	if (!events)
		return;
	pthread_mutex_destroy(&events->mutex);
	free(events->ring);
	free(events);
}

static void write_line(struct event *e, const char *type, const char *id, const char *printer_id,
		       const char *agent_id, const char *state)
{
	char at[PL_MAX_TIME_TEXT];
	cJSON *doc = cJSON_CreateObject();

	pl_clock_text(pl_clock_wall_ms(), at);
	cJSON_AddStringToObject(doc, "type", type);
	cJSON_AddStringToObject(doc, "at", at);
	if (id)
		cJSON_AddStringToObject(doc, "id", id);
	if (printer_id)
		cJSON_AddStringToObject(doc, "printer_id", printer_id);
	if (agent_id)
		cJSON_AddStringToObject(doc, "agent_id", agent_id);
	if (state)
		cJSON_AddStringToObject(doc, "state", state);
	e->size = 0;
	if (cJSON_PrintPreallocated(doc, e->line, MAX_LINE - 1, false)) {
		e->size = strlen(e->line);
		e->line[e->size++] = '\n';
	}
	cJSON_Delete(doc);
}

void pl_events_post(struct pl_events *events, const char *customer_id, const char *site_id,
		    const char *type, const char *id, const char *printer_id, const char *agent_id,
		    const char *state)
{
	pthread_mutex_lock(&events->mutex);
	if (events->first) { /* nobody listens, nothing to keep */
		struct event *e = &events->ring[events->next++ % RING];

		snprintf(e->customer_id, sizeof e->customer_id, "%s", customer_id);
		snprintf(e->site_id, sizeof e->site_id, "%s", site_id ? site_id : "");
		write_line(e, type, id, printer_id, agent_id, state);
		for (struct pl_event_listener *l = events->first; l; l = l->following)
			pl_park_wake(events->park, &l->spot);
	}
	pthread_mutex_unlock(&events->mutex);
}

bool pl_events_join(struct pl_events *events, struct pl_event_listener *listener)
{
	bool joined;

	pthread_mutex_lock(&events->mutex);
	joined = events->listeners < PL_MAX_LISTENERS;
	if (joined) {
		listener->next = events->next;
		listener->ended = false;
		listener->previous = NULL;
		listener->following = events->first;
		if (events->first)
			events->first->previous = listener;
		events->first = listener;
		events->listeners++;
	}
	pthread_mutex_unlock(&events->mutex);
	return joined;
}

void pl_events_leave(struct pl_events *events, struct pl_event_listener *listener)
{
	pthread_mutex_lock(&events->mutex);
	if (listener->previous)
		listener->previous->following = listener->following;
	else
		events->first = listener->following;
	if (listener->following)
		listener->following->previous = listener->previous;
	events->listeners--;
	pthread_mutex_unlock(&events->mutex);
}

size_t pl_events_accesses(struct pl_events *events,
			  struct pl_event_access ret_accesses[static PL_MAX_LISTENERS])
{
	size_t n = 0;

	pthread_mutex_lock(&events->mutex);
	for (const struct pl_event_listener *l = events->first; l; l = l->following)
		ret_accesses[n++] = l->access;
	pthread_mutex_unlock(&events->mutex);
	return n;
}

void pl_events_end(struct pl_events *events, const struct pl_event_access *access)
{
	pthread_mutex_lock(&events->mutex);
	for (struct pl_event_listener *l = events->first; l; l = l->following) {
		if (strcmp(l->access.token_id, access->token_id) != 0 ||
		    memcmp(l->access.digest, access->digest, sizeof access->digest) != 0)
			continue;
		l->ended = true;
		pl_park_wake(events->park, &l->spot);
	}
	pthread_mutex_unlock(&events->mutex);
}

bool pl_events_has_ended(struct pl_events *events, const struct pl_event_listener *listener)
{
	bool ended;

	pthread_mutex_lock(&events->mutex);
	ended = listener->ended;
	pthread_mutex_unlock(&events->mutex);
	return ended;
}

void pl_events_read(struct pl_events *events, struct pl_event_listener *listener,
		    struct pl_bytes *out)
{
	pthread_mutex_lock(&events->mutex);
	if (events->next - listener->next > RING) {
		char at[PL_MAX_TIME_TEXT];

		pl_clock_text(pl_clock_wall_ms(), at);
		if (pl_bytes_add_format(out, "{\"type\":\"resync\",\"at\":\"%s\"}\n", at) == PL_OK)
			listener->next = events->next;
	}
	while (listener->next < events->next) {
		const struct event *e = &events->ring[listener->next % RING];

		if (listener->may_see(listener->arg, e->customer_id, e->site_id) &&
		    pl_bytes_add(out, e->line, e->size) != PL_OK)
			break;
		listener->next++;
	}
	pthread_mutex_unlock(&events->mutex);
}

bool pl_events_wait(struct pl_events *events, struct pl_event_listener *listener,
		    struct MHD_Connection *connection, int64_t by_ms)
{
	bool parked = false;

	pthread_mutex_lock(&events->mutex);
	if (listener->next >= events->next && !listener->ended)
		parked = pl_park_add(events->park, &listener->spot, connection, by_ms);
	pthread_mutex_unlock(&events->mutex);
	return parked;
}
