/* SPDX-License-Identifier: Apache-2.0 */
/* What ipp-usb left on disk and the system's table of sockets: any bytes give a port or none. */
#include <stdlib.h>

#include "ippusb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_span text = { (const char *)data, size };
	int port = pl_ippusb_read_port(text);

	if (port < 0 || port > 65535)
		abort();
	if (pl_ippusb_is_listener(text, 60000) && pl_ippusb_is_listener(text, 60001))
		abort();
	return 0;
}
