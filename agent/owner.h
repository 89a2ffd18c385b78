/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OWNER_H
#define PL_OWNER_H

/*
 * Owner: who has this printer just now, and may we talk to it? Printing, scanning and faxing
 * outrank us: while any program holds an interface, or a job is on its way, only what disturbs
 * nobody is read.
 *
 * Threads: any. Memory: values.
 */

#include "reading.h"

struct pl_occupancy {
	enum pl_owner owner;
	bool busy;	   /* somebody uses it: tier 0 only */
	bool pipe_is_free; /* the print pipe may be leased: no driver bound, no queue prints to it
			    */
	int http_port;	   /* ipp-usb has it and passes HTTP on at 127.0.0.1; 0: no */
	char queue[64];	   /* a queue of this PC that prints to it; "" none */
	char note[PL_MAX_ERROR]; /* why not, for the person at the PC; "" none */
};

/* Looks at drivers, programs and the local spooler. Opens nothing that would wake the printer. */
void pl_owner_look(struct pl_usb *usb, const struct pl_usb_device *dev,
		   struct pl_occupancy *ret_occupancy);

/* The same without opening anything at all, for a printer that sleeps or should: who holds it may
 * show a moment later. */
void pl_owner_glance(struct pl_usb *usb, const struct pl_usb_device *dev,
		     struct pl_occupancy *ret_occupancy);

/* The print pipe (7/1/2, else 7/1/1) of a device; NULL where it has none. */
const struct pl_usb_setting *pl_owner_print_pipe(const struct pl_usb_device *dev);

/* True where a driver of the system has the print pipe and lends it between two jobs: usblp to one
 * at a time, usbprint to whoever opens it, so the spooler is asked first. */
static inline bool pl_owner_lends_pipe(enum pl_owner owner)
{
	return owner == PL_OWNER_USBLP || owner == PL_OWNER_USBPRINT;
}

#endif
