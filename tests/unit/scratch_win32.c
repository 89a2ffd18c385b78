/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

static char folder[MAX_PATH];

/* No test makes folders in it. */
static void remove_folder(void)
{
	char path[MAX_PATH * 2];
	WIN32_FIND_DATAA found;
	HANDLE search;

	snprintf(path, sizeof(path), "%s/*", folder);
	search = FindFirstFileA(path, &found);
	if (search != INVALID_HANDLE_VALUE) {
		do {
			snprintf(path, sizeof(path), "%s/%s", folder, found.cFileName);
			DeleteFileA(path);
		} while (FindNextFileA(search, &found));
		FindClose(search);
	}
	RemoveDirectoryA(folder);
}

void scratch_path(const char *name, char *ret_path, size_t cap)
{
	if (!folder[0]) {
		char base[MAX_PATH - 40];

		if (!GetTempPathA(sizeof(base), base))
			abort();
		snprintf(folder, sizeof(folder), "%splaten-test-%lu", base, GetCurrentProcessId());
		if (!CreateDirectoryA(folder, NULL))
			abort();
		atexit(remove_folder);
	}
	snprintf(ret_path, cap, "%s/%s", folder, name);
}

void scratch_write(const char *name, const void *data, size_t n, char *ret_path, size_t cap)
{
	FILE *file;

	scratch_path(name, ret_path, cap);
	file = fopen(ret_path, "wb");
	if (!file || fwrite(data, 1, n, file) != n || fclose(file) != 0)
		abort();
}
