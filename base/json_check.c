/* SPDX-License-Identifier: Apache-2.0 */
/* A walk over the text that knows strings, brackets and UTF-8, and nothing else of JSON. */
#include "json_check.h"

#include <stdbool.h>

#include "platen/json.h"

/* RFC 3629 section 4. */
size_t pl_utf8_length(const uint8_t *at, size_t left)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t n;

	if (at[0] < 0x80)
		return 1;
	if (at[0] >= 0xc2 && at[0] <= 0xdf)
		n = 2;
	else if ((at[0] & 0xf0) == 0xe0)
		n = 3;
	else if (at[0] >= 0xf0 && at[0] <= 0xf4)
		n = 4;
	else
		return 0;
	if (at[0] == 0xe0)
		low = 0xa0;
	else if (at[0] == 0xed)
		high = 0x9f;
	else if (at[0] == 0xf0)
		low = 0x90;
	else if (at[0] == 0xf4)
		high = 0x8f;
	if (n > left || at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

static bool is_escaped_nul(const uint8_t *at, size_t left)
{
	return left >= 6 && at[1] == 'u' && at[2] == '0' && at[3] == '0' && at[4] == '0' &&
	       at[5] == '0';
}

enum pl_result pl_json_check(struct pl_span text, struct pl_error *err)
{
	const uint8_t *at = (const uint8_t *)text.at;
	bool in_string = false;
	int depth = 0;
	size_t n;

	for (size_t i = 0; i < text.size; i += n) {
		n = pl_utf8_length(at + i, text.size - i);
		if (n == 0 || at[i] == 0)
			return pl_error_set(err, PL_E_PROTOCOL,
					    "not JSON: invalid UTF-8 at byte %zu", i);
		if (in_string && at[i] == '\\') {
			if (is_escaped_nul(at + i, text.size - i))
				return pl_error_set(err, PL_E_PROTOCOL,
						    "not taken: a NUL character at byte %zu", i);
			if (i + 1 < text.size && at[i + 1] < 0x80)
				n = 2; /* the escaped character is no delimiter */
		} else if (at[i] == '"') {
			in_string = !in_string;
		} else if (!in_string && (at[i] == '{' || at[i] == '[')) {
			if (++depth > PL_MAX_JSON_DEPTH)
				return pl_error_set(err, PL_E_PROTOCOL,
						    "not taken: JSON nested over %d deep",
						    PL_MAX_JSON_DEPTH);
		} else if (!in_string && (at[i] == '}' || at[i] == ']')) {
			depth--;
		}
	}
	return PL_OK;
}
