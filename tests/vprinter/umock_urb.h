/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_UMOCK_URB_H
#define VP_UMOCK_URB_H

/*
 * URBs of the umockdev front end: submitted by an ioctl, finished by a pipe, reaped by another
 * ioctl. Threads: submit, discard, reap, kill and forget on umockdev's worker; finishing on any.
 */

#include "umock.h"

/* Each returns 0 or an errno. `arg` is the client's pointer, `data` what it points to. */
int umock_urb_submit(struct umock_port *port, UMockdevIoctlClient *client, UMockdevIoctlData *arg,
		     UMockdevIoctlData *data);
int umock_urb_discard(struct umock_port *port, UMockdevIoctlClient *client, UMockdevIoctlData *arg);
int umock_urb_reap(struct umock_port *port, UMockdevIoctlClient *client, UMockdevIoctlData *data);
int umock_control(struct umock_port *port, UMockdevIoctlClient *client, UMockdevIoctlData *data,
		  int *result);

/* Ends the client's pending URBs on one interface, or on all (-1). */
void umock_urbs_kill(struct umock_port *port, UMockdevIoctlClient *client, int interface);

/* Drops what the client never reaped. */
void umock_urbs_forget(struct umock_port *port, UMockdevIoctlClient *client);

/* Whether the client's printer is still plugged in; in umock_usbfs.c. */
bool umock_is_there(struct umock_port *port, UMockdevIoctlClient *client);

#endif
