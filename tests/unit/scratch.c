/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[64];

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where)
{
	(void)about;
	(void)kind;
	(void)where;
	return remove(path);
}

static void remove_folder(void)
{
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void scratch_path(const char *name, char *ret_path, size_t cap)
{
	if (!folder[0]) {
		snprintf(folder, sizeof(folder), "/tmp/platen-test-XXXXXX");
		if (!mkdtemp(folder))
			abort();
		atexit(remove_folder);
	}
	snprintf(ret_path, cap, "%s/%s", folder, name);
}

void scratch_write(const char *name, const void *data, size_t n, char *ret_path, size_t cap)
{
	int fd;

	scratch_path(name, ret_path, cap);
	fd = open(ret_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, data, n) != (ssize_t)n || close(fd) != 0)
		abort();
}
