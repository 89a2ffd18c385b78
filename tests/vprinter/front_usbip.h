/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_FRONT_USBIP_H
#define VP_FRONT_USBIP_H

/*
 * USB/IP front end: a server to which a kernel with vhci_hcd attaches the printers: usbip attach -r
 * HOST -b 1-1. A printer that is unplugged is detached; plugged in again, it can be attached again.
 *
 * Threads: one per connection. Memory: vp_usbip_destroy(). Standard: Linux
 * Documentation/usb/usbip_protocol.rst, 1.1.1.
 */

#include <platen/result.h>

#include "rack.h"

struct vp_usbip;

/* Serves all printers of the rack on 127.0.0.1:port, bus ids "1-1" on. Returns PL_OK | PL_E_IO. */
enum pl_result vp_usbip_create(int port, struct vp_rack *rack, struct vp_usbip **ret_front,
			       struct pl_error *err);
void vp_usbip_destroy(struct vp_usbip *u);

#endif
