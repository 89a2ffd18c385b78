/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_BUNDLE_H
#define PL_AGENT_BUNDLE_H

/*
 * Bundle: a zip of what helps to find out what is wrong, with a manifest that says of each part how
 * large it is, how long it took, or why it is missing:
 *
 *     { "schema": "platen.bundle/1", "made_at": "…", "agent_version": "0.1.0", "kind":
 * "diagnostics", "parts": [{ "name": "usb.json", "bytes": 812, "ms": 0, "missing": null }, {
 * "name": "ipp.json", "bytes": null, "ms": 3, "missing": "The printer is in use" }] }
 *
 * One that leaves the PC passes every part through the allow-list (privacy.h), so nothing gets in
 * beside it; a `whole` one stays here, for who administers this PC, and is not filtered.
 *
 * Threads: one. Memory: bounded by PL_MAX_BUNDLE packed and PL_MAX_BUNDLE_PART a part.
 */

#include <stdbool.h>

#include "platen/bytes.h"
#include "platen/result.h"
#include "platen/span.h"

struct cJSON;
struct pl_bundle;

#define PL_MAX_BUNDLE	    (512 * 1024) /* bytes of the zip that leaves; 4 MiB of a whole one */
#define PL_MAX_BUNDLE_PART  (512 * 1024)
#define PL_MAX_BUNDLE_PARTS 60

/* `kind`: "diagnostics", "agent_log", "local". NULL: out of memory. */
struct pl_bundle *pl_bundle_create(const char *kind, bool whole);
void pl_bundle_destroy(struct pl_bundle *bundle); /* NULL is allowed */

bool pl_bundle_is_whole(const struct pl_bundle *bundle);

/* What the following parts' names begin with ("usb-03f0-822a-X/"); "" at the beginning. */
void pl_bundle_enter(struct pl_bundle *bundle, const char *folder);

/* The part that comes next begins: its time is counted from here. */
void pl_bundle_begin(struct pl_bundle *bundle);

/* Adds a part; what of `doc` the rows of `kind` let leave, or all of it in a whole one. */
void pl_bundle_json(struct pl_bundle *bundle, const char *name, const char *kind,
		    const struct cJSON *doc);

/* Adds a text that was made for this bundle: the caller has filtered it, unless it is whole. */
void pl_bundle_text(struct pl_bundle *bundle, const char *name, struct pl_span text);

/* This part is not there. `why`: a sentence of our own. */
void pl_bundle_missing(struct pl_bundle *bundle, const char *name, const char *why);

/* The manifest's list of parts, as far as there are; the bundle's own. */
const struct cJSON *pl_bundle_parts(const struct pl_bundle *bundle);

/* Writes manifest and directory; *ret_zip lives as long as the bundle. Returns PL_OK | PL_E_TOO_BIG
 * | PL_E_NO_MEMORY. */
enum pl_result pl_bundle_end(struct pl_bundle *bundle, struct pl_span *ret_zip,
			     struct pl_error *err);

#endif
