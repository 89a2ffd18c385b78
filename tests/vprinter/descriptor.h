/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_DESCRIPTOR_H
#define VP_DESCRIPTOR_H

/*
 * Descriptors: what device.json says, as the bytes of USB 2.0 chapter 9 (USB 3.2 for "super").
 *
 *     "interfaces": [ [ {"class": "7/1/2", "out": "01", "in": "81"}, {"class": "7/1/4", "out":
 * "01", "in": "81"} ], … ]
 *
 * Classes and addresses are hexadecimal. A printer that lies about itself says so under "patch"
 * (offset -> byte) and "cut" (bytes left off the configuration). Threads: read-only once built.
 * Memory: plain values; texts are borrowed from the profile.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <platen/result.h>

#define VP_MAX_SETTINGS	  16
#define VP_MAX_INTERFACES 8
#define VP_MAX_CONFIG	  1024 /* bytes */

enum vp_speed {
	VP_SPEED_FULL = 2,
	VP_SPEED_HIGH = 3,
	VP_SPEED_SUPER = 5
}; /* the kernel's numbers */

struct vp_setting {
	uint8_t interface, alternate;
	uint8_t class_code, subclass, protocol;
	uint8_t ep_out, ep_in; /* 0: none */
};

struct vp_descriptors {
	enum vp_speed speed;
	uint16_t vendor_id, product_id, release;
	uint16_t packet_size;			     /* of the bulk endpoints */
	const char *manufacturer, *product, *serial; /* templates; NULL: no such string */
	uint8_t device[18];
	uint8_t config[VP_MAX_CONFIG];
	size_t config_size; /* as sent: may differ from the wTotalLength it claims */
	uint8_t bos[32];
	size_t bos_size;      /* 0: none */
	uint8_t ipp_info[10]; /* class-specific descriptor 0x21 of IPP over USB */
	size_t ipp_info_size; /* 0: none */
	struct vp_setting settings[VP_MAX_SETTINGS];
	size_t setting_count;
	uint8_t interface_count;
};

/* Returns PL_OK | PL_E_INVALID. */
enum pl_result vp_descriptors_build(const cJSON *device, struct vp_descriptors *ret,
				    struct pl_error *err);

/* The setting of an interface and an alternate number; NULL where there is none. */
const struct vp_setting *vp_descriptors_find(const struct vp_descriptors *d, unsigned interface,
					     unsigned alternate);

static inline bool vp_setting_is_print(const struct vp_setting *s)
{
	return s->class_code == 7 && s->subclass == 1 && (s->protocol == 1 || s->protocol == 2);
}

static inline bool vp_setting_is_http(const struct vp_setting *s)
{
	if (s->class_code == 7)
		return s->subclass == 1 && s->protocol == 4;
	return s->class_code == 0xff && ((s->subclass == 4 && s->protocol == 1) ||
					 (s->subclass == 0xcc && s->protocol == 0) ||
					 (s->subclass == 9 && s->protocol == 1));
}

/* Speed as sysfs writes it, in Mbit/s: "480". */
const char *vp_speed_text(enum vp_speed speed);

#endif
