/* SPDX-License-Identifier: Apache-2.0 */
/* The gate for log lines: word by word. */
#include "log_public.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MASK	   "~"
#define MAX_WORD   64
#define MAX_DIGITS 7 /* a longer number could be a telephone's */

static const char OPENS[] = "(\"'";
static const char CLOSES[] = ")\"'.,:;?!";

/* Names in front of '=' whose values are ids of our own making: hex digits and dashes. */
static const char *const IDS[] = { "id", "session", "agent_id" };

/* Names whose values are numbers, of any length. */
static const char *const NUMBERS[] = { "bytes",	  "seq",    "offset_ms", "retry_in_ms",
				       "lost",	  "in_all", "have",	 "address",
				       "reasons", "alerts", "events" };

static int compare(const void *word, const void *entry)
{
	return strcmp(word, *(const char *const *)entry);
}

static bool is_known(struct pl_span word)
{
	char text[MAX_WORD];

	if (word.size == 0 || word.size >= sizeof(text) || memchr(word.at, '\0', word.size))
		return false;
	pl_span_copy(word, text, sizeof(text));
	return bsearch(text, PL_LOG_WORDS, PL_LOG_WORD_COUNT, sizeof(PL_LOG_WORDS[0]), compare);
}

static bool is_of(struct pl_span text, const char *characters, size_t max)
{
	for (size_t i = 0; i < text.size; i++)
		if (!text.at[i] || !strchr(characters, text.at[i]))
			return false;
	return text.size > 0 && text.size <= max;
}

static bool is_in(struct pl_span name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (pl_span_is(name, list[i]))
			return true;
	return false;
}

/* "usb-03f0-2b17-~345", as log.c masks it, or "port-1-2.3". */
static bool is_masked_key(struct pl_span key)
{
	struct pl_span tail = key;

	if (key.size > 5 && memcmp(key.at, "port-", 5) == 0) {
		tail.at += 5;
		tail.size -= 5;
		return is_of(tail, "0123456789-.", 20);
	}
	if (key.size < 15 || key.size > 18 || memcmp(key.at, "usb-", 4) != 0 || key.at[14] != '~')
		return false;
	for (size_t i = 15; i < key.size; i++) /* what log.c shows of a serial number */
		if (key.at[i] <= ' ' || key.at[i] > '~')
			return false;
	tail.size = 14;
	return is_of(tail, "usb-0123456789abcdef", 14);
}

static bool is_value_of(struct pl_span name, struct pl_span value)
{
	if (pl_span_is(name, "printer"))
		return is_masked_key(value);
	if (pl_span_is(name, "port"))
		return is_of(value, "0123456789-.", 20);
	if (is_in(name, IDS, sizeof(IDS) / sizeof(IDS[0])))
		return is_of(value, "0123456789abcdef-", 36);
	if (is_in(name, NUMBERS, sizeof(NUMBERS) / sizeof(NUMBERS[0])))
		return is_of(value, "0123456789-", 20);
	return false;
}

static bool is_plain(struct pl_span word)
{
	return is_known(word) || is_of(word, "-0123456789", MAX_DIGITS) ||
	       pl_span_is(word, PL_VERSION);
}

/* Takes what sentences put around words: *ret_open and *ret_close bytes. */
static struct pl_span strip(struct pl_span word, size_t *ret_open, size_t *ret_close)
{
	size_t open = 0, close = 0;

	while (word.size > 0 && word.at[0] && strchr(OPENS, word.at[0])) {
		word.at++;
		word.size--;
		open++;
	}
	while (word.size > 0 && word.at[word.size - 1] && strchr(CLOSES, word.at[word.size - 1])) {
		word.size--;
		close++;
	}
	*ret_open = open;
	*ret_close = close;
	return word;
}

static enum pl_result add_span(struct pl_bytes *out, const char *at, size_t n)
{
	return n > 0 ? pl_bytes_add(out, at, n) : PL_OK;
}

/* A word with its punctuation, or the mask. */
static enum pl_result add_word(struct pl_bytes *out, struct pl_span word, bool known)
{
	size_t open, close;
	struct pl_span core = strip(word, &open, &close);
	enum pl_result r;

	if (known || core.size == 0 || is_plain(core))
		return add_span(out, word.at, word.size);
	r = add_span(out, word.at, open);
	if (r == PL_OK)
		r = pl_bytes_add_text(out, MASK);
	return r == PL_OK ? add_span(out, word.at + word.size - close, close) : r;
}

/* "name=value": a name of ours stays, its value where that is allowed. */
static enum pl_result add_pair(struct pl_bytes *out, struct pl_span word, size_t equals)
{
	struct pl_span name = { word.at, equals };
	struct pl_span value = { word.at + equals + 1, word.size - equals - 1 };
	enum pl_result r;

	if (!is_known(name))
		return pl_bytes_add_text(out, MASK);
	r = pl_bytes_add(out, word.at, equals + 1);
	if (r != PL_OK || value.size == 0)
		return r;
	return add_word(out, value, is_value_of(name, value));
}

static enum pl_result add_line(struct pl_bytes *out, struct pl_span line)
{
	enum pl_result r = PL_OK;

	for (int i = 0; line.size > 0 && r == PL_OK; i++) {
		struct pl_span word = pl_span_take(&line, ' ');
		const char *equals = word.size ? memchr(word.at, '=', word.size) : NULL;

		if (i > 0)
			r = pl_bytes_add_text(out, " ");
		if (r != PL_OK || word.size == 0)
			continue;
		if (i == 0)
			r = add_word(out, word, is_of(word, "0123456789-:.TZ", 24));
		else if (equals)
			r = add_pair(out, word, (size_t)(equals - word.at));
		else
			r = add_word(out, word, false);
	}
	return r == PL_OK ? pl_bytes_add_text(out, "\n") : r;
}

enum pl_result pl_log_public(struct pl_span lines, struct pl_bytes *out)
{
	enum pl_result r = PL_OK;

	while (lines.size > 0 && r == PL_OK) {
		struct pl_span line = pl_span_trim(pl_span_take(&lines, '\n'));

		if (line.size > 0)
			r = add_line(out, line);
	}
	return r;
}
