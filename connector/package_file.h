/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PACKAGE_FILE_H
#define PL_PACKAGE_FILE_H

/*
 * Package files: the bytes of a package, hashed and copied piece by piece; they may be hundreds of
 * megabytes. Threads: any, on different paths. Memory: one piece.
 */

#include "platen/file.h"
#include "platen/hash.h"

/* Reads a file from end to end. Returns PL_OK | PL_E_NOT_FOUND | PL_E_DENIED | PL_E_INVALID (empty,
 * or no file) | PL_E_TOO_BIG (over PL_MAX_PACKAGE) | PL_E_IO. */
enum pl_result pl_package_file_hash(const char *path, char ret_sha256[static PL_HASH_TEXT],
				    int64_t *ret_size, struct pl_error *err);

/* Copies a file to `to`, durably and as a whole. Returns as above | PL_E_FULL. */
enum pl_result pl_package_file_copy(const char *from, const char *to, struct pl_error *err);

#endif
