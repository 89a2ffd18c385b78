/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_FRONT_UMOCKDEV_H
#define VP_FRONT_UMOCKDEV_H

/*
 * umockdev front end: the printers exist for one command and its children, without USB hardware and
 * without root. sysfs, udev events and usbfs device nodes of a test bed; unmodified libusb programs
 * (lsusb, ipp-usb) see real devices.
 *
 * Threads: plug and unplug from any. Memory: vp_umockdev_destroy() after the command has ended.
 */

#include <platen/result.h>

#include "printer.h"

struct vp_umockdev;

/* Makes the test bed. Returns PL_OK | PL_E_IO. */
enum pl_result vp_umockdev_create(struct vp_umockdev **ret_front, struct pl_error *err);
void vp_umockdev_destroy(struct vp_umockdev *u);

/* Makes `printer` plug in and out here. Call before it is plugged. */
void vp_umockdev_add(struct vp_umockdev *u, struct vp_printer *printer);

/* The environment in which a command sees the printers, NULL-terminated; g_strfreev() it. */
char **vp_umockdev_environment(struct vp_umockdev *u);

#endif
