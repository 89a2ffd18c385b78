/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPP_DEVID_STATUS_H
#define IPP_DEVID_STATUS_H

/*
 * The status that some printers put into their device ID, field by field:
 *
 *     VSTATUS:$HB0$NC0,ff,DN,IDLE,CUT,K0,C0,DP,NR,KP092,CP041      HP ink, before about 2003
 *     S:03800802000000280000000002c1a01564c2b00b50                 HP ink, since
 *     STATUS:IDLE   STATUS:BUSY,media-low   SUPPLIES:BK:61,C:40    others
 *
 * Each adds what it tells to the snapshot, source ieee1284, and complains of what makes no sense.
 */

#include "platen/snapshot.h"

void devid_read_vstatus(struct pl_span field, struct pl_snapshot *s);
void devid_read_s_field(struct pl_span field, struct pl_snapshot *s);
void devid_read_status(struct pl_span field, struct pl_snapshot *s);
void devid_read_supplies(struct pl_span field, struct pl_snapshot *s);

#endif
