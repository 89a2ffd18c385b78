/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PASSWORD_H
#define PL_PASSWORD_H

/*
 * Passwords of administrators: argon2id, 19 MiB, 2 passes. About 30 ms: call from a worker, never
 * from a thread that serves connections. Threads: any. Memory: 19 MiB while it runs.
 */

#include <stdbool.h>

#include "platen/result.h"

#define PL_PASSWORD_HASH_TEXT 128
#define PL_MIN_PASSWORD	      12
#define PL_MAX_PASSWORD	      1024

/* Writes "$argon2id$v=19$…". Returns PL_OK | PL_E_INVALID (shorter than 12 bytes or longer than
 * 1024) | PL_E_NO_MEMORY. */
enum pl_result pl_password_hash(const char *password, char ret_hash[static PL_PASSWORD_HASH_TEXT],
				struct pl_error *err);

/* True when the password is the one of `hash`. A NULL hash (no such user) takes just as long and is
 * false. */
bool pl_password_matches(const char *hash, const char *password);

#endif
