/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLAYED_PJL_H
#define PLAYED_PJL_H

/*
 * Played PJL: what a small laser printer answers to a question between two UELs. Pure.
 */

#include <stdbool.h>
#include <stddef.h>

/* True when `text` ends with the UEL that ends a question. */
bool played_pjl_is_whole(const char *text);

/* Writes the answers to every ECHO and INFO line; how many bytes. What does not fit is left out. */
size_t played_pjl_answer(const char *question, char *ret_text, size_t cap);

#endif
