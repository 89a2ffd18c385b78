/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_WIDE_H
#define PL_WIDE_H

/*
 * Wide: UTF-8, which all of Platen speaks, to Windows' UTF-16 and back. Windows only.
 *
 * Threads: any. Memory: the caller's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

#include "platen/result.h"

#define PL_MAX_WIDE 1024 /* characters of a path, with NUL */

/* False: it does not fit, or is no UTF-8; ret_text is "" then. */
bool pl_wide_of(const char *text, wchar_t *ret_text, size_t cap);

/* What does not fit is cut off; what is no UTF-16 becomes U+FFFD. */
void pl_wide_to_utf8(const wchar_t *text, char *ret_text, size_t cap);

/* Writes "what path: the system's sentence" for a code of GetLastError(); returns the result that
 * fits it. */
enum pl_result pl_wide_failed(unsigned long code, struct pl_error *err, const char *what,
			      const char *path);

#endif
