/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_TOTP_H
#define PL_TOTP_H

/*
 * TOTP: the six digits of an authenticator app (RFC 6238: HMAC-SHA-1, 30 s, one step of leeway
 * either way). Threads: pure. Memory: the caller's.
 */

#include <stdbool.h>
#include <stdint.h>

#define PL_TOTP_SECRET 20 /* bytes */
#define PL_TOTP_BASE32 33 /* as base32, with NUL */

/* Writes the secret as apps want it typed. */
void pl_totp_base32(const uint8_t secret[static PL_TOTP_SECRET],
		    char ret_text[static PL_TOTP_BASE32]);

/* True when `code` is right now and of a step after `last_step` (a code counts once); *ret_step is
 * its step. */
bool pl_totp_matches(const uint8_t secret[static PL_TOTP_SECRET], const char *code, int64_t wall_ms,
		     int64_t last_step, int64_t *ret_step);

#endif
