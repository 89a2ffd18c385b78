/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_IPPUSB_H
#define PL_IPPUSB_H

/*
 * ipp-usb: Linux's daemon that owns IPP-over-USB printers and serves each on a loopback port. It
 * says which in a table for people, newer versions with the port, older ones (0.9.23) without; then
 * the port stands in the printer's state file:
 *
 *      Num  Device              Vndr:Prod  Port  Model
 *        1. Bus 001 Device 002  03f0:822a  60000 "HP Color LaserJet MFP M283"
 *           status: OK
 *     /var/ipp-usb/dev/03f0-822a-00CNB8147086-HP-Color-LaserJet-MFP-M283.state: http-port = 60000
 *
 * Threads: pure. Memory: the caller's.
 */

#include <stdbool.h>

#include "platen/span.h"
#include "platen/usb.h"

#define PL_MAX_IPPUSB_STATUS 80

struct pl_ippusb_row {
	bool listed;			   /* the daemon knows this device */
	int port;			   /* 0: not told here */
	char status[PL_MAX_IPPUSB_STATUS]; /* "OK", or why it does not serve it */
};

/* Finds a device in the daemon's status page, by bus, address and USB numbers. */
void pl_ippusb_read_status(struct pl_span page, const struct pl_usb_device *dev,
			   struct pl_ippusb_row *ret_row);

/* True when a state file of this name is this device's. */
bool pl_ippusb_is_state_of(const char *name, const struct pl_usb_device *dev);

/* The port in a state file; 0 where there is none. */
int pl_ippusb_read_port(struct pl_span state);

#endif
