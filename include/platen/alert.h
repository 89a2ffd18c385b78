/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ALERT_H
#define PL_ALERT_H

/*
 * Alert: the standard meaning of a printer's complaints.
 * One table joins IPP printer-state-reasons with Printer MIB alert codes, groups and severities
 * (PWG 5100.9, PWG 5107.3, RFC 3805 PrtAlertCodeTC):
 *
 *     reason "cover-open"  <->  code "coverOpen" (3), group "cover", "A cover is open"
 *
 * The finishers' words ("stapler-almost-empty", "puncher-jam": 17 devices times 36 conditions) are
 * not rows; they are composed, as the standard composes them.
 *
 * Threads: pure. Memory: values.
 */

#include <stdbool.h>
#include <stddef.h>

#include "platen/snapshot.h"

struct pl_alert_meaning {
	char reason[PL_MAX_REASON];   /* IPP keyword without suffix; "" where IPP has none */
	char code[PL_MAX_ALERT_CODE]; /* PrtAlertCodeTC keyword; "" where the MIB has none */
	int number;		      /* of that code, 3 for coverOpen; 0 where there is none */
	const char *group;	      /* PrtAlertGroupTC keyword, static */
	enum pl_severity severity;
	char description[PL_MAX_ALERT_TEXT]; /* English, fixed: may leave the PC */
};

/* Finds what an IPP reason means, its -error/-warning/-report suffix ignored, or what an alert code
 * means, told as keyword ("coverOpen") or as number ("3"). False where the standards have no such
 * word; *ret_meaning is untouched then. */
bool pl_alert_by_reason(struct pl_span reason, struct pl_alert_meaning *ret_meaning);
bool pl_alert_by_code(struct pl_span code, struct pl_alert_meaning *ret_meaning);

/* What a reason's suffix says: "-error" critical, "-warning" warning, "-report" report; unknown
 * without one (RFC 8011 section 5.4.12: treat as an error; the table may know better). */
enum pl_severity pl_reason_severity(struct pl_span reason);

/* The reason without its suffix. */
struct pl_span pl_reason_stem(struct pl_span reason);

/* Adds an alert for every reason of the snapshot that has a code and no alert yet, and a reason for
 * every alert that has none: after it both lists tell the same story. */
void pl_alert_reconcile(struct pl_snapshot *s);

#endif
