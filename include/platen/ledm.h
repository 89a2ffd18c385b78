/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_LEDM_H
#define PL_LEDM_H

/*
 * LEDM: HP's XML documents over HTTP (Low End Data Model), the richest source on HP printers.
 * Element names are matched without their namespace prefix (prefixes differ by model) and at exact
 * depth: one document has dozens of TotalImpressions, and only the direct child of PrinterSubunit
 * is the life counter.
 *
 * Threads: pure. Memory: the caller's. Entities and DTDs are refused, depth and size bounded.
 */

#include <stdbool.h>
#include <stdint.h>

#include "platen/snapshot.h"
#include "platen/span.h"

#define PL_MAX_LEDM_DOCUMENT (512 * 1024)

enum pl_ledm_document {
	PL_LEDM_DISCOVERY_TREE,
	PL_LEDM_PRODUCT_CONFIG,
	PL_LEDM_PRODUCT_STATUS,
	PL_LEDM_PRODUCT_USAGE,
	PL_LEDM_CONSUMABLE_CONFIG,
	PL_LEDM_MEDIA_HANDLING,
	PL_LEDM_EVENT_TABLE, /* asked for its ETag: the same one means that nothing has happened */
	PL_LEDM_DOCUMENT_COUNT
};

/* The well-known path ("/DevMgmt/ProductUsageDyn.xml"), used where no discovery tree tells another.
 */
const char *pl_ledm_path(enum pl_ledm_document document);

#define PL_MAX_LEDM_PATH 128

/* POST there restarts a printer whose tree names it. */
#define PL_LEDM_POWER_CYCLE "/ProductActions/PowerCycle"

/* What the discovery tree offers: for each document its path, "" where the printer does not have
 * it. */
struct pl_ledm_tree {
	char path[PL_LEDM_DOCUMENT_COUNT][PL_MAX_LEDM_PATH];
	bool has_power_cycle; /* PL_LEDM_POWER_CYCLE can be asked for */
};

/* PL_OK | PL_E_PROTOCOL (not such a document, or no well-formed XML) | PL_E_TOO_BIG (depth or
 * size). */
enum pl_result pl_ledm_read_tree(struct pl_span xml, struct pl_ledm_tree *ret_tree,
				 struct pl_error *err);

/* Adds what one document tells to `s`, source ledm; untouched on failure. Results as above, and
 * PL_E_INVALID for the discovery tree and the event table, which tell nothing of the printer
 * itself.
 */
enum pl_result pl_ledm_read(enum pl_ledm_document document, struct pl_span xml,
			    struct pl_snapshot *s, struct pl_error *err);

/* Calls `leaf` for every element that ends, with its path of local names ("ProductUsageDyn/
 * PrinterSubunit/TotalImpressions") and its text, trimmed and cut to 512 bytes; empty where
 * elements stand in it. Returns as pl_ledm_read_tree() | PL_E_NO_MEMORY. */
enum pl_result pl_ledm_each(struct pl_span xml,
			    void (*leaf)(void *arg, const char *path, struct pl_span text),
			    void *arg, struct pl_error *err);

/* ModificationNumber of the AlertTable in ProductStatusDyn ("12"): changes when any alert does.
 * Empty where not told. */
enum pl_result pl_ledm_read_alert_mark(struct pl_span xml, char ret_mark[static 32],
				       struct pl_error *err);

#endif
