/* SPDX-License-Identifier: Apache-2.0 */
/* Device: chapter 9 and the printer class, on top of pipes. */

#include "device_inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "fault.h"
#include "json.h"

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

int vp_device_setting_of(struct vp_device *d, uint8_t endpoint)
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
	int i = vp_device_setting_of(d, endpoint);

	return i < 0 ? -1 : d->desc.settings[i].interface;
}

char *vp_device_string(struct vp_device *d, int index)
{
	const char *pattern = index == 1   ? d->desc.manufacturer
			      : index == 2 ? d->desc.product
					   : d->desc.serial;

	return pattern ? d->ops.text(d->arg, "usb", pattern) : NULL;
}

void vp_device_submit(struct vp_device *d, struct vp_transfer *t)
{
	int i;

	t->actual = 0;
	t->status = 0;
	if (t->endpoint == 0 && strcmp(vp_device_refusal(d, t->setup), "silence") == 0) {
		d->ops.asked(d->arg, t->setup, -ETIMEDOUT);
		pthread_mutex_lock(&d->mutex);
		vp_transfer_append(&d->unanswered, t);
		pthread_mutex_unlock(&d->mutex);
		return;
	}
	if (t->endpoint == 0) {
		t->status = vp_device_control(d, t->setup, t->data, t->size, &t->actual);
		t->done(t);
		return;
	}
	i = vp_device_setting_of(d, t->endpoint);
	if (i >= 0) {
		vp_pipe_submit(d->pipes[i], t);
		return;
	}
	t->status = -EPIPE;
	t->done(t);
}

bool vp_device_cancel(struct vp_device *d, struct vp_transfer *t, int status)
{
	bool unanswered;

	pthread_mutex_lock(&d->mutex);
	unanswered = vp_transfer_remove(&d->unanswered, t);
	pthread_mutex_unlock(&d->mutex);
	if (unanswered) {
		t->status = status;
		t->done(t);
		return true;
	}
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
	int i = vp_device_setting_of(d, endpoint);

	if (i < 0)
		return -ENOENT;
	vp_pipe_clear_halt(d->pipes[i], endpoint & 0x80);
	return 0;
}

void vp_device_reset(struct vp_device *d, int status)
{
	struct vp_transfer *unanswered;

	pthread_mutex_lock(&d->mutex);
	memset(d->selected, 0, sizeof(d->selected));
	unanswered = d->unanswered;
	d->unanswered = NULL;
	pthread_mutex_unlock(&d->mutex);
	for (struct vp_transfer *t = unanswered; t; t = t->next)
		t->status = status;
	vp_transfer_finish_all(unanswered);
	for (size_t i = 0; i < d->desc.setting_count; i++)
		if (d->pipes[i])
			vp_pipe_reset(d->pipes[i], status);
}
