/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USB_USBPRINT_H
#define USB_USBPRINT_H

/*
 * The USB view of a Windows PC: what usbprint.c and usbprint_stream.c share.
 *
 * Threads: any, with the lock. Memory: one per program.
 */

#include <pthread.h>

#include "usbprint_system.h"

#define USBPRINT_MAX (PL_MAX_USB_DEVICES * 2)

/* One open conversation, to be ended when the program stops. */
struct usbprint_open {
	struct usbprint_pipe *pipe;
	struct usbprint_open *next;
};

/* The protocol that printer and driver agreed on, asked once for as long as it stays plugged in. */
struct usbprint_agreed {
	char path[USBPRINT_MAX_PATH];
	uint8_t protocol;
	bool is_present;
};

struct pl_usb {
	const struct usbprint_system *system;
	const struct pl_quirk_set *quirks; /* NULL: none */

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t stopped;
	struct usbprint_open *open;
	struct usbprint_agreed agreed[USBPRINT_MAX];
	bool interrupted;
};

/* Opens a pipe and enters it among those that a stop ends; `open` is the caller's. */
enum pl_result usbprint_begin(struct pl_usb *usb, const char *path, bool alone,
			      struct usbprint_open *open, struct pl_error *err);
void usbprint_end(struct pl_usb *usb, struct usbprint_open *open);

/* Opens, asks one thing, closes. Returns what the system's open() and ask() return. */
enum pl_result usbprint_ask(struct pl_usb *usb, const char *path, enum usbprint_question question,
			    void *ret_data, size_t cap, int64_t by_ms, size_t *ret_n,
			    struct pl_error *err);

/* bInterfaceProtocol of USB Printer Class 1.1, as far as this driver speaks it. */
enum { USBPRINT_ONE_WAY = 1, USBPRINT_PIPE = 2, USBPRINT_IPP = 4 };

/* The protocol the driver uses with this interface. Windows before 1903 does not tell and has only
 * the print pipe; a sleeping printer is not opened for it, its first setting is told meanwhile. */
uint8_t usbprint_protocol_of(struct pl_usb *usb, const struct usbprint_interface *about);

/* Finds the device interface of this printer's interface as it is now, any of them where
 * `interface` is negative. Returns PL_OK | PL_E_GONE | PL_E_NO_MEMORY | PL_E_IO. */
enum pl_result usbprint_find(struct pl_usb *usb, const struct pl_usb_device *dev, int interface,
			     struct usbprint_interface *ret, struct pl_error *err);

enum usbprint_how {
	USBPRINT_SHARED, /* the spooler may open it meanwhile */
	USBPRINT_ALONE,
	USBPRINT_AFRESH /* alone, and what was half sent is forgotten first */
};

/* Opens a device interface as a stream and drains it. Returns PL_OK | PL_E_PROTOCOL (the printer
 * does not stop sending) | PL_E_NO_MEMORY | and what the system's open(), ask() and read() return.
 */
enum pl_result usbprint_stream(struct pl_usb *usb, const char *path, enum usbprint_how how,
			       struct pl_stream **ret_stream, struct pl_error *err);

#endif
