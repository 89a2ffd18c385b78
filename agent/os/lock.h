/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_LOCK_H
#define PL_OS_LOCK_H

/*
 * Lock: one file per printer, so that the agent and a `platen probe`, or two of the latter, never
 * talk to a printer at the same time. It ends with the process that holds it, however that ends.
 *
 * Threads: any. Memory: pl_lock_release() frees.
 */

#include "platen/result.h"

struct pl_lock;

/* Takes the lock of this name (letters, digits and -_.: only), without waiting. Returns PL_OK |
 * PL_E_BUSY (another process, or another thread, has it) | PL_E_DENIED | PL_E_IO | PL_E_NO_MEMORY.
 */
enum pl_result pl_lock_take(const char *name, struct pl_lock **ret_lock, struct pl_error *err);
void pl_lock_release(struct pl_lock *lock); /* NULL is allowed */

#endif
