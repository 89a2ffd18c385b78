/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_ACT_H
#define PL_AGENT_ACT_H

/*
 * Act: the kinds of actions this agent carries out, and what one that runs may use.
 * Each kind is a row of one table: does it understand these parameters, can this printer do it,
 * run it. A kind lives in a file of its own (act_<type>.c) and knows neither journal nor wire:
 *
 *     static enum pl_result run(struct pl_act *a, struct pl_error *err)
 *     {
 *             enum pl_result r = pl_act_begin(a, err);      the last gate: durable when it is OK
 *
 *             if (r == PL_OK)
 *                     r = pl_act_http(a, &stream, err);     … the effect, once …
 *             return r;                                     PL_OK: done; else failed
 *     }
 *
 * How an action ends follows from what run() returns: PL_OK `done`; before pl_act_begin() anything
 * else `rejected`, behind it `failed`; PL_E_CANCELLED `cancelled` where somebody asked for it, and
 * nothing at all where the agent stops: the journal says `interrupted` at the next start. The
 * sentence is that of pl_act_say(), else a common one for the result: err's text may hold a
 * printer's words, which stay on the PC.
 *
 * Threads: a printer's actions run in its worker's thread, one after the other; those about the PC
 * in the desk's (act_desk.h). Memory: a struct pl_act lives for one run().
 */

#include <stdbool.h>

#include "action.h"
#include "platen/stream.h"
#include "probe.h"
#include "uplink.h"

struct cJSON;
struct pl_act_desk;
struct pl_act_hold;
struct pl_box_key;
struct pl_engine;
struct pl_knob_wear;
struct pl_worker;

/* An action that runs. */
struct pl_act {
	const struct pl_action *action;
	const struct pl_settings *settings;
	struct pl_actions *actions;
	struct pl_uplink *uplink;
	struct pl_wake *wake; /* ends waits when the program stops */
	struct cJSON *result; /* an object; what travels of it, privacy_table.c says */

	/* Of the PC; NULL for what is about a printer. */
	struct pl_act_desk *desk;
	struct pl_engine *engine;

	/* Of the printer; NULL for what is about the PC. */
	struct pl_worker *worker;
	struct pl_usb *usb;
	const char *key;
	const struct pl_usb_device *dev; /* another one after pl_act_await_return() */
	struct pl_known *known;
	struct pl_knob_wear *wear;     /* how often its settings were written */
	const struct pl_box_key *box;  /* opens what only this PC may read; NULL: none */
	const struct pl_reading *last; /* what was last read */

	/* Inside. */
	bool begun, settled;
	char reason[PL_MAX_ERROR];
	struct pl_act_hold *hold;
};

struct pl_act_kind {
	enum pl_action_type type;
	bool of_pc; /* about the PC: it names no printer and runs at the desk */
	/* Understands every parameter? err's sentence becomes the reason. NULL: it takes none. */
	enum pl_result (*check)(const struct cJSON *parameters, struct pl_error *err);
	/* Why this printer cannot do it, in one sentence; NULL: it can. A member of NULL: every
	 * printer can. Pure; asked after each full look, for access.actions. */
	const char *(*why_not)(const struct pl_known *known, const struct pl_usb_device *dev);
	enum pl_result (*run)(struct pl_act *a, struct pl_error *err);
};

/* NULL: this agent does not carry it out. */
const struct pl_act_kind *pl_act_kind(enum pl_action_type type);

/* Bits 1 << enum pl_action_type: all that this agent does; what this printer can do. */
unsigned pl_act_ours(void);
unsigned pl_act_offered(const struct pl_known *known, const struct pl_usb_device *dev);

/* One unknown parameter refuses the whole action. Returns PL_OK | PL_E_INVALID. */
enum pl_result pl_act_check(const struct pl_action *action, struct pl_error *err);

/* ---- what a running action may use ---- */

/* The last gate before the first effect, once. Anything but PL_OK: return it at once. */
enum pl_result pl_act_begin(struct pl_act *a, struct pl_error *err);

/* How far it is, for people; 0..100. `message` is a text of our own or NULL. */
void pl_act_progress(struct pl_act *a, int percent, const char *stage, const char *message);

/* The sentence with which it ends unless it ends well: our own words only. Returns `r`. */
enum pl_result pl_act_say(struct pl_act *a, enum pl_result r, const char *fmt, ...) PL_PRINTF(3, 4);

/* Somebody wants it stopped, or the agent stops. To be asked wherever stopping is safe. */
bool pl_act_is_cancelled(struct pl_act *a);

/* True while the printer prints, or a job waits for it in a queue of this PC; asks both now. */
bool pl_act_is_busy(struct pl_act *a);

/* HTTP to the printer, by the owner's way or a spare interface; call it before each request: it
 * waits as this model's quirks want. The stream stays the act's. After a failed exchange:
 * pl_act_hang_up(). Returns PL_OK | PL_E_BUSY | PL_E_UNSUPPORTED (no way to speak HTTP) | what
 * pl_usb_lease() says. */
enum pl_result pl_act_http(struct pl_act *a, struct pl_stream **ret_stream, struct pl_error *err);
void pl_act_hang_up(struct pl_act *a);

/* The print pipe, through usblp or, where nobody prints to this printer, leased; only while no job
 * is near. The stream stays the act's. Returns PL_OK | PL_E_BUSY | PL_E_UNSUPPORTED | what
 * pl_usb_open_lp() says. */
enum pl_result pl_act_pipe(struct pl_act *a, struct pl_stream **ret_stream, struct pl_error *err);

/* The print pipe for new firmware: usblp makes room (pl_usb_take_pipe()), CUPS waits. Only while
 * nobody prints. `afresh`: an earlier stream broke off in it. Returns as pl_act_pipe(). */
enum pl_result pl_act_take_pipe(struct pl_act *a, bool afresh, struct pl_stream **ret_stream,
				struct pl_error *err);

/* Gives back whatever of the printer is held; also done behind run(). */
void pl_act_let_go(struct pl_act *a);

/* Reads everything of the printer now, as a look does; a->last and a->known are new. False: the
 * agent stops. *ret_ok (may be NULL): it told something. */
bool pl_act_look(struct pl_act *a, bool *ret_ok);

/* The printer may leave the bus any moment from now on, for this action's sake; else an action
 * whose printer goes ends. For one that cannot say when, before pl_act_await_return(). */
void pl_act_expect_leave(struct pl_act *a);

/* Waits until the printer has left the bus (at most `leave_ms`) and is back (at most `return_ms`
 * later): in the same socket, or anywhere with the same serial number. Nobody asks it anything
 * meanwhile. a->dev is the device of now, nothing is known of it yet. *ret_away_ms: from the call
 * until its return. Returns PL_OK | PL_E_UNSUPPORTED (it never left) | PL_E_TIMEOUT (it has not
 * come back) | PL_E_CANCELLED (the agent stops). */
enum pl_result pl_act_await_return(struct pl_act *a, int64_t leave_ms, int64_t return_ms,
				   int64_t *ret_away_ms, struct pl_error *err);

/* Waits, as pl_act_is_cancelled() allows. Returns PL_OK | PL_E_CANCELLED. */
enum pl_result pl_act_pause(struct pl_act *a, int64_t ms, struct pl_error *err);

#endif
