/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

/* A folder of a test's own, gone with everything in it when the test program ends. */

#include <stddef.h>

/* Writes the path of `name` in the folder. */
void scratch_path(const char *name, char *ret_path, size_t cap);

/* Writes a whole file there, readable by this user only, and returns its path in ret_path. */
void scratch_write(const char *name, const void *data, size_t n, char *ret_path, size_t cap);

#endif
