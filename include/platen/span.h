/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_SPAN_H
#define PL_SPAN_H

/*
 * Span: borrowed text, not NUL-terminated, never owned. Empty when size is 0.
 * Parsers hand out spans into the caller's buffer; they live exactly as long as that buffer does.
 *
 * Threads: pure functions. Memory: none.
 */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct pl_span {
	const char *at;
	size_t size; /* bytes */
};

/* A span over a NUL-terminated string; NULL gives the empty span. */
static inline struct pl_span pl_span_of(const char *text)
{
	return (struct pl_span){ text, text ? strlen(text) : 0 };
}

static inline char pl_ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* True when both are the same bytes; letter case counts. */
static inline bool pl_span_is(struct pl_span s, const char *text)
{
	return s.size == strlen(text) && (s.size == 0 || memcmp(s.at, text, s.size) == 0);
}

/* True when both are the same word, ASCII letter case ignored. */
static inline bool pl_span_is_word(struct pl_span s, const char *word)
{
	if (s.size != strlen(word))
		return false;
	for (size_t i = 0; i < s.size; i++)
		if (pl_ascii_lower(s.at[i]) != pl_ascii_lower(word[i]))
			return false;
	return true;
}

static inline bool pl_span_starts(struct pl_span s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.size >= n && memcmp(s.at, prefix, n) == 0;
}

/* The span without leading and trailing bytes <= ' '. */
static inline struct pl_span pl_span_trim(struct pl_span s)
{
	while (s.size > 0 && (unsigned char)s.at[0] <= ' ')
		s.at++, s.size--;
	while (s.size > 0 && (unsigned char)s.at[s.size - 1] <= ' ')
		s.size--;
	return s;
}

/* Cuts `rest` at the first `mark`; returns the head without the mark (all of it where there is
 * none). */
static inline struct pl_span pl_span_take(struct pl_span *rest, char mark)
{
	const char *end = rest->size ? (const char *)memchr(rest->at, mark, rest->size) : NULL;
	size_t n = end ? (size_t)(end - rest->at) : rest->size;
	struct pl_span head = { rest->at, n };

	if (rest->at)
		rest->at += end ? n + 1 : n;
	rest->size -= end ? n + 1 : n;
	return head;
}

/* Copies at most cap - 1 bytes into `out` and ends it with NUL. Returns true when all of it fitted.
 */
static inline bool pl_span_copy(struct pl_span s, char *out, size_t cap)
{
	size_t n = s.size < cap ? s.size : cap - 1;

	if (cap == 0)
		return false;
	if (n > 0)
		memcpy(out, s.at, n);
	out[n] = '\0';
	return n == s.size;
}

#endif
