/* SPDX-License-Identifier: Apache-2.0 */
/* Trusted folders on POSIX systems. */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), tail = strlen(suffix);

	return name[0] != '.' && n > tail && strcmp(name + n - tail, suffix) == 0;
}

static enum pl_result check(const char *path, struct pl_error *err)
{
	struct stat about;

	if (stat(path, &about) != 0)
		return pl_error_set(err, PL_E_IO, "cannot examine %s: %s", path, strerror(errno));
	if (about.st_mode & (S_IWGRP | S_IWOTH))
		return pl_error_set(
			err, PL_E_UNTRUSTED,
			"others may write %s: chmod go-w it (and look at what is there)", path);
	return PL_OK;
}

enum pl_result pl_folder_each(const char *dir, const char *suffix,
			      bool (*each)(void *arg, const char *path), void *arg,
			      struct pl_error *err)
{
	struct dirent **names;
	int count = scandir(dir, &names, NULL, alphasort);
	char path[PL_MAX_PATH];
	enum pl_result r;
	bool go_on = true;

	if (count < 0 && errno == ENOENT)
		return PL_OK;
	if (count < 0)
		return pl_error_set(err, errno == EACCES ? PL_E_DENIED : PL_E_IO,
				    "cannot read %s: %s", dir, strerror(errno));
	r = check(dir, err);
	for (int i = 0; i < count; i++) {
		if (r == PL_OK && go_on && has_suffix(names[i]->d_name, suffix)) {
			r = pl_file_join(dir, names[i]->d_name, path, err);
			if (r == PL_OK)
				r = check(path, err);
			if (r == PL_OK)
				go_on = each(arg, path);
		}
		free(names[i]);
	}
	free(names);
	return r;
}
