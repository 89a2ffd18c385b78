/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_ACT_CONFIGURE_H
#define PL_AGENT_ACT_CONFIGURE_H

/*
 * Configure: what is wanted of a printer's settings, read from an action's parameters, and what
 * came of it. Threads: pure.
 */

#include "act.h"
#include "platen/knob.h"

/* A printer's memory wears: one setting is written at most so often in a day. */
#define PL_MAX_KNOB_WRITES 6
#define PL_KNOB_WRITES_MS  (24 * 3600 * 1000LL)

/* When each setting was last written, the oldest first; 0: never. Since the printer was plugged in
 * or the agent started. */
struct pl_knob_wear {
	int64_t at_ms[PL_KNOB_COUNT][PL_MAX_KNOB_WRITES];
};

/* False: it was written too often of late. */
bool pl_knob_wear_allows(const struct pl_knob_wear *wear, enum pl_knob knob, int64_t now_ms);
void pl_knob_wear_note(struct pl_knob_wear *wear, enum pl_knob knob, int64_t now_ms);

/* The settings of {"settings": {"sleep_timer_s": "900", …}}. Returns PL_OK | PL_E_INVALID. */
enum pl_result pl_configure_read(const struct cJSON *parameters, struct pl_knob_wish *ret_wish,
				 struct pl_error *err);

#endif
