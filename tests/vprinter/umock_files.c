/* SPDX-License-Identifier: Apache-2.0 */
/* umockdev front end, files: what stands below the test bed's root. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "umock.h"

static char *path_in(const struct vp_umockdev *u, const char *path)
{
	return g_strconcat(u->root, path, NULL);
}

static void make_parent(const char *file)
{
	char *dir = g_path_get_dirname(file);

	g_mkdir_with_parents(dir, 0755);
	g_free(dir);
}

void umock_write(struct vp_umockdev *u, const char *path, const void *data, size_t n)
{
	char *file = path_in(u, path);

	make_parent(file);
	if (!g_file_set_contents(file, data, (gssize)n, NULL))
		fprintf(stderr, "vprinter: cannot write %s\n", file);
	g_free(file);
}

void umock_link(struct vp_umockdev *u, const char *path, const char *target)
{
	char *file = path_in(u, path);

	make_parent(file);
	unlink(file);
	if (symlink(target, file) != 0)
		fprintf(stderr, "vprinter: cannot link %s: %s\n", file, strerror(errno));
	g_free(file);
}

void umock_unlink(struct vp_umockdev *u, const char *path)
{
	char *file = path_in(u, path);

	unlink(file);
	g_free(file);
}

void umock_remove_tree(const char *dir)
{
	GDir *d = g_dir_open(dir, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		char *path = g_build_filename(dir, name, NULL);

		if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK) &&
		    g_file_test(path, G_FILE_TEST_IS_DIR))
			umock_remove_tree(path);
		else
			unlink(path);
		g_free(path);
	}
	if (d)
		g_dir_close(d);
	rmdir(dir);
}
