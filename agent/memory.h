/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_MEMORY_H
#define PL_MEMORY_H

/*
 * Memory: what the agent still knows of a printer after a restart, its own or the printer's: where
 * it was plugged in, which alerts of it are open at the connector, and what it counted. So an alert
 * is opened once and closed once, a counter that falls while nobody looks is told, and a printer
 * that comes back elsewhere or with other USB numbers is told from a new one.
 *
 *     {"usb-03f0-2b17-VNB3K12345":{"port_path":"1-2","alerts":[{"code":"coverOpen",…}],
 *      "counters":{"ledm":{"impressions":931}}},…}
 *
 * One small file, replaced as a whole, readable by the service alone. It is written when something
 * in it has changed: at once, but for counters that grow, which wait until a minute has passed
 * since the last writing.
 * Threads: any; one mutex, held during its own disk access and nothing else. Memory: the 64
 * printers seen last.
 */

#include "alert_book.h"
#include "ledger.h"
#include "reading.h"

struct pl_memory;

/* What is kept of one printer. */
struct pl_kept {
	struct pl_alert_book alerts;
	struct pl_ledger ledger;
};

/* Reads the file; one that is missing or makes no sense is an empty memory. Returns PL_OK |
 * PL_E_TOO_BIG (the path) | PL_E_NO_MEMORY. */
enum pl_result pl_memory_open(const char *state_dir, struct pl_memory **ret_memory,
			      struct pl_error *err);

/* Writes what waits, and frees it; NULL is allowed. */
void pl_memory_close(struct pl_memory *memory);

/* Remembers the place, the open alerts and the counters of a printer. */
void pl_memory_keep(struct pl_memory *memory, const char *key, const char *port_path,
		    const struct pl_kept *kept);

/* Writes what waits when its minute has passed. */
void pl_memory_catch_up(struct pl_memory *memory);

/* Where a printer of this key was last plugged in; false: it is new. */
bool pl_memory_port(struct pl_memory *memory, const char *key, char ret_port[static 32]);

/* What was kept of this printer; nothing where it is new. */
void pl_memory_recall(struct pl_memory *memory, const char *key, struct pl_kept *ret_kept);

/* Whether the printer of a key is attached now. */
struct pl_memory_presence {
	bool (*is_attached)(void *arg, const char *key);
	void *arg;
};

/* Strong evidence: a printer that is not attached now, of the same maker and with the same serial
 * number, under other USB numbers, as after a firmware update. True: *ret_key is its key. */
bool pl_memory_same_serial(struct pl_memory *memory, const char *key,
			   const struct pl_memory_presence *presence,
			   char ret_key[static PL_MAX_KEY]);

/* Weak evidence: a printer that is not attached now and that this new one may be: the same model
 * where neither has a serial number, or the same maker in the same socket where one has none. True:
 * *ret_key is the one seen last. */
bool pl_memory_candidate(struct pl_memory *memory, const char *key, const char *port_path,
			 const struct pl_memory_presence *presence,
			 char ret_key[static PL_MAX_KEY]);

#endif
