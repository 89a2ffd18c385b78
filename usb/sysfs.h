/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USB_SYSFS_H
#define USB_SYSFS_H

/*
 * Sysfs: what Linux already knows of every USB device. Reading it never wakes a printer.
 *
 *     /sys/bus/usb/devices/1-2/            busnum devnum descriptors serial urbnum
 * power/runtime_status /sys/bus/usb/devices/1-2:1.0/        interface 0 of configuration 1: driver
 * -> …/usblp ieee1284_id  usbmisc/lp0         both only while usblp has it
 *
 * `root` is USB_SYSFS; a test passes a folder of its own. Threads: any. Memory: the caller's.
 */

#include "platen/usb.h"

#define USB_SYSFS "/sys"

/* Lists printers as pl_usb_list() does, sorted by port. A PC without USB has none. */
enum pl_result usb_sysfs_list(const char *root, struct pl_usb_device *ret_devices, size_t cap,
			      size_t *ret_count, struct pl_error *err);

/* True while the same device (bus and address) is in the same socket. */
bool usb_sysfs_is_attached(const char *root, const struct pl_usb_device *dev);

enum pl_usb_power usb_sysfs_power(const char *root, const struct pl_usb_device *dev);

/* The kernel's count of the device's URBs; PL_USB_TRAFFIC_UNKNOWN. */
int64_t usb_sysfs_traffic(const char *root, const struct pl_usb_device *dev);

/* What a driver's name means for us. */
enum pl_usb_owner usb_owner_of(const char *driver);

/* By the driver link. PL_USB_OWNER_UNKNOWN where sysfs does not know this interface. */
enum pl_usb_owner usb_sysfs_owner(const char *root, const struct pl_usb_device *dev,
				  uint8_t interface, char ret_name[static 32]);

/* The device ID that usblp read when it was bound; results as usb_os_cached_device_id(). */
enum pl_result usb_sysfs_device_id(const char *root, const struct pl_usb_device *dev,
				   uint8_t interface, char *ret_text, size_t cap, size_t *ret_size);

/* The name of usblp's node ("lp0") of an interface. False: usblp does not have it. */
bool usb_sysfs_lp_name(const char *root, const struct pl_usb_device *dev, uint8_t interface,
		       char ret_name[static 16]);

#endif
