/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_DEVICES_H
#define PL_DEVICES_H

/*
 * Devices: which printer is it? An agent names a printer by a key of its own; the connector
 * decides, within one customer, which device that is, and keeps its history when it moves to
 * another port or PC.
 *
 *     the same key on the same agent         the same device
 *     a strong serial number known already   that device, moved; unless it is live where it was:
 * then a duplicate anything else                          a new device
 *
 * A duplicate that appears while the old place may not have told of the unplugging yet is
 * provisional for a while: when the old place falls silent or says "detached", both become one
 * device again. Threads: the store's. Memory: plain values.
 */

#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "keyring.h"
#include "roster.h"

struct pl_device {
	int64_t no;
	char id[PL_MAX_ID];
	char site_id[PL_MAX_ID];
	int64_t agent_no;
	uint8_t key_index[PL_HASH_SIZE]; /* of the key it is bound to now */
	bool attached;
	int64_t bound_ms, seen_ms, first_seen_ms;
	bool has_serial;
	uint8_t serial_index[PL_HASH_SIZE];
	bool provisional;
	bool first_meeting; /* this claim was the first by its agent's key */
};

/* What an agent says of a printer's identity. */
struct pl_device_claim {
	struct pl_db *db;
	struct pl_keyring *ring;
	struct pl_roster *roster;
	struct pl_roster_agent *agent;
	const char *printer_key;
	const char *make;	   /* NULL: not told */
	const char *serial_number; /* NULL: not told, or not to be trusted */
	int64_t at_ms;
	int64_t live_ms; /* an agent heard from within this time is live */
};

/* Finds or makes the device behind a claim, bound to the claim's agent and key. *ret_stale: the
 * device has gone elsewhere since; this is news of the past and must not change what is known now.
 */
enum pl_result pl_device_resolve(const struct pl_device_claim *claim, struct pl_device *ret_device,
				 bool *ret_stale, struct pl_error *err);

/* The device that this agent's key is bound to. PL_E_NOT_FOUND: none yet. */
enum pl_result pl_device_of_key(const struct pl_device_claim *claim, struct pl_device *ret_device,
				struct pl_error *err);

/* The same, where resolving the claim would change nothing: the device is bound here, is nobody's
 * duplicate, and its serial number is the claim's or the claim has none. Else PL_E_NOT_FOUND. */
enum pl_result pl_device_known(const struct pl_device_claim *claim, struct pl_device *ret_device,
			       struct pl_error *err);

/* It was unplugged; a provisional duplicate elsewhere turns out to be this device, moved. */
enum pl_result pl_device_detach(const struct pl_device_claim *claim, const struct pl_device *device,
				struct pl_error *err);

#endif
