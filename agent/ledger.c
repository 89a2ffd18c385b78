/* SPDX-License-Identifier: Apache-2.0 */
/* The last value of each counter by source, and why one fell. */
#include "ledger.h"

#define WRAP_SLACK 1000000 /* pages that a printer may print while nobody looks */
#define AT_ONCE	   2	   /* counters that fall together; one alone can be set back by hand */

void pl_ledger_init(struct pl_ledger *ledger)
{
	for (int s = 0; s < PL_SOURCE_COUNT; s++)
		for (int c = 0; c < PL_COUNTER_COUNT; c++)
			ledger->value[s][c] = PL_UNKNOWN;
}

/* A counter near the end of its 31 or 32 bits that begins again from 0. */
static bool has_wrapped(int64_t before, int64_t after)
{
	static const int64_t ENDS[] = { INT32_MAX, UINT32_MAX };

	for (size_t i = 0; i < sizeof(ENDS) / sizeof(ENDS[0]); i++)
		if (before <= ENDS[i] && before > ENDS[i] - WRAP_SLACK && after < WRAP_SLACK)
			return true;
	return false;
}

/* The formatter board keeps the life counters: another one, or one whose memory was cleared, tells
 * them all from the beginning. One that grew, or stood still above 0, shows that it is the same. */
static bool all_fell(const struct pl_ledger *ledger, enum pl_source source,
		     const struct pl_count counters[static PL_COUNTER_COUNT])
{
	int fell = 0;

	for (int c = 0; c < PL_COUNTER_COUNT; c++) {
		int64_t before = ledger->value[source][c], after = counters[c].value;

		if (counters[c].source != source || before == PL_UNKNOWN || after == PL_UNKNOWN)
			continue;
		if (after < before)
			fell++;
		else if (before > 0)
			return false;
	}
	return fell >= AT_ONCE;
}

size_t pl_ledger_enter(struct pl_ledger *ledger,
		       const struct pl_count counters[static PL_COUNTER_COUNT],
		       struct pl_fall ret_falls[static PL_COUNTER_COUNT])
{
	bool all[PL_SOURCE_COUNT];
	size_t n = 0;

	for (int s = 0; s < PL_SOURCE_COUNT; s++)
		all[s] = all_fell(ledger, (enum pl_source)s, counters);
	for (int c = 0; c < PL_COUNTER_COUNT; c++) {
		const struct pl_count *is = &counters[c];
		int64_t *was = &ledger->value[is->source][c];

		if (is->value == PL_UNKNOWN || is->source == PL_SOURCE_NONE)
			continue;
		if (*was != PL_UNKNOWN && is->value < *was)
			ret_falls[n++] = (struct pl_fall){
				.counter = (enum pl_counter)c,
				.source = is->source,
				.before = *was,
				.after = is->value,
				.cause = all[is->source]		? "formatter"
					 : has_wrapped(*was, is->value) ? "wrap"
									: "reset",
			};
		*was = is->value;
	}
	return n;
}
