/* SPDX-License-Identifier: Apache-2.0 */
/* Library: the folder of this program's own file. */

#include "library.h"

#include <glib.h>

const char *vp_library(const char *name)
{
	gchar *self = g_file_read_link("/proc/self/exe", NULL);
	gchar *dir = g_path_get_dirname(self ? self : ".");
	gchar *path = g_build_filename(dir, name, NULL);
	const char *kept = g_intern_string(path);

	g_free(path);
	g_free(dir);
	g_free(self);
	return kept;
}
