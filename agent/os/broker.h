/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_BROKER_H
#define PL_OS_BROKER_H

/*
 * Broker: a program of this PC that owns a printer for good and passes HTTP on to it: ipp-usb on
 * Linux. Its way is used, not fought.
 *
 * Threads: any; may take up to two seconds. Memory: values.
 */

#include "ippusb.h"

struct pl_broker {
	bool holds; /* this printer is its */
	int port;   /* HTTP on 127.0.0.1; 0: it does not serve this printer */
	char status[PL_MAX_IPPUSB_STATUS]; /* what it says of the printer, "OK" */
};

/* Asks the broker about one device. No broker, or no answer from it: it does not hold it. */
void pl_broker_look(const struct pl_usb_device *dev, struct pl_broker *ret_broker);

#endif
