/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware: header, body, and what follows from it. */

#include "firmware.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "json.h"

#define MAGIC	  "VPFW1 "
#define RETURN_MS 1500
#define MAX_BODY  (512u * 1024 * 1024)

static const cJSON *behaviour(const struct vp_printer *p)
{
	return vp_profile_behaviour(p->profile, "firmware");
}

bool vp_firmware_takes(struct vp_printer *printer, const char *container)
{
	return strcmp(vp_json_text(behaviour(printer), "container", ""), container) == 0;
}

bool vp_firmware_starts(const void *data, size_t n)
{
	return n >= strlen(MAGIC) && memcmp(data, MAGIC, strlen(MAGIC)) == 0;
}

static void note(struct vp_firmware *f, const char *event)
{
	cJSON *line = cJSON_CreateObject();

	cJSON_AddStringToObject(line, "event", event);
	cJSON_AddStringToObject(line, "version", f->version);
	cJSON_AddNumberToObject(line, "bytes", (double)f->taken);
	cJSON_AddNumberToObject(line, "of", (double)f->size);
	vp_log_json(f->printer->log, "firmware", line);
}

void vp_firmware_begin(struct vp_firmware *f, struct vp_printer *printer, struct vp_pipe *pipe)
{
	f->printer = printer;
	f->pipe = pipe;
	f->header_size = 0;
	f->in_body = false;
	f->size = f->taken = 0;
	f->version[0] = f->sha256[0] = '\0';
	f->checksum = NULL;
}

static void finish(struct vp_firmware *f)
{
	if (f->checksum)
		g_checksum_free(f->checksum);
	f->checksum = NULL;
}

/* The header's line is complete. False: nobody knows what this is. */
static bool read_header(struct vp_firmware *f)
{
	unsigned long long size = 0;

	f->header[f->header_size] = '\0';
	if (!vp_firmware_starts(f->header, f->header_size) ||
	    sscanf(f->header + strlen(MAGIC), "%64s %llu %63s", f->sha256, &size, f->version) !=
		    3 ||
	    size == 0 || size > MAX_BODY)
		return false;
	f->size = size;
	f->checksum = g_checksum_new(G_CHECKSUM_SHA256);
	f->in_body = true;
	return true;
}

/* All of it is there: the hash decides. Either way it starts anew. */
static void complete(struct vp_firmware *f)
{
	const cJSON *b = behaviour(f->printer);
	bool good = strcmp(g_checksum_get_string(f->checksum), f->sha256) == 0;

	if (good)
		(void)!vp_state_set(f->printer->state, "identity.firmware",
				    cJSON_CreateString(f->version), NULL);
	if (good)
		f->printer->recovers = false;
	note(f, good ? "written" : "refused");
	finish(f);
	vp_pipe_pause(f->pipe, (int64_t)vp_json_number(b, "flash_ms", 200));
	vp_printer_vanish(f->printer, (int)vp_json_number(b, "return_ms", RETURN_MS));
}

/* The profile's fault: somebody pulls the cable in the middle, once. */
static bool pulls_cable(struct vp_firmware *f)
{
	double percent = vp_json_number(behaviour(f->printer), "unplug_at", -1);

	if (percent < 0 || f->cut_once || (double)f->taken * 100 < percent * (double)f->size)
		return false;
	f->cut_once = true;
	vp_printer_vanish(f->printer,
			  (int)vp_json_number(behaviour(f->printer), "return_ms", RETURN_MS));
	return true;
}

static void take_body(struct vp_firmware *f, const uint8_t *data, size_t n)
{
	double rate = vp_json_number(behaviour(f->printer), "bytes_per_s", 0);

	if (f->taken == 0) {
		f->printer->recovers = true; /* the old one is erased now */
		note(f, "begins");
	}
	g_checksum_update(f->checksum, data, (gssize)n);
	f->taken += n;
	if (rate > 0)
		vp_pipe_pause(f->pipe, (int64_t)((double)n * 1000 / rate));
}

size_t vp_firmware_take(struct vp_firmware *f, const uint8_t *data, size_t n, bool *ret_ended)
{
	size_t at = 0, part;

	*ret_ended = false;
	while (!f->in_body && at < n) {
		uint8_t byte = data[at++];

		if (byte == '\n' && read_header(f))
			break;
		if (byte == '\n' || f->header_size + 1 == sizeof(f->header)) {
			note(f, "unknown");
			*ret_ended = true;
			return at;
		}
		f->header[f->header_size++] = (char)byte;
	}
	part = n - at < f->size - f->taken ? n - at : (size_t)(f->size - f->taken);
	if (part > 0 && !pulls_cable(f))
		take_body(f, data + at, part);
	if (f->in_body && f->taken == f->size) {
		*ret_ended = true;
		complete(f);
	}
	return at + part;
}

void vp_firmware_cut(struct vp_firmware *f, const char *why)
{
	note(f, why);
	finish(f);
}
