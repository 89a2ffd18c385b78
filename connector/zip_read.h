/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ZIP_READ_H
#define PL_ZIP_READ_H

/*
 * Zip read: the parts of a bundle, for people to look at. A bundle comes from a PC, and a PC may be
 * anybody's: nothing in it is believed. Read is what an agent writes (stored or deflated, one disk,
 * no zip64, no encryption, plain names); everything else is refused.
 *
 * Threads: pure. Memory: the caller's, bounded by the maximum of its buffer.
 */

#include "platen/bytes.h"
#include "platen/result.h"
#include "platen/span.h"

#define PL_MAX_ZIP_PARTS 64
#define PL_MAX_ZIP_NAME	 65 /* with NUL; letters, digits and -_. */

struct pl_zip_part {
	char name[PL_MAX_ZIP_NAME];
	uint32_t size, packed, offset, crc; /* offset of its local header */
	uint16_t method;
};

/* Lists the parts in the directory's order. Returns PL_OK | PL_E_PROTOCOL (no such zip). */
enum pl_result pl_zip_list(struct pl_span zip, struct pl_zip_part ret_parts[PL_MAX_ZIP_PARTS],
			   size_t *ret_count, struct pl_error *err);

/* Adds one part's content. Returns PL_OK | PL_E_PROTOCOL (it does not unpack to what the directory
 * says) | PL_E_TOO_BIG | PL_E_NO_MEMORY. */
enum pl_result pl_zip_unpack(struct pl_span zip, const struct pl_zip_part *part,
			     struct pl_bytes *out, struct pl_error *err);

#endif
