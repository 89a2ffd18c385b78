/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_IPPUSB_H
#define PL_IPPUSB_H

/*
 * ipp-usb: Linux's daemon that owns IPP-over-USB printers and serves each on a loopback port, which
 * stands in the printer's state file and stays there when the printer or the daemon is gone:
 *
 *     /var/ipp-usb/dev/03f0-822a-00CNB8147086-HP-Color-LaserJet-MFP-M283.state: http-port = 60000
 *
 * It also tells its status on a control socket, which must not be asked: with two printers or more,
 * version 0.9.23 dies of the question, and every job that goes through it with it. Whether it
 * serves a port is read from the system's table of sockets instead.
 *
 * Threads: pure. Memory: the caller's.
 */

#include <stdbool.h>

#include "platen/span.h"
#include "platen/usb.h"

/* True when a state file of this name is this device's. */
bool pl_ippusb_is_state_of(const char *name, const struct pl_usb_device *dev);

/* True when `other`'s state file may be taken for this device's: it has the same numbers and the
 * same serial number, or this one has none, or one that `other`'s begins with. While both are
 * attached, nothing tells which port is whose. */
bool pl_ippusb_is_confusable(const struct pl_usb_device *dev, const struct pl_usb_device *other);

/* The port in a state file; 0 where there is none. */
int pl_ippusb_read_port(struct pl_span state);

/* True when a line of /proc/net/tcp or tcp6 is a socket of root's that listens on this port. */
bool pl_ippusb_is_listener(struct pl_span line, int port);

#endif
