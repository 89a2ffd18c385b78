/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPP_MEDIA_SIZE_H
#define IPP_MEDIA_SIZE_H

/*
 * Media sizes by their dimensions, in the self-describing names of PWG 5101.1.
 * Threads: pure. Memory: the caller's.
 */

#include <stddef.h>
#include <stdint.h>

#include "platen/span.h"

/* Writes the name of the size nearest to these dimensions in micrometres, in either orientation, a
 * millimetre of difference allowed; "" where there is none. */
void media_size_name(int64_t width_um, int64_t length_um, char *out, size_t cap);

/* Writes the name for what a printer calls a size: one of PWG 5101.1 stays, "A4" and "letter" are
 * translated, anything else gives "". */
void media_size_from_word(struct pl_span word, char *out, size_t cap);

#endif
