/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors: device.json -> bytes. */

#include "descriptor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define DT_DEVICE     1
#define DT_CONFIG     2
#define DT_INTERFACE  4
#define DT_ENDPOINT   5
#define DT_BOS	      15
#define DT_IPP_INFO   0x21
#define DT_COMPANION  48
#define CONFIG_HEADER 9
#define SELF_POWERED  0xc0

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

static unsigned hex_of(const cJSON *object, const char *name, const char *otherwise)
{
	return (unsigned)strtoul(vp_json_text(object, name, otherwise), NULL, 16);
}

/* "1.10" -> 0x0110 */
static uint16_t bcd_of(const char *text)
{
	unsigned major = 0, minor = 0;

	sscanf(text, "%x.%x", &major, &minor);
	return (uint16_t)(major << 8 | minor);
}

static enum pl_result read_speed(const char *text, struct vp_descriptors *d, struct pl_error *err)
{
	static const struct {
		const char *name;
		enum vp_speed speed;
		uint16_t packet;
	} SPEEDS[] = { { "full", VP_SPEED_FULL, 64 },
		       { "high", VP_SPEED_HIGH, 512 },
		       { "super", VP_SPEED_SUPER, 1024 } };

	for (size_t i = 0; i < sizeof(SPEEDS) / sizeof(SPEEDS[0]); i++) {
		if (strcmp(SPEEDS[i].name, text) != 0)
			continue;
		d->speed = SPEEDS[i].speed;
		d->packet_size = SPEEDS[i].packet;
		return PL_OK;
	}
	return pl_error_set(err, PL_E_INVALID,
			    "device.json: speed \"%s\" is not full, high or super", text);
}

static enum pl_result add(struct vp_descriptors *d, const uint8_t *bytes, size_t n)
{
	if (d->config_size + n > sizeof(d->config))
		return PL_E_TOO_BIG;
	memcpy(d->config + d->config_size, bytes, n);
	d->config_size += n;
	return PL_OK;
}

static enum pl_result add_endpoint(struct vp_descriptors *d, uint8_t address)
{
	const uint8_t endpoint[] = {
		7, DT_ENDPOINT, address, 2, (uint8_t)d->packet_size, (uint8_t)(d->packet_size >> 8),
		0
	};
	const uint8_t companion[] = { 6, DT_COMPANION, 0, 0, 0, 0 };
	enum pl_result r;

	if (address == 0)
		return PL_OK;
	r = add(d, endpoint, sizeof(endpoint));
	if (r == PL_OK && d->speed == VP_SPEED_SUPER)
		r = add(d, companion, sizeof(companion));
	return r;
}

static enum pl_result add_setting(struct vp_descriptors *d, const cJSON *row, uint8_t interface,
				  uint8_t alternate, struct pl_error *err)
{
	unsigned class_code, subclass, protocol;
	struct vp_setting *s = &d->settings[d->setting_count];
	enum pl_result r;

	if (d->setting_count == VP_MAX_SETTINGS)
		return pl_error_set(err, PL_E_INVALID, "device.json: too many settings");
	if (sscanf(vp_json_text(row, "class", ""), "%x/%x/%x", &class_code, &subclass, &protocol) !=
	    3)
		return pl_error_set(err, PL_E_INVALID, "device.json: a setting needs \"class\"");
	*s = (struct vp_setting){ .interface = interface,
				  .alternate = alternate,
				  .class_code = (uint8_t)class_code,
				  .subclass = (uint8_t)subclass,
				  .protocol = (uint8_t)protocol,
				  .ep_out = (uint8_t)hex_of(row, "out", "0"),
				  .ep_in = (uint8_t)hex_of(row, "in", "0") };
	d->setting_count++;
	r = add(d,
		(const uint8_t[]){ 9, DT_INTERFACE, interface, alternate,
				   (uint8_t)((s->ep_out != 0) + (s->ep_in != 0)), s->class_code,
				   s->subclass, s->protocol, 0 },
		9);
	if (r == PL_OK)
		r = add_endpoint(d, s->ep_out);
	if (r == PL_OK)
		r = add_endpoint(d, s->ep_in);
	return r == PL_OK ? PL_OK
			  : pl_error_set(err, PL_E_INVALID, "device.json: too many settings");
}

static enum pl_result add_interfaces(struct vp_descriptors *d, const cJSON *device,
				     struct pl_error *err)
{
	const cJSON *alternates, *row;
	enum pl_result r = PL_OK;

	d->config_size = CONFIG_HEADER;
	cJSON_ArrayForEach(alternates, cJSON_GetObjectItemCaseSensitive(device, "interfaces"))
	{
		uint8_t alternate = 0;

		cJSON_ArrayForEach(row, alternates)
		{
			if (r == PL_OK)
				r = add_setting(d, row, d->interface_count, alternate++, err);
		}
		if (++d->interface_count > VP_MAX_INTERFACES)
			return pl_error_set(err, PL_E_INVALID, "device.json: too many interfaces");
	}
	if (r == PL_OK && d->setting_count == 0)
		r = pl_error_set(err, PL_E_INVALID, "device.json needs \"interfaces\"");
	return r;
}

static void make_config_header(struct vp_descriptors *d)
{
	const uint8_t header[] = { CONFIG_HEADER, DT_CONFIG, 0, 0, d->interface_count, 1, 0,
				   SELF_POWERED,  1 };

	memcpy(d->config, header, sizeof(header));
	put16(d->config + 2, (unsigned)d->config_size);
}

static void make_device(struct vp_descriptors *d)
{
	const uint8_t device[18] = { 18,
				     DT_DEVICE,
				     0,
				     0,
				     0,
				     0,
				     0,
				     d->speed == VP_SPEED_SUPER ? 9 : 64,
				     0,
				     0,
				     0,
				     0,
				     0,
				     0,
				     d->manufacturer ? 1 : 0,
				     d->product ? 2 : 0,
				     d->serial ? 3 : 0,
				     1 };

	memcpy(d->device, device, sizeof(device));
	put16(d->device + 2, d->speed == VP_SPEED_SUPER ? 0x0320 : 0x0200);
	put16(d->device + 8, d->vendor_id);
	put16(d->device + 10, d->product_id);
	put16(d->device + 12, d->release);
}

static void make_bos(struct vp_descriptors *d)
{
	static const uint8_t BOS[] = { 5, DT_BOS, 22, 0, 2, 7,	  16, 2, 2,  0,	   0,
				       0, 10,	  16, 3, 0, 0x0e, 0,  1, 10, 0xff, 7 };

	if (d->speed != VP_SPEED_SUPER)
		return;
	memcpy(d->bos, BOS, sizeof(BOS));
	d->bos_size = sizeof(BOS);
}

/* "ipp_info": ["print", "scan", "fax", "http"] -> descriptor 0x21 with those basic capabilities. */
static void make_ipp_info(struct vp_descriptors *d, const cJSON *list)
{
	static const char *const CAPS[] = { "print", "scan", "fax", "other", "http" };
	const uint8_t info[10] = { 10, DT_IPP_INFO, 0x00, 0x01, 1, 0, 0, 0, 1, 0 };
	const cJSON *item;
	unsigned caps = 0;

	cJSON_ArrayForEach(item, list)
	{
		for (unsigned i = 0; i < sizeof(CAPS) / sizeof(CAPS[0]); i++)
			if (strcmp(item->valuestring, CAPS[i]) == 0)
				caps |= 1u << i;
	}
	if (!list)
		return;
	memcpy(d->ipp_info, info, sizeof(info));
	put16(d->ipp_info + 6, caps);
	d->ipp_info_size = sizeof(info);
}

/* Makes the configuration lie as the profile wants it. */
static void patch(struct vp_descriptors *d, const cJSON *device)
{
	size_t cut = (size_t)vp_json_number(device, "cut", 0);
	const cJSON *row;

	cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(device, "patch"))
	{
		size_t at = strtoul(row->string, NULL, 10);

		if (at < d->config_size)
			d->config[at] = (uint8_t)row->valueint;
	}
	d->config_size -= cut < d->config_size - CONFIG_HEADER ? cut : 0;
}

enum pl_result vp_descriptors_build(const cJSON *device, struct vp_descriptors *ret,
				    struct pl_error *err)
{
	struct vp_descriptors d = { 0 };
	enum pl_result r = read_speed(vp_json_text(device, "speed", "high"), &d, err);

	if (r != PL_OK)
		return r;
	d.vendor_id = (uint16_t)hex_of(device, "vendor_id", "0");
	d.product_id = (uint16_t)hex_of(device, "product_id", "0");
	d.release = bcd_of(vp_json_text(device, "release", "1.00"));
	d.manufacturer = vp_json_text(device, "manufacturer", NULL);
	d.product = vp_json_text(device, "product", NULL);
	d.serial = vp_json_text(device, "serial", NULL);
	r = add_interfaces(&d, device, err);
	if (r != PL_OK)
		return r;
	make_config_header(&d);
	make_device(&d);
	make_bos(&d);
	make_ipp_info(&d, cJSON_GetObjectItemCaseSensitive(device, "ipp_info"));
	patch(&d, device);
	*ret = d;
	return PL_OK;
}

const struct vp_setting *vp_descriptors_find(const struct vp_descriptors *d, unsigned interface,
					     unsigned alternate)
{
	for (size_t i = 0; i < d->setting_count; i++)
		if (d->settings[i].interface == interface && d->settings[i].alternate == alternate)
			return &d->settings[i];
	return NULL;
}

const char *vp_speed_text(enum vp_speed speed)
{
	return speed == VP_SPEED_SUPER ? "5000" : speed == VP_SPEED_FULL ? "12" : "480";
}
