/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_IPP_LIVE_H
#define VP_IPP_LIVE_H

/*
 * Live attributes: ipp/live.conf of a profile, a template whose lines are attributes as
 * ippeveprinter writes them:
 *
 *     ATTR keyword printer-state-reasons
 * {{#reasons}}{{keyword}}{{^@last}},{{/@last}}{{/reasons}}{{^reasons}}none{{/reasons}} ATTR
 * collection printer-impressions-completed-col { MEMBER integer full-color 12 }
 *
 * A value with blanks or commas stands in quotes. An attribute without a value is left out.
 * Threads: any. Memory: the message is the caller's.
 */

#include <cups/cups.h>

#include <platen/result.h>

#include "printer.h"

/* The attributes of now, in a message of their own (printer group). NULL where the profile has
 * none. A line that is no attribute is reported in the printer's log and left out. */
ipp_t *vp_ipp_live(struct vp_printer *printer);

#endif
