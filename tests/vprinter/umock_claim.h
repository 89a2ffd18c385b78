/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_UMOCK_CLAIM_H
#define VP_UMOCK_CLAIM_H

/*
 * Claims of the umockdev front end. All but umock_let_go() and umock_interface_count() return 0 or
 * an errno. Threads: umockdev's worker.
 */

#include <sys/ioctl.h>

#include <linux/usbdevice_fs.h>

#include "umock.h"

unsigned umock_interface_count(const struct umock_port *port);

/* CLAIMINTERFACE, RELEASEINTERFACE, GETDRIVER, IOCTL (DISCONNECT and CONNECT), DISCONNECT_CLAIM. */
int umock_claim(struct umock_port *port, UMockdevIoctlClient *client, unsigned interface);
int umock_release(struct umock_port *port, UMockdevIoctlClient *client, unsigned interface);
int umock_get_driver(struct umock_port *port, struct usbdevfs_getdriver *ask);
int umock_interface_ioctl(struct umock_port *port, const struct usbdevfs_ioctl *ask, int *result);
int umock_disconnect_claim(struct umock_port *port, UMockdevIoctlClient *client,
			   const struct usbdevfs_disconnect_claim *ask);

/* Whether the client may use an interface, or the interface of an endpoint, or send a control
 * request: what nobody holds is claimed on the way, as the kernel does. */
int umock_check(struct umock_port *port, UMockdevIoctlClient *client, int interface);
int umock_check_endpoint(struct umock_port *port, UMockdevIoctlClient *client, uint8_t endpoint);
int umock_check_control(struct umock_port *port, UMockdevIoctlClient *client,
			const uint8_t setup[8]);

/* Gives an interface up; the kernel then puts alternate setting 0 back. */
void umock_let_go(struct umock_port *port, unsigned interface);

#endif
