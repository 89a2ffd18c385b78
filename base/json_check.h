/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_JSON_CHECK_H
#define PL_JSON_CHECK_H

/*
 * JSON check: what cJSON leaves unsaid. It recurses up to 1,000 levels deep, takes any bytes for
 * UTF-8 and ends a string at U+0000; all three are refused here before it sees the text.
 * Threads: pure. Memory: none.
 */

#include <stddef.h>
#include <stdint.h>

#include "platen/result.h"
#include "platen/span.h"

/* The length of the UTF-8 sequence at the front of `left` >= 1 bytes; 0 where there is none
 * (overlong forms and surrogates are none). */
size_t pl_utf8_length(const uint8_t *at, size_t left);

/* Returns PL_OK (cJSON decides whether it is JSON) | PL_E_PROTOCOL. */
enum pl_result pl_json_check(struct pl_span text, struct pl_error *err);

#endif
