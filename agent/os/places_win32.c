/* SPDX-License-Identifier: Apache-2.0 */
/* %ProgramData%, as the shell tells it: it may lie on another drive. */
#include "places.h"

#include <pthread.h>
#include <stdio.h>

#include <initguid.h>
#include <windows.h>

#include <knownfolders.h>
#include <shlobj.h>

#include "platen/file.h"
#include "platen/wide.h"

static char config[PL_MAX_PATH], state_dir[PL_MAX_PATH], package_keys[PL_MAX_PATH],
	quirks_dir[PL_MAX_PATH];

static void fill(void)
{
	char base[PL_MAX_PATH - 32] = "C:/ProgramData";
	wchar_t *wide = NULL;

	if (SHGetKnownFolderPath(&FOLDERID_ProgramData, 0, NULL, &wide) == S_OK)
		pl_wide_to_utf8(wide, base, sizeof(base));
	CoTaskMemFree(wide);
	for (char *at = base; *at; at++)
		if (*at == '\\')
			*at = '/';
	snprintf(config, sizeof(config), "%s/Platen/agent.conf", base);
	snprintf(state_dir, sizeof(state_dir), "%s/Platen/state", base);
	snprintf(package_keys, sizeof(package_keys), "%s/Platen/package-keys.d", base);
	snprintf(quirks_dir, sizeof(quirks_dir), "%s/Platen/quirks.d", base);
}

const struct pl_places *pl_places(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	static const struct pl_places PLACES = {
		.config = config,
		.state_dir = state_dir,
		.socket = "\\\\.\\pipe\\platen-agent",
		.package_keys = package_keys,
		.quirks_dir = quirks_dir,
	};

	pthread_once(&once, fill);
	return &PLACES;
}
