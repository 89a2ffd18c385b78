/* SPDX-License-Identifier: Apache-2.0 */
/* Device: chapter 9 and the printer class, on top of pipes. */

#include "device.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "device_id.h"
#include "fault.h"
#include "json.h"

#define MAX_REPLY 65536

struct vp_device {
	pthread_mutex_t mutex;
	struct vp_descriptors desc;
	struct vp_pipe *pipes[VP_MAX_SETTINGS];
	struct vp_faults *faults[VP_MAX_SETTINGS];
	unsigned selected[VP_MAX_INTERFACES];
	const cJSON *json;
	struct vp_device_ops ops;
	void *arg;
};

static void make_pipe(struct vp_device *d, size_t i, const cJSON *faults, const char *raw_dir,
		      void (*unplug)(void *arg, int return_ms))
{
	const struct vp_setting *s = &d->desc.settings[i];
	struct vp_pipe_config config = {
		.packet_size = d->desc.packet_size,
		.zero_length_packets = vp_json_true(d->json, "zero_length_packets", true),
	};
	gchar *raw = NULL;

	if (s->ep_out == 0 && s->ep_in == 0)
		return;
	snprintf(config.name, sizeof(config.name), "%u-%u", s->interface, s->alternate);
	if (raw_dir)
		raw = g_strdup_printf("%s/pipe-%s", raw_dir, config.name);
	d->faults[i] = vp_faults_create(faults, config.name, unplug, d->arg);
	config.faults = d->faults[i];
	config.raw_path = raw;
	d->pipes[i] = vp_pipe_create(&config);
	g_free(raw);
}

enum pl_result vp_device_create(const cJSON *device, const cJSON *faults, const char *raw_dir,
				void (*unplug)(void *arg, int return_ms),
				const struct vp_device_ops *ops, void *arg,
				struct vp_device **ret_device, struct pl_error *err)
{
	struct vp_device *d = calloc(1, sizeof(*d));
	enum pl_result r;

	if (!d)
		abort();
	pthread_mutex_init(&d->mutex, NULL);
	d->json = device;
	d->ops = *ops;
	d->arg = arg;
	r = vp_descriptors_build(device, &d->desc, err);
	if (r != PL_OK) {
		vp_device_destroy(d);
		return r;
	}
	for (size_t i = 0; i < d->desc.setting_count; i++)
		make_pipe(d, i, faults, raw_dir, unplug);
	*ret_device = d;
	return PL_OK;
}

void vp_device_destroy(struct vp_device *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->desc.setting_count; i++) {
		vp_pipe_destroy(d->pipes[i]);
		vp_faults_destroy(d->faults[i]);
	}
	pthread_mutex_destroy(&d->mutex);
	free(d);
}

const struct vp_descriptors *vp_device_descriptors(const struct vp_device *d)
{
	return &d->desc;
}

struct vp_pipe *vp_device_pipe(struct vp_device *d, size_t i)
{
	return d->pipes[i];
}

unsigned vp_device_selected(struct vp_device *d, unsigned interface)
{
	unsigned alternate;

	pthread_mutex_lock(&d->mutex);
	alternate = d->selected[interface];
	pthread_mutex_unlock(&d->mutex);
	return alternate;
}

/* The index of the setting that owns an endpoint now; -1: none. */
static int setting_of(struct vp_device *d, uint8_t endpoint)
{
	for (size_t i = 0; i < d->desc.setting_count; i++) {
		const struct vp_setting *s = &d->desc.settings[i];

		if (endpoint != 0 && (endpoint == s->ep_out || endpoint == s->ep_in) &&
		    vp_device_selected(d, s->interface) == s->alternate)
			return (int)i;
	}
	return -1;
}

int vp_device_interface_of(struct vp_device *d, uint8_t endpoint)
{
	int i = setting_of(d, endpoint);

	return i < 0 ? -1 : d->desc.settings[i].interface;
}

char *vp_device_string(struct vp_device *d, int index)
{
	const char *pattern = index == 1   ? d->desc.manufacturer
			      : index == 2 ? d->desc.product
					   : d->desc.serial;

	return pattern ? d->ops.text(d->arg, pattern) : NULL;
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
	const struct vp_setting *s = vp_descriptors_find(&d->desc, interface, alternate);
	const char *pattern = vp_json_text(d->json, "device_id", NULL);
	char *text;
	size_t n;

	if (!s || s->class_code != 7 || !pattern)
		return 0;
	text = d->ops.text(d->arg, pattern);
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
		int i = setting_of(d, (uint8_t)index);
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
		int i = setting_of(d, (uint8_t)index);

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
	if (setup[0] & 0x80) {
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

void vp_device_submit(struct vp_device *d, struct vp_transfer *t)
{
	int i;

	t->actual = 0;
	t->status = 0;
	if (t->endpoint == 0) {
		t->status = vp_device_control(d, t->setup, t->data, t->size, &t->actual);
		t->done(t);
		return;
	}
	i = setting_of(d, t->endpoint);
	if (i >= 0) {
		vp_pipe_submit(d->pipes[i], t);
		return;
	}
	t->status = -EPIPE;
	t->done(t);
}

bool vp_device_cancel(struct vp_device *d, struct vp_transfer *t, int status)
{
	for (size_t i = 0; i < d->desc.setting_count; i++)
		if (d->pipes[i] && vp_pipe_cancel(d->pipes[i], t, status))
			return true;
	return false;
}

int vp_device_select(struct vp_device *d, unsigned interface, unsigned alternate)
{
	if (!vp_descriptors_find(&d->desc, interface, alternate))
		return -EINVAL;
	pthread_mutex_lock(&d->mutex);
	d->selected[interface] = alternate;
	pthread_mutex_unlock(&d->mutex);
	for (size_t i = 0; i < d->desc.setting_count; i++)
		if (d->desc.settings[i].interface == interface && d->pipes[i])
			vp_pipe_reset(d->pipes[i], -ESHUTDOWN);
	d->ops.selected(d->arg, interface, alternate);
	return 0;
}

int vp_device_clear_halt(struct vp_device *d, uint8_t endpoint)
{
	int i = setting_of(d, endpoint);

	if (i < 0)
		return -ENOENT;
	vp_pipe_clear_halt(d->pipes[i], endpoint & 0x80);
	return 0;
}

void vp_device_reset(struct vp_device *d, int status)
{
	pthread_mutex_lock(&d->mutex);
	memset(d->selected, 0, sizeof(d->selected));
	pthread_mutex_unlock(&d->mutex);
	for (size_t i = 0; i < d->desc.setting_count; i++)
		if (d->pipes[i])
			vp_pipe_reset(d->pipes[i], status);
}
