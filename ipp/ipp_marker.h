/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPP_MARKER_H
#define IPP_MARKER_H

/*
 * CUPS' marker-* attributes, which most AirPrint printers send: supplies in parallel lists.
 * Threads: pure.
 */

#include "ipp_message.h"

/* Adds one supply per marker, source ipp, unless printer-supply told the supplies already; then
 * only the low mark counts. Settles the supplies. */
void ipp_read_markers(const struct pl_ipp_answer *a, struct pl_snapshot *s, size_t first_supply);

#endif
