/* SPDX-License-Identifier: Apache-2.0 */
/* The USB printers of this PC as the engine finds them, those that are left alone too. */
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "engine_inside.h"
#include "platen/json.h"
#include "platen/log.h"

static cJSON *device_to_json(struct pl_engine *e, const struct pl_usb_device *dev)
{
	cJSON *o = cJSON_CreateObject();
	struct pl_error err;
	bool off;

	pthread_mutex_lock(&e->lock);
	off = pl_orders_off(&e->orders, dev);
	pthread_mutex_unlock(&e->lock);
	pl_json_add_int(o, "bus", dev->bus);
	pl_json_add_int(o, "address", dev->address);
	cJSON_AddBoolToObject(o, "switched_off", off);
	pl_json_add_text(o, "denied",
			 pl_usb_may_use(e->options.usb, dev, &err) == PL_E_DENIED ? err.text
										  : NULL);
	return o;
}

cJSON *pl_engine_devices(struct pl_engine *e)
{
	struct pl_usb_device *devices = calloc(PL_MAX_USB_DEVICES, sizeof(*devices));
	cJSON *list = cJSON_CreateArray();
	struct pl_error err;
	size_t count = 0;

	if (devices &&
	    pl_usb_list(e->options.usb, devices, PL_MAX_USB_DEVICES, &count, &err) != PL_OK)
		log_warn(NULL, "USB devices cannot be listed: %s", err.text);
	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(list, device_to_json(e, &devices[i]));
	free(devices);
	return list;
}
