/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_CHECK_HOST_H
#define VP_CHECK_HOST_H

/*
 * Host: the bus side of a pipe in a test: transfers that are waited for.
 * Threads: the test's own. Memory: host_finish() ends what is pending.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipe.h"

struct host_transfer {
	struct vp_transfer t;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool done;
};

/* Submits; `endpoint` 0x81 is IN, 0x01 OUT. */
void host_submit(struct host_transfer *h, struct vp_pipe *p, uint8_t endpoint, void *data,
		 size_t n);

/* Waits until it is done, at most `ms`. */
bool host_wait(struct host_transfer *h, int ms);
void host_finish(struct host_transfer *h, struct vp_pipe *p);

/* Sends all of `data`; returns the status (0), or 1 when it is still pending after a second. */
int host_send(struct vp_pipe *p, const void *data, size_t n);

/* One IN transfer of `cap` bytes; returns its status, 1 when nothing ended it within `ms`. *ret_n:
 * bytes that came. */
int host_receive(struct vp_pipe *p, void *buf, size_t cap, int ms, size_t *ret_n);

#endif
