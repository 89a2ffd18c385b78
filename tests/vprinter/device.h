/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_DEVICE_H
#define VP_DEVICE_H

/*
 * Device: a printer as the bus sees it: descriptors, class requests, alternate settings, endpoints.
 * It knows no front end and no language; each alternate setting with endpoints has a pipe.
 *
 * Threads: any. Memory: pipes and descriptors belong to it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "descriptor.h"
#include "pipe.h"
#include "transfer.h"

/* What the device asks of the printer behind it. Called from any thread. */
struct vp_device_ops {
	/* Renders a text of device.json as a language ("usb", "ieee1284") tells it; g_free(). */
	char *(*text)(void *arg, const char *language, const char *pattern);
	uint8_t (*port_status)(void *arg);
	/* A control request was answered (status 0) or stalled: for the log. */
	void (*asked)(void *arg, const uint8_t setup[8], int status);
	void (*selected)(void *arg, unsigned interface, unsigned alternate);
	void (*soft_reset)(void *arg, unsigned interface);
};

struct vp_device;

/* `device` is device.json, `raw_dir` where raw streams go (NULL: nowhere), `faults` the array of
 * behaviour.json. Returns PL_OK | PL_E_INVALID. */
enum pl_result vp_device_create(const cJSON *device, const cJSON *faults, const char *raw_dir,
				void (*unplug)(void *arg, int return_ms),
				const struct vp_device_ops *ops, void *arg,
				struct vp_device **ret_device, struct pl_error *err);
void vp_device_destroy(struct vp_device *d);

const struct vp_descriptors *vp_device_descriptors(const struct vp_device *d);

/* The pipe of settings[i], NULL where it has no endpoints. */
struct vp_pipe *vp_device_pipe(struct vp_device *d, size_t i);

/* Which interface an endpoint address belongs to in the settings now selected; -1: none. */
int vp_device_interface_of(struct vp_device *d, uint8_t endpoint);
unsigned vp_device_selected(struct vp_device *d, unsigned interface);

/* Does a control request at once. Returns 0 with *ret_actual set, or -EPIPE (STALL). */
int vp_device_control(struct vp_device *d, const uint8_t setup[8], uint8_t *data, size_t size,
		      size_t *ret_actual);

/* Hands in a transfer, control or bulk; done() may run before this returns. */
void vp_device_submit(struct vp_device *d, struct vp_transfer *t);
bool vp_device_cancel(struct vp_device *d, struct vp_transfer *t, int status);

/* SET_INTERFACE. Returns 0 or -EINVAL. */
int vp_device_select(struct vp_device *d, unsigned interface, unsigned alternate);

/* CLEAR_FEATURE(ENDPOINT_HALT). Returns 0 or -ENOENT. */
int vp_device_clear_halt(struct vp_device *d, uint8_t endpoint);

/* All pipes start anew, all interfaces return to alternate setting 0; pending transfers end with
 * `status`. */
void vp_device_reset(struct vp_device *d, int status);

/* The IEEE 1284 ID as GET_DEVICE_ID sends it, with its length; returns its bytes (at most cap). */
size_t vp_device_id(struct vp_device *d, unsigned interface, unsigned alternate, uint8_t *out,
		    size_t cap);

/* The rendered string descriptor 1 (manufacturer), 2 (product) or 3 (serial); g_free(), NULL where
 * it has none. */
char *vp_device_string(struct vp_device *d, int index);

#endif
