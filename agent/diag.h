/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_DIAG_H
#define PL_AGENT_DIAG_H

/*
 * Diag: collects what a bundle holds. Of a printer: descriptors, 1284 ID, who has it, the last
 * reading with its sources, what it says in IPP, LEDM and PJL; of the agent: how it stands, its
 * log. The owner rules hold: while somebody prints only what disturbs nobody is read, and the
 * manifest says so of each part that is missing.
 *
 * Threads: that of the action, which may talk to the printer. Memory: the caller's; a conversation
 * takes about 600 KB while it lasts.
 */

#include "act.h"
#include "bundle.h"

/* Adds the printer's parts. `a` needs usb, key, dev, known, last and wake; what it holds of the
 * printer is let go. Takes until `by_ms` at most. Returns PL_OK (parts may be missing) |
 * PL_E_CANCELLED | PL_E_GONE (what was there is in the bundle). */
enum pl_result pl_diag_printer(struct pl_act *a, struct pl_bundle *b, int64_t by_ms,
			       struct pl_error *err);

/* The languages, one file each. Results as above. */
enum pl_result pl_diag_ipp(struct pl_act *a, struct pl_bundle *b, struct pl_error *err);
enum pl_result pl_diag_ledm(struct pl_act *a, struct pl_bundle *b, int64_t by_ms,
			    struct pl_error *err);
enum pl_result pl_diag_pjl(struct pl_act *a, struct pl_bundle *b, struct pl_error *err);

/* This part is not there, for this reason: in our own words, or in a whole bundle in err's. */
void pl_diag_missing(struct pl_bundle *b, const char *name, enum pl_result why,
		     const struct pl_error *err);

/* The agent's recent log. */
void pl_diag_log(struct pl_bundle *b);

/* How the agent stands; `uplink` and `spool` may be NULL (none runs). */
void pl_diag_agent(struct pl_bundle *b, struct pl_uplink *uplink, struct pl_spool *spool);

#endif
