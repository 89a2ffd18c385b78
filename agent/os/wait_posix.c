/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that waits on sockets and pipes. */
#include "os/wait_posix.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "platen/clock.h"

enum pl_result pl_wait_fd(int fd, short events, int64_t by_ms, struct pl_wake *wake,
			  struct pl_error *err)
{
	struct pollfd fds[2] = { { .fd = fd, .events = events },
				 { .fd = wake ? (int)pl_wake_handle(wake) : -1,
				   .events = POLLIN } };

	for (;;) {
		int n = poll(fds, 2, by_ms == PL_FOREVER ? -1 : pl_clock_left_ms(by_ms));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return pl_error_set(err, PL_E_IO, "cannot wait: %s", strerror(errno));
		if (fds[1].revents)
			return pl_error_set(err, PL_E_CANCELLED, "stopped");
		if (fds[0].revents)
			return PL_OK;
		if (pl_clock_left_ms(by_ms) == 0)
			return pl_error_set(err, PL_E_TIMEOUT, "no answer in time");
	}
}

enum pl_result pl_wait(intptr_t handle, int64_t by_ms, struct pl_wake *wake, struct pl_error *err)
{
	return pl_wait_fd((int)handle, POLLIN, by_ms, wake, err);
}
