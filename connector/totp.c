/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 4226's truncation over RFC 6238's time steps.
 */
#include "totp.h"

#include <gnutls/crypto.h>
#include <stdio.h>
#include <string.h>

#define STEP_MS 30000
#define LEEWAY	1 /* steps */

void pl_totp_base32(const uint8_t secret[static PL_TOTP_SECRET],
		    char ret_text[static PL_TOTP_BASE32])
{
	static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned held = 0, bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < PL_TOTP_SECRET; i++) {
		held = held << 8 | secret[i];
		for (bits += 8; bits >= 5; bits -= 5)
			ret_text[n++] = LETTERS[held >> (bits - 5) & 31];
	}
	ret_text[n] = '\0';
}

static unsigned code_of(const uint8_t secret[static PL_TOTP_SECRET], int64_t step)
{
	uint8_t counter[8], mac[20];
	unsigned at;

	for (int i = 0; i < 8; i++)
		counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
	if (gnutls_hmac_fast(GNUTLS_MAC_SHA1, secret, PL_TOTP_SECRET, counter, sizeof counter,
			     mac) < 0)
		return 1000000; /* no code of six digits */
	at = mac[19] & 15;
	return (((unsigned)mac[at] & 0x7f) << 24 | (unsigned)mac[at + 1] << 16 |
		(unsigned)mac[at + 2] << 8 | mac[at + 3]) %
	       1000000;
}

bool pl_totp_matches(const uint8_t secret[static PL_TOTP_SECRET], const char *code, int64_t wall_ms,
		     int64_t last_step, int64_t *ret_step)
{
	int64_t now = wall_ms / STEP_MS;
	char wanted[16];

	for (int64_t step = now - LEEWAY; step <= now + LEEWAY; step++) {
		if (step <= last_step)
			continue;
		snprintf(wanted, sizeof wanted, "%06u", code_of(secret, step));
		if (!strcmp(wanted, code)) {
			*ret_step = step;
			return true;
		}
	}
	return false;
}
