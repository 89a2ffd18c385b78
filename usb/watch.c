/* SPDX-License-Identifier: Apache-2.0 */
/* Tells a watcher that devices came or went. libusb hears it from udev, so by the time of the call
 * a new device's permissions are in place. */
#include "context.h"

static int LIBUSB_CALL note_hotplug(libusb_context *libusb, libusb_device *device,
				    libusb_hotplug_event event, void *arg)
{
	struct pl_usb *usb = arg;

	(void)libusb, (void)device, (void)event;
	pthread_mutex_lock(&usb->watch_lock);
	usb->has_news = true;
	pthread_mutex_unlock(&usb->watch_lock);
	return 0;
}

void usb_watch_report(struct pl_usb *usb)
{
	pthread_mutex_lock(&usb->watch_lock);
	if (usb->has_news && usb->changed)
		usb->changed(usb->changed_arg);
	usb->has_news = false;
	pthread_mutex_unlock(&usb->watch_lock);
}

enum pl_result pl_usb_watch(struct pl_usb *usb, void (*changed)(void *arg), void *arg,
			    struct pl_error *err)
{
	int r = libusb_hotplug_register_callback(
		usb->libusb, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT,
		0, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
		note_hotplug, usb, &usb->hotplug);

	if (r < 0)
		return usb_failed(r, err, "cannot watch for printers");
	pthread_mutex_lock(&usb->watch_lock);
	usb->changed = changed;
	usb->changed_arg = arg;
	usb->has_news = true; /* the first call says what is there already */
	pthread_mutex_unlock(&usb->watch_lock);
	libusb_interrupt_event_handler(usb->libusb);
	return PL_OK;
}

void pl_usb_unwatch(struct pl_usb *usb)
{
	libusb_hotplug_deregister_callback(usb->libusb, usb->hotplug);
	pthread_mutex_lock(&usb->watch_lock);
	usb->changed = NULL;
	pthread_mutex_unlock(&usb->watch_lock);
}
