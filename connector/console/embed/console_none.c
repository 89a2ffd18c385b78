/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of a program built with -DPLATEN_CONSOLE=OFF: one page that says so.
 */
#include "console_table.h"

static const unsigned char page[] =
	"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Platen</title>"
	"<h1>Platen connector</h1><p>This connector was built without its web console. "
	"Its admin API is served under <code>/api/v1</code>.</p></html>\n";

const struct pl_console_file pl_console_table[] = {
	{ "/", "text/html; charset=utf-8", false, page, sizeof(page) - 1, NULL, 0 },
};
const size_t pl_console_table_count = 1;
