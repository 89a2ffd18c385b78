/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_LEDGER_H
#define PL_LEDGER_H

/*
 * Ledger: the last value of each life counter, language by language, for two languages may count
 * different things under one name (LEDM impressions, PJL sheets). Life counters only grow; one that
 * falls has a reason, and the reason shows in how they fall:
 *
 *     ledm impressions 4294967290 -> 12                         wrap: it ran over its 32 bits
 *     ledm impressions 120433 -> 0, scans 70 -> 0, jams 4 -> 0  formatter: all of them at once
 *     ledm impressions 120433 -> 12, scans 70 -> 70             reset: somebody set one back
 *
 * Threads: pure. Memory: values, under 500 bytes.
 */

#include "platen/snapshot.h"

struct pl_ledger {
	int64_t value[PL_SOURCE_COUNT][PL_COUNTER_COUNT]; /* PL_UNKNOWN: never told */
};

struct pl_fall {
	enum pl_counter counter;
	enum pl_source source;
	int64_t before, after;
	const char *cause; /* "wrap", "formatter", "reset" */
};

/* Makes every value unknown. */
void pl_ledger_init(struct pl_ledger *ledger);

/* Enters the counters of a reading; those that nobody told leave theirs as it was. Returns how many
 * fell since they were last entered for their source. */
size_t pl_ledger_enter(struct pl_ledger *ledger,
		       const struct pl_count counters[static PL_COUNTER_COUNT],
		       struct pl_fall ret_falls[static PL_COUNTER_COUNT]);

#endif
