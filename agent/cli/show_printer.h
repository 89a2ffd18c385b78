/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CLI_SHOW_PRINTER_H
#define PL_CLI_SHOW_PRINTER_H

/*
 * Show printer: one printer object of platen.snapshot/1 as a person likes to read it. What the
 * printer did not tell is said to be "not told".
 *
 * Threads: one. Memory: none kept.
 */

#include "paper.h"

struct cJSON;

void show_printer(const struct paper *p, const struct cJSON *printer);

#endif
