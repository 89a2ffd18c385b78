/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USB_STREAM_USBLP_H
#define USB_STREAM_USBLP_H

#include "platen/usb.h"

/* Makes an open, non-blocking printer node a stream, and owns `fd` from then on, also when it
 * fails. Returns PL_OK | PL_E_CANCELLED | PL_E_NO_MEMORY | PL_E_IO. */
enum pl_result usb_lp_stream(struct pl_usb *usb, const struct pl_usb_device *dev, int fd,
			     struct pl_stream **ret_stream, struct pl_error *err);

#endif
