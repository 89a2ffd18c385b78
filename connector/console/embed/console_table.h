/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CONSOLE_TABLE_H
#define PL_CONSOLE_TABLE_H

/*
 * Console table: what tools/pack.mjs writes from the built console, or console_none.c where the
 * program is built without one.
 * Threads: any. Memory: static.
 */

#include "console_files.h"

extern const struct pl_console_file pl_console_table[];
extern const size_t pl_console_table_count;

#endif
