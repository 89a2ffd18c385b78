/* SPDX-License-Identifier: Apache-2.0 */
/* What the connector may change at run time. */
#include "orders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "platen/json.h"
#include "platen/span.h"

#define MAX_INTERVAL_S (1000LL * 86400) /* pl_pace_slow() bends it */

bool pl_glob_match(const char *glob, const char *text)
{
	const char *star = NULL, *resume = NULL;

	while (*text) {
		if (*glob == '*') {
			star = glob++;
			resume = text;
		} else if (*glob == '?' || pl_ascii_lower(*glob) == pl_ascii_lower(*text)) {
			glob++;
			text++;
		} else if (star) { /* let the last star take one character more */
			glob = star + 1;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return *glob == '\0';
}

void pl_orders_init(struct pl_orders *orders, enum pl_pjl_policy pjl)
{
	memset(orders, 0, sizeof(*orders));
	pl_pace_init(&orders->tuning.pace);
	orders->tuning.pjl = pjl;
}

/* "03f0"; false for anything but four hexadecimal digits. */
static bool read_id(const char *text, uint16_t *ret_id)
{
	if (!text || strlen(text) != 4 || strspn(text, "0123456789abcdefABCDEF") != 4)
		return false;
	*ret_id = (uint16_t)strtoul(text, NULL, 16);
	return true;
}

static bool read_off(const cJSON *entry, struct pl_model_off *off)
{
	const char *product = pl_json_text(entry, "product_id");
	uint16_t id;

	memset(off, 0, sizeof(*off));
	off->product_id = -1;
	if (read_id(pl_json_text(entry, "vendor_id"), &off->vendor_id)) {
		off->by_number = true;
		if (product && strcmp(product, "*") == 0)
			return true;
		if (!read_id(product, &id))
			return false;
		off->product_id = id;
		return true;
	}
	return pl_json_copy(entry, "model", off->model, sizeof(off->model)) && off->model[0];
}

void pl_orders_read(struct pl_orders *orders, enum pl_pjl_policy pjl, const cJSON *config)
{
	const char *wanted = pl_json_text(config, "pjl");
	const cJSON *entry;

	pl_orders_init(orders, pjl);
	if (wanted && strcmp(wanted, "never") == 0)
		orders->tuning.pjl = PL_PJL_NEVER;
	cJSON_ArrayForEach(entry, pl_json_at(config, "schedule"))
	{
		int64_t seconds;

		if (entry->string && pl_json_int(entry, "", 1, MAX_INTERVAL_S, &seconds))
			pl_pace_slow(&orders->tuning.pace, entry->string, seconds);
	}
	cJSON_ArrayForEach(entry, pl_json_at(config, "printers_off"))
	{
		if (orders->off_count < PL_MAX_MODELS_OFF &&
		    read_off(entry, &orders->off[orders->off_count]))
			orders->off_count++;
	}
}

bool pl_orders_off(const struct pl_orders *orders, const struct pl_usb_device *dev)
{
	char name[2 * PL_MAX_USB_TEXT + 1];

	snprintf(name, sizeof(name), "%s %s", dev->manufacturer, dev->product);
	for (size_t i = 0; i < orders->off_count; i++) {
		const struct pl_model_off *off = &orders->off[i];

		if (off->by_number) {
			if (off->vendor_id == dev->vendor_id &&
			    (off->product_id < 0 || off->product_id == dev->product_id))
				return true;
		} else if (pl_glob_match(off->model, name) ||
			   pl_glob_match(off->model, dev->product)) {
			return true;
		}
	}
	return false;
}
