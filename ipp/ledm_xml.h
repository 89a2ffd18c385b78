/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPP_LEDM_XML_H
#define IPP_LEDM_XML_H

/*
 * LEDM's XML, one element at a time, each with its whole path of local names:
 *
 *     <pudyn:ProductUsageDyn><pudyn:PrinterSubunit><dd:TotalImpressions PEID="5082">931</dd:…>
 *     -> "ProductUsageDyn/PrinterSubunit/TotalImpressions", "931"
 *
 * Paths are compared whole, so that a name deeper down is never taken for the one that is meant.
 * Threads: pure. Memory: paths and texts live for the call.
 */

#include <stdbool.h>

#include "platen/ledm.h"

#define LEDM_MAX_DEPTH 24  /* elements inside each other */
#define LEDM_MAX_XPATH 512 /* bytes of all their names */
#define LEDM_MAX_TEXT  512 /* bytes of text of one element; more is cut */

struct ledm_visitor {
	void (*enter)(void *arg, const char *path); /* an element begins; NULL: not wanted */
	void (*leave)(void *arg, const char *path, struct pl_span text); /* it ends; text trimmed,
									      empty where elements
									      stand in it */
	void *arg;
};

/* Walks over a document whose root has the local name `root` (NULL: any).
 * Returns PL_OK | PL_E_PROTOCOL (no well-formed XML, a DTD, another root) | PL_E_TOO_BIG (depth or
 * size) | PL_E_NO_MEMORY. */
enum pl_result ledm_walk(struct pl_span xml, const char *root, const struct ledm_visitor *visitor,
			 struct pl_error *err);

/* The part of `path` behind `parent` and its slash ("Version/Revision" of
 * "ProductConfigDyn/ProductInformation/Version/Revision"), or NULL where it is not inside. */
const char *ledm_inside(const char *path, const char *parent);

/* What each document's reader needs: reads one document into the snapshot. */
enum pl_result ledm_read_config(struct pl_span xml, struct pl_snapshot *s, struct pl_error *err);
enum pl_result ledm_read_status(struct pl_span xml, struct pl_snapshot *s, struct pl_error *err);
enum pl_result ledm_read_usage(struct pl_span xml, struct pl_snapshot *s, struct pl_error *err);
enum pl_result ledm_read_consumables(struct pl_span xml, struct pl_snapshot *s,
				     struct pl_error *err);
enum pl_result ledm_read_media(struct pl_span xml, struct pl_snapshot *s, struct pl_error *err);

#endif
