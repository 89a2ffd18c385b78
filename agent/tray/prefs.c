/* SPDX-License-Identifier: Apache-2.0 */
/* The person's own settings. */
#include "prefs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platen/config.h"
#include "platen/file.h"
#include "platen/log.h"

static const struct pl_option OPTIONS[] = {
	{ "mute", PL_OPTION_BOOL, offsetof(struct prefs, mute), 0, 0, NULL },
};

/* The folder where settings live by the XDG rules, made when it is missing. */
static enum pl_result config_home(char ret_path[static PL_MAX_PATH], struct pl_error *err)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config && config[0] == '/' && strlen(config) < PL_MAX_PATH) {
		memcpy(ret_path, config, strlen(config) + 1);
		return PL_OK;
	}
	if (!home || home[0] != '/')
		return pl_error_set(err, PL_E_NOT_FOUND, "there is no home folder");
	return pl_file_join(home, ".config", ret_path, err);
}

static enum pl_result find(char ret_path[static PL_MAX_PATH], bool make, struct pl_error *err)
{
	char home[PL_MAX_PATH], folder[PL_MAX_PATH];
	enum pl_result r = config_home(home, err);

	if (r == PL_OK)
		r = pl_file_join(home, "platen", folder, err);
	if (r == PL_OK && make)
		r = pl_file_make_dir(home, err);
	if (r == PL_OK && make)
		r = pl_file_make_dir(folder, err);
	return r == PL_OK ? pl_file_join(folder, "tray.conf", ret_path, err) : r;
}

void prefs_load(struct prefs *ret_prefs)
{
	struct prefs prefs = { 0 };
	char path[PL_MAX_PATH];
	struct pl_error err;
	enum pl_result r = find(path, false, &err);

	if (r == PL_OK)
		r = pl_config_read(OPTIONS, sizeof(OPTIONS) / sizeof(OPTIONS[0]), &prefs, path,
				   &err);
	if (r != PL_OK && r != PL_E_NOT_FOUND)
		log_warn(NULL, "your settings cannot be read: %s", err.text);
	*ret_prefs = prefs;
}

enum pl_result prefs_save(const struct prefs *prefs, struct pl_error *err)
{
	char path[PL_MAX_PATH], text[64];
	enum pl_result r = find(path, true, err);

	if (r != PL_OK)
		return r;
	snprintf(text, sizeof(text), "mute = %s\n", prefs->mute ? "yes" : "no");
	return pl_file_write(path, PL_FILE_SECRET, text, strlen(text), err);
}
