/* SPDX-License-Identifier: Apache-2.0 */
/* Any words from Plug and Play and any answers of the driver, three lines and the rest: the names
 * of device, location and compatible ID, then a reply to GET_DEVICE_ID. What is listed is whole. */
#include <stdlib.h>
#include <string.h>

#include "platen/clock.h"
#include "platen/span.h"
#include "played.h"
#include "usbprint_names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_end(const char *text, size_t cap)
{
	if (!memchr(text, '\0', cap))
		abort();
}

static void look_at(const struct pl_usb_device *dev)
{
	must_end(dev->port_path, sizeof(dev->port_path));
	must_end(dev->port_name, sizeof(dev->port_name));
	must_end(dev->serial, sizeof(dev->serial));
	if (dev->setting_count != 1 || dev->settings[0].class_code != 7)
		abort();
}

static void ask(struct pl_usb *usb, const struct pl_usb_device *dev)
{
	char text[PL_MAX_USB_DEVICEID + 1];
	struct pl_error err;
	uint8_t bits;
	size_t n;

	if (pl_usb_device_id(usb, dev, &dev->settings[0], pl_clock_in_ms(1000), text, sizeof(text),
			     &n, &err) == PL_OK &&
	    strlen(text) != n)
		abort();
	(void)!pl_usb_port_status(usb, dev, &dev->settings[0], pl_clock_in_ms(1000), &bits, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pl_usb_device devices[4];
	struct pl_span rest = { (const char *)data, size };
	struct played *printer = played_reset();
	struct usbprint_interface *about = &printer->interfaces[0];
	char compatible[64];
	struct pl_usb *usb = NULL;
	struct pl_error err;
	size_t n = 0;

	(void)!pl_span_copy(pl_span_take(&rest, '\n'), about->device, sizeof(about->device));
	(void)!pl_span_copy(pl_span_take(&rest, '\n'), about->location, sizeof(about->location));
	(void)!pl_span_copy(pl_span_take(&rest, '\n'), compatible, sizeof(compatible));
	about->protocol = usbprint_protocol(compatible);
	about->number = usbprint_interface_number(about->device);
	printer->protocol = rest.size > 0 ? (uint8_t)rest.at[0] : 0;
	printer->device_id_size = rest.size < PLAYED_MAX ? rest.size : PLAYED_MAX;
	if (rest.size > 0)
		memcpy(printer->device_id, rest.at, printer->device_id_size);
	if (usbprint_create(&PLAYED_SYSTEM, &usb, &err) != PL_OK ||
	    pl_usb_list(usb, devices, 4, &n, &err) != PL_OK)
		abort();
	for (size_t i = 0; i < n; i++) {
		look_at(&devices[i]);
		ask(usb, &devices[i]);
	}
	pl_usb_destroy(usb);
	return 0;
}
