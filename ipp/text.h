/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPP_TEXT_H
#define IPP_TEXT_H

/*
 * Text: what all the languages need to make of a device's bytes: clean words, honest numbers.
 * Threads: pure. Memory: the caller's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/span.h"

/* Copies `text` into `out` as UTF-8 that can be shown: trimmed, control characters as blanks, bytes
 * that are no UTF-8 as '?', cut at a character's edge when it is longer than cap - 1 bytes. */
void text_clean(struct pl_span text, char *out, size_t cap);

/* Reads a whole decimal number, sign allowed, blanks around it ignored. False when there is
 * anything else, or when it does not fit; *ret_value is untouched then. */
bool text_number(struct pl_span text, int64_t *ret_value);

/* The same, for the number at the beginning ("61%", "18421 pages"). */
bool text_leading_number(struct pl_span text, int64_t *ret_value);

/* True when both are the same words: letter case, blanks, '-' and '_' ignored ("tonerCartridge",
 * "toner-cartridge", "Toner Cartridge"). */
bool text_same_words(struct pl_span a, const char *b);

/* True when `word` stands anywhere in `text`, ASCII letter case ignored. */
bool text_has(struct pl_span text, const char *word);

#endif
