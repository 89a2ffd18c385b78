/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USB_CONTEXT_H
#define USB_CONTEXT_H

/*
 * Context: what all of usb/ shares: libusb, the one thread that handles its events, and the waits
 * that a stop has to end.
 *
 * The event thread sleeps in poll() until a transfer ends or a device comes or goes; every callback
 * of libusb runs on it. A thread that waits for a printer sleeps on a condition, so that nobody
 * fights for libusb's event lock. Threads: any. Memory: one struct pl_usb per program.
 */

#include <pthread.h>

#include <libusb.h>

#include "platen/usb.h"

/* Something to end when the program stops. `wake` is called once at most, with the lock held. */
struct usb_wait {
	void (*wake)(struct usb_wait *w);
	struct usb_wait *next, **link; /* the context's list */
};

struct pl_usb {
	libusb_context *libusb;
	pthread_t events;
	const struct pl_quirk_set *quirks; /* NULL: none */

	pthread_mutex_t lock;	/* guards what follows */
	struct usb_wait *waits; /* every wait for a printer there is now */
	bool interrupted;	/* no wait may begin any more */
	bool ending;		/* the event thread shall end */

	pthread_mutex_t watch_lock; /* guards what follows; held while `changed` runs */
	void (*changed)(void *arg);
	void *changed_arg;
	bool has_news;
	libusb_hotplug_callback_handle hotplug;
};

/* Enters a wait, with usb->lock held. False: the program stops, do not wait. */
bool usb_wait_enter(struct pl_usb *usb, struct usb_wait *w);
/* Leaves it, with usb->lock held. */
void usb_wait_leave(struct usb_wait *w);

/* Tells the watcher what happened since the last call; the event thread calls it. */
void usb_watch_report(struct pl_usb *usb);

/* Looks up what this device cannot bear; a platform's pl_usb_list() calls it for each. */
void usb_give_quirks(struct pl_usb *usb, struct pl_usb_device *dev);

/* Opens a device for one conversation; this resumes a suspended one. Returns PL_OK | PL_E_GONE |
 * PL_E_BUSY (the system is still setting it up) | PL_E_DENIED | PL_E_NO_MEMORY | PL_E_IO. */
enum pl_result usb_open(struct pl_usb *usb, const struct pl_usb_device *dev,
			libusb_device_handle **ret_handle, struct pl_error *err);

/* Writes who holds an interface; returns PL_E_BUSY. */
enum pl_result usb_is_held(uint8_t interface, const char *driver, struct pl_error *err);

/* Writes what went wrong ("cannot claim interface 1: …") for a code of libusb below 0. */
enum pl_result usb_failed(int code, struct pl_error *err, const char *what, ...) PL_PRINTF(3, 4);

#endif
