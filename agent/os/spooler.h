/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_SPOOLER_H
#define PL_OS_SPOOLER_H

/*
 * Spooler: what the PC's own print system says of a printer: which queues print to it and whether
 * they have jobs. CUPS is asked over its local socket (spooler_cups.c); asking wakes no printer.
 *
 * Threads: any; called from printers' threads, may take up to a second. Memory: values.
 */

#include "platen/span.h"
#include "platen/usb.h"

struct pl_queues {
	int count;	 /* queues whose device is this printer */
	int active_jobs; /* waiting or printing, all of these queues together */
	char name[64];	 /* of a queue with jobs, else of the first one */
};

/* `http_port`: where ipp-usb serves this printer, 0 for none; queues that print through it count
 * too. No spooler, or no answer from it: no queues. */
void pl_spooler_look(const struct pl_usb_device *dev, int http_port, struct pl_queues *ret_queues);

/* Hands one small document to a queue. Returns PL_OK (the queue has taken it) | PL_E_NOT_FOUND (no
 * spooler) | PL_E_REFUSED. May take 20 s. */
enum pl_result pl_spooler_print(const char *queue, const char *name, const char *format,
				struct pl_span document, struct pl_error *err);

#endif
