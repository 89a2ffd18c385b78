/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_TRANSFER_H
#define VP_TRANSFER_H

/*
 * Transfer: one USB transfer on its way between a front end (the bus) and a printer.
 * It is a kernel URB without the kernel: the front ends fill it in, the printer moves bytes and
 * sets what the host would see.
 *
 * Threads: owned by the front end until submitted, by the printer until `done` is called.
 */

#include <stddef.h>
#include <stdint.h>

struct vp_transfer {
	uint8_t endpoint; /* 0: control; else the address with its direction bit */
	uint8_t setup[8]; /* of a control transfer */
	uint8_t *data;	  /* data stage, or bulk data; owned by the front end */
	size_t size;	  /* bytes at data */
	size_t actual;	  /* bytes moved so far */
	int status;	  /* 0 or a negative errno, as in a kernel URB */
	/* Called exactly once, by any thread, with no lock held; perhaps before submit returns. */
	void (*done)(struct vp_transfer *t);
	void *owner;		  /* the front end's own */
	struct vp_transfer *next; /* link of whoever holds it */
};

/* Appends to a list linked by `next`. */
static inline void vp_transfer_append(struct vp_transfer **list, struct vp_transfer *t)
{
	while (*list)
		list = &(*list)->next;
	t->next = NULL;
	*list = t;
}

/* Takes `t` out of a list; 1 when it was there. */
static inline int vp_transfer_remove(struct vp_transfer **list, struct vp_transfer *t)
{
	for (; *list; list = &(*list)->next) {
		if (*list != t)
			continue;
		*list = t->next;
		t->next = NULL;
		return 1;
	}
	return 0;
}

/* Calls done() of every transfer of a list. */
static inline void vp_transfer_finish_all(struct vp_transfer *list)
{
	while (list) {
		struct vp_transfer *t = list;

		list = t->next;
		t->next = NULL;
		t->done(t);
	}
}

#endif
