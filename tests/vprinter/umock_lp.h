/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_UMOCK_LP_H
#define VP_UMOCK_LP_H

/*
 * usblp under umockdev, the inside:
 *     umock_lp.c       binding, opening, closing, ioctls
 *     umock_lp_io.c    the bytes between pseudo terminal and pipe
 *     umock_lp_gate.c  who may open
 */

#include "umock.h"

#define MAX_LP 16

struct umock_lp {
	struct umock_port *port;
	struct umock_lp_gate *gate;
	unsigned interface;
	int number;
	int master, slave;
	UMockdevIoctlBase *base;
	char node[32]; /* "/dev/usb/lp0" */
	pthread_t reader, writer;

	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool stopping;
	int opens;	    /* descriptors open now */
	int64_t promise_ms; /* somebody may open until then */
	struct vp_transfer in, out;
	bool in_busy, out_busy;
	struct umock_lp *next; /* of the port's retired ones */
};

/* Printer -> client and client -> printer: the two threads, each with its struct umock_lp. */
void *umock_lp_read_loop(void *arg);
void *umock_lp_write_loop(void *arg);

/* Gives `lp` the lowest free number, by which the gate knows it; -1 when all are taken. */
int umock_lp_gate_take(struct umock_lp_gate *gate, struct umock_lp *lp);
/* Nobody reaches `lp` by its number any more; and, once its node is gone, the number is free. */
void umock_lp_gate_leave(struct umock_lp_gate *gate, struct umock_lp *lp);
void umock_lp_gate_return(struct umock_lp_gate *gate, int number);

#endif
