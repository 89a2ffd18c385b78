/* SPDX-License-Identifier: Apache-2.0 */
/* Steps over the text of JSON: strings, brackets, and what stands between commas. */
#include "platen/json_walk.h"

#include <string.h>

static void drop(struct pl_span *at, size_t n)
{
	at->at += n;
	at->size -= n;
}

static bool is_space(char c)
{
	return (unsigned char)c <= ' '; /* as cJSON sees it */
}

/* Past white space and the comma between two neighbours. */
static void skip_between(struct pl_span *at)
{
	while (at->size > 0 && (is_space(at->at[0]) || at->at[0] == ','))
		drop(at, 1);
}

/* The size of the string at its opening quotation mark, with both marks. */
static size_t string_size(struct pl_span at)
{
	for (size_t i = 1; i < at.size; i++) {
		if (at.at[i] == '"')
			return i + 1;
		if (at.at[i] == '\\')
			i++;
	}
	return at.size;
}

static size_t nest_size(struct pl_span at)
{
	size_t depth = 0;

	for (size_t i = 0; i < at.size; i++) {
		char c = at.at[i];

		if (c == '"')
			i += string_size((struct pl_span){ at.at + i, at.size - i }) - 1;
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0)
			return i + 1;
	}
	return at.size;
}

/* A number, true, false or null. */
static size_t word_size(struct pl_span at)
{
	size_t n = 0;

	while (n < at.size && !is_space(at.at[n]) && !memchr(",]}", at.at[n], 3))
		n++;
	return n;
}

struct pl_span pl_json_walk_value(struct pl_span *at)
{
	struct pl_span value;

	skip_between(at);
	value = *at;
	if (value.size == 0)
		return value;
	if (value.at[0] == '"')
		value.size = string_size(value);
	else if (value.at[0] == '{' || value.at[0] == '[')
		value.size = nest_size(value);
	else
		value.size = word_size(value);
	drop(at, value.size);
	return value;
}

bool pl_json_walk_in(struct pl_span *at, char bracket)
{
	skip_between(at);
	if (at->size == 0 || at->at[0] != bracket)
		return false;
	drop(at, 1);
	return true;
}

bool pl_json_walk_entry(struct pl_span *at)
{
	skip_between(at);
	if (at->size > 0 && at->at[0] != ']')
		return true;
	drop(at, at->size > 0);
	return false;
}

bool pl_json_walk_member(struct pl_span *at, struct pl_span *ret_name)
{
	struct pl_span name;

	skip_between(at);
	if (at->size == 0 || at->at[0] != '"') {
		drop(at, at->size > 0);
		return false;
	}
	name = pl_json_walk_value(at);
	*ret_name = (struct pl_span){ name.at + 1, name.size > 1 ? name.size - 2 : 0 };
	while (at->size > 0 && at->at[0] != ':')
		drop(at, 1);
	drop(at, at->size > 0);
	return true;
}
