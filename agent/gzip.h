/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_GZIP_H
#define PL_AGENT_GZIP_H

/*
 * Gzip: a large body made small before it leaves (RFC 1952). A report is JSON of the same few words
 * and shrinks to about a tenth.
 *
 * Threads: pure. Memory: about 50 KB while it works; a small window is enough for what we say.
 */

#include "platen/bytes.h"
#include "platen/span.h"

/* Adds the packed `plain` to `out`. Returns PL_OK | PL_E_TOO_BIG (over out->max: not worth it) |
 * PL_E_NO_MEMORY. */
enum pl_result pl_gzip(struct pl_span plain, struct pl_bytes *out);

#endif
