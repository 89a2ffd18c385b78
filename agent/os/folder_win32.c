/* SPDX-License-Identifier: Apache-2.0 */
/* Trusted folders on Windows: what others may write by their access control list is not. */
#include "folder.h"

#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "platen/file_acl.h"
#include "platen/wide.h"

#define MAX_NAMES 256

static enum pl_result check(const char *path, struct pl_error *err)
{
	wchar_t wide[PL_MAX_WIDE];

	if (pl_wide_of(path, wide, PL_MAX_WIDE) && !pl_file_others_may(wide, PL_FILE_OTHERS_WRITE))
		return PL_OK;
	return pl_error_set(err, PL_E_UNTRUSTED,
			    "others may write %s: leave that to Administrators with icacls (and "
			    "look at what is there)",
			    path);
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), tail = strlen(suffix);

	return name[0] != '.' && n > tail && _stricmp(name + n - tail, suffix) == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of a folder's files, each to be freed; how many. */
static size_t collect(HANDLE search, WIN32_FIND_DATAW *found, const char *suffix,
		      char *names[static MAX_NAMES])
{
	size_t n = 0;

	do {
		char name[MAX_PATH * 3];

		pl_wide_to_utf8(found->cFileName, name, sizeof(name));
		if (!(found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) &&
		    has_suffix(name, suffix) && (names[n] = strdup(name)))
			n++;
	} while (n < MAX_NAMES && FindNextFileW(search, found));
	qsort(names, n, sizeof(names[0]), by_name);
	return n;
}

enum pl_result pl_folder_each(const char *dir, const char *suffix,
			      bool (*each)(void *arg, const char *path), void *arg,
			      struct pl_error *err)
{
	char pattern[PL_MAX_PATH], path[PL_MAX_PATH], *names[MAX_NAMES];
	wchar_t wide[PL_MAX_WIDE];
	WIN32_FIND_DATAW found;
	enum pl_result r = pl_file_join(dir, "*", pattern, err);
	bool go_on = true;
	HANDLE search;
	size_t n;

	if (r != PL_OK)
		return r;
	if (!pl_wide_of(pattern, wide, PL_MAX_WIDE))
		return pl_error_set(err, PL_E_IO, "%s is no path this system can name", dir);
	search = FindFirstFileW(wide, &found);
	if (search == INVALID_HANDLE_VALUE) {
		r = pl_wide_failed(GetLastError(), err, "read", dir);
		return r == PL_E_NOT_FOUND ? PL_OK : r;
	}
	n = collect(search, &found, suffix, names);
	FindClose(search);
	r = check(dir, err);
	for (size_t i = 0; i < n; i++) {
		if (r == PL_OK && go_on) {
			r = pl_file_join(dir, names[i], path, err);
			if (r == PL_OK)
				r = check(path, err);
			if (r == PL_OK)
				go_on = each(arg, path);
		}
		free(names[i]);
	}
	return r;
}
