/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USB_TRANSFER_H
#define USB_TRANSFER_H

/*
 * Transfer: one exchange with an endpoint, waited for to its end, and the wait that a printer with
 * nothing to say needs. A time-out may have moved bytes: ret_n is true in every case.
 *
 * Results of all three are codes of libusb (0, LIBUSB_ERROR_TIMEOUT, _PIPE for a STALL, _OVERFLOW,
 * _NO_DEVICE, …), LIBUSB_ERROR_INTERRUPTED when the program stops; usb_failed() words them.
 * Threads: any. Memory: the caller's buffers, borrowed until the call returns.
 */

#include "context.h"

/* Moves up to `n` bytes from or to a bulk endpoint within `ms` (> 0) milliseconds. Of an IN
 * endpoint, `n` is a multiple of 1024 so that no packet can overflow the buffer; of an OUT
 * endpoint, `flags` may say LIBUSB_TRANSFER_ADD_ZERO_PACKET. */
int usb_bulk(struct pl_usb *usb, libusb_device_handle *handle, uint8_t endpoint, void *buf,
	     size_t n, uint8_t flags, int ms, size_t *ret_n);

/* Asks with a class request to an interface; `cap` bytes of answer at most, at most
 * USB_CONTROL_MAX. */
#define USB_CONTROL_MAX 4094
int usb_class_request(struct pl_usb *usb, libusb_device_handle *handle, uint8_t request,
		      uint16_t value, uint16_t index, void *buf, size_t cap, int ms, size_t *ret_n);

/* SOFT_RESET of the printer class: the interface's buffers are emptied, what was half sent is
 * forgotten. First as USB Printer Class 1.0 addresses it, then as 1.1 does. */
int usb_soft_reset(struct pl_usb *usb, libusb_device_handle *handle, uint8_t interface, int ms);

/* Sleeps; 0, or LIBUSB_ERROR_INTERRUPTED. */
int usb_sleep(struct pl_usb *usb, int ms);

#endif
