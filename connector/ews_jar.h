/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_EWS_JAR_H
#define PL_EWS_JAR_H

/*
 * EWS jar: a printer's own cookies, kept for one session on the server. The browser never has
 * them: cookies are shared between all ports of a host, so that one printer's page would see
 * another's.
 *
 * Only what a printer with one name needs of RFC 6265: name, value, path, expiry; Domain is
 * ignored.
 * Threads: one at a time. Memory: pl_ews_jar_finish() frees; bounded by the figures below.
 */

#include <stddef.h>
#include <stdint.h>

#include "platen/bytes.h"
#include "platen/span.h"

#define PL_EWS_MAX_COOKIES 32
#define PL_EWS_MAX_COOKIE  4096 /* name, value and path of one */

struct pl_ews_cookie {
	char *name, *value, *path; /* one block of memory, at `name` */
	int64_t until_ms;	   /* wall time; INT64_MAX: as long as the session */
};

struct pl_ews_jar {
	struct pl_ews_cookie cookies[PL_EWS_MAX_COOKIES];
	size_t count;
};

/* Takes one Set-Cookie over, told with the answer to a request for `path`. What makes no sense, and
 * what does not fit, is passed over; a cookie more than the jar holds takes the oldest one's
 * place. */
void pl_ews_jar_take(struct pl_ews_jar *jar, struct pl_span set_cookie, struct pl_span path,
		     int64_t now_ms);

/* Adds the value of a Cookie header for this path: "a=1; b=2"; nothing where there is none. Returns
 * PL_OK | PL_E_TOO_BIG (what fitted is there) | PL_E_NO_MEMORY. */
enum pl_result pl_ews_jar_write(struct pl_ews_jar *jar, struct pl_span path, int64_t now_ms,
				struct pl_bytes *out);

void pl_ews_jar_finish(struct pl_ews_jar *jar);

#endif
