/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_SERVE_CERTIFICATES_H
#define PL_SERVE_CERTIFICATES_H

/*
 * Which certificate each port shows. 12351 shows the one of our own CA, which is what agents pin.
 * 12352 shows that too, or, for browsers that shall not ask, one from files that somebody else
 * renews (an ACME client, a company's CA).
 *
 * Threads: the one that waits for signals. Memory: paths are borrowed.
 */

#include "place.h"
#include "server.h"

struct pl_certificate_files {
	const char *certificate, *key; /* PEM; both or neither */
};

/* Makes our own certificate anew where it nears its end, reads the files again, and shows both from
 * now on; open connections go on. What fails leaves everything as it was. PL_E_INVALID |
 * PL_E_DENIED | PL_E_NOT_FOUND say which file and why. */
enum pl_result pl_serve_certificates(struct pl_server *server, struct pl_db *db,
				     const struct pl_certificate_files *files,
				     struct pl_error *err);

#endif
