/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_FIRMWARE_NOTE_H
#define PL_AGENT_FIRMWARE_NOTE_H

/*
 * Firmware note: which printers were being given which firmware, on the disk from before the first
 * byte until the printer has told its new version. A printer that was left in the middle tells no
 * version; the note is why the next try may be sent to it all the same.
 * Threads: any, one per printer. Memory: values.
 */

#include "platen/file.h"
#include "platen/package.h"

/* Durable when it returns PL_OK. */
enum pl_result pl_firmware_note(const char *state_dir, const char *key, const char *version,
				struct pl_error *err);
void pl_firmware_note_remove(const char *state_dir, const char *key);

/* The version this printer was being given; false: none was left unfinished. */
bool pl_firmware_noted(const char *state_dir, const char *key,
		       char ret_version[static PL_MAX_PACKAGE_VERSION]);

#endif
