/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a command line by a table of options.
 */
#include "options.h"

#include <stdlib.h>
#include <string.h>

static const struct pl_cli_option *find(const struct pl_cli_option *options, size_t count,
					const char *word, size_t n)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(options[i].name) == n && !strncmp(options[i].name, word, n))
			return &options[i];
	return NULL;
}

/* A number, with a unit of time where one makes sense ("7d"). */
static bool read_number(const char *text, int64_t *ret_number)
{
	static const struct {
		char unit;
		int64_t seconds;
	} UNITS[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	char *end;
	long long n = strtoll(text, &end, 10);

	if (end == text)
		return false;
	for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0] && *end; i++)
		if (*end == UNITS[i].unit) {
			n *= UNITS[i].seconds;
			end++;
		}
	*ret_number = n;
	return *end == '\0';
}

static enum pl_result set_number(const struct pl_cli_option *o, const char *text,
				 struct pl_error *err)
{
	int64_t n;

	if (!read_number(text, &n) || n < o->min || n > o->max)
		return pl_error_set(err, PL_E_INVALID, "%s must be a number from %lld to %lld",
				    o->name, (long long)o->min, (long long)o->max);
	*(int64_t *)o->target = n;
	return PL_OK;
}

static enum pl_result add_word(struct pl_words *words, const char *word, struct pl_error *err)
{
	if (words->count == PL_MAX_WORDS)
		return pl_error_set(err, PL_E_INVALID, "more than %d words", PL_MAX_WORDS);
	words->at[words->count++] = word;
	return PL_OK;
}

/* Takes the option at argv[*at], and its value behind "=" or in the next word. */
static enum pl_result take(const struct pl_cli_option *o, int argc, char **argv, int *at,
			   const char *inline_value, struct pl_error *err)
{
	const char *value = inline_value;
	enum pl_result r = PL_OK;

	if (o->form == PL_FORM_SWITCH) {
		*(bool *)o->target = true;
		return PL_OK;
	}
	if (!value) {
		if (*at + 1 >= argc)
			return pl_error_set(err, PL_E_INVALID, "%s needs a value", o->name);
		value = argv[++*at];
	}
	switch (o->form) {
	case PL_FORM_TEXT: *(const char **)o->target = value; break;
	case PL_FORM_NUMBER: r = set_number(o, value, err); break;
	case PL_FORM_LIST:
		r = add_word(o->target, value, err);
		while (r == PL_OK && !inline_value && *at + 1 < argc &&
		       strncmp(argv[*at + 1], "--", 2) != 0)
			r = add_word(o->target, argv[++*at], err);
		break;
	case PL_FORM_SWITCH: break;
	}
	return r;
}

enum pl_result pl_options_read(int argc, char **argv, const struct pl_cli_option *options,
			       size_t count, struct pl_words *ret_words, struct pl_error *err)
{
	for (int i = 0; i < argc; i++) {
		const char *word = argv[i], *mark = strchr(word, '=');
		size_t n = mark ? (size_t)(mark - word) : strlen(word);
		const struct pl_cli_option *o;
		enum pl_result r;

		if (strncmp(word, "--", 2) != 0) {
			r = add_word(ret_words, word, err);
		} else {
			o = find(options, count, word, n);
			if (!o)
				return pl_error_set(err, PL_E_INVALID, "%.*s is not an option here",
						    (int)n, word);
			r = take(o, argc, argv, &i, mark ? mark + 1 : NULL, err);
		}
		if (r != PL_OK)
			return r;
	}
	return PL_OK;
}
