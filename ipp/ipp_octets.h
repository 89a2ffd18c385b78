/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPP_OCTETS_H
#define IPP_OCTETS_H

/*
 * The MIB rows that printers put into octet strings (PWG 5100.9 section 5, PWG 5100.13
 * section 5.6):
 *
 *     printer-alert       code=coverOpen;index=1;severity=critical;training=untrained;group=cover;…
 *     printer-supply index=2;class=supplyThatIsConsumed;type=toner;unit=percent;maxcapacity=100;…
 *     printer-input-tray  type=sheetFeedAutoNonRemovableTray;maxcapacity=250;level=-3;name=Tray\ 1;
 *
 * Each adds its row to the snapshot, source ipp; missing or odd values leave their field unknown.
 * Returns false where the value is no such row at all. Threads: pure.
 */

#include "platen/snapshot.h"

bool ipp_read_alert(struct pl_span value, struct pl_snapshot *s);

/* `description`: of printer-supply-description. The new row, settled, or NULL. */
struct pl_supply *ipp_read_supply(struct pl_span value, struct pl_span description,
				  struct pl_snapshot *s);
bool ipp_read_tray(struct pl_span value, struct pl_snapshot *s);

#endif
