/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PAGE_RULES_H
#define PL_PAGE_RULES_H

/*
 * Page rules: what may not be asked of a printer through its remote web page. The connector asks
 * before a request leaves it, the agent asks again before it reaches the printer: neither relies on
 * the other.
 *
 *     POST /ipp/print     printing           GET /eSCL/ScannerStatus    scanning
 *     GET /%2e/%69pp/     the same           POST /FirmwareUpdate/…     only where it was granted
 *
 * Threads: pure. Memory: static sentences.
 */

#include <stdbool.h>

#include "platen/span.h"

#define PL_MAX_PAGE_TARGET 2048 /* bytes of path and query, with NUL */

/* What stands in the way of a request, NULL where nothing does: one sentence for the person.
 * Refused: printing, scanning and faxing, a firmware upload unless `firmware`, and every target
 * that two programs could read differently. The path is judged as the most generous printer would
 * read it: percent signs decoded again and again, letter case ignored, "/./" and "//" folded. */
const char *pl_page_why_refused(const char *method, struct pl_span target,
				struct pl_span content_type, bool firmware);

#endif
