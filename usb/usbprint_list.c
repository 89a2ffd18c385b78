/* SPDX-License-Identifier: Apache-2.0 */
/* Printers behind usbprint.sys as Plug and Play lists them; only the protocol that the driver
 * agreed on with a printer is asked, once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platen/clock.h"
#include "usbprint.h"
#include "usbprint_names.h"

#define PROTOCOL_MS 1000
#define PIPE_IN	    0x81 /* pipes are there, but their addresses are the driver's secret */
#define PIPE_OUT    0x01

static struct usbprint_agreed *find_agreed(struct pl_usb *usb, const char *path)
{
	for (size_t i = 0; i < USBPRINT_MAX; i++)
		if (strcmp(usb->agreed[i].path, path) == 0)
			return &usb->agreed[i];
	return NULL;
}

uint8_t usbprint_protocol_of(struct pl_usb *usb, const struct usbprint_interface *about)
{
	struct usbprint_agreed *agreed;
	uint8_t answer[4] = { 0 }, protocol = about->protocol;
	struct pl_error err = { .code = PL_OK };
	size_t n = 0;

	pthread_mutex_lock(&usb->lock);
	agreed = find_agreed(usb, about->path);
	if (agreed) {
		agreed->is_present = true;
		protocol = agreed->protocol;
	}
	pthread_mutex_unlock(&usb->lock);
	if (agreed || about->power == PL_USB_POWER_SUSPENDED)
		return protocol;

	if (usbprint_ask(usb, about->path, USBPRINT_PROTOCOL, answer, sizeof(answer),
			 pl_clock_in_ms(PROTOCOL_MS), &n, &err) == PL_OK &&
	    n == sizeof(answer) && (answer[0] == USBPRINT_PIPE || answer[0] == USBPRINT_IPP))
		protocol = answer[0];
	else if (err.code == PL_E_BUSY || err.code == PL_E_TIMEOUT || err.code == PL_E_GONE)
		return protocol; /* asked again next time */
	pthread_mutex_lock(&usb->lock);
	agreed = find_agreed(usb, "");
	if (agreed) {
		snprintf(agreed->path, sizeof(agreed->path), "%s", about->path);
		agreed->protocol = protocol;
		agreed->is_present = true;
	}
	pthread_mutex_unlock(&usb->lock);
	return protocol;
}

/* What was unplugged is asked anew when it comes back. */
static void forget_absent(struct pl_usb *usb, bool mark)
{
	pthread_mutex_lock(&usb->lock);
	for (size_t i = 0; i < USBPRINT_MAX; i++) {
		if (mark)
			usb->agreed[i].is_present = false;
		else if (!usb->agreed[i].is_present)
			usb->agreed[i].path[0] = '\0';
	}
	pthread_mutex_unlock(&usb->lock);
}

static void add_setting(struct pl_usb_device *dev, const struct usbprint_interface *about,
			uint8_t protocol)
{
	struct pl_usb_setting *s;

	if (dev->setting_count == PL_MAX_USB_SETTINGS)
		return;
	s = &dev->settings[dev->setting_count++];
	*s = (struct pl_usb_setting){
		.interface = about->number,
		.class_code = 7,
		.subclass = 1,
		.protocol = protocol,
		.ep_in = protocol == USBPRINT_ONE_WAY ? 0 : PIPE_IN,
		.ep_out = PIPE_OUT,
	};
	for (; s > dev->settings && s[-1].interface > s->interface; s--) {
		struct pl_usb_setting other = s[-1];

		s[-1] = *s;
		*s = other;
	}
}

/* The device among those found so far; a new one where its name was not seen yet. */
static struct pl_usb_device *device_of(const struct usbprint_interface *about,
				       struct pl_usb_device *devices, size_t cap, size_t *count)
{
	struct pl_usb_device fresh = { .configuration = 1 };

	usbprint_port_path(about->location, fresh.port_path);
	if (!usbprint_read_instance(about->device, &fresh))
		return NULL;
	for (size_t i = 0; i < *count; i++)
		if (devices[i].vendor_id == fresh.vendor_id &&
		    devices[i].product_id == fresh.product_id &&
		    strcmp(devices[i].port_path, fresh.port_path) == 0 &&
		    strcmp(devices[i].serial, fresh.serial) == 0)
			return &devices[i];
	if (*count == cap)
		return NULL;
	snprintf(fresh.product, sizeof(fresh.product), "%s", about->product);
	snprintf(fresh.port_name, sizeof(fresh.port_name), "%s", about->port_name);
	devices[*count] = fresh;
	return &devices[(*count)++];
}

enum pl_result pl_usb_list(struct pl_usb *usb, struct pl_usb_device *ret_devices, size_t cap,
			   size_t *ret_count, struct pl_error *err)
{
	struct usbprint_interface *found = calloc(USBPRINT_MAX, sizeof(*found));
	enum pl_result r;
	size_t n = 0;

	*ret_count = 0;
	if (!found)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	r = usb->system->list(found, USBPRINT_MAX, &n, err);
	if (r == PL_OK)
		forget_absent(usb, true);
	for (size_t i = 0; r == PL_OK && i < n; i++) {
		struct pl_usb_device *dev = device_of(&found[i], ret_devices, cap, ret_count);

		if (dev)
			add_setting(dev, &found[i], usbprint_protocol_of(usb, &found[i]));
	}
	if (r == PL_OK)
		forget_absent(usb, false);
	for (size_t i = 0; i < *ret_count; i++)
		pl_quirks_find(usb->quirks, ret_devices[i].vendor_id, ret_devices[i].product_id,
			       ret_devices[i].manufacturer, ret_devices[i].product,
			       &ret_devices[i].quirks);
	free(found);
	return r;
}

static bool is_interface_of(const struct usbprint_interface *about, const struct pl_usb_device *dev,
			    int interface)
{
	struct pl_usb_device other = { 0 };

	usbprint_port_path(about->location, other.port_path);
	return usbprint_read_instance(about->device, &other) && other.vendor_id == dev->vendor_id &&
	       other.product_id == dev->product_id &&
	       strcmp(other.port_path, dev->port_path) == 0 &&
	       strcmp(other.serial, dev->serial) == 0 &&
	       (interface < 0 || about->number == interface);
}

enum pl_result usbprint_find(struct pl_usb *usb, const struct pl_usb_device *dev, int interface,
			     struct usbprint_interface *ret, struct pl_error *err)
{
	struct usbprint_interface *found = calloc(USBPRINT_MAX, sizeof(*found));
	enum pl_result r;
	size_t n = 0;

	if (!found)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	r = usb->system->list(found, USBPRINT_MAX, &n, err);
	if (r == PL_OK)
		r = pl_error_set(err, PL_E_GONE, "the printer was unplugged");
	for (size_t i = 0; r == PL_E_GONE && i < n; i++)
		if (is_interface_of(&found[i], dev, interface)) {
			*ret = found[i];
			r = PL_OK;
		}
	free(found);
	return r;
}
