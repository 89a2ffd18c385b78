/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a reply to GET_DEVICE_ID: the text stays inside them and holds no NUL. */
#include <stdlib.h>
#include <string.h>

#include "device_id.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_span text = usb_device_id_text(data, size);

	if (text.size == 0)
		return 0;
	if (text.at < (const char *)data + 2 || text.at + text.size > (const char *)data + size ||
	    memchr(text.at, '\0', text.size))
		abort();
	return 0;
}
