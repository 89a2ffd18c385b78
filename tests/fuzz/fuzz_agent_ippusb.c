/* SPDX-License-Identifier: Apache-2.0 */
/* What another program says of printers: any bytes give a row within its bounds. */
#include <stdlib.h>
#include <string.h>

#include "ippusb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_usb_device dev = {
		.bus = 1, .address = 2, .vendor_id = 0x03f0, .product_id = 0x822a
	};
	struct pl_span text = { (const char *)data, size };
	struct pl_ippusb_row row;
	int port = pl_ippusb_read_port(text);

	pl_ippusb_read_status(text, &dev, &row);
	if (port < 0 || port > 65535 || row.port < 0 || row.port > 65535 ||
	    !memchr(row.status, 0, sizeof(row.status)) || (!row.listed && row.status[0]))
		abort();
	return 0;
}
