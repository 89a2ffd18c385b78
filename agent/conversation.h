/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CONVERSATION_H
#define PL_CONVERSATION_H

/*
 * Conversation: what the files of one probe share (probe.c, probe_http.c, probe_pjl.c).
 * Each language fills `part`, which is empty when its turn begins, and hands it in with
 * conversation_take().
 *
 * Threads: one. Memory: lives for one call of pl_probe().
 */

#include "identity.h"
#include "os/lock.h"
#include "probe.h"

struct conversation {
	const struct pl_prober *prober;
	const struct pl_usb_device *dev;
	struct pl_known *known;
	enum pl_depth depth;
	int64_t by_ms;
	int http_port;		     /* of the program that has the printer and shares it; 0 none */
	bool speaks_pjl;	     /* the 1284 ID says so */
	bool wants_knobs;	     /* its settings are to be read as well */
	struct pl_knobs knobs;	     /* what was told of them in this conversation */
	struct pl_evidence evidence; /* for the identity */
	struct pl_snapshot part;     /* what the language at work has told */
	struct pl_reading *r;	     /* what all have told so far */
};

/* Merges `part` and empties it for the next language. */
void conversation_take(struct conversation *c);

/* Notes that a language failed. Returns true when the whole conversation is over: the printer is
 * gone or we are asked to stop. */
bool conversation_failed(struct conversation *c, enum pl_source source, const struct pl_error *err);

/* The earlier of the conversation's end and `ms` from now. */
int64_t conversation_by(const struct conversation *c, int64_t ms);

/* IPP and LEDM over a spare interface. PL_OK: go on, whatever they told | PL_E_GONE |
 * PL_E_CANCELLED. */
enum pl_result conversation_http(struct conversation *c, struct pl_error *err);

/* PJL over the print pipe. Results as above. */
enum pl_result conversation_pjl(struct conversation *c, struct pl_error *err);

/* Takes this device's lock; results of pl_lock_take(). */
enum pl_result conversation_lock(const struct pl_usb_device *dev, struct pl_lock **ret_lock,
				 struct pl_error *err);

/* True when HTTP can reach the printer: through the program that has it, or by an interface that
 * can be leased without touching the print pipe. */
bool conversation_can_http(const struct conversation *c);

#endif
