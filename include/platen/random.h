/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_RANDOM_H
#define PL_RANDOM_H

/*
 * Random: unpredictable bytes from the operating system. Without them nothing secret can be made,
 * so a failure is never papered over: these functions end the program with one sentence.
 *
 * Threads: any. Memory: none.
 */

#include <stddef.h>
#include <stdint.h>

#define PL_UUID_TEXT 37 /* with NUL */

void pl_random_bytes(void *ret_data, size_t n);

/* A number from 0 to limit - 1, every one equally likely; limit >= 1. */
uint64_t pl_random_below(uint64_t limit);

/* A version 4 UUID, lower case: "7f3c2a90-1e4b-4d68-a5c7-2b9f0e8d6134". */
void pl_random_uuid(char ret_text[static PL_UUID_TEXT]);

/* The same bytes in the shape that cryptographic libraries ask for; `arg` is ignored, returns 0. */
int pl_random_callback(void *arg, unsigned char *ret_data, size_t n);

#endif
