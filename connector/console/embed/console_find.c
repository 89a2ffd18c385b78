/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lookup over the table that the build makes from the console (console_table.c).
 */
#include <string.h>

#include "console_files.h"
#include "console_table.h"

const char pl_console_policy[] =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
	"connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action ";

const struct pl_console_file *pl_console_find(const char *path)
{
	for (size_t i = 0; i < pl_console_table_count; i++)
		if (strcmp(pl_console_table[i].path, path) == 0)
			return &pl_console_table[i];
	return NULL;
}
