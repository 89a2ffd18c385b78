/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as descriptors; the first one is the configuration in force. */
#include <stdlib.h>

#include "descriptors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_usb_device dev = { 0 };

	if (size < 1 || usb_read_descriptors(data + 1, size - 1, data[0], &dev) != PL_OK)
		return 0;
	if (dev.setting_count > PL_MAX_USB_SETTINGS)
		abort();
	for (size_t i = 0; i < dev.setting_count; i++) {
		const struct pl_usb_setting *s = &dev.settings[i];

		if (s->interface >= 32 || (s->ep_in && !(s->ep_in & 0x80)) || (s->ep_out & 0x80))
			abort();
		if (i > 0 && (s[-1].interface > s->interface ||
			      (s[-1].interface == s->interface && s[-1].alternate >= s->alternate)))
			abort(); /* not sorted, or twice the same */
	}
	(void)usb_is_printer(&dev);
	return 0;
}
