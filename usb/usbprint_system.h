/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USB_USBPRINT_SYSTEM_H
#define USB_USBPRINT_SYSTEM_H

/*
 * The calls of Windows that usbprint.c makes, as a table: usbprint_win32.c is the real one, tests
 * bring one of their own, so that the whole back-end runs without Windows and without a printer.
 *
 * usbprint.sys owns every class-7 interface and shows each as one device interface, in one setting:
 * the print pipe (7/1/2), or IPP over USB (7/1/4) where printer and driver agreed on that. Its
 * pipes cannot be seen, only written and read.
 *
 * Threads: list(), open(), watch() from any; a pipe belongs to one thread, but interrupt().
 * Memory: close() frees a pipe.
 */

#include "platen/usb.h"

#define USBPRINT_MAX_PATH 400

/* What usbprint.sys is asked by DeviceIoControl(). */
enum usbprint_question {
	USBPRINT_DEVICE_ID,   /* the reply to GET_DEVICE_ID, with its length in front */
	USBPRINT_PORT_STATUS, /* one byte */
	USBPRINT_SOFT_RESET,  /* no answer */
	USBPRINT_PROTOCOL     /* 32 bits, little-endian: 2 print pipe, 4 IPP over USB */
};

/* One device interface, as the Plug and Play manager tells it; nothing of it is asked from the
 * printer. */
struct usbprint_interface {
	char path[USBPRINT_MAX_PATH]; /* what open() takes */
	char device[200];   /* instance of the USB device: "USB\VID_03F0&PID_0C17\CNB1234567" */
	char location[200]; /* "PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(2)#USB(3)" */
	char product[PL_MAX_USB_TEXT]; /* iProduct; "" unknown */
	char port_name[32];	       /* of the spooler: "USB001"; "" unknown */
	uint8_t number;		       /* bInterfaceNumber */
	uint8_t protocol;	       /* bInterfaceProtocol of alternate setting 0; 0 unknown */
	enum pl_usb_power power;
};

struct usbprint_pipe;

struct usbprint_system {
	/* Returns PL_OK | PL_E_IO; what is more than `cap` is left out. */
	enum pl_result (*list)(struct usbprint_interface *ret, size_t cap, size_t *ret_count,
			       struct pl_error *err);

	/* `alone`: nobody else opens it meanwhile. Returns PL_OK | PL_E_BUSY | PL_E_GONE |
	 * PL_E_DENIED | PL_E_NO_MEMORY | PL_E_IO. */
	enum pl_result (*open)(const char *path, bool alone, struct usbprint_pipe **ret_pipe,
			       struct pl_error *err);
	void (*close)(struct usbprint_pipe *pipe);

	/* These wait until `by_ms`; what has not ended by then is called off first. Return PL_OK |
	 * PL_E_TIMEOUT (bytes may have moved: *ret_n is true) | PL_E_CANCELLED | PL_E_GONE |
	 * PL_E_UNSUPPORTED | PL_E_IO. */
	enum pl_result (*ask)(struct usbprint_pipe *pipe, enum usbprint_question question,
			      void *ret_data, size_t cap, int64_t by_ms, size_t *ret_n,
			      struct pl_error *err);
	enum pl_result (*read)(struct usbprint_pipe *pipe, void *ret_data, size_t cap,
			       int64_t by_ms, size_t *ret_n, struct pl_error *err);
	enum pl_result (*write)(struct usbprint_pipe *pipe, const void *data, size_t n,
				int64_t by_ms, size_t *ret_n, struct pl_error *err);

	/* Ends every wait of this pipe, now and later; any thread. */
	void (*interrupt)(struct usbprint_pipe *pipe);

	/* Calls `changed` from a thread of its own when an interface comes or goes. */
	enum pl_result (*watch)(void (*changed)(void *arg), void *arg, struct pl_error *err);
	void (*unwatch)(void); /* `changed` is not called any more once it has returned */
};

/* pl_usb_create() on the calls of `system`, which outlives it. */
enum pl_result usbprint_create(const struct usbprint_system *system, struct pl_usb **ret_usb,
			       struct pl_error *err);

#endif
