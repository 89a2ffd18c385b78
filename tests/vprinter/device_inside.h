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
	struct vp_transfer *unanswered; /* control transfers that this printer never answers */
	const cJSON *json;
	struct vp_device_ops ops;
	void *arg;
};

/* The index of the setting that owns an endpoint now; -1: none. */
int vp_device_setting_of(struct vp_device *d, uint8_t endpoint);

/* What device.json says this printer does to a control request: "control": {"a100": "silence"}; or
 * "stall", or "". */
const char *vp_device_refusal(const struct vp_device *d, const uint8_t setup[8]);

#endif
