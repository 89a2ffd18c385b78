/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_WAIT_H
#define PL_OS_WAIT_H

/*
 * Wait: until something that the system signals comes, or a deadline, or a wake.
 *
 * Threads: any. Memory: none.
 */

#include "os/os.h"

/* Waits until `handle` (what pl_wake_handle() gives: a descriptor to be readable, an event on
 * Windows) is signalled. `wake` may be NULL. Returns PL_OK | PL_E_TIMEOUT | PL_E_CANCELLED (`wake`
 * is set) | PL_E_IO. */
enum pl_result pl_wait(intptr_t handle, int64_t by_ms, struct pl_wake *wake, struct pl_error *err);

#endif
