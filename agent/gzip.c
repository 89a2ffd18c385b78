/* SPDX-License-Identifier: Apache-2.0 */
/* Packing a body with zlib. */
#include "gzip.h"

#include <stdint.h>

#include <zlib.h>

#define WINDOW_BITS  12 /* 4 KB */
#define GZIP_FRAME   16 /* added to the window's bits, says zlib */
#define MEMORY_LEVEL 4

enum pl_result pl_gzip(struct pl_span plain, struct pl_bytes *out)
{
	unsigned char piece[4096];
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)plain.at,
		       .avail_in = (unsigned)plain.size };
	enum pl_result r = PL_OK;
	int code = Z_OK;

	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_BITS + GZIP_FRAME,
			 MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return PL_E_NO_MEMORY;
	while (r == PL_OK && code != Z_STREAM_END) {
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		code = deflate(&z, Z_FINISH);
		r = pl_bytes_add(out, piece, sizeof(piece) - z.avail_out);
	}
	deflateEnd(&z);
	return r;
}
