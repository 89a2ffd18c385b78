/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_DEVICE_INSIDE_H
#define VP_DEVICE_INSIDE_H

/* The inside of a device, shared by device.c (settings, transfers) and device_control.c (control
 * requests). */

#include <pthread.h>

#include <cjson/cJSON.h>

#include "device.h"

struct vp_faults;

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

/* The index of the setting that owns an endpoint now; -1: none. */
int vp_device_setting_of(struct vp_device *d, uint8_t endpoint);

#endif
