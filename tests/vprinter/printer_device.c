/* SPDX-License-Identifier: Apache-2.0 */
/* Printer, seen from its device: the words of descriptors and IDs, the status bits, and what goes
 * into the log. */

#include "printer_inside.h"

#include <errno.h>

#include <glib.h>

#include "view.h"

static char *device_text(void *arg, const char *language, const char *pattern)
{
	struct vp_printer *p = arg;

	return vp_view_text(p->profile, p->state, language, pattern);
}

static uint8_t device_port_status(void *arg)
{
	struct vp_printer *p = arg;

	return vp_view_port_status(p->state);
}

static const char *class_request_name(const uint8_t setup[8])
{
	switch (setup[0] << 8 | setup[1]) {
	case 0xa100: return "GET_DEVICE_ID";
	case 0xa101: return "GET_PORT_STATUS";
	case 0x2102:
	case 0x2302: return "SOFT_RESET";
	default: return NULL;
	}
}

static void device_asked(void *arg, const uint8_t setup[8], int status)
{
	struct vp_printer *p = arg;
	const char *name = class_request_name(setup);
	cJSON *line;

	if (!name && (setup[0] & 0x60) == 0)
		return; /* chapter 9 is no news */
	line = cJSON_CreateObject();
	cJSON_AddStringToObject(line, "request", name ? name : "?");
	cJSON_AddNumberToObject(line, "type", setup[0]);
	cJSON_AddNumberToObject(line, "code", setup[1]);
	cJSON_AddNumberToObject(line, "value", setup[2] | setup[3] << 8);
	cJSON_AddNumberToObject(line, "index", setup[4] | setup[5] << 8);
	cJSON_AddStringToObject(line, "status",
				status == 0	   ? "ok"
				: status == -EPIPE ? "stall"
						   : "no answer");
	vp_log_json(p->log, "control", line);
}

static void device_selected(void *arg, unsigned interface, unsigned alternate)
{
	struct vp_printer *p = arg;
	cJSON *line = cJSON_CreateObject();

	cJSON_AddNumberToObject(line, "interface", interface);
	cJSON_AddNumberToObject(line, "alternate", alternate);
	vp_log_json(p->log, "set-interface", line);
}

static void device_soft_reset(void *arg, unsigned interface)
{
	(void)arg;
	(void)interface; /* device_asked() has logged it */
}

const struct vp_device_ops VP_PRINTER_DEVICE_OPS = { device_text, device_port_status, device_asked,
						     device_selected, device_soft_reset };
