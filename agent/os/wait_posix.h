/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_WAIT_POSIX_H
#define PL_OS_WAIT_POSIX_H

#include "os/wait.h"

/* Waits until `fd` has one of `events` (POLLIN, POLLOUT), also for its end or its error. Results as
 * pl_wait(). */
enum pl_result pl_wait_fd(int fd, short events, int64_t by_ms, struct pl_wake *wake,
			  struct pl_error *err);

#endif
