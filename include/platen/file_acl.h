/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_FILE_ACL_H
#define PL_FILE_ACL_H

/*
 * File ACL: who may touch a file on Windows, in the terms of POSIX: its owner, and others. The
 * system itself (SYSTEM, Administrators, TrustedInstaller) and the user this process runs as are no
 * others. Windows only.
 *
 * Threads: any. Memory: descriptors are freed by LocalFree().
 */

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

enum pl_file_right { PL_FILE_OTHERS_READ, PL_FILE_OTHERS_WRITE };

/* True when somebody else may do it, or when nobody can tell. */
bool pl_file_others_may(const wchar_t *path, enum pl_file_right right);

/* The SID of the user this process runs as, "S-1-5-20"; false: nobody can tell. */
bool pl_file_this_user(wchar_t *ret_sid, size_t cap);

/* Of a SID, and of a caller's token: this process' own user; an administrator whose rights are
 * elevated, the system, or this process' own user. */
bool pl_file_is_this_user(void *sid);
bool pl_file_is_trusted_token(void *token);

/* A security descriptor for what only this user and the system may open (`secret`), or also
 * everybody may read; NULL: out of memory. */
void *pl_file_descriptor(bool secret);

#endif
