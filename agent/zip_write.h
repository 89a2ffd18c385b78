/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_ZIP_WRITE_H
#define PL_AGENT_ZIP_WRITE_H

/*
 * Zip write: a zip file in memory, of a few small files. Of the format (APPNOTE 6.3.3) exactly what
 * every unzip reads: stored or deflated, no encryption, no zip64, all in one piece.
 *
 *     pl_zip_init(&z, 512 * 1024, pl_clock_wall_ms());
 *     r = pl_zip_add(&z, "ipp.json", text);
 *     r = pl_zip_end(&z);                           z.bytes is the file
 *
 * Threads: one. Memory: the file, and 260 KB while something is packed.
 */

#include "platen/bytes.h"
#include "platen/result.h"
#include "platen/span.h"

#define PL_MAX_ZIP_ENTRIES 64
#define PL_MAX_ZIP_NAME	   128 /* with NUL */

struct pl_zip_entry {
	char name[PL_MAX_ZIP_NAME];
	uint16_t method;
	uint32_t crc, packed, size, offset;
};

struct pl_zip {
	struct pl_bytes bytes;
	struct pl_zip_entry entries[PL_MAX_ZIP_ENTRIES];
	size_t count;
	uint32_t stamp; /* date and time as DOS wrote them, UTC */
};

/* `max`: bytes of the whole file. */
void pl_zip_init(struct pl_zip *zip, size_t max, int64_t wall_ms);
void pl_zip_finish(struct pl_zip *zip);

/* Adds a file. The name is one of ours. Returns PL_OK | PL_E_TOO_BIG (nothing was added) |
 * PL_E_FULL (too many files) | PL_E_NO_MEMORY. */
enum pl_result pl_zip_add(struct pl_zip *zip, const char *name, struct pl_span content);

/* Writes the directory; nothing can be added then. Returns PL_OK | PL_E_TOO_BIG | PL_E_NO_MEMORY.
 */
enum pl_result pl_zip_end(struct pl_zip *zip);

#endif
