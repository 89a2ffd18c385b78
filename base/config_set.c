/* SPDX-License-Identifier: Apache-2.0 */
/* One option from text to its member in the target struct. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "platen/bytes.h"
#include "platen/config.h"
#include "platen/span.h"

/* Writes "idle, never" for an error sentence. */
static void list_words(const char *const *words, char *ret_text, size_t cap)
{
	size_t used = 0;

	ret_text[0] = '\0';
	for (size_t i = 0; words[i]; i++) {
		size_t n = strlen(words[i]);

		if (used + n + 3 > cap)
			return;
		memcpy(ret_text + used, ", ", i > 0 ? 2 : 0);
		used += i > 0 ? 2 : 0;
		memcpy(ret_text + used, words[i], n + 1);
		used += n;
	}
}

/* The position of a word, -1 where it is none of them. */
static int find_word(const char *const *words, struct pl_span word)
{
	for (int i = 0; words[i]; i++)
		if (pl_span_is_word(word, words[i]))
			return i;
	return -1;
}

static enum pl_result not_one_of(const struct pl_option *o, struct pl_span value,
				 struct pl_error *err)
{
	char words[PL_MAX_ERROR / 2];

	list_words(o->words, words, sizeof(words));
	return pl_error_set(err, PL_E_INVALID, "%s knows no \"%.*s\"; it takes: %s", o->name,
			    (int)(value.size < 40 ? value.size : 40), value.at, words);
}

static enum pl_result set_int(const struct pl_option *o, const char *value, int64_t *ret,
			      struct pl_error *err)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(value, &end, 10);
	if (end == value || *end != '\0' || errno != 0 || number < o->min || number > o->max)
		return pl_error_set(err, PL_E_INVALID,
				    "%s must be a whole number from %lld to %lld, not \"%.40s\"",
				    o->name, (long long)o->min, (long long)o->max, value);
	*ret = number;
	return PL_OK;
}

static enum pl_result set_bool(const struct pl_option *o, struct pl_span value, bool *ret,
			       struct pl_error *err)
{
	static const char *const WORDS[] = { "false", "true", "no", "yes", "off",
					     "on",    "0",    "1",  NULL };
	int i = find_word(WORDS, value);

	if (i < 0)
		return pl_error_set(err, PL_E_INVALID, "%s must be true or false, not \"%.*s\"",
				    o->name, (int)(value.size < 40 ? value.size : 40), value.at);
	*ret = i % 2 == 1;
	return PL_OK;
}

static enum pl_result set_choice(const struct pl_option *o, struct pl_span value, int *ret,
				 struct pl_error *err)
{
	int i = find_word(o->words, value);

	if (i < 0)
		return not_one_of(o, value, err);
	*ret = i;
	return PL_OK;
}

static enum pl_result set_set(const struct pl_option *o, struct pl_span rest, unsigned *ret,
			      struct pl_error *err)
{
	unsigned bits = 0;

	while (rest.size > 0) {
		size_t n = 0;
		struct pl_span word;
		int i;

		while (n < rest.size && rest.at[n] != ',' && rest.at[n] != ' ')
			n++;
		word = (struct pl_span){ rest.at, n };
		rest.at += n < rest.size ? n + 1 : n;
		rest.size -= n < rest.size ? n + 1 : n;
		if (word.size == 0)
			continue;
		i = find_word(o->words, word);
		if (i < 0)
			return not_one_of(o, word, err);
		bits |= 1u << i;
	}
	*ret = bits;
	return PL_OK;
}

static enum pl_result set_text(const struct pl_option *o, const char *value, char *ret,
			       struct pl_error *err)
{
	size_t n = strlen(value);

	if (n >= (size_t)o->max)
		return pl_error_set(err, PL_E_INVALID, "%s may have at most %lld bytes", o->name,
				    (long long)o->max - 1);
	memcpy(ret, value, n + 1);
	return PL_OK;
}

static enum pl_result set_one(const struct pl_option *o, void *at, const char *value,
			      struct pl_error *err)
{
	switch (o->kind) {
	case PL_OPTION_TEXT: return set_text(o, value, at, err);
	case PL_OPTION_INT: return set_int(o, value, at, err);
	case PL_OPTION_BOOL: return set_bool(o, pl_span_of(value), at, err);
	case PL_OPTION_CHOICE: return set_choice(o, pl_span_of(value), at, err);
	case PL_OPTION_SET: return set_set(o, pl_span_of(value), at, err);
	}
	return PL_E_INVALID;
}

enum pl_result pl_config_set(const struct pl_option *options, size_t count, void *target,
			     const char *name, const char *value, struct pl_error *err)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(options[i].name, name) == 0)
			return set_one(&options[i], (char *)target + options[i].offset, value, err);
	return pl_error_set(err, PL_E_NOT_FOUND, "there is no setting \"%.60s\"", name);
}
