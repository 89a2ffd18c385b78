/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CLI_WIDTH_H
#define PL_CLI_WIDTH_H

/*
 * Width: how many columns of a terminal a character takes. A printer's name may be Chinese (two
 * each) or hold accents of their own (none). A table of our own, because Windows has no wcwidth()
 * and glibc's answers only in the locale that the environment names.
 *
 * Threads: pure. Memory: none.
 */

#include <stdint.h>

/* The columns of a character that is no control character: 0, 1 or 2. */
int width_of(uint32_t c);

#endif
