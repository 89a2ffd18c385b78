/* SPDX-License-Identifier: Apache-2.0 */
/* Reads descriptors that may lie: a walk from one to the next by bLength, which ends at the first
 * length that cannot be true. wTotalLength and the bNum… counts are never used. */
#include "descriptors.h"

#include <string.h>

enum { TYPE_DEVICE = 1, TYPE_CONFIGURATION = 2, TYPE_INTERFACE = 4, TYPE_ENDPOINT = 5 };
enum { SIZE_DEVICE = 18, SIZE_CONFIGURATION = 9, SIZE_INTERFACE = 9, SIZE_ENDPOINT = 7 };

#define INTERFACES_MAX 32 /* neither Linux nor libusb can claim a higher number */
#define VENDOR_HP      0x03f0

struct walk {
	const uint8_t *at;
	size_t left;
};

/* The next descriptor, at least 2 bytes of it; NULL at the end or where the length lies. */
static const uint8_t *next_descriptor(struct walk *w)
{
	const uint8_t *d = w->at;

	if (w->left < 2 || d[0] < 2 || d[0] > w->left)
		return NULL;
	w->at += d[0];
	w->left -= d[0];
	return d;
}

static bool is_descriptor(const uint8_t *d, uint8_t type, uint8_t size)
{
	return d[1] == type && d[0] >= size;
}

static uint16_t little16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

/* Which configuration is meant: its 0-based index and its own value. False: none can be named. */
static bool choose_configuration(struct walk w, uint8_t wanted, uint8_t *ret_index,
				 uint8_t *ret_value)
{
	const uint8_t *d;
	unsigned count = 0;

	while ((d = next_descriptor(&w))) {
		if (!is_descriptor(d, TYPE_CONFIGURATION, SIZE_CONFIGURATION))
			continue;
		if (count == 0 || d[5] == wanted) {
			*ret_index = (uint8_t)count;
			*ret_value = d[5];
		}
		if (d[5] == wanted)
			return true;
		if (++count > UINT8_MAX)
			break;
	}
	/* HP's M406 names a value in force that none of its descriptors has. */
	return count == 1;
}

static bool has_setting(const struct pl_usb_device *dev, uint8_t interface, uint8_t alternate)
{
	for (size_t i = 0; i < dev->setting_count; i++)
		if (dev->settings[i].interface == interface &&
		    dev->settings[i].alternate == alternate)
			return true;
	return false;
}

/* Adds a setting; NULL where it cannot be used. Linux, too, keeps the first of two that bear the
 * same numbers. */
static struct pl_usb_setting *add_setting(struct pl_usb_device *dev, const uint8_t *d)
{
	struct pl_usb_setting *s;

	if (d[0] < SIZE_INTERFACE || d[2] >= INTERFACES_MAX || has_setting(dev, d[2], d[3]) ||
	    dev->setting_count == PL_MAX_USB_SETTINGS)
		return NULL;
	s = &dev->settings[dev->setting_count++];
	*s = (struct pl_usb_setting){ .interface = d[2],
				      .alternate = d[3],
				      .class_code = d[5],
				      .subclass = d[6],
				      .protocol = d[7] };
	return s;
}

/* Keeps the first bulk endpoint of each direction. */
static void add_endpoint(struct pl_usb_setting *s, const uint8_t *d)
{
	bool bulk = (d[3] & 3) == 2, in = d[2] & 0x80;
	uint8_t *address = in ? &s->ep_in : &s->ep_out;

	if (!bulk || (d[2] & 0x0f) == 0 || *address != 0)
		return;
	*address = d[2];
	*(in ? &s->in_packet_size : &s->out_packet_size) = little16(d + 4) & 0x7ff;
}

/* Reads the settings of the configuration with this index. */
static void read_settings(struct walk w, uint8_t index, struct pl_usb_device *dev)
{
	struct pl_usb_setting *s = NULL;
	const uint8_t *d;
	int at = -1;

	while ((d = next_descriptor(&w)) && at <= index) {
		if (is_descriptor(d, TYPE_CONFIGURATION, SIZE_CONFIGURATION))
			at++;
		if (at != index)
			continue;
		if (d[1] == TYPE_INTERFACE)
			s = add_setting(dev, d);
		else if (s && is_descriptor(d, TYPE_ENDPOINT, SIZE_ENDPOINT))
			add_endpoint(s, d);
	}
}

static bool comes_before(const struct pl_usb_setting *a, const struct pl_usb_setting *b)
{
	return a->interface != b->interface ? a->interface < b->interface : a->alternate < b->alternate;
}

static void sort_settings(struct pl_usb_device *dev)
{
	for (size_t i = 1; i < dev->setting_count; i++) {
		struct pl_usb_setting s = dev->settings[i];
		size_t k = i;

		for (; k > 0 && comes_before(&s, &dev->settings[k - 1]); k--)
			dev->settings[k] = dev->settings[k - 1];
		dev->settings[k] = s;
	}
}

enum pl_result usb_read_descriptors(const uint8_t *bytes, size_t size, uint8_t configuration,
				    struct pl_usb_device *dev)
{
	struct walk rest;

	if (size < SIZE_DEVICE || bytes[1] != TYPE_DEVICE)
		return PL_E_PROTOCOL;
	rest = (struct walk){ bytes + SIZE_DEVICE, size - SIZE_DEVICE };
	dev->vendor_id = little16(bytes + 8);
	dev->product_id = little16(bytes + 10);
	dev->configuration = 0;
	dev->configuration_index = 0;
	dev->setting_count = 0;

	if (!choose_configuration(rest, configuration, &dev->configuration_index,
				  &dev->configuration))
		return PL_OK;
	read_settings(rest, dev->configuration_index, dev);
	sort_settings(dev);
	return PL_OK;
}

bool usb_is_printer(const struct pl_usb_device *dev)
{
	for (size_t i = 0; i < dev->setting_count; i++)
		if (dev->settings[i].class_code == 7 ||
		    (dev->vendor_id == VENDOR_HP && pl_usb_is_vendor_http(&dev->settings[i])))
			return true;
	return false;
}
