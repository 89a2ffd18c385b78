/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_NOTIFY_H
#define PL_NOTIFY_H

/*
 * Notify: tells the service manager how far the server is, in systemd's words, over the datagram
 * socket it names in NOTIFY_SOCKET. Without one, nothing happens.
 *
 *     pl_notify("READY=1");
 *
 * Threads: any. Memory: none.
 */

/* Sends one message; a manager that does not listen is no reason to fail. */
void pl_notify(const char *message);

/* "RELOADING=1" with the moment that systemd wants beside it. */
void pl_notify_reloading(void);

#endif
