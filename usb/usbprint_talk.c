/* SPDX-License-Identifier: Apache-2.0 */
/* Printers behind usbprint.sys, asked and talked to through the driver, which is shared with the
 * spooler: whoever calls has made sure that no job is on its way. */
#include <stdio.h>

#include "device_id.h"
#include "usbprint.h"

#define DEVICE_ID_MAX 4094 /* more makes the driver fail */

enum pl_usb_owner pl_usb_owner_shown(struct pl_usb *usb, const struct pl_usb_device *dev,
				     uint8_t interface, char ret_name[static 32])
{
	struct usbprint_interface about;
	struct pl_error err;

	ret_name[0] = '\0';
	if (usbprint_find(usb, dev, interface, &about, &err) != PL_OK)
		return PL_USB_OWNER_UNKNOWN;
	snprintf(ret_name, 32, "usbprint");
	return PL_USB_OWNER_OTHER;
}

enum pl_usb_owner pl_usb_owner(struct pl_usb *usb, const struct pl_usb_device *dev,
			       uint8_t interface, char ret_name[static 32])
{
	return pl_usb_owner_shown(usb, dev, interface, ret_name);
}

/* Whoever is logged in may open a printer; only asking would tell more. */
enum pl_result pl_usb_may_use(struct pl_usb *usb, const struct pl_usb_device *dev,
			      struct pl_error *err)
{
	struct usbprint_interface about;

	return usbprint_find(usb, dev, -1, &about, err);
}

enum pl_usb_power pl_usb_power(struct pl_usb *usb, const struct pl_usb_device *dev)
{
	struct usbprint_interface about;
	struct pl_error err;

	return usbprint_find(usb, dev, -1, &about, &err) == PL_OK ? about.power
								  : PL_USB_POWER_UNKNOWN;
}

int64_t pl_usb_traffic(struct pl_usb *usb, const struct pl_usb_device *dev)
{
	(void)usb, (void)dev; /* Windows does not count */
	return PL_USB_TRAFFIC_UNKNOWN;
}

/* Where a class-7 setting may be asked: not of a sleeping printer. */
static enum pl_result find_to_ask(struct pl_usb *usb, const struct pl_usb_device *dev,
				  const struct pl_usb_setting *setting,
				  struct usbprint_interface *ret, struct pl_error *err)
{
	enum pl_result r;

	if (setting->class_code != 7)
		return pl_error_set(err, PL_E_INVALID, "interface %u is no printer interface",
				    setting->interface);
	r = usbprint_find(usb, dev, setting->interface, ret, err);
	if (r == PL_OK && ret->power == PL_USB_POWER_SUSPENDED)
		r = pl_error_set(err, PL_E_BUSY,
				 "the printer sleeps, and opening it would wake it");
	return r;
}

enum pl_result pl_usb_device_id(struct pl_usb *usb, const struct pl_usb_device *dev,
				const struct pl_usb_setting *setting, int64_t by_ms, char *ret_text,
				size_t cap, size_t *ret_size, struct pl_error *err)
{
	uint8_t reply[DEVICE_ID_MAX];
	struct usbprint_interface about;
	enum pl_result r = find_to_ask(usb, dev, setting, &about, err);
	struct pl_span text;
	size_t n = 0;

	if (r == PL_OK)
		r = usbprint_ask(usb, about.path, USBPRINT_DEVICE_ID, reply, sizeof(reply), by_ms,
				 &n, err);
	if (r != PL_OK)
		return r;
	text = usb_device_id_text(reply, n);
	if (text.size == 0)
		return pl_error_set(err, PL_E_PROTOCOL,
				    "the printer's device ID of %zu bytes is too short to be one",
				    n);
	if (text.size >= cap)
		return pl_error_set(err, PL_E_TOO_BIG, "the printer's device ID is %zu bytes long",
				    text.size);
	pl_span_copy(text, ret_text, cap);
	*ret_size = text.size;
	return PL_OK;
}

enum pl_result pl_usb_port_status(struct pl_usb *usb, const struct pl_usb_device *dev,
				  const struct pl_usb_setting *setting, int64_t by_ms,
				  uint8_t *ret_bits, struct pl_error *err)
{
	struct usbprint_interface about;
	enum pl_result r = find_to_ask(usb, dev, setting, &about, err);
	size_t n = 0;

	if (r == PL_OK)
		r = usbprint_ask(usb, about.path, USBPRINT_PORT_STATUS, ret_bits, 1, by_ms, &n,
				 err);
	if (r == PL_OK && n != 1)
		r = pl_error_set(err, PL_E_PROTOCOL, "the printer's port status is empty");
	return r;
}

/* Opens the interface as a stream, where the driver speaks the wanted protocol with it. */
static enum pl_result converse(struct pl_usb *usb, const struct pl_usb_device *dev,
			       uint8_t interface, bool ipp, enum usbprint_how how,
			       struct pl_stream **ret_stream, struct pl_error *err)
{
	struct usbprint_interface about;
	enum pl_result r = usbprint_find(usb, dev, interface, &about, err);

	if (r != PL_OK)
		return r;
	if ((usbprint_protocol_of(usb, &about) == USBPRINT_IPP) != ipp)
		return pl_error_set(err, PL_E_UNSUPPORTED,
				    "Windows speaks %s with interface %u of this printer",
				    ipp ? "no IPP over USB" : "IPP over USB", interface);
	return usbprint_stream(usb, about.path, how, ret_stream, err);
}

enum pl_result pl_usb_lease(struct pl_usb *usb, const struct pl_usb_device *dev,
			    const struct pl_usb_setting *setting, bool allow_print_pipe,
			    int64_t by_ms, struct pl_stream **ret_stream, struct pl_error *err)
{
	(void)by_ms; /* opening does not wait */
	if (pl_usb_is_print_pipe(setting) && !allow_print_pipe)
		return pl_error_set(err, PL_E_INVALID,
				    "interface %u is the print pipe: not for telemetry",
				    setting->interface);
	return converse(usb, dev, setting->interface, pl_usb_is_ipp(setting), USBPRINT_SHARED,
			ret_stream, err);
}

enum pl_result pl_usb_open_lp(struct pl_usb *usb, const struct pl_usb_device *dev,
			      uint8_t interface, struct pl_stream **ret_stream,
			      struct pl_error *err)
{
	return converse(usb, dev, interface, false, USBPRINT_SHARED, ret_stream, err);
}

enum pl_result pl_usb_take_pipe(struct pl_usb *usb, const struct pl_usb_device *dev,
				const struct pl_usb_setting *setting, bool afresh, int64_t by_ms,
				struct pl_stream **ret_stream, struct pl_error *err)
{
	(void)by_ms;
	if (!pl_usb_is_print_pipe(setting))
		return pl_error_set(err, PL_E_INVALID, "interface %u is no print pipe",
				    setting->interface);
	return converse(usb, dev, setting->interface, false,
			afresh ? USBPRINT_AFRESH : USBPRINT_ALONE, ret_stream, err);
}
