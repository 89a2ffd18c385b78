/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_EWS_REWRITE_H
#define PL_EWS_REWRITE_H

/*
 * EWS rewriting: a printer that is asked as "localhost" names itself so in links and redirects.
 * Those names are taken off, so that the browser stays on the session's own port:
 *
 *     <a href="http://localhost/hp/device/info">  ->  <a href="/hp/device/info">
 *     Location: http://127.0.0.1:80/next          ->  Location: /next
 *
 * The rewriter works on a stream and keeps back at most PL_EWS_MAX_OWN_NAME bytes; its output is
 * never longer than its input.
 *
 * Threads: pure. Memory: flat.
 */

#include <stdbool.h>
#include <stddef.h>

#include "platen/bytes.h"
#include "platen/span.h"

#define PL_EWS_MAX_OWN_NAME 48 /* "https:\/\/127.0.0.1:65535" and what follows it */

struct pl_ews_rewriter {
	bool active; /* this body is text in which links stand */
	char last;   /* the byte before `held` */
	char held[PL_EWS_MAX_OWN_NAME];
	size_t held_size;
};

/* Begins a body of this type; `encoded`: it is compressed and passes as it is. */
void pl_ews_rewriter_begin(struct pl_ews_rewriter *rw, struct pl_span content_type, bool encoded);

/* Adds what of the body is settled now to `out`. Returns PL_OK | PL_E_TOO_BIG | PL_E_NO_MEMORY. */
enum pl_result pl_ews_rewriter_feed(struct pl_ews_rewriter *rw, const void *data, size_t n,
				    struct pl_bytes *out);
/* Adds the rest: nothing follows. */
enum pl_result pl_ews_rewriter_end(struct pl_ews_rewriter *rw, struct pl_bytes *out);

/* Writes where a Location leads as the browser is to be told. False: it leads away from the
 * printer (or nobody can be sure that it does not), and is not to be followed. */
bool pl_ews_own_location(struct pl_span location, char *ret_location, size_t cap);

#endif
