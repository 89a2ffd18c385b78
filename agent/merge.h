/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_MERGE_H
#define PL_MERGE_H

/*
 * Merge: one truth out of several languages, field by field. For each field a table says whose word
 * counts first; every value keeps the name of its source, and where two sources contradict each
 * other the loser's word stands in `errors` instead of vanishing.
 *
 * Threads: pure. Memory: the caller's.
 */

#include "platen/snapshot.h"

/* Adds what one language told (`part`, every value with its source) to `into`, which began as
 * pl_snapshot_init(). The order of calls does not change the values. Identity's serial number is
 * left to identity.h. */
void pl_merge(struct pl_snapshot *into, const struct pl_snapshot *part);

#endif
