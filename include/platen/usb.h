/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_USB_H
#define PL_USB_H

/*
 * USB: printers on this PC as devices, and one interface of one printer as a stream.
 * A printer usually has several interfaces, each with alternate settings (triple
 * class/subclass/protocol):
 *
 *     interface 0  alt 0  7/1/2   classic print pipe: the kernel's usblp or CUPS own it
 *                  alt 1  7/1/4   IPP over USB; selecting it takes the print pipe away
 *     interface 1  alt 0  ff/4/1  vendor HTTP (LEDM, EWS)
 *                  alt 1  7/1/4   IPP over USB, harmless to printing: this is what we lease
 *
 * The rules (ARCHITECTURE.md, "Printing outranks us"): no SET_CONFIGURATION, no reset, no driver is
 * detached (but usblp, for a firmware update), a print pipe is never claimed through usbfs for
 * telemetry, and no descriptor stays open between conversations. Only this folder knows libusb. It
 * does not log: it returns reasons.
 *
 * Threads: struct pl_usb from any thread, each stream from one. Memory: devices are plain values.
 * Standards: USB 2.0 chapter 9; USB Printer Class 1.1; IPP over USB 1.0.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/quirks.h"
#include "platen/result.h"
#include "platen/stream.h"

#define PL_MAX_USB_DEVICES  64
#define PL_MAX_USB_SETTINGS 32
#define PL_MAX_USB_TEXT	    128
#define PL_MAX_USB_DEVICEID 4094 /* more makes some printers and Windows fail */

/* One alternate setting of one interface. */
struct pl_usb_setting {
	uint8_t interface, alternate;
	uint8_t class_code, subclass, protocol;
	uint8_t ep_in, ep_out; /* bulk endpoint addresses, 0 where there is none */
	uint16_t in_packet_size, out_packet_size; /* wMaxPacketSize, bytes */
};

struct pl_usb_device {
	uint16_t vendor_id, product_id;
	uint8_t bus, address;
	uint8_t configuration;	     /* bConfigurationValue in force */
	uint8_t configuration_index; /* 0-based, what GET_DEVICE_ID wants in wValue */
	char port_path[32];	     /* "1-2.3": stable while it stays in this socket */
	char port_name[32]; /* the port that Windows' spooler prints to: "USB001"; "" elsewhere */
	char manufacturer[PL_MAX_USB_TEXT]; /* string descriptors, UTF-8, "" where there is none */
	char product[PL_MAX_USB_TEXT];
	char serial[PL_MAX_USB_TEXT];
	struct pl_usb_setting settings[PL_MAX_USB_SETTINGS]; /* sorted by interface, alternate */
	size_t setting_count;
	struct pl_quirks quirks; /* what this model cannot bear */
};

enum pl_usb_owner {
	PL_USB_OWNER_NONE,  /* no driver is bound */
	PL_USB_OWNER_USBLP, /* the kernel's printer driver */
	PL_USB_OWNER_USBFS, /* some program holds it through libusb: in use */
	PL_USB_OWNER_OTHER, /* another kernel driver (usb-storage, usbprint on Windows, …) */
	PL_USB_OWNER_UNKNOWN
};

enum pl_usb_power { PL_USB_POWER_UNKNOWN, PL_USB_POWER_ACTIVE, PL_USB_POWER_SUSPENDED };

/* IEEE 1284 port status, USB Printer Class 1.1 section 4.2.2. */
#define PL_USB_PORT_PAPER_EMPTY 0x20
#define PL_USB_PORT_SELECTED	0x10
#define PL_USB_PORT_NO_ERROR	0x08

struct pl_usb;

/* Opens the USB view of this PC. Returns PL_OK | PL_E_DENIED | PL_E_IO. */
enum pl_result pl_usb_create(struct pl_usb **ret_usb, struct pl_error *err);
void pl_usb_destroy(struct pl_usb *usb); /* after every stream is closed and the watch has ended */

/* Ends every wait for a printer, those of now and those to come: reads, writes and requests return
 * PL_E_CANCELLED at once. For a program that stops; from any thread. */
void pl_usb_interrupt(struct pl_usb *usb);

/* Gives listed printers their quirks from `set`, which outlives `usb`. Before the first list. */
void pl_usb_use_quirks(struct pl_usb *usb, const struct pl_quirk_set *set);

/* Lists the printers attached now: every device with a class-7 setting or a vendor HTTP setting of
 * a known printer. Reads only cached descriptors and sysfs; a sleeping printer is not woken. A
 * device whose descriptors lie is listed as far as they can be trusted. Returns PL_OK (*ret_count
 * may be 0) | PL_E_IO. */
enum pl_result pl_usb_list(struct pl_usb *usb, struct pl_usb_device *ret_devices, size_t cap,
			   size_t *ret_count, struct pl_error *err);

/* Calls `changed` (from a thread of usb/'s own) whenever a printer may have come or gone; the
 * callee wakes somebody who lists again: several events may come as one. Also called once at start.
 * That thread ends every transfer, so `changed` returns at once: it asks no printer and does not
 * call pl_usb_unwatch(). One watch at a time. Returns PL_OK | PL_E_IO | PL_E_NO_MEMORY
 * | PL_E_UNSUPPORTED. */
enum pl_result pl_usb_watch(struct pl_usb *usb, void (*changed)(void *arg), void *arg,
			    struct pl_error *err);
void pl_usb_unwatch(struct pl_usb *usb); /* after it returns, `changed` is not called any more */

/* Who holds this interface now, from the driver link in sysfs and USBDEVFS_GETDRIVER; opens nothing
 * that would wake a suspended device. `ret_name` gets the driver's name ("usblp"), "" where there
 * is none. PL_USB_OWNER_UNKNOWN: the device has left, or nobody can tell. */
enum pl_usb_owner pl_usb_owner(struct pl_usb *usb, const struct pl_usb_device *dev,
			       uint8_t interface, char ret_name[static 32]);

/* The same from sysfs alone: opens nothing, which would put off a printer's falling asleep. A claim
 * may be a moment old before it shows here. */
enum pl_usb_owner pl_usb_owner_shown(struct pl_usb *usb, const struct pl_usb_device *dev,
				     uint8_t interface, char ret_name[static 32]);

/* Whether this process may use the device at all, by the permissions of its node; opens nothing.
 * Returns PL_OK | PL_E_DENIED | PL_E_GONE. */
enum pl_result pl_usb_may_use(struct pl_usb *usb, const struct pl_usb_device *dev,
			      struct pl_error *err);

/* Runtime power state, from sysfs; never wakes the device. */
enum pl_usb_power pl_usb_power(struct pl_usb *usb, const struct pl_usb_device *dev);

#define PL_USB_TRAFFIC_UNKNOWN (-1)

/* How many transfers the kernel has made with this device since it was plugged in, whoever wanted
 * them; from sysfs, never wakes the device. Two numbers are compared: where they differ, somebody
 * talked to the printer in between. PL_USB_TRAFFIC_UNKNOWN where the system does not count. */
int64_t pl_usb_traffic(struct pl_usb *usb, const struct pl_usb_device *dev);

/* Reads the IEEE 1284 device ID of a class-7 setting: the text behind the 16-bit length prefix,
 * into `ret_text` (NUL-terminated), its bytes in *ret_size. Asks the device without a claim (wIndex
 * = interface << 8 | alternate), which disturbs nobody. The ID that sysfs keeps was read when the
 * printer was plugged in, so its status is old: it is the answer only where the printer sleeps
 * (asking would wake it) or does not tell. A little-endian or lying length is tolerated (CUPS does
 * the same). Returns PL_OK | PL_E_PROTOCOL (shorter than any ID can be) | PL_E_UNSUPPORTED (STALL)
 * | PL_E_BUSY (it sleeps) | PL_E_INVALID (not class 7) | PL_E_TOO_BIG | PL_E_TIMEOUT | PL_E_GONE |
 * PL_E_DENIED | PL_E_CANCELLED | PL_E_IO. */
enum pl_result pl_usb_device_id(struct pl_usb *usb, const struct pl_usb_device *dev,
				const struct pl_usb_setting *setting, int64_t by_ms, char *ret_text,
				size_t cap, size_t *ret_size, struct pl_error *err);

/* Reads the port status bits of a class-7 setting. With usblp bound it asks usblp (LPGETSTATUS,
 * which opens /dev/usb/lpN for a moment and waits at most the driver's own 5 s); with no driver
 * bound it claims the interface for a moment, so the caller makes sure that nobody is about to
 * print; never otherwise. Returns PL_OK | PL_E_BUSY (somebody holds it, or it sleeps) |
 * PL_E_UNSUPPORTED | PL_E_INVALID (not class 7) | PL_E_TIMEOUT | PL_E_GONE | PL_E_DENIED |
 * PL_E_PROTOCOL | PL_E_CANCELLED | PL_E_IO. */
enum pl_result pl_usb_port_status(struct pl_usb *usb, const struct pl_usb_device *dev,
				  const struct pl_usb_setting *setting, int64_t by_ms,
				  uint8_t *ret_bits, struct pl_error *err);

/* Leases one interface as a stream for one conversation: claims it, selects the alternate setting,
 * drains what an earlier user left unread, and on close puts alternate setting 0 back and releases
 * it. Opening wakes a suspended printer: ask pl_usb_power() first. Refuses (PL_E_BUSY) when any
 * driver or program is bound to that interface, and (PL_E_INVALID) every setting of an interface
 * that has the print pipe (7/1/1, 7/1/2) among its settings, unless `allow_print_pipe`. Returns
 * PL_OK | PL_E_BUSY | PL_E_DENIED | PL_E_GONE | PL_E_INVALID | PL_E_PROTOCOL (it does not stop
 * sending) | PL_E_UNSUPPORTED (it refuses the setting) | PL_E_TIMEOUT | PL_E_CANCELLED |
 * PL_E_NO_MEMORY | PL_E_IO. */
enum pl_result pl_usb_lease(struct pl_usb *usb, const struct pl_usb_device *dev,
			    const struct pl_usb_setting *setting, bool allow_print_pipe,
			    int64_t by_ms, struct pl_stream **ret_stream, struct pl_error *err);

/* Takes the print pipe for a firmware update, usblp's place included: it is claimed in one step
 * with taking the driver off, which fails where a program holds the interface instead of throwing
 * it out (USBDEVFS_DISCONNECT_CLAIM). CUPS, when it wants to print, finds the interface taken,
 * waits and tries again. `afresh`: SOFT_RESET first, for a printer in
 * which an earlier stream broke off: it forgets what it had of it. On close the driver is bound
 * anew. For nothing else: telemetry leases. Returns as pl_usb_lease() | PL_E_INVALID (no print
 * pipe). */
enum pl_result pl_usb_take_pipe(struct pl_usb *usb, const struct pl_usb_device *dev,
				const struct pl_usb_setting *setting, bool afresh, int64_t by_ms,
				struct pl_stream **ret_stream, struct pl_error *err);

/* Waits until `by_ms`, for a printer that wants a pause. Returns PL_OK | PL_E_CANCELLED. */
enum pl_result pl_usb_pause(struct pl_usb *usb, int64_t by_ms, struct pl_error *err);

/* Opens the kernel's usblp node of that interface (/dev/usb/lpN) as a stream: exclusive, short, for
 * PJL. Opening wakes a suspended printer: ask pl_usb_power() first. ENOENT, ENODEV, EIO and EBUSY
 * all mean "printing": PL_E_BUSY, also from a read or write of the stream, for CUPS may take the
 * driver away at any time. Returns PL_OK | PL_E_BUSY | PL_E_GONE | PL_E_DENIED | PL_E_UNSUPPORTED
 * (no usblp here) | PL_E_CANCELLED | PL_E_NO_MEMORY | PL_E_IO. */
enum pl_result pl_usb_open_lp(struct pl_usb *usb, const struct pl_usb_device *dev,
			      uint8_t interface, struct pl_stream **ret_stream,
			      struct pl_error *err);

static inline bool pl_usb_is_print_pipe(const struct pl_usb_setting *s)
{
	return s->class_code == 7 && s->subclass == 1 && (s->protocol == 1 || s->protocol == 2);
}

static inline bool pl_usb_is_ipp(const struct pl_usb_setting *s)
{
	return s->class_code == 7 && s->subclass == 1 && s->protocol == 4;
}

/* Vendor interfaces that speak HTTP on printers: HP's ff/4/1, ff/cc/0 and ff/9/1. */
static inline bool pl_usb_is_vendor_http(const struct pl_usb_setting *s)
{
	return s->class_code == 0xff && ((s->subclass == 4 && s->protocol == 1) ||
					 (s->subclass == 0xcc && s->protocol == 0) ||
					 (s->subclass == 9 && s->protocol == 1));
}

#endif
