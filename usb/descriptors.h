/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USB_DESCRIPTORS_H
#define USB_DESCRIPTORS_H

/*
 * Descriptors: the bytes in which a device says what it is (USB 2.0 section 9.6), as Linux keeps
 * them in sysfs: the device descriptor, then every configuration with all that belongs to it.
 *
 * Printers lie in them: wrong total lengths, the same setting twice, a configuration value that
 * does not exist. Every byte is checked; what stands behind a lie that breaks the chain is not
 * believed. Threads: pure. Memory: none.
 */

#include "platen/usb.h"

/* Fills ids, configuration and settings of `dev` from `size` bytes. `configuration` is the value in
 * force, 0 where it is not known; a value that no descriptor bears counts as unknown, and then the
 * only configuration there is is taken. Returns PL_OK | PL_E_PROTOCOL (not even a device
 * descriptor; dev untouched). */
enum pl_result usb_read_descriptors(const uint8_t *bytes, size_t size, uint8_t configuration,
				    struct pl_usb_device *dev);

/* True for a device this project cares for: any class-7 setting, or vendor HTTP of a maker known to
 * build printers that show nothing else. */
bool usb_is_printer(const struct pl_usb_device *dev);

#endif
