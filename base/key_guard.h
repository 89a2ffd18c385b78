/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_KEY_GUARD_H
#define BASE_KEY_GUARD_H

/*
 * Key guard: how the seal's key stands in its file. Where the system can protect it better than the
 * file's owner does, it does: a copy of the disk does not open what is sealed on Windows.
 *
 * Threads: any. Memory: the caller's.
 */

#include "platen/bytes.h"
#include "platen/seal.h"

#define KEY_GUARD_MAX 1024 /* bytes of the file */

/* Appends what the file is to hold. Returns PL_OK | PL_E_TOO_BIG | PL_E_NO_MEMORY | PL_E_IO. */
enum pl_result key_guard_lock(const uint8_t key[static PL_SEAL_KEY_SIZE], struct pl_bytes *out,
			      struct pl_error *err);

/* Takes the key out of it. Returns PL_OK | PL_E_PROTOCOL (no key is in it) | PL_E_UNTRUSTED (it is
 * another PC's). */
enum pl_result key_guard_open(struct pl_span file, uint8_t ret_key[static PL_SEAL_KEY_SIZE],
			      struct pl_error *err);

#endif
