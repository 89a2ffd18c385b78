/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_USBIP_SESSION_H
#define VP_USBIP_SESSION_H

/* USB/IP session: the URBs of one kernel and one printer over one socket. Threads: the connection's
 * own. */

#include <stdbool.h>
#include <stddef.h>

#include "printer.h"

/* Runs until the kernel detaches or the socket is shut down. */
void usbip_session(int fd, struct vp_printer *printer);

/* All of `n` bytes, or false. */
bool usbip_receive(int fd, void *buf, size_t n);
bool usbip_send(int fd, const void *buf, size_t n);

#endif
