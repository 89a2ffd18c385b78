/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPP_DEVID_STATUS_H
#define IPP_DEVID_STATUS_H

/*
 * The status that some printers put into their device ID, field by field:
 *
 *     VSTATUS:$HB0$NC0,ff,DN,IDLE,CUT,K0,C0,DP,NR,KP092,CP041      HP ink, before about 2003
 *     S:00888000000000002C100003D44050007                          HP ink, since
 *     STATUS:IDLE   STATUS:BUSY,media-low   SUPPLIES:BK:61,C:40    others
 *
 * Each adds what it tells to the snapshot, source ieee1284, and complains of what makes no sense.
 * Threads: pure. Memory: the caller's.
 */

#include "platen/snapshot.h"

void devid_read_vstatus(struct pl_span field, struct pl_snapshot *s);
void devid_read_s_field(struct pl_span field, struct pl_snapshot *s);
void devid_read_status(struct pl_span field, struct pl_snapshot *s);
void devid_read_supplies(struct pl_span field, struct pl_snapshot *s);

/* Sets state, sleep and reason by a word ("idle", "oopa") or by HP's number of the same. False
 * where it is not known; nothing is set then. */
bool devid_apply_word(struct pl_span word, struct pl_snapshot *s);
bool devid_apply_number(int64_t number, struct pl_snapshot *s);

/* Adds a cartridge with its level in percent, PL_UNKNOWN where none is told; NULL when the list is
 * full. Not settled. */
struct pl_supply *devid_add_ink(struct pl_snapshot *s, const char *type, struct pl_span colorant,
				int64_t percent);

#endif
