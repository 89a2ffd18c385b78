/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_THROTTLE_H
#define PL_THROTTLE_H

/*
 * Throttle: how often a name or an address may fail before it must wait. A failure costs one of
 * `burst`; one comes back every `refill_ms`. Known names are kept in a table of fixed size; a full
 * table forgets whoever failed longest ago.
 *
 * Threads: any. Memory: fixed.
 */

#include <stdint.h>

#include "platen/result.h"

struct pl_throttle;

/* NULL when out of memory. */
struct pl_throttle *pl_throttle_create(int burst, int64_t refill_ms);
void pl_throttle_destroy(struct pl_throttle *throttle); /* NULL is allowed */

/* Milliseconds this name has to wait before it may try; 0: now. */
int64_t pl_throttle_wait_ms(struct pl_throttle *throttle, const char *name);

/* It has failed. */
void pl_throttle_failed(struct pl_throttle *throttle, const char *name);

/* It has succeeded: forgotten. */
void pl_throttle_forget(struct pl_throttle *throttle, const char *name);

#endif
