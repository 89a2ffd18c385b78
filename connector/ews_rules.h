/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_EWS_RULES_H
#define PL_EWS_RULES_H

/*
 * EWS rules: which headers of a browser go on to a printer, which of the printer's go on to the
 * browser, and from where a browser's request may come. A printer's page is hostile content, and so
 * is whatever a hostile page makes a browser ask.
 *
 * Threads: pure. Memory: the caller's.
 */

#include <stdbool.h>
#include <stddef.h>

#include "platen/span.h"

/* True for a header of a browser that a printer is shown. Cookies are not: the session has its own
 * jar. */
bool pl_ews_header_goes_in(struct pl_span name);

/* True for a header of a printer that a browser is shown, as it is. Those that say what the browser
 * may do (policies, cookies, caches, Service-Worker-Allowed) never are. */
bool pl_ews_header_comes_out(struct pl_span name);

/* True for a header value of one line of visible text. */
bool pl_ews_value_is_plain(struct pl_span value);

/* May this browser's request come in, by what the browser says of where it comes from
 * (Sec-Fetch-Site, Sec-Fetch-Dest, Service-Worker; NULL where it says nothing)? NULL: yes; else one
 * sentence. The pages of a session may ask their own port only; a neighbouring port is
 * another site to us, although it is the same to the browser. */
const char *pl_ews_why_not_from(const char *fetch_site, const char *fetch_dest,
				const char *service_worker);

#endif
