/* SPDX-License-Identifier: Apache-2.0 */
/* Who has this printer just now, and may we talk to it? */
#include "owner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ippusb.h"
#include "os/broker.h"
#include "os/spooler.h"

const struct pl_usb_setting *pl_owner_print_pipe(const struct pl_usb_device *dev)
{
	const struct pl_usb_setting *found = NULL;

	for (size_t i = 0; i < dev->setting_count; i++) {
		const struct pl_usb_setting *s = &dev->settings[i];

		if (pl_usb_is_print_pipe(s) && (!found || s->protocol > found->protocol))
			found = s;
	}
	return found;
}

/* pl_usb_owner() or pl_usb_owner_shown() */
typedef enum pl_usb_owner (*owner_of)(struct pl_usb *usb, const struct pl_usb_device *dev,
				      uint8_t interface, char ret_name[static 32]);

/* One interface in the hands of a program's libusb is enough: that program may be printing or
 * scanning on it this moment, and several devices fail when two interfaces work at once. */
static void look_at_interface(struct pl_usb *usb, const struct pl_usb_device *dev,
			      uint8_t interface, owner_of owner, struct pl_occupancy *o)
{
	char driver[32];

	switch (owner(usb, dev, interface, driver)) {
	case PL_USB_OWNER_USBFS:
		o->busy = true;
		o->owner = PL_OWNER_OTHER;
		snprintf(o->note, sizeof(o->note),
			 "Another program has interface %u of this printer open", interface);
		break;
	case PL_USB_OWNER_USBLP:
		if (o->owner == PL_OWNER_NONE)
			o->owner = PL_OWNER_USBLP;
		break;
	case PL_USB_OWNER_OTHER:
		if (strcmp(driver, "usbprint") == 0 && o->owner == PL_OWNER_NONE)
			o->owner = PL_OWNER_USBPRINT;
		break;
	case PL_USB_OWNER_NONE:
	case PL_USB_OWNER_UNKNOWN: break;
	}
}

/* Some makers give all printers of a model one serial number: then a broker's port may be the other
 * one's. Without a list, the worst is assumed. */
static bool has_twin(struct pl_usb *usb, const struct pl_usb_device *dev)
{
	struct pl_usb_device *listed = calloc(PL_MAX_USB_DEVICES, sizeof(*listed));
	bool found = !listed;
	struct pl_error err;
	size_t count = 0;

	if (listed && pl_usb_list(usb, listed, PL_MAX_USB_DEVICES, &count, &err) != PL_OK)
		found = true;
	for (size_t i = 0; i < count && !found; i++)
		found = strcmp(listed[i].port_path, dev->port_path) != 0 &&
			pl_ippusb_is_confusable(dev, &listed[i]);
	free(listed);
	return found;
}

/* A program that has the printer may be ipp-usb, which shares it. */
static void look_at_broker(struct pl_usb *usb, const struct pl_usb_device *dev,
			   struct pl_occupancy *o)
{
	int port = o->busy ? pl_broker_port(dev) : 0;

	if (port == 0)
		return;
	if (has_twin(usb, dev)) {
		snprintf(o->note, sizeof(o->note),
			 "ipp-usb has this printer or another one with the same serial number: "
			 "which it serves cannot be told, so neither is asked");
		return;
	}
	o->owner = PL_OWNER_IPP_USB;
	o->http_port = port;
	o->busy = false;
	o->note[0] = '\0';
}

/* The spooler's word explains who that program is, and tells of jobs that have not reached the
 * device yet. */
static void look_at_queues(const struct pl_usb_device *dev, struct pl_occupancy *o)
{
	struct pl_queues queues;

	pl_spooler_look(dev, o->http_port, &queues);
	if (queues.count > 0) {
		o->pipe_is_free = false;
		memcpy(o->queue, queues.name, sizeof(o->queue));
	}
	if (queues.active_jobs == 0)
		return;
	o->busy = true;
	if (o->owner != PL_OWNER_IPP_USB)
		o->owner = PL_OWNER_CUPS;
	snprintf(o->note, sizeof(o->note), "The queue %s has %d jobs for this printer", queues.name,
		 queues.active_jobs);
}

/* usbprint.sys lends a printer to whoever opens it, the spooler too, so what cannot be matched with
 * a queue is left alone. And where Windows speaks IPP over USB itself, its driver asks the printer
 * between jobs: two conversations on one line are none. */
static void look_at_usbprint(const struct pl_usb_device *dev, struct pl_occupancy *o)
{
	bool speaks_ipp = false;

	for (size_t i = 0; i < dev->setting_count; i++)
		speaks_ipp |= pl_usb_is_ipp(&dev->settings[i]);
	if (o->busy || o->owner != PL_OWNER_USBPRINT)
		return;
	if (dev->port_name[0] == '\0')
		snprintf(o->note, sizeof(o->note),
			 "Windows does not tell which queue prints to this printer, so it is left "
			 "alone");
	else if (speaks_ipp && o->queue[0] != '\0')
		snprintf(o->note, sizeof(o->note),
			 "Windows itself speaks IPP over USB with this printer and shares the line "
			 "with nobody, so it is left alone");
	else
		return;
	o->busy = true;
}

static void look(struct pl_usb *usb, const struct pl_usb_device *dev, owner_of owner,
		 struct pl_occupancy *ret_occupancy)
{
	struct pl_occupancy o = { .owner = PL_OWNER_NONE };
	const struct pl_usb_setting *pipe = pl_owner_print_pipe(dev);
	char driver[32];
	int last = -1;

	for (size_t i = 0; i < dev->setting_count; i++) {
		if (dev->settings[i].interface == last)
			continue;
		last = dev->settings[i].interface;
		look_at_interface(usb, dev, dev->settings[i].interface, owner, &o);
	}
	o.pipe_is_free =
		pipe && !o.busy && owner(usb, dev, pipe->interface, driver) == PL_USB_OWNER_NONE;
	look_at_broker(usb, dev, &o);
	look_at_queues(dev, &o);
	look_at_usbprint(dev, &o);
	*ret_occupancy = o;
}

void pl_owner_look(struct pl_usb *usb, const struct pl_usb_device *dev,
		   struct pl_occupancy *ret_occupancy)
{
	look(usb, dev, pl_usb_owner, ret_occupancy);
}

void pl_owner_glance(struct pl_usb *usb, const struct pl_usb_device *dev,
		     struct pl_occupancy *ret_occupancy)
{
	look(usb, dev, pl_usb_owner_shown, ret_occupancy);
}
