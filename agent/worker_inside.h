/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_WORKER_INSIDE_H
#define PL_WORKER_INSIDE_H

/*
 * The inside of a worker, for worker.c (thread and inbox), worker_look.c (one look and what follows
 * from it) and worker_action.c.
 * Threads: what stands under `lock` from any, the rest from the worker's own.
 */

#include <pthread.h>
#include <stdatomic.h>

#include "act_configure.h"
#include "track.h"
#include "worker.h"

struct pl_worker {
	struct pl_worker_home home;
	struct pl_usb_device dev;    /* the worker's own; its thread's alone */
	struct pl_usb_device listed; /* as the engine listed it last; under `lock` */
	pthread_t thread;
	atomic_int holders;

	pthread_mutex_t lock;
	pthread_cond_t wake;  /* the worker waits on it */
	pthread_cond_t ended; /* others wait on it for the end of a look */
	bool stop;
	const char *doing;	   /* the type of the action carried out now; NULL: none */
	char cancelled[PL_MAX_ID]; /* the action that somebody wants stopped */
	bool awaited;		   /* an action waits until the printer has left and is back */
	bool has_left, has_returned;
	bool over;    /* the thread will not look again */
	bool at_work; /* it talks to the printer */
	bool waits;   /* something is due, and the printer is lent */
	int lent;
	struct pl_worker_tuning tuning;
	int64_t tickets; /* how often somebody wanted everything read */
	int64_t served;	 /* up to which ticket that was done */
	struct pl_action *inbox[PL_MAX_WORKER_ACTIONS];
	size_t inbox_count;
	struct pl_reading *published;
	bool has_reading;
	char key[PL_MAX_KEY];

	struct pl_pulse pulse;
	struct pl_known known;
	struct pl_knob_wear wear;
	struct pl_tracker tracker;
	struct pl_reading *now; /* of the conversation going on */
	bool was_suspended;
	int64_t traffic; /* the kernel's count of transfers when our last look ended */
	bool was_faulty; /* the last look brought nothing: told once, not at every look */
};

/* One conversation of this depth, or of the greater one that it turns out to need; what happened is
 * reported and published. Returns false when the worker is asked to stop. */
bool worker_look(struct pl_worker *w, enum pl_depth depth);

/* Carries one action out, reports its end and frees it. */
void worker_act(struct pl_worker *w, struct pl_action *action);

/* The device came back, perhaps as another one: it is the worker's now, and nothing that was
 * learned of the old one holds. Nothing of the old one is held any more. */
void worker_meet_anew(struct pl_worker *w);

/* The settings of this moment. */
struct pl_worker_tuning worker_tuning(struct pl_worker *w);

#endif
