/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_FIRMWARE_H
#define VP_FIRMWARE_H

/*
 * Firmware: a printer's side of an update, where behaviour.json says that it takes any
 * ("firmware"). What it takes is a made-up format, bare or behind `@PJL ENTER LANGUAGE=FWUPDATE`:
 *
 *     VPFW1 <SHA-256 of the body, hex> <bytes of the body> <version>\n<body>
 *
 * With the first byte of the body the old firmware is gone: the printer is in its recovery mode, in
 * which it is a USB device with a 1284 ID that takes firmware, and nothing else. With the last
 * byte, if the hash is right, it writes, leaves the bus, and comes back with the new version. A
 * stream that is cut leaves it where it is; the next whole one ends that. Threads: the print
 * pipe's; the question of the mode from any. Memory: inside struct vp_print.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "printer.h"

#define VP_FIRMWARE_HEADER 256

struct vp_firmware {
	struct vp_printer *printer;
	struct vp_pipe *pipe;
	char header[VP_FIRMWARE_HEADER];
	size_t header_size;
	bool in_body;
	uint64_t size, taken; /* bytes of the body */
	char sha256[65], version[64];
	void *checksum;
	bool cut_once; /* the fault of behaviour.json has happened */
};

/* True when this printer takes firmware in this way: as a language of PJL ("pjl"), or bare. */
bool vp_firmware_takes(struct vp_printer *printer, const char *container);

/* True when bytes that stand outside of PJL are the beginning of one. */
bool vp_firmware_starts(const void *data, size_t n);

/* The stream begins. */
void vp_firmware_begin(struct vp_firmware *f, struct vp_printer *printer, struct vp_pipe *pipe);

/* Takes bytes of it; returns how many. Less than n: it has ended, well or not. */
size_t vp_firmware_take(struct vp_firmware *f, const uint8_t *data, size_t n, bool *ret_ended);

/* The stream ends before its time. */
void vp_firmware_cut(struct vp_firmware *f, const char *why);

#endif
