/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ENGINE_INSIDE_H
#define PL_ENGINE_INSIDE_H

/*
 * The inside of the engine, for engine.c (workers come and go) and engine_ask.c (what others want
 * of it). Threads: `lock` guards what stands below it; it is held for a few copies, never across
 * I/O.
 */

#include <pthread.h>

#include "act_desk.h"
#include "engine.h"
#include "flaps.h"
#include "memory.h"
#include "orders.h"
#include "page.h"
#include "platen/box.h"
#include "worker.h"

#define MAX_EARLY 16	/* actions that came before their printers */
#define EARLY_MS  20000 /* after a start, how long an action waits for its printer */

struct slot {
	struct pl_worker *worker;
	char key[PL_MAX_KEY]; /* "" until the worker has settled it */
};

struct pl_engine {
	struct pl_engine_options options;
	struct pl_memory *memory;
	struct pl_box_key *box; /* opens printers' passwords on their way here */
	struct pl_actions *actions;
	struct pl_uplink *uplink;
	struct pl_pages *pages;
	struct pl_act_desk *desk;  /* what is asked of the PC itself */
	struct pl_wake *view_news; /* for those who watch */
	struct pl_wake *stopping;  /* ends the workers' waits that are not USB's */
	pthread_t thread;
	bool running;
	int64_t started_ms, started_wall_ms;

	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop, news;
	bool spool_faulty; /* said once */
	struct pl_flaps flaps;
	struct slot slots[PL_MAX_USB_DEVICES];
	size_t slot_count;
	struct pl_orders orders;
	struct pl_action *early[MAX_EARLY]; /* the journal knows printers before they are found */
	size_t early_count;
};

/* Gives a worker the actions that came before it; from its own thread, with its key settled. */
void engine_hand_over(struct pl_engine *e, struct pl_worker *w, const char *key);

/* Rejects the actions whose printer has not come. */
void engine_give_up(struct pl_engine *e);

/* Borrows the workers of this key ("": all), each to be given back with pl_worker_release().
 * Returns how many. */
size_t engine_hold(struct pl_engine *e, const char *key,
		   struct pl_worker *ret_held[static PL_MAX_USB_DEVICES]);

#endif
