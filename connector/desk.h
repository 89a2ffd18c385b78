/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_DESK_H
#define PL_DESK_H

/*
 * Desk: the printers whose snapshots are being brought up to date, for one turn of the projector. A
 * printer that tells of itself ten times in a turn is opened once, merged ten times and sealed
 * once.
 *
 * An entry stands for "this agent's key, with this maker and serial number, is this device": true
 * as long as nothing moves between devices. Before anything may, the desk is written back and
 * cleared. Threads: the store's. Memory: the desk owns its entries and their documents.
 */

#include "devices.h"

#define PL_MAX_DESK 256 /* printers on it at once */

struct cJSON;

struct pl_desk_entry {
	struct pl_roster_agent *agent;
	char *key, *make, *serial; /* what was claimed; NULL where it was not told */
	struct pl_device device;
	struct cJSON *doc; /* the snapshot as it is known now */
	bool changed;	   /* doc is newer than the store's */
	int64_t taken_ms, at_ms;
	struct pl_desk_entry *next;
};

struct pl_desk {
	struct pl_desk_entry *first[PL_MAX_DESK];
	int count;
};

/* The entry for a claim's agent and key; NULL for none. */
struct pl_desk_entry *pl_desk_find(const struct pl_desk *desk, const struct pl_device_claim *claim);

/* Does the claim tell nothing of its identity that the entry was not found by? */
bool pl_desk_fits(const struct pl_desk_entry *entry, const struct pl_device_claim *claim);

/* Lays a device on the desk, its key not being there; takes `doc`, also on failure. NULL: out of
 * memory. */
struct pl_desk_entry *pl_desk_put(struct pl_desk *desk, const struct pl_device_claim *claim,
				  const struct pl_device *device, struct cJSON *doc);

/* Frees all entries, written or not. */
void pl_desk_clear(struct pl_desk *desk);

#endif
