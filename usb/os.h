/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USB_OS_H
#define USB_OS_H

/*
 * What a platform brings to usb/: pl_usb_list(), pl_usb_owner(), pl_usb_owner_shown(),
 * pl_usb_may_use(), pl_usb_power(), pl_usb_traffic() and pl_usb_open_lp() of platen/usb.h, and the
 * functions below. CMake chooses the files.
 *
 * All may be called from any thread and none may wake a suspended device, except where the comment
 * says that it opens one.
 */

#include "platen/usb.h"

/* True while `dev` is still plugged in: the same socket and the same address. */
bool usb_os_is_attached(struct pl_usb *usb, const struct pl_usb_device *dev);

/* The device ID that the system read when the printer was plugged in: true for its identity, old
 * for its status. Returns PL_OK | PL_E_NOT_FOUND (the system keeps none) | PL_E_PROTOCOL (no ID can
 * be that short) | PL_E_TOO_BIG. */
enum pl_result usb_os_cached_device_id(struct pl_usb *usb, const struct pl_usb_device *dev,
				       uint8_t interface, char *ret_text, size_t cap,
				       size_t *ret_size);

/* Asks the kernel's printer driver for the port status; opens the device. Results as
 * pl_usb_port_status(). */
enum pl_result usb_os_port_status(struct pl_usb *usb, const struct pl_usb_device *dev,
				  uint8_t interface, uint8_t *ret_bits, struct pl_error *err);

#endif
