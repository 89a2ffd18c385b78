/* SPDX-License-Identifier: Apache-2.0 */
/* Device, control requests: chapter 9 of USB 2.0 and the printer class. */

#include "device_inside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "device_id.h"
#include "json.h"

#define MAX_REPLY 65536

const char *vp_device_refusal(const struct vp_device *d, const uint8_t setup[8])
{
	char request[8];

	snprintf(request, sizeof(request), "%02x%02x", setup[0], setup[1]);
	return vp_json_text(cJSON_GetObjectItemCaseSensitive(d->json, "control"), request, "");
}

/* String descriptor `index`; 0 is the list of languages. Returns its bytes, 0 where there is none.
 */
static size_t string_reply(struct vp_device *d, int index, uint8_t *out)
{
	gunichar2 *wide;
	glong units = 1;
	char *text = NULL;

	if (index == 0) {
		memcpy(out, (const uint8_t[]){ 4, 3, 9, 4 }, 4);
		return 4;
	}
	if (index <= 3)
		text = vp_device_string(d, index);
	if (!text)
		return 0;
	wide = g_utf8_to_utf16(text, -1, NULL, &units, NULL);
	g_free(text);
	if (!wide || units > 126)
		units = wide ? 126 : 0;
	out[0] = (uint8_t)(2 + units * 2);
	out[1] = 3;
	for (glong i = 0; i < units; i++) {
		out[2 + i * 2] = (uint8_t)wide[i];
		out[3 + i * 2] = (uint8_t)(wide[i] >> 8);
	}
	g_free(wide);
	return out[0];
}

static size_t copy(uint8_t *out, const void *bytes, size_t n)
{
	memcpy(out, bytes, n);
	return n;
}

/* A device qualifier (type 6), or the other speed's configuration (type 7) of a high-speed device.
 */
static size_t other_speed_reply(struct vp_device *d, int type, uint8_t *out)
{
	static const uint8_t QUALIFIER[] = { 10, 6, 0, 2, 0, 0, 0, 64, 1, 0 };
	size_t n = d->desc.config_size;

	if (d->desc.speed != VP_SPEED_HIGH)
		return 0;
	if (type == 6)
		return copy(out, QUALIFIER, sizeof(QUALIFIER));
	copy(out, d->desc.config, n);
	out[1] = 7;
	for (size_t at = 0; at + 6 < n && out[at] > 0; at += out[at]) {
		if (out[at + 1] != 5)
			continue;
		out[at + 4] = 64;
		out[at + 5] = 0;
	}
	return n;
}

static size_t descriptor_reply(struct vp_device *d, int type, int index, uint8_t *out)
{
	switch (type) {
	case 1: return copy(out, d->desc.device, sizeof(d->desc.device));
	case 2: return index == 0 ? copy(out, d->desc.config, d->desc.config_size) : 0;
	case 3: return string_reply(d, index, out);
	case 6:
	case 7: return index == 0 ? other_speed_reply(d, type, out) : 0;
	case 15: return copy(out, d->desc.bos, d->desc.bos_size);
	case 0x21: return index == 0 ? copy(out, d->desc.ipp_info, d->desc.ipp_info_size) : 0;
	default: return 0;
	}
}

size_t vp_device_id(struct vp_device *d, unsigned interface, unsigned alternate, uint8_t *out,
		    size_t cap)
{
	static const uint8_t REQUEST[8] = { 0xa1, 0 };
	const struct vp_setting *s = vp_descriptors_find(&d->desc, interface, alternate);
	const char *pattern = vp_json_text(d->json, "device_id", NULL);
	char *text;
	size_t n;

	if (!s || s->class_code != 7 || !pattern || *vp_device_refusal(d, REQUEST))
		return 0;
	text = d->ops.text(d->arg, "ieee1284", pattern);
	n = vp_device_id_reply(d->json, text, out, cap);
	g_free(text);
	return n;
}

/* Answers a request that sends data to the host; 0: STALL. */
static size_t in_reply(struct vp_device *d, unsigned request, unsigned value, unsigned index,
		       uint8_t *out)
{
	switch (request) {
	case 0x8006: return descriptor_reply(d, (int)(value >> 8), (int)(value & 0xff), out);
	case 0x8106: return descriptor_reply(d, (int)(value >> 8), (int)(value & 0xff), out);
	case 0x8000: return copy(out, (const uint8_t[]){ 1, 0 }, 2);
	case 0x8100: return copy(out, (const uint8_t[]){ 0, 0 }, 2);
	case 0x8200: {
		int i = vp_device_setting_of(d, (uint8_t)index);
		bool halted = i >= 0 && vp_pipe_halted(d->pipes[i], index & 0x80);

		return i < 0 ? 0 : copy(out, (const uint8_t[]){ halted, 0 }, 2);
	}
	case 0x8008: out[0] = (uint8_t)vp_json_number(d->json, "configuration_told", 1); return 1;
	case 0x810a:
		if (index >= d->desc.interface_count)
			return 0;
		out[0] = (uint8_t)vp_device_selected(d, index);
		return 1;
	case 0xa100: return vp_device_id(d, index >> 8, index & 0xff, out, MAX_REPLY);
	case 0xa101:
		if ((index & 0xff) >= d->desc.interface_count)
			return 0;
		out[0] = d->ops.port_status(d->arg);
		return 1;
	default: return 0;
	}
}

/* SOFT_RESET of the printer class: buffers of the interface are flushed, halts cleared, transfers
 * stay. */
static int soft_reset(struct vp_device *d, unsigned interface)
{
	if (interface >= d->desc.interface_count)
		return -EPIPE;
	d->ops.soft_reset(d->arg, interface);
	for (size_t i = 0; i < d->desc.setting_count; i++)
		if (d->desc.settings[i].interface == interface && d->pipes[i])
			vp_pipe_reset(d->pipes[i], 0);
	return 0;
}

static int out_request(struct vp_device *d, unsigned request, unsigned value, unsigned index)
{
	switch (request) {
	case 0x0009: vp_device_reset(d, -ESHUTDOWN); return value <= 1 ? 0 : -EPIPE;
	case 0x010b: return vp_device_select(d, index, value) ? -EPIPE : 0;
	case 0x0201: return vp_device_clear_halt(d, (uint8_t)index) ? -EPIPE : 0;
	case 0x0203: {
		int i = vp_device_setting_of(d, (uint8_t)index);

		if (i < 0)
			return -EPIPE;
		vp_pipe_halt(d->pipes[i], index & 0x80);
		return 0;
	}
	case 0x0001:
	case 0x0003:
	case 0x0005:
	case 0x0030:
	case 0x0031: return 0;
	case 0x2102:
	case 0x2302: return soft_reset(d, index & 0xff);
	default: return -EPIPE;
	}
}

int vp_device_control(struct vp_device *d, const uint8_t setup[8], uint8_t *data, size_t size,
		      size_t *ret_actual)
{
	unsigned request = (unsigned)setup[0] << 8 | setup[1];
	unsigned value = setup[2] | (unsigned)setup[3] << 8;
	unsigned index = setup[4] | (unsigned)setup[5] << 8;
	size_t length = setup[6] | (size_t)setup[7] << 8;
	uint8_t *reply = NULL;
	int status = 0;

	*ret_actual = 0;
	if (length < size)
		size = length;
	if (*vp_device_refusal(d, setup)) {
		status = strcmp(vp_device_refusal(d, setup), "stall") == 0 ? -EPIPE : -ETIMEDOUT;
	} else if (setup[0] & 0x80) {
		size_t n;

		reply = g_malloc0(MAX_REPLY + 1);
		n = in_reply(d, request, value, index, reply);
		status = n == 0 ? -EPIPE : 0;
		*ret_actual = n < size ? n : size;
		memcpy(data, reply, *ret_actual);
		g_free(reply);
	} else {
		status = out_request(d, request, value, index);
		*ret_actual = status == 0 ? size : 0;
	}
	d->ops.asked(d->arg, setup, status);
	return status;
}
