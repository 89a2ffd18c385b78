/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ENCODE_H
#define PL_ENCODE_H

/*
 * Encode: bytes as text and back: lower-case hex, base64 (RFC 4648 section 4, padded) and base64url
 * (section 5, not padded). Decoders are strict: one wrong character, wrong padding or bits left
 * over are PL_E_PROTOCOL, so that one value has exactly one spelling.
 *
 * Threads: pure. Memory: the caller's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/bytes.h"
#include "platen/result.h"
#include "platen/span.h"

enum pl_base64 { PL_BASE64, PL_BASE64URL };

/* Writes 2 * n digits and a NUL. */
void pl_hex_write(const void *data, size_t n, char *ret_text);

/* Reads exactly 2 * n lower-case digits; false (ret_data undefined) for anything else. */
bool pl_hex_read(struct pl_span text, void *ret_data, size_t n);

/* Adds the encoding of `data` to `out`. Returns PL_OK | PL_E_TOO_BIG | PL_E_NO_MEMORY. */
enum pl_result pl_base64_write(enum pl_base64 kind, const void *data, size_t n,
			       struct pl_bytes *out);

/* Adds the decoded bytes to `out`. Returns PL_OK | PL_E_PROTOCOL | PL_E_TOO_BIG | PL_E_NO_MEMORY.
 */
enum pl_result pl_base64_read(enum pl_base64 kind, struct pl_span text, struct pl_bytes *out);

#endif
