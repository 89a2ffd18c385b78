/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_WORKER_H
#define PL_WORKER_H

/*
 * Worker: one printer's day, in one thread: wait until it is time or somebody wants something, hold
 * one conversation, tell what happened. A printer that hangs hurts only its own worker.
 *
 * Threads: its own; the functions here from any. Memory: about 100 KB per printer.
 */

#include "action.h"
#include "memory.h"
#include "probe.h"
#include "report.h"
#include "schedule.h"
#include "uplink.h"

#define PL_MAX_WORKER_ACTIONS 8 /* waiting for one printer */

struct pl_box_key;
struct pl_pages;
struct pl_worker;

/* What a worker needs of its surroundings; outlives it. */
struct pl_worker_home {
	struct pl_usb *usb;
	struct pl_wake *wake;	 /* set when the program stops */
	struct pl_outlet outlet; /* takes records, from the worker's thread */
	struct pl_actions *actions;
	struct pl_uplink *uplink;
	const struct pl_settings *settings;
	const struct pl_box_key *box; /* NULL: none */
	struct pl_pages *pages;	      /* remote pages; told when the printer leaves */
	struct pl_wake *news;	      /* set when what is known, or done, may be another */
	void (*nudge)(void *arg);     /* the engine shall look at the devices again */
	/* Settles the key of a printer among those attached: returns true when `key` is free and
	 * now this worker's. From the worker's thread. */
	bool (*claim_key)(void *arg, struct pl_worker *w, const char *key);
	struct pl_memory *memory; /* of printers seen earlier */
	struct pl_memory_presence presence;
	void *arg;
};

/* What the connector may change at any time. */
struct pl_worker_tuning {
	struct pl_pace pace;
	enum pl_pjl_policy pjl;
};

enum pl_result pl_worker_start(const struct pl_worker_home *home,
			       const struct pl_worker_tuning *tuning,
			       const struct pl_usb_device *dev, struct pl_worker **ret_worker,
			       struct pl_error *err);

/* Asks it to end; returns at once. A conversation ends at its next wait where the device is gone or
 * pl_usb_interrupt() was called. */
void pl_worker_ask_stop(struct pl_worker *w);

/* Waits for its thread. Actions that have not begun stay in the journal. Once, by whoever started
 * it; the worker itself lives until everybody who holds it has let go. */
void pl_worker_join(struct pl_worker *w);

/* Shares it with one more thread, and lets go of it; the last one frees it. Whoever started it
 * holds it already. */
void pl_worker_hold(struct pl_worker *w);
void pl_worker_release(struct pl_worker *w);

void pl_worker_tune(struct pl_worker *w, const struct pl_worker_tuning *tuning);

/* Wants everything read now. Returns a ticket for pl_worker_wait(). */
int64_t pl_worker_refresh(struct pl_worker *w);

/* Waits until a full look that began after the ticket has ended, or `by_ms`. Returns PL_OK |
 * PL_E_TIMEOUT | PL_E_GONE (the worker ends). */
enum pl_result pl_worker_wait(struct pl_worker *w, int64_t ticket, int64_t by_ms);

/* Copies what is known; false before the first conversation has ended. */
bool pl_worker_reading(struct pl_worker *w, struct pl_reading *ret_reading);

/* The type of the action it carries out now, as on the wire ("firmware"); NULL: none. */
const char *pl_worker_doing(struct pl_worker *w);

/* Takes an action over. Returns PL_OK | PL_E_FULL (too many wait already). */
enum pl_result pl_worker_take(struct pl_worker *w, struct pl_action *action, struct pl_error *err);

/* Somebody wants this action stopped, where it runs here and that is safe. */
void pl_worker_cancel(struct pl_worker *w, const char *id);

/* An action of this worker waits until its printer has left the bus and is back: the worker stays
 * meanwhile. The engine tells it what the list of devices says: its own device has gone; this one,
 * which nobody has, may be it (true: it is, and now this worker's). Engine's thread only. */
bool pl_worker_awaits(struct pl_worker *w);
void pl_worker_left(struct pl_worker *w);
bool pl_worker_returns(struct pl_worker *w, const struct pl_usb_device *dev);

/* Lends the printer to a thread that talks to it now: waits until the worker's own conversation, or
 * one that is due, is over. While it is lent, the worker asks the printer nothing. Several may
 * borrow at once. Returns PL_OK | PL_E_BUSY (not by `by_ms`) | PL_E_GONE. */
enum pl_result pl_worker_lend(struct pl_worker *w, int64_t by_ms, struct pl_error *err);
void pl_worker_return(struct pl_worker *w);

/* Copies the device as it was listed last. */
void pl_worker_device(struct pl_worker *w, struct pl_usb_device *ret_dev);

#endif
