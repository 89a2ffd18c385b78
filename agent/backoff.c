/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that decides when to try again. Full jitter spreads a fleet that lost its connector
 * at one moment evenly over the time in which it comes back. */
#include "platen/random.h"
#include "uplink.h"

#define FIRST_MS    2000
#define HELPLESS_MS 60000
#define MOST_MS	    300000

/* Nobody but a person can change these: asking often would only be noise. */
static bool is_helpless(enum pl_result why)
{
	return why == PL_E_UNTRUSTED || why == PL_E_DENIED || why == PL_E_INVALID;
}

int64_t pl_next_try_ms(enum pl_result why, int attempt, int64_t retry_after_s)
{
	int64_t bound = is_helpless(why) ? HELPLESS_MS : FIRST_MS;
	int64_t floor = retry_after_s > 0 ? retry_after_s * 1000 : 0;

	for (int i = 1; i < attempt && bound < MOST_MS; i++)
		bound *= 2;
	if (bound > MOST_MS)
		bound = MOST_MS;
	return floor + (int64_t)pl_random_below((uint64_t)bound + 1);
}
