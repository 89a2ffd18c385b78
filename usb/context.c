/* SPDX-License-Identifier: Apache-2.0 */
/* Opens and closes libusb, runs its event thread, opens devices and says what libusb's codes mean.
 */
#include "context.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "os.h"

/* The longest wait that libusb's milliseconds can hold: an idle program has no wake-ups. */
#define SLEEP_SECONDS 2000000

static bool is_ending(struct pl_usb *usb)
{
	bool ending;

	pthread_mutex_lock(&usb->lock);
	ending = usb->ending;
	pthread_mutex_unlock(&usb->lock);
	return ending;
}

static void *handle_events(void *arg)
{
	const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
	struct pl_usb *usb = arg;

	while (!is_ending(usb)) {
		struct timeval longest = { .tv_sec = SLEEP_SECONDS };
		int r = libusb_handle_events_timeout_completed(usb->libusb, &longest, NULL);

		if (r < 0 && r != LIBUSB_ERROR_INTERRUPTED)
			nanosleep(&pause, NULL); /* out of memory, say: wait, but do not spin */
		usb_watch_report(usb);
	}
	return NULL;
}

enum pl_result pl_usb_create(struct pl_usb **ret_usb, struct pl_error *err)
{
	struct pl_usb *usb = calloc(1, sizeof(*usb));
	int r;

	if (!usb)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	r = libusb_init(&usb->libusb);
	if (r < 0) {
		free(usb);
		return usb_failed(r, err, "cannot reach the USB devices of this PC");
	}
	pthread_mutex_init(&usb->lock, NULL);
	pthread_mutex_init(&usb->watch_lock, NULL);
	if (pthread_create(&usb->events, NULL, handle_events, usb) != 0) {
		libusb_exit(usb->libusb);
		pthread_mutex_destroy(&usb->watch_lock);
		pthread_mutex_destroy(&usb->lock);
		free(usb);
		return pl_error_set(err, PL_E_IO, "cannot start a thread for USB events");
	}
	*ret_usb = usb;
	return PL_OK;
}

void pl_usb_destroy(struct pl_usb *usb)
{
	if (!usb)
		return;
	pthread_mutex_lock(&usb->lock);
	usb->ending = true;
	pthread_mutex_unlock(&usb->lock);
	libusb_interrupt_event_handler(usb->libusb);
	pthread_join(usb->events, NULL);

	libusb_exit(usb->libusb);
	pthread_mutex_destroy(&usb->watch_lock);
	pthread_mutex_destroy(&usb->lock);
	free(usb);
}

void pl_usb_use_quirks(struct pl_usb *usb, const struct pl_quirk_set *set)
{
	usb->quirks = set;
}

void usb_give_quirks(struct pl_usb *usb, struct pl_usb_device *dev)
{
	pl_quirks_find(usb->quirks, dev->vendor_id, dev->product_id, dev->manufacturer,
		       dev->product, &dev->quirks);
}

void pl_usb_interrupt(struct pl_usb *usb)
{
	pthread_mutex_lock(&usb->lock);
	if (!usb->interrupted)
		for (struct usb_wait *w = usb->waits; w; w = w->next)
			w->wake(w);
	usb->interrupted = true;
	pthread_mutex_unlock(&usb->lock);
}

bool usb_wait_enter(struct pl_usb *usb, struct usb_wait *w)
{
	if (usb->interrupted)
		return false;
	w->next = usb->waits;
	w->link = &usb->waits;
	if (w->next)
		w->next->link = &w->next;
	usb->waits = w;
	return true;
}

void usb_wait_leave(struct usb_wait *w)
{
	*w->link = w->next;
	if (w->next)
		w->next->link = w->link;
}

/* The device with this bus and address, with a reference; NULL where libusb knows none. */
static libusb_device *find_device(struct pl_usb *usb, const struct pl_usb_device *dev)
{
	libusb_device **list, *found = NULL;
	ssize_t n = libusb_get_device_list(usb->libusb, &list);

	if (n < 0)
		return NULL;
	for (ssize_t i = 0; i < n && !found; i++)
		if (libusb_get_bus_number(list[i]) == dev->bus &&
		    libusb_get_device_address(list[i]) == dev->address)
			found = libusb_ref_device(list[i]);
	libusb_free_device_list(list, 1);
	return found;
}

enum pl_result usb_open(struct pl_usb *usb, const struct pl_usb_device *dev,
			libusb_device_handle **ret_handle, struct pl_error *err)
{
	libusb_device *device;
	int r;

	if (!usb_os_is_attached(usb, dev))
		return pl_error_set(err, PL_E_GONE, "the printer was unplugged");
	device = find_device(usb, dev);
	if (!device)
		return pl_error_set(err, PL_E_BUSY, "the system is still setting this printer up");
	r = libusb_open(device, ret_handle);
	libusb_unref_device(device);
	if (r == LIBUSB_ERROR_ACCESS)
		return pl_error_set(err, PL_E_DENIED,
				    "no permission to open /dev/bus/usb/%03u/%03u", dev->bus,
				    dev->address);
	return r < 0 ? usb_failed(r, err, "cannot open the printer") : PL_OK;
}

enum pl_result usb_is_held(uint8_t interface, const char *driver, struct pl_error *err)
{
	return pl_error_set(err, PL_E_BUSY, "interface %u is held by another program (%s)",
			    interface, driver[0] ? driver : "nobody says which");
}

static const struct {
	int code;
	enum pl_result result;
	const char *meaning;
} MEANINGS[] = {
	{ LIBUSB_ERROR_NO_DEVICE, PL_E_GONE, "the printer was unplugged" },
	{ LIBUSB_ERROR_NOT_FOUND, PL_E_GONE, "the printer does not have it any more" },
	{ LIBUSB_ERROR_ACCESS, PL_E_DENIED, "permission denied" },
	{ LIBUSB_ERROR_BUSY, PL_E_BUSY, "another program holds it" },
	{ LIBUSB_ERROR_TIMEOUT, PL_E_TIMEOUT, "the printer did not answer in time" },
	{ LIBUSB_ERROR_INTERRUPTED, PL_E_CANCELLED, "stopped" },
	{ LIBUSB_ERROR_PIPE, PL_E_UNSUPPORTED, "the printer refuses it (STALL)" },
	{ LIBUSB_ERROR_OVERFLOW, PL_E_PROTOCOL, "the printer sent more than a packet holds" },
	{ LIBUSB_ERROR_NOT_SUPPORTED, PL_E_UNSUPPORTED, "this system cannot do it" },
	{ LIBUSB_ERROR_NO_MEM, PL_E_NO_MEMORY, "out of memory" },
};

enum pl_result usb_failed(int code, struct pl_error *err, const char *what, ...)
{
	enum pl_result result = PL_E_IO;
	const char *meaning = "the USB transfer failed";
	char text[96];
	va_list args;

	va_start(args, what);
	vsnprintf(text, sizeof(text), what, args);
	va_end(args);
	for (size_t i = 0; i < sizeof(MEANINGS) / sizeof(MEANINGS[0]); i++)
		if (MEANINGS[i].code == code) {
			result = MEANINGS[i].result;
			meaning = MEANINGS[i].meaning;
		}
	return pl_error_set(err, result, "%s: %s", text, meaning);
}
