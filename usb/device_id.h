/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USB_DEVICE_ID_H
#define USB_DEVICE_ID_H

/*
 * Device ID: the reply to GET_DEVICE_ID (USB Printer Class 1.1 section 4.2.1), a 16-bit big-endian
 * length that counts itself, then text:
 *
 *     00 1a "MFG:Brother;MDL:HL-5170;"
 *
 * Threads: pure. Memory: the span points into the reply.
 */

#include <stdint.h>

#include "platen/span.h"

#define USB_DEVICE_ID_SHORTEST 14 /* bytes with the length: less cannot name make and model */

/* The text of a reply of `size` bytes that really came; empty where it is shorter than any ID can
 * be. */
struct pl_span usb_device_id_text(const uint8_t *reply, size_t size);

/* Text that somebody else has taken out of a reply, by the same rules: up to the first NUL, without
 * blanks around it, empty where it is too short. */
struct pl_span usb_device_id_clean(struct pl_span text);

#endif
