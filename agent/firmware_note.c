/* SPDX-License-Identifier: Apache-2.0 */
/* One small file per printer, named by a hash of its key. */
#include "firmware_note.h"

#include <stdio.h>
#include <string.h>

#include "platen/encode.h"
#include "platen/hash.h"
#include "platen/log.h"

static enum pl_result note_path(const char *state_dir, const char *key,
				char ret_path[static PL_MAX_PATH], struct pl_error *err)
{
	uint8_t digest[PL_HASH_SIZE];
	char text[PL_HASH_TEXT], name[48];

	pl_sha256(key, strlen(key), digest);
	pl_hex_write(digest, sizeof(digest), text);
	snprintf(name, sizeof(name), "firmware-%.16s", text);
	return pl_file_join(state_dir, name, ret_path, err);
}

enum pl_result pl_firmware_note(const char *state_dir, const char *key, const char *version,
				struct pl_error *err)
{
	char path[PL_MAX_PATH];
	enum pl_result r = note_path(state_dir, key, path, err);

	return r == PL_OK ? pl_file_write(path, PL_FILE_SECRET, version, strlen(version), err) : r;
}

void pl_firmware_note_remove(const char *state_dir, const char *key)
{
	char path[PL_MAX_PATH];
	struct pl_error err;

	if (note_path(state_dir, key, path, &err) != PL_OK || pl_file_remove(path, &err) != PL_OK)
		log_warn(key, "%s", err.text);
}

bool pl_firmware_noted(const char *state_dir, const char *key,
		       char ret_version[static PL_MAX_PACKAGE_VERSION])
{
	char path[PL_MAX_PATH];
	struct pl_bytes text;
	bool found;

	pl_bytes_init(&text, PL_MAX_PACKAGE_VERSION - 1);
	found = note_path(state_dir, key, path, NULL) == PL_OK &&
		pl_file_read(path, PL_FILE_SECRET, &text, NULL) == PL_OK;
	if (found)
		pl_span_copy(pl_bytes_span(&text), ret_version, PL_MAX_PACKAGE_VERSION);
	pl_bytes_finish(&text);
	return found;
}
