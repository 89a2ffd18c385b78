/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PJL_H
#define PL_PJL_H

/*
 * PJL: questions on the print pipe itself. Only asked when no job is near, in one packet that
 * begins and ends with UEL, so that no byte of ours can end up in a job.
 *
 *     -> ESC%-12345X@PJL\r\n @PJL ECHO 7f3a0c12\r\n @PJL INFO STATUS\r\n
 *        @PJL ECHO 7f3a0c12 END\r\n ESC%-12345X
 *     <- @PJL ECHO 7f3a0c12\r\n\f
 *        @PJL INFO STATUS\r\nCODE=10001\r\nDISPLAY="READY"\r\nONLINE=TRUE\r\n\f
 *        @PJL ECHO 7f3a0c12 END\r\n\f
 *
 * The first echo finds the beginning of our answers behind whatever an earlier reader left in the
 * pipe, the last one their end: a category that the printer passes over in silence costs no wait.
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
enum pl_result pl_pjl_question(unsigned infos, uint32_t nonce, struct pl_bytes *question);

/* Asks and reads until the last echo, or `by_ms`. `answer` (initialised by the caller, with
 * PL_MAX_PJL_ANSWER) gets what came between the two echoes; the nonce is made from the clock.
 * A printer that knows no ECHO has answered when every category has and then was silent; `answer`
 * is all it said then.
 * Returns PL_OK | PL_E_TIMEOUT (nothing, or not all, came; what came counts) | PL_E_GONE |
 * PL_E_PROTOCOL | PL_E_TOO_BIG. */
enum pl_result pl_pjl_ask(struct pl_stream *s, unsigned infos, int64_t by_ms,
			  struct pl_bytes *answer, struct pl_error *err);

/* Adds what an answer tells to `s`, source pjl. Noise, echoes, "?" bodies and unknown categories
 * are passed over; of a category told twice the later one counts (the earlier may be stale).
 * Returns the set of categories (enum pl_pjl_info) that were really answered. */
unsigned pl_pjl_snapshot(struct pl_span answer, struct pl_snapshot *s);

/* The orders that may ever be sent; there is no way to send another. */
enum pl_pjl_order {
	PL_PJL_ORDER_RESTART, /* HP with PML: as if switched off and on; settings stay */
	PL_PJL_ORDER_COUNT
};

/* The exact bytes of an order, static; at most PL_MAX_PJL_QUESTION. */
struct pl_span pl_pjl_order(enum pl_pjl_order order);

/* What a CODE means: state, sleep, and the IPP reason ("" where it says nothing wrong). */
struct pl_pjl_meaning {
	enum pl_printer_state state;
	enum pl_tristate asleep;
	const char *reason; /* static */
};
void pl_pjl_code(int code, struct pl_pjl_meaning *ret_meaning);

#endif
