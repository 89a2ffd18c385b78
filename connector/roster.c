/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash table of agents by id and by number, and who of them waits.
 */
#include "roster.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BURST_S	      20   /* of an agent's rate */
#define FIRST_BUCKETS 1024 /* a power of two */

struct pl_roster {
	pthread_mutex_t mutex;
	struct pl_park *park;
	struct pl_roster_agent **buckets; /* by id */
	size_t bucket_count;		  /* a power of two */
	struct pl_roster_agent **by_no;
	size_t no_cap;
	size_t count;
};

static size_t hash_of(const char *id)
{
	uint64_t h = 1469598103934665603u;

	for (; *id; id++)
		h = (h ^ (unsigned char)*id) * 1099511628211u;
	return (size_t)(h ^ h >> 32);
}

static struct pl_roster_agent *find(struct pl_roster *roster, const char *id)
{
	struct pl_roster_agent *a = roster->buckets[hash_of(id) & (roster->bucket_count - 1)];

	while (a && strcmp(a->id, id) != 0)
		a = a->next;
	return a;
}

static bool grow(struct pl_roster *roster)
{
	size_t count = roster->bucket_count * 2;
	struct pl_roster_agent **buckets = calloc(count, sizeof *buckets);

	if (!buckets)
		return false;
	for (size_t i = 0; i < roster->bucket_count; i++)
		while (roster->buckets[i]) {
			struct pl_roster_agent *a = roster->buckets[i];
			size_t at = hash_of(a->id) & (count - 1);

			roster->buckets[i] = a->next;
			a->next = buckets[at];
			buckets[at] = a;
		}
	free(roster->buckets);
	roster->buckets = buckets;
	roster->bucket_count = count;
	return true;
}

static bool note_number(struct pl_roster *roster, struct pl_roster_agent *agent)
{
	size_t cap = roster->no_cap ? roster->no_cap : 1024;
	struct pl_roster_agent **grown = roster->by_no;

	while (cap <= (size_t)agent->no)
		cap *= 2;
	if (cap != roster->no_cap) {
		grown = realloc(roster->by_no, cap * sizeof *grown);
		if (!grown)
			return false;
		memset(grown + roster->no_cap, 0, (cap - roster->no_cap) * sizeof *grown);
		roster->by_no = grown;
		roster->no_cap = cap;
	}
	grown[agent->no] = agent;
	return true;
}

/* With the mutex held. */
static struct pl_roster_agent *add(struct pl_roster *roster, int64_t no, const char *id,
				   const char *customer_id, const char *site_id)
{
	struct pl_roster_agent *a = find(roster, id);
	size_t at;

	if (a)
		return a;
	if (roster->count >= roster->bucket_count && !grow(roster))
		return NULL;
	a = calloc(1, sizeof *a);
	if (!a)
		return NULL;
	a->no = no;
	snprintf(a->id, sizeof a->id, "%s", id);
	snprintf(a->customer_id, sizeof a->customer_id, "%s", customer_id);
	snprintf(a->site_id, sizeof a->site_id, "%s", site_id);
	if (!note_number(roster, a)) {
		free(a);
		return NULL;
	}
	at = hash_of(id) & (roster->bucket_count - 1);
	a->next = roster->buckets[at];
	roster->buckets[at] = a;
	roster->count++;
	return a;
}

static enum pl_result load(struct pl_roster *roster, struct pl_db *db, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(db, &rows,
			"SELECT no, id, customer_id, site_id, state, last_seen_at, EXISTS"
			" (SELECT 1 FROM actions WHERE actions.agent_no=agents.no AND "
			"actions.state='queued')"
			" FROM agents",
			PL_NO_ARGS, err);
	if (r != PL_OK)
		return r;
	while ((r = pl_db_next(rows, err)) == PL_OK) {
		struct pl_roster_agent *a =
			add(roster, pl_db_int_at(rows, 0), pl_db_text_at(rows, 1),
			    pl_db_text_at(rows, 2), pl_db_text_at(rows, 3));

		if (!a) {
			r = pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
			break;
		}
		a->revoked = strcmp(pl_db_text_at(rows, 4), "active") != 0;
		a->saved_ms = pl_db_int_at(rows, 5);
		a->has_work = pl_db_int_at(rows, 6) != 0;
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

enum pl_result pl_roster_open(struct pl_db *db, struct pl_park *park, struct pl_roster **ret_roster,
			      struct pl_error *err)
{
	struct pl_roster *roster = calloc(1, sizeof *roster);
	enum pl_result r;

	if (!roster)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pthread_mutex_init(&roster->mutex, NULL);
	roster->park = park;
	roster->bucket_count = FIRST_BUCKETS;
	roster->buckets = calloc(FIRST_BUCKETS, sizeof *roster->buckets);
	r = roster->buckets ? load(roster, db, err)
			    : pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	if (r != PL_OK) {
		pl_roster_close(roster);
		return r;
	}
	*ret_roster = roster;
	return PL_OK;
}

void pl_roster_close(struct pl_roster *roster)
{
	if (!roster)
		return;
	for (size_t i = 0; roster->buckets && i < roster->bucket_count; i++)
		while (roster->buckets[i]) {
			struct pl_roster_agent *next = roster->buckets[i]->next;

			free(roster->buckets[i]);
			roster->buckets[i] = next;
		}
	free(roster->buckets);
	free(roster->by_no);
	pthread_mutex_destroy(&roster->mutex);
	free(roster);
}

struct pl_roster_agent *pl_roster_find(struct pl_roster *roster, const char *id)
{
	struct pl_roster_agent *a;

	pthread_mutex_lock(&roster->mutex);
	a = find(roster, id);
	pthread_mutex_unlock(&roster->mutex);
	return a;
}

struct pl_roster_agent *pl_roster_find_no(struct pl_roster *roster, int64_t no)
{
	struct pl_roster_agent *a;

	pthread_mutex_lock(&roster->mutex);
	a = no >= 0 && (size_t)no < roster->no_cap ? roster->by_no[no] : NULL;
	pthread_mutex_unlock(&roster->mutex);
	return a;
}

enum pl_result pl_roster_add(struct pl_roster *roster, int64_t no, const char *id,
			     const char *customer_id, const char *site_id)
{
	struct pl_roster_agent *a;

	pthread_mutex_lock(&roster->mutex);
	a = add(roster, no, id, customer_id, site_id);
	pthread_mutex_unlock(&roster->mutex);
	return a ? PL_OK : PL_E_NO_MEMORY;
}

/* With the mutex held. */
static void wake(struct pl_roster *roster, struct pl_roster_agent *agent)
{
	if (!agent->waiting)
		return;
	pl_park_wake(roster->park, agent->waiting);
	agent->waiting = NULL;
}

void pl_roster_revoke(struct pl_roster *roster, struct pl_roster_agent *agent)
{
	agent->revoked = true;
	pthread_mutex_lock(&roster->mutex);
	wake(roster, agent);
	pthread_mutex_unlock(&roster->mutex);
}

bool pl_roster_too_fast(struct pl_roster_agent *agent, int rate, int64_t now_ms)
{
	double most = (double)rate * BURST_S;

	if (rate == 0)
		return false;
	if (agent->allowance_ms == 0 || now_ms < agent->allowance_ms) /* new, or the clock jumped */
		agent->allowance = most;
	else
		agent->allowance += (double)(now_ms - agent->allowance_ms) * rate / 1000;
	if (agent->allowance > most)
		agent->allowance = most;
	agent->allowance_ms = now_ms;
	if (agent->allowance < 1)
		return true;
	agent->allowance--;
	return false;
}

void pl_roster_site(struct pl_roster *roster, struct pl_roster_agent *agent,
		    char ret_site_id[static PL_MAX_ID])
{
	pthread_mutex_lock(&roster->mutex);
	memcpy(ret_site_id, agent->site_id, PL_MAX_ID);
	pthread_mutex_unlock(&roster->mutex);
}

void pl_roster_move(struct pl_roster *roster, struct pl_roster_agent *agent, const char *site_id)
{
	pthread_mutex_lock(&roster->mutex);
	snprintf(agent->site_id, sizeof agent->site_id, "%s", site_id);
	pthread_mutex_unlock(&roster->mutex);
}

/* Agents are found by number, so that `each` runs without the mutex. */
void pl_roster_each(struct pl_roster *roster,
		    void (*each)(void *arg, struct pl_roster_agent *agent), void *arg)
{
	size_t cap;

	pthread_mutex_lock(&roster->mutex);
	cap = roster->no_cap;
	pthread_mutex_unlock(&roster->mutex);
	for (size_t no = 0; no < cap; no++) {
		struct pl_roster_agent *agent = pl_roster_find_no(roster, (int64_t)no);

		if (agent)
			each(arg, agent);
	}
}

void pl_roster_wake(struct pl_roster *roster, struct pl_roster_agent *agent)
{
	pthread_mutex_lock(&roster->mutex);
	agent->has_work = true;
	wake(roster, agent);
	pthread_mutex_unlock(&roster->mutex);
}

void pl_roster_wake_all(struct pl_roster *roster, const char *customer_id)
{
	pthread_mutex_lock(&roster->mutex);
	for (size_t i = 0; i < roster->bucket_count; i++)
		for (struct pl_roster_agent *a = roster->buckets[i]; a; a = a->next)
			if (!customer_id || !strcmp(a->customer_id, customer_id))
				wake(roster, a);
	pthread_mutex_unlock(&roster->mutex);
}

bool pl_roster_wait(struct pl_roster *roster, struct pl_roster_agent *agent,
		    struct pl_web_request *rq, int64_t by_ms)
{
	bool parked = false;

	pthread_mutex_lock(&roster->mutex);
	wake(roster, agent); /* an older poll: its PC has gone on without it */
	if (!agent->has_work && !agent->revoked) {
		rq->aside = true;
		parked = pl_park_add(roster->park, &rq->spot, rq->connection, by_ms);
		rq->aside = parked;
		if (parked)
			agent->waiting = &rq->spot;
	}
	pthread_mutex_unlock(&roster->mutex);
	return parked;
}

void pl_roster_waited(struct pl_roster *roster, struct pl_roster_agent *agent,
		      struct pl_web_request *rq)
{
	pthread_mutex_lock(&roster->mutex);
	if (agent->waiting == &rq->spot)
		agent->waiting = NULL;
	pthread_mutex_unlock(&roster->mutex);
}

bool pl_roster_is_waiting(struct pl_roster *roster, struct pl_roster_agent *agent)
{
	bool waiting;

	pthread_mutex_lock(&roster->mutex);
	waiting = agent->waiting != NULL;
	pthread_mutex_unlock(&roster->mutex);
	return waiting;
}

void pl_roster_unsaved(struct pl_roster *roster,
		       bool (*each)(void *arg, const struct pl_roster_agent *agent,
				    int64_t seen_ms),
		       void *arg)
{
	pthread_mutex_lock(&roster->mutex);
	for (size_t i = 0; i < roster->bucket_count; i++)
		for (struct pl_roster_agent *a = roster->buckets[i]; a; a = a->next) {
			int64_t seen = a->seen_ms;

			if (seen > a->saved_ms && each(arg, a, seen))
				a->saved_ms = seen;
		}
	pthread_mutex_unlock(&roster->mutex);
}
