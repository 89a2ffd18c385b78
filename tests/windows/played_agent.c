/* SPDX-License-Identifier: Apache-2.0 */
/* The agent with a played printer in the place of usbprint.sys; the rest is what is shipped. */
#include "played.h"

enum pl_result pl_usb_create(struct pl_usb **ret_usb, struct pl_error *err)
{
	played_reset();
	return usbprint_create(&PLAYED_SYSTEM, ret_usb, err);
}
