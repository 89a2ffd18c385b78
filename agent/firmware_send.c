/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a package, one piece after the other. Nothing is asked meanwhile: a question in the
 * middle would be part of the firmware. */
#include <stdio.h>

#include "act_firmware.h"
#include "platen/clock.h"

#define PIECE	 (16 * 1024)
#define PIECE_MS (5 * 60 * 1000)

enum pl_result pl_firmware_send(struct pl_stream *pipe, const char *path,
				void (*progress)(void *arg, int64_t bytes), void *arg,
				int64_t *ret_sent, struct pl_error *err)
{
	uint8_t piece[PIECE];
	FILE *file = fopen(path, "rb");
	enum pl_result r = PL_OK;
	int64_t sent = 0;
	size_t n;

	if (!file)
		return pl_error_set(err, PL_E_IO, "the package cannot be read from the disk");
	while (r == PL_OK && (n = fread(piece, 1, sizeof(piece), file)) > 0) {
		r = pl_stream_write(pipe, piece, n, pl_clock_in_ms(PIECE_MS), err);
		if (r == PL_OK)
			sent += (int64_t)n;
		progress(arg, sent);
	}
	if (r == PL_OK && ferror(file))
		r = pl_error_set(err, PL_E_IO, "the package cannot be read from the disk");
	fclose(file);
	*ret_sent = sent;
	return r;
}
