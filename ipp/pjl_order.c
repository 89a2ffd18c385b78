/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of every PJL order there is. An order is one packet that begins and ends with UEL.
 *
 * The restart is PML in PJL: 04 00 SET, 06 OID length, 02 05 01 01 03 01 = prtGeneralReset.1 of the
 * Printer MIB, 04 type, 01 length, and the value: 4 powerCycleReset. One digit further (5, 6) the
 * printer forgets its settings. So the bytes stand here whole, never put together, and a test holds
 * them digit by digit. */
#include "platen/pjl.h"

#define UEL "\033%-12345X"

static const char RESTART[] = UEL "@PJL\r\n"
				  "@PJL DMCMD ASCIIHEX=\"040006020501010301040104\"\r\n" UEL;

struct pl_span pl_pjl_order(enum pl_pjl_order order)
{
	switch (order) {
	case PL_PJL_ORDER_RESTART: return (struct pl_span){ RESTART, sizeof(RESTART) - 1 };
	case PL_PJL_ORDER_COUNT: break;
	}
	return (struct pl_span){ NULL, 0 };
}
