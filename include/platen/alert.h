/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ALERT_H
#define PL_ALERT_H

/*
 * Alert: the standard meaning of a printer's complaints.
 * One table joins IPP printer-state-reasons with Printer MIB alert codes, groups and severities
 * (PWG 5100.9 section 5, RFC 3805 PrtAlertCodeTC):
 *
 *     reason "cover-open"  <->  code "coverOpen" (3, in group "cover"), "A cover is open"
 *
 * Threads: pure. Memory: static tables.
 */

#include <stddef.h>

#include "platen/snapshot.h"

struct pl_alert_meaning {
	const char *reason; /* IPP keyword without suffix */
	const char *code;   /* PrtAlertCodeTC keyword */
	const char *group;  /* PrtAlertGroupTC keyword */
	enum pl_severity severity;
	const char *description; /* English, fixed: may leave the PC */
};

/* Finds by IPP reason (suffix ignored) or by alert code; NULL where the standard has no such word.
 */
const struct pl_alert_meaning *pl_alert_by_reason(struct pl_span reason);
const struct pl_alert_meaning *pl_alert_by_code(struct pl_span code);

/* Adds an alert for every reason of the snapshot that has a meaning and no alert yet, and the
 * reason for every alert that has none: after it both lists tell the same story. */
void pl_alert_reconcile(struct pl_snapshot *s);

#endif
