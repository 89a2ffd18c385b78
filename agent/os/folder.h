/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_FOLDER_H
#define PL_OS_FOLDER_H

/*
 * Folder: the files of one that only the PC's administrator may write: what stands there is
 * trusted. Threads: any. Memory: paths live for the call.
 */

#include <stdbool.h>

#include "platen/file.h"

/* Calls `each` for every file whose name ends in `suffix` and does not begin with a dot, in order
 * of name, until it returns false. A missing folder has none. Returns PL_OK | PL_E_UNTRUSTED
 * (others than its owner may write the folder or one of these files; `each` has seen only those
 * before it) | PL_E_DENIED | PL_E_IO. */
enum pl_result pl_folder_each(const char *dir, const char *suffix,
			      bool (*each)(void *arg, const char *path), void *arg,
			      struct pl_error *err);

#endif
