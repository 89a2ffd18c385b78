/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_DEVICE_ID_H
#define VP_DEVICE_ID_H

/*
 * Device ID: the IEEE 1284 ID behind its 16-bit length, true or as wrong as device.json wants it:
 *
 *     "device_id_length": "little"      the bytes of the length swapped
 *                         "exclusive"   does not count itself
 *                         "long"        claims twice as much
 *                         "short"       claims half
 *                         "zero"        claims nothing
 *                         "only"        two bytes, nothing behind them
 *     "device_id_pad": 65000            filled up with blanks to so many bytes
 *
 * Threads: pure.
 */

#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

/* Writes the reply for `text`; returns its bytes, at most cap. */
size_t vp_device_id_reply(const cJSON *device, const char *text, uint8_t *out, size_t cap);

#endif
