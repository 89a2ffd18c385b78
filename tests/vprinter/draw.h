/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_DRAW_H
#define VP_DRAW_H

/*
 * Draw: the facts of a printer that differ from run to run, so that no test can know them
 * beforehand.
 *
 *     { "$int": [100, 5000] }            { "$text": "CNB#####?" }   # digit, ? capital or digit, ~
 * hex digit { "$uuid": true }                  { "$sum": ["counters.impressions_color", 7] }
 *
 * Sums are made after everything else has been drawn.
 * Threads: pure. The same seed and the same facts give the same printer.
 */

#include <stdint.h>

#include <cjson/cJSON.h>

/* Replaces every "$…" object within `facts` by its value. */
void vp_draw(cJSON *facts, uint64_t seed);

/* A seed for one printer of a run: the run's, mixed with its name. */
uint64_t vp_draw_seed(uint64_t run, const char *name);

#endif
