/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zlib's inflate into a bounded buffer.
 */
#include "gunzip.h"

#include <zlib.h>

enum pl_result pl_gunzip(struct pl_span packed, struct pl_bytes *out)
{
	unsigned char piece[16 * 1024];
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)packed.at,
		       .avail_in = (unsigned)packed.size };
	enum pl_result r = PL_OK;
	int rc;

	if (inflateInit2(&z, 15 + 16) != Z_OK) /* 15: window, 16: gzip's frame */
		return PL_E_NO_MEMORY;
	do {
		z.next_out = piece;
		z.avail_out = sizeof piece;
		rc = inflate(&z, Z_NO_FLUSH);
		if (rc != Z_OK && rc != Z_STREAM_END)
			r = PL_E_PROTOCOL;
		else
			r = pl_bytes_add(out, piece, sizeof piece - z.avail_out);
	} while (r == PL_OK && rc != Z_STREAM_END);
	if (r == PL_OK && z.avail_in > 0)
		r = PL_E_PROTOCOL;
	inflateEnd(&z);
	return r;
}
