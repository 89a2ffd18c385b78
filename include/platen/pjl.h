/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PJL_H
#define PL_PJL_H

/*
 * PJL: questions on the print pipe itself. Only asked when no job is near, in one packet that
 * begins and ends with UEL, so that no byte of ours can end up in a job.
 *
 *     ESC%-12345X@PJL \r\n @PJL ECHO 7f3a… \r\n @PJL INFO STATUS \r\n ESC%-12345X
 *     <- @PJL ECHO 7f3a…\r\n\f @PJL INFO
 * STATUS\r\nCODE=10001\r\nDISPLAY="READY"\r\nONLINE=TRUE\r\n\f
 *
 * The nonce finds the beginning of our answers behind whatever an earlier reader left in the pipe.
 * Threads: building and parsing are pure; pl_pjl_ask one per stream. Memory: the caller's.
 * Standard: HP PJL Technical Reference; vendors' deviations stand beside the lines that bear them.
 */

#include <stdbool.h>
#include <stdint.h>

#include "platen/bytes.h"
#include "platen/snapshot.h"
#include "platen/stream.h"

#define PL_MAX_PJL_QUESTION 512 /* bytes: one high-speed packet, never split */
#define PL_MAX_PJL_ANSWER   (64 * 1024)

enum pl_pjl_info {
	PL_PJL_ID = 1 << 0,
	PL_PJL_STATUS = 1 << 1,
	PL_PJL_PAGECOUNT = 1 << 2,
	PL_PJL_CONFIG = 1 << 3,
	PL_PJL_VARIABLES = 1 << 4,
	PL_PJL_PRODINFO = 1 << 5,
	PL_PJL_SUPPLIES = 1 << 6,
};

/* Writes the question for a set of INFO categories. Returns PL_OK | PL_E_TOO_BIG (over one packet).
 */
enum pl_result pl_pjl_question(unsigned infos, const char nonce[static 9],
			       struct pl_bytes *question);

/* Asks and reads until every category has answered, behind the nonce, or `by_ms` passes (what came
 * until then is in `answer`, and counts). Returns PL_OK | PL_E_TIMEOUT (nothing, or not all, came)
 * | PL_E_GONE | PL_E_PROTOCOL | PL_E_TOO_BIG. */
enum pl_result pl_pjl_ask(struct pl_stream *s, unsigned infos, int64_t by_ms,
			  struct pl_bytes *answer, struct pl_error *err);

/* Adds what an answer tells to `s`, source pjl. Noise before the nonce, echoes, "?" bodies and
 * unknown categories are passed over. Returns the set of categories (enum pl_pjl_info) that were
 * really answered. */
unsigned pl_pjl_snapshot(struct pl_span answer, const char *nonce, struct pl_snapshot *s);

/* What a CODE means: state, sleep, and the IPP reason ("" where it says nothing wrong). */
struct pl_pjl_meaning {
	enum pl_printer_state state;
	enum pl_tristate asleep;
	const char *reason;
};
void pl_pjl_code(int code, struct pl_pjl_meaning *ret_meaning);

#endif
