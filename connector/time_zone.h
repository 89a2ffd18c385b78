/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TIME_ZONE_H
#define PL_TIME_ZONE_H

/*
 * Time zone: what a clock on the wall shows at some place, by the system's zone files (RFC 8536).
 * The C library knows one zone per process; a server has one per site.
 * Threads: any. Memory: a file of at most 64 KB for the call.
 */

#include <stdint.h>

#include "platen/result.h"

#define PL_MAX_TIME_ZONE 64 /* "America/Argentina/Buenos_Aires", with NUL */

/* How far that place's clocks are ahead of UTC at a wall time. Returns PL_OK | PL_E_INVALID (no
 * such zone, or one whose file does not tell about that time) | PL_E_IO. */
enum pl_result pl_time_zone_offset(const char *name, int64_t wall_ms, int64_t *ret_offset_s,
				   struct pl_error *err);

/* Minutes since midnight there, 0 to 1439. Results as above. */
enum pl_result pl_time_zone_minute(const char *name, int64_t wall_ms, int *ret_minute,
				   struct pl_error *err);

#endif
