/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_A_SPOOL_H
#define TESTS_A_SPOOL_H

/* A spool in a file of its own, and a clock that the test moves. */

#include <stdint.h>

#include "spool.h"

/* Opens (or opens again) the spool of this name, with these bounds. */
struct pl_spool *a_spool(const char *name, int64_t max_bytes, int64_t max_age_ms);

/* Adds a record whose body is this JSON; ends the test where that fails. */
void a_record(struct pl_spool *spool, const char *kind, const char *printer_key, const char *body);

/* What the uplink would see, as JSON; the caller deletes it. */
struct cJSON *a_batch(struct pl_spool *spool, int max_records);

/* From now on time stands still and is moved by these. */
void a_clock_start(int64_t wall_ms);
void a_clock_pass(int64_t ms); /* both clocks */
void a_clock_jump(int64_t ms); /* the wall clock alone */
void a_clock_stop(void);

#endif
