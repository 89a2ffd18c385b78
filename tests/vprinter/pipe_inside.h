/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_PIPE_INSIDE_H
#define VP_PIPE_INSIDE_H

/* The inside of a pipe, shared by pipe.c (the bus side) and pipe_printer.c (the printer's side). */

#include <pthread.h>
#include <stdio.h>

#include <platen/bytes.h>

#include "pipe.h"

#define MAX_OUT (64 * 1024)  /* bytes the printer buffers before it says NAK */
#define MAX_IN	(256 * 1024) /* bytes of answers that wait for the host */

/* One message on its way to the host. */
struct message {
	struct message *next;
	size_t size, at;
	bool empty;  /* a zero-length packet */
	bool babble; /* a packet that never fits */
	uint8_t data[];
};

struct vp_pipe {
	struct vp_pipe_config config;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	struct vp_transfer *in_list, *out_list; /* pending, oldest first */
	struct message *in_first, *in_last;
	size_t in_waiting; /* bytes in those messages */
	struct pl_bytes out;
	uint64_t out_total; /* bytes ever taken from the host */
	bool halted_in, halted_out, hold, poked, ended;
	unsigned resets, seen_resets;
	FILE *raw_out, *raw_in;
};

/* Moves what can move, gives up the lock that the caller holds, and finishes what is done. */
void vp_pipe_pump_and_unlock(struct vp_pipe *p);

#endif
