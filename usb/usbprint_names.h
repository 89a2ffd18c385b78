/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USB_USBPRINT_NAMES_H
#define USB_USBPRINT_NAMES_H

/*
 * Names: what Windows' names of a USB device tell.
 *
 *     USB\VID_03F0&PID_0C17\CNB1234567     a serial number of the printer's own
 *     USB\VID_04F9&PID_0027\5&2AB1&0&2     none: Windows made one of the socket
 *
 * Threads: pure. Memory: the caller's.
 */

#include <stdbool.h>

#include "platen/usb.h"

/* Fills vendor, product and serial number; false where it is no name of a USB device. */
bool usbprint_read_instance(const char *instance, struct pl_usb_device *dev);

/* The socket, short and different for each on this PC: the controller's place on its bus, then the
 * ports on the way: "1400-2.3". "" where the location tells none. */
void usbprint_port_path(const char *location, char ret_path[static 32]);

/* The interface's number in "USB\VID_03F0&PID_0C17&MI_01\…"; 0 where there is no "MI_". */
uint8_t usbprint_interface_number(const char *instance);

/* The protocol in "USB\Class_07&SubClass_01&Prot_02"; 0 where it tells none. */
uint8_t usbprint_protocol(const char *compatible_id);

#endif
