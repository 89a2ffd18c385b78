/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the text in a device ID whose length may lie. */
#include "device_id.h"

#define PREFIX 2 /* bytes of length before the text */

/* A length is believed where an ID could have it and so much came. */
static bool is_likely(size_t length, size_t size)
{
	return length >= USB_DEVICE_ID_SHORTEST && length <= size;
}

/* The bytes that count, prefix included. The length should be big-endian and count itself; some
 * printers write it little-endian, some leave out the two bytes of the length, and some claim up to
 * 64 KiB: then all that came counts. */
static size_t true_length(const uint8_t *reply, size_t size)
{
	size_t big = (size_t)reply[0] << 8 | reply[1];
	size_t little = (size_t)reply[1] << 8 | reply[0];

	if (big + PREFIX == size || little + PREFIX == size)
		return size;
	if (is_likely(big, size))
		return big;
	if (is_likely(little, size))
		return little;
	return size;
}

struct pl_span usb_device_id_clean(struct pl_span text)
{
	text = pl_span_trim(pl_span_take(&text, '\0')); /* some pad with zeros */
	return text.size + PREFIX < USB_DEVICE_ID_SHORTEST ? (struct pl_span){ "", 0 } : text;
}

struct pl_span usb_device_id_text(const uint8_t *reply, size_t size)
{
	if (size < PREFIX)
		return (struct pl_span){ "", 0 };
	return usb_device_id_clean((struct pl_span){ (const char *)reply + PREFIX,
						     true_length(reply, size) - PREFIX });
}
