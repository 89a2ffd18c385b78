/* SPDX-License-Identifier: Apache-2.0 */
/* The printer class's own questions: who are you, and is there paper. Neither wakes a sleeping
 * printer, neither takes an interface from anybody. */
#include "transfer.h"

#include "device_id.h"
#include "os.h"
#include "platen/clock.h"

enum { GET_DEVICE_ID = 0, GET_PORT_STATUS = 1 };

static const char *const ASLEEP = "the printer sleeps, and opening it would wake it";

/* Of a class-7 setting, Linux lets GET_DEVICE_ID through without a claim, whoever holds the
 * interface; but only if wIndex has the form of the specification. */
static enum pl_result ask_device_id(struct pl_usb *usb, const struct pl_usb_device *dev,
				    const struct pl_usb_setting *setting, int64_t by_ms,
				    char *ret_text, size_t cap, size_t *ret_size,
				    struct pl_error *err)
{
	uint8_t reply[USB_CONTROL_MAX];
	uint16_t index = (uint16_t)(setting->interface << 8 | setting->alternate);
	int ms = pl_clock_left_ms(by_ms);
	libusb_device_handle *handle;
	struct pl_span text;
	enum pl_result r;
	size_t n;
	int code;

	if (ms == 0)
		return usb_failed(LIBUSB_ERROR_TIMEOUT, err, "device ID");
	r = usb_open(usb, dev, &handle, err);
	if (r != PL_OK)
		return r;
	code = usb_class_request(usb, handle, GET_DEVICE_ID, dev->configuration_index, index, reply,
				 sizeof(reply), ms, &n);
	libusb_close(handle);
	if (code < 0)
		return usb_failed(code, err, "device ID");

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

enum pl_result pl_usb_device_id(struct pl_usb *usb, const struct pl_usb_device *dev,
				const struct pl_usb_setting *setting, int64_t by_ms, char *ret_text,
				size_t cap, size_t *ret_size, struct pl_error *err)
{
	enum pl_result r;

	if (setting->class_code != 7)
		return pl_error_set(err, PL_E_INVALID, "interface %u is no printer interface",
				    setting->interface);
	if (pl_usb_power(usb, dev) == PL_USB_POWER_SUSPENDED)
		r = pl_error_set(err, PL_E_BUSY, "%s", ASLEEP);
	else
		r = ask_device_id(usb, dev, setting, by_ms, ret_text, cap, ret_size, err);
	if (r == PL_OK || r == PL_E_GONE || r == PL_E_CANCELLED)
		return r;
	if (usb_os_cached_device_id(usb, dev, setting->interface, ret_text, cap, ret_size) == PL_OK)
		return PL_OK;
	return r;
}

/* With a claim of a moment: without one, Linux would make it for us anyway. */
static enum pl_result ask_port_status(struct pl_usb *usb, const struct pl_usb_device *dev,
				      uint8_t interface, int64_t by_ms, uint8_t *ret_bits,
				      struct pl_error *err)
{
	int ms = pl_clock_left_ms(by_ms);
	libusb_device_handle *handle;
	enum pl_result r;
	uint8_t bits;
	size_t n = 0;
	int code;

	if (ms == 0)
		return usb_failed(LIBUSB_ERROR_TIMEOUT, err, "port status");
	r = usb_open(usb, dev, &handle, err);
	if (r != PL_OK)
		return r;
	code = libusb_claim_interface(handle, interface);
	if (code == 0) {
		code = usb_class_request(usb, handle, GET_PORT_STATUS, 0, interface, &bits, 1, ms,
					 &n);
		libusb_release_interface(handle, interface);
	}
	libusb_close(handle);
	if (code < 0)
		return usb_failed(code, err, "port status of interface %u", interface);
	if (n != 1)
		return pl_error_set(err, PL_E_PROTOCOL, "the printer's port status is empty");
	*ret_bits = bits;
	return PL_OK;
}

enum pl_result pl_usb_port_status(struct pl_usb *usb, const struct pl_usb_device *dev,
				  const struct pl_usb_setting *setting, int64_t by_ms,
				  uint8_t *ret_bits, struct pl_error *err)
{
	char name[32];

	if (setting->class_code != 7)
		return pl_error_set(err, PL_E_INVALID, "interface %u is no printer interface",
				    setting->interface);
	if (!usb_os_is_attached(usb, dev))
		return pl_error_set(err, PL_E_GONE, "the printer was unplugged");
	if (pl_usb_power(usb, dev) == PL_USB_POWER_SUSPENDED)
		return pl_error_set(err, PL_E_BUSY, "%s", ASLEEP);

	switch (pl_usb_owner(usb, dev, setting->interface, name)) {
	case PL_USB_OWNER_USBLP:
		return usb_os_port_status(usb, dev, setting->interface, ret_bits, err);
	case PL_USB_OWNER_NONE:
		return ask_port_status(usb, dev, setting->interface, by_ms, ret_bits, err);
	case PL_USB_OWNER_USBFS:
	case PL_USB_OWNER_OTHER:
	case PL_USB_OWNER_UNKNOWN:
	default: return usb_is_held(setting->interface, name, err);
	}
}
