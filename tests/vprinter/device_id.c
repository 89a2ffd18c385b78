/* SPDX-License-Identifier: Apache-2.0 */
/* Device ID: text and length, and the ways to get the length wrong. */

#include "device_id.h"

#include <string.h>

#include "json.h"

#define PREFIX 2 /* bytes of the length; it counts them too */

static size_t claim(const char *way, size_t n)
{
	if (strcmp(way, "exclusive") == 0)
		return n - PREFIX;
	if (strcmp(way, "long") == 0)
		return n * 2;
	if (strcmp(way, "short") == 0)
		return n / 2;
	if (strcmp(way, "zero") == 0)
		return 0;
	return n;
}

size_t vp_device_id_reply(const cJSON *device, const char *text, uint8_t *out, size_t cap)
{
	const char *way = vp_json_text(device, "device_id_length", "big");
	size_t pad = (size_t)vp_json_number(device, "device_id_pad", 0);
	size_t n = PREFIX + strlen(text), claimed;

	if (n > cap)
		n = cap;
	memcpy(out + PREFIX, text, n - PREFIX);
	if (pad > n) {
		pad = pad < cap ? pad : cap;
		memset(out + n, ' ', pad - n);
		n = pad;
	}
	claimed = claim(way, n);
	out[0] = (uint8_t)(claimed >> 8);
	out[1] = (uint8_t)claimed;
	if (strcmp(way, "little") == 0) {
		out[0] = (uint8_t)claimed;
		out[1] = (uint8_t)(claimed >> 8);
	}
	return strcmp(way, "only") == 0 ? PREFIX : n;
}
