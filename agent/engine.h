/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ENGINE_H
#define PL_ENGINE_H

/*
 * Engine: keeps one worker per attached printer: lists devices when one may have come or gone,
 * starts and ends workers, gives them what the connector wants, and takes their records to the
 * spool, through the allow-list.
 *
 * Threads: its own one, and one per worker; the functions here from any. Memory: what is passed in
 * outlives it; cJSON results are the caller's.
 */

#include "action.h"
#include "reading.h"
#include "settings.h"
#include "spool.h"
#include "uplink.h"

struct cJSON;
struct pl_engine;
struct pl_pages;

struct pl_engine_options {
	const struct pl_settings *settings;
	struct pl_usb *usb;
	struct pl_spool *spool;
};

enum pl_result pl_engine_create(const struct pl_engine_options *options,
				struct pl_engine **ret_engine, struct pl_error *err);
void pl_engine_destroy(struct pl_engine *engine); /* after stop; NULL is allowed */

/* Who carries actions out: to be given to pl_actions_open(), whose result comes back by
 * pl_engine_start(). */
struct pl_executor pl_engine_executor(struct pl_engine *engine);

/* Begins to watch for printers. `actions` and `uplink` (for the daily health record) outlive it. */
enum pl_result pl_engine_start(struct pl_engine *engine, struct pl_actions *actions,
			       struct pl_uplink *uplink, struct pl_error *err);

/* Interrupts every conversation, ends the workers and waits for them. */
void pl_engine_stop(struct pl_engine *engine);

/* Takes over the connector's settings (GET /config): pace, PJL policy, models switched off. */
void pl_engine_configure(struct pl_engine *engine, const struct cJSON *config);

/* The remote pages of its printers. */
struct pl_pages *pl_engine_pages(struct pl_engine *engine);

/* Set when pl_engine_view(), its pages or the uplink's status may say something else than before;
 * whoever looks clears it. */
struct pl_wake *pl_engine_news(struct pl_engine *engine);

/* The printers as people see them (watch.h): a list; NULL: no memory. */
struct cJSON *pl_engine_view(struct pl_engine *engine);

/* platen.snapshot/1 of what is known now; NULL: no memory. */
struct cJSON *pl_engine_printers(struct pl_engine *engine);
size_t pl_engine_printer_count(struct pl_engine *engine);

/* Every USB printer of this PC, those that are left alone too: [{"bus":1,"address":4,
 * "switched_off":false,"denied":null}]; "denied" is a sentence where this process may not use the
 * device. Reads sysfs and permissions only. */
struct cJSON *pl_engine_devices(struct pl_engine *engine);

/* The same after reading every printer (or the one of this key; "" all) once more. Waits until
 * `by_ms` for the slowest. Returns PL_OK | PL_E_NOT_FOUND (no printer of that key) | PL_E_NO_MEMORY
 * | PL_E_CANCELLED. */
enum pl_result pl_engine_probe(struct pl_engine *engine, const char *key, int64_t by_ms,
			       struct cJSON **ret_printers, struct pl_error *err);

#endif
