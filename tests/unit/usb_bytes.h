/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_USB_BYTES_H
#define TEST_USB_BYTES_H

/* Descriptors of virtual devices, written as bytes, for the tests of usb/. */

#define DEVICE(vid, pid, configurations)                                                           \
	18, 1, 0x00, 0x02, 0, 0, 0, 64, (vid)&0xff, (vid) >> 8, (pid)&0xff, (pid) >> 8, 0x00,      \
		0x01, 1, 2, 3, (configurations)
#define CONFIGURATION(value, interfaces, total)                                                    \
	9, 2, (total)&0xff, (total) >> 8, (interfaces), (value), 0, 0xc0, 1
#define INTERFACE(number, alternate, c, s, p) 9, 4, (number), (alternate), 2, (c), (s), (p), 0
#define BULK(address, size)		      7, 5, (address), 2, (size)&0xff, (size) >> 8, 0
#define INTERRUPT(address)		      7, 5, (address), 3, 8, 0, 10
#define INFO				      10, 0x21, 0x00, 0x01, 1, 0, 1, 0, 0, 0 /* of IPP over USB */

/* A composite printer: print pipe, and two interfaces for vendor HTTP or IPP. */
#define MFP_CONFIGURATION(value)                                                                   \
	CONFIGURATION(value, 3, 157), INTERFACE(0, 0, 7, 1, 2), BULK(0x01, 512), BULK(0x81, 512),  \
		INTERFACE(0, 1, 7, 1, 4), INFO, BULK(0x01, 512), BULK(0x81, 512),                  \
		INTERFACE(1, 0, 0xff, 4, 1), INTERRUPT(0x84), BULK(0x02, 512), BULK(0x82, 512),    \
		INTERFACE(1, 1, 7, 1, 4), INFO, BULK(0x02, 512), BULK(0x82, 512)

#endif
