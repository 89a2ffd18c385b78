/* SPDX-License-Identifier: Apache-2.0 */
/* Words and numbers out of bytes that a device chose. */
#include "text.h"

/* Bytes of the well-formed UTF-8 character at the beginning of `s`, 0 where there is none. Overlong
 * forms and surrogates are not well-formed. */
static size_t utf8_length(struct pl_span s)
{
	unsigned char lead = (unsigned char)s.at[0];
	size_t n = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	unsigned char second;

	if (n == 0 || lead > 0xf4 || n > s.size)
		return 0;
	for (size_t i = 1; i < n; i++)
		if (((unsigned char)s.at[i] & 0xc0) != 0x80)
			return 0;
	second = n > 1 ? (unsigned char)s.at[1] : 0;
	if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
	    (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f))
		return 0;
	return n;
}

/* C0, DEL, and C1 (U+0080..U+009F). */
static bool is_control(struct pl_span s, size_t n)
{
	unsigned char first = (unsigned char)s.at[0];

	return (n == 1 && (first < ' ' || first == 0x7f)) ||
	       (n == 2 && first == 0xc2 && (unsigned char)s.at[1] < 0xa0);
}

void text_clean(struct pl_span text, char *out, size_t cap)
{
	struct pl_span rest = pl_span_trim(text);
	size_t used = 0;

	while (rest.size > 0) {
		size_t n = utf8_length(rest);
		size_t step = n ? n : 1;
		bool plain = n > 0 && !is_control(rest, n);
		size_t room = plain ? n : 1;

		if (used + room >= cap)
			break;
		if (plain)
			memcpy(out + used, rest.at, n);
		else
			out[used] = n ? ' ' : '?';
		used += room;
		rest.at += step;
		rest.size -= step;
	}
	while (used > 0 && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
}

bool text_leading_number(struct pl_span text, int64_t *ret_value)
{
	struct pl_span s = pl_span_trim(text);
	bool negative = s.size > 0 && s.at[0] == '-';
	size_t i = s.size > 0 && (s.at[0] == '-' || s.at[0] == '+') ? 1 : 0;
	size_t first = i;
	int64_t value = 0;

	for (; i < s.size && s.at[i] >= '0' && s.at[i] <= '9'; i++) {
		int digit = s.at[i] - '0';

		if (value > (INT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	if (i == first)
		return false;
	*ret_value = negative ? -value : value;
	return true;
}

bool text_number(struct pl_span text, int64_t *ret_value)
{
	struct pl_span s = pl_span_trim(text);

	for (size_t i = 0; i < s.size; i++)
		if ((s.at[i] < '0' || s.at[i] > '9') &&
		    !(i == 0 && (s.at[i] == '-' || s.at[i] == '+')))
			return false;
	return text_leading_number(s, ret_value);
}

static bool is_joint(char c)
{
	return c == '-' || c == '_' || c == ' ';
}

bool text_same_words(struct pl_span a, const char *b)
{
	size_t i = 0;

	for (;;) {
		while (i < a.size && is_joint(a.at[i]))
			i++;
		while (*b && is_joint(*b))
			b++;
		if (i == a.size || !*b)
			return i == a.size && !*b;
		if (pl_ascii_lower(a.at[i++]) != pl_ascii_lower(*b++))
			return false;
	}
}

bool text_has(struct pl_span text, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= text.size; i++)
		if (pl_span_is_word((struct pl_span){ text.at + i, n }, word))
			return true;
	return false;
}
