/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_REPORT_H
#define PL_REPORT_H

/*
 * Report: a reading as the connector gets it (connector/WIRE.md, section 4). Not what `platen
 * probe` shows: the printer's own words, tray names and our sentences of error stay on the PC. What
 * is built here passes the allow-list (privacy.h) before it is kept.
 *
 * Threads: pure. Memory: trees of cJSON; the caller deletes them. NULL: no memory.
 */

#include <stdbool.h>

#include "snapshot_json.h"

/* Who takes records: one kind and body at a time. `body` has not passed the allow-list yet and
 * stays the caller's. */
struct pl_outlet {
	void (*record)(void *arg, const char *kind, const char *printer_key, const cJSON *body);
	void *arg;
};

/* Builds one section in the wire's form. */
cJSON *pl_report_section(const struct pl_reading *r, enum pl_section section);

/* Body of printer.snapshot: every section, or those that differ from `before`; NULL where none
 * does. */
cJSON *pl_report_full(const struct pl_reading *r);
cJSON *pl_report_changes(const struct pl_reading *r, const struct pl_reading *before);

/* Bodies of printer.attached and printer.detached ("unplugged", "switched_off"). */
cJSON *pl_report_attached(const struct pl_usb_device *dev);
cJSON *pl_report_detached(const struct pl_usb_device *dev, const char *reason);

#endif
