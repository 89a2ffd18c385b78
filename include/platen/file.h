/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_FILE_H
#define PL_FILE_H

/*
 * File: whole files, read within a bound and written so that a crash leaves the old one or the new
 * one, never half of each (temporary file, fsync, rename, fsync of the folder).
 *
 * Threads: any, on different paths. Memory: the caller's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/bytes.h"
#include "platen/result.h"

#define PL_MAX_PATH 512

enum pl_file_access {
	PL_FILE_SHARED, /* readable by all (0644) */
	PL_FILE_SECRET, /* this user only (0600; on Windows an ACL) */
};

/* What the system's error number means for a file: PL_E_NOT_FOUND | PL_E_DENIED | PL_E_FULL, and
 * PL_E_IO for all that nobody can say more of. */
enum pl_result pl_file_reason(int number);

/* Adds the file's content to `out`. A secret must not be readable by others: PL_E_DENIED if it is.
 * Returns PL_OK | PL_E_NOT_FOUND | PL_E_DENIED | PL_E_TOO_BIG (over out->max) | PL_E_IO. */
enum pl_result pl_file_read(const char *path, enum pl_file_access access, struct pl_bytes *out,
			    struct pl_error *err);

/* Replaces the file as a whole, durably. Returns PL_OK | PL_E_DENIED | PL_E_FULL | PL_E_IO. */
enum pl_result pl_file_write(const char *path, enum pl_file_access access, const void *data,
			     size_t n, struct pl_error *err);

/* Removes the file durably; a missing one is PL_OK. */
enum pl_result pl_file_remove(const char *path, struct pl_error *err);

/* Makes the folder (its parent exists) for this user only, or accepts the one that is there. */
enum pl_result pl_file_make_dir(const char *path, struct pl_error *err);

/* Writes "dir/name". Returns PL_OK | PL_E_TOO_BIG. */
enum pl_result pl_file_join(const char *dir, const char *name, char ret_path[static PL_MAX_PATH],
			    struct pl_error *err);

/* A file that only grows (a log that must survive a crash). Threads: one at a time. */
struct pl_append_file;

/* Opens or makes it; *ret_size is what it holds. Returns like pl_file_write(). */
enum pl_result pl_append_open(const char *path, enum pl_file_access access,
			      struct pl_append_file **ret_file, int64_t *ret_size,
			      struct pl_error *err);
void pl_append_close(struct pl_append_file *file); /* NULL is allowed */

/* Adds all of it durably or nothing. Returns PL_OK | PL_E_FULL | PL_E_IO. */
enum pl_result pl_append_add(struct pl_append_file *file, const void *data, size_t n,
			     struct pl_error *err);

/* Takes off everything behind the first `size` bytes. */
enum pl_result pl_append_cut(struct pl_append_file *file, int64_t size, struct pl_error *err);

/* Renames, replacing what `to` named. */
enum pl_result pl_file_rename(const char *from, const char *to, struct pl_error *err);

#endif
