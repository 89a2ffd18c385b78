/* SPDX-License-Identifier: Apache-2.0 */
/* Template: one pass over the text; a section renders its inside again with a scope on top. */

#include "template.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include <platen/span.h>

#include "json.h"

#define MAX_DEPTH 8
#define MAX_NAME  160
#define MAX_TEXT  (64 * 1024) /* bytes of a short text */

struct scope {
	const cJSON *node;
	int index, count; /* of the element, where `node` is one of an array */
};

struct renderer {
	struct scope scopes[MAX_DEPTH];
	int depth;
	enum vp_escape escape;
	struct pl_bytes *out;
	struct pl_error *err;
};

static const cJSON *look_up(const struct renderer *r, const char *path)
{
	if (strcmp(path, ".") == 0)
		return r->scopes[r->depth - 1].node;
	for (int i = r->depth - 1; i >= 0; i--) {
		const cJSON *node = vp_json_at(r->scopes[i].node, path);

		if (node)
			return node;
	}
	return NULL;
}

/* The words that start with @ speak of the element that is being rendered. */
static bool special(const struct renderer *r, const char *name, int *ret_value)
{
	const struct scope *s = &r->scopes[r->depth - 1];

	for (int i = r->depth - 1; i > 0 && s->count == 0; i--)
		s = &r->scopes[i];
	if (strcmp(name, "@last") == 0)
		*ret_value = s->index + 1 == s->count;
	else if (strcmp(name, "@first") == 0)
		*ret_value = s->index == 0;
	else if (strcmp(name, "@index") == 0)
		*ret_value = s->index;
	else if (strcmp(name, "@number") == 0)
		*ret_value = s->index + 1;
	else
		return false;
	return true;
}

static bool truthy(const cJSON *node)
{
	if (!node || cJSON_IsNull(node) || cJSON_IsFalse(node))
		return false;
	if (cJSON_IsArray(node))
		return cJSON_GetArraySize(node) > 0;
	if (cJSON_IsString(node))
		return node->valuestring[0] != '\0';
	return !cJSON_IsNumber(node) || node->valuedouble != 0;
}

static enum pl_result add_escaped(struct renderer *r, const char *text)
{
	enum pl_result result = PL_OK;

	for (; *text && result == PL_OK; text++) {
		char one[2] = { *text, '\0' };
		const char *as = one;

		if (r->escape == VP_ESCAPE_XML)
			as = *text == '&'   ? "&amp;"
			     : *text == '<' ? "&lt;"
			     : *text == '>' ? "&gt;"
			     : *text == '"' ? "&quot;"
					    : one;
		result = pl_bytes_add_text(r->out, as);
	}
	return result;
}

static enum pl_result add_number(struct renderer *r, double value)
{
	if (value == floor(value) && fabs(value) < 1e15)
		return pl_bytes_add_format(r->out, "%.0f", value);
	return pl_bytes_add_format(r->out, "%.6g", value);
}

/* Renders "path", "path|otherwise" or "path+5". */
static enum pl_result add_value(struct renderer *r, char *name)
{
	char *otherwise = strchr(name, '|'), *plus = strrchr(name, '+');
	const cJSON *node;
	int value;

	if (otherwise)
		*otherwise++ = '\0';
	if (plus && !otherwise)
		*plus++ = '\0';
	if (special(r, name, &value))
		return add_number(r, value + (plus && !otherwise ? atoi(plus) : 0));
	node = look_up(r, name);
	if (cJSON_IsNumber(node))
		return add_number(r, node->valuedouble + (plus && !otherwise ? atoi(plus) : 0));
	if (cJSON_IsBool(node))
		return pl_bytes_add_text(r->out, cJSON_IsTrue(node) ? "true" : "false");
	if (cJSON_IsString(node))
		return add_escaped(r, node->valuestring);
	return add_escaped(r, otherwise ? otherwise : "");
}

/* Cuts the next tag: `before` gets the text in front, `name` the words in it. False: no more tags.
 */
static bool next_tag(struct pl_span *rest, struct pl_span *before, char name[static MAX_NAME])
{
	const char *open = rest->size ? memmem(rest->at, rest->size, "{{", 2) : NULL;
	const char *close;
	struct pl_span words;

	*before = *rest;
	close = open ? memmem(open, rest->size - (size_t)(open - rest->at), "}}", 2) : NULL;
	if (!close)
		return false;
	before->size = (size_t)(open - rest->at);
	words = pl_span_trim((struct pl_span){ open + 2, (size_t)(close - open - 2) });
	pl_span_copy(words, name, MAX_NAME);
	rest->size -= (size_t)(close + 2 - rest->at);
	rest->at = close + 2;
	return true;
}

/* Cuts the inside of a section whose opening tag has just been read. */
static bool take_section(struct pl_span *rest, const char *name, struct pl_span *ret_inside)
{
	struct pl_span scan = *rest, before;
	char tag[MAX_NAME];
	int depth = 1;

	while (next_tag(&scan, &before, tag)) {
		if ((tag[0] == '#' || tag[0] == '^') && strcmp(tag + 1, name) == 0)
			depth++;
		if (tag[0] == '/' && strcmp(tag + 1, name) == 0 && --depth == 0) {
			*ret_inside = (struct pl_span){ rest->at, (size_t)(before.at + before.size -
									   rest->at) };
			*rest = scan;
			return true;
		}
	}
	return false;
}

static enum pl_result render(struct renderer *r, struct pl_span text);

static enum pl_result render_with(struct renderer *r, struct pl_span inside, struct scope scope)
{
	enum pl_result result;

	if (r->depth == MAX_DEPTH)
		return pl_error_set(r->err, PL_E_INVALID, "sections are nested too deep");
	r->scopes[r->depth++] = scope;
	result = render(r, inside);
	r->depth--;
	return result;
}

static enum pl_result render_section(struct renderer *r, const char *name, bool inverted,
				     struct pl_span inside)
{
	const cJSON *node, *item;
	enum pl_result result = PL_OK;
	int value, i = 0;
	bool yes;

	if (special(r, name, &value)) {
		node = NULL;
		yes = value != 0;
	} else {
		node = look_up(r, name);
		yes = truthy(node);
	}
	if (yes == inverted)
		return PL_OK;
	if (inverted || !node)
		return render(r, inside);
	if (!cJSON_IsArray(node))
		return render_with(r, inside, (struct scope){ node, 0, 0 });
	cJSON_ArrayForEach(item, node)
	{
		struct scope scope = { item, i++, cJSON_GetArraySize(node) };

		if (result == PL_OK)
			result = render_with(r, inside, scope);
	}
	return result;
}

static enum pl_result render(struct renderer *r, struct pl_span text)
{
	struct pl_span before, inside;
	char name[MAX_NAME];
	enum pl_result result;

	while (next_tag(&text, &before, name)) {
		result = pl_bytes_add(r->out, before.at, before.size);
		if (result != PL_OK)
			return result;
		if (name[0] == '#' || name[0] == '^') {
			if (!take_section(&text, name + 1, &inside))
				return pl_error_set(r->err, PL_E_INVALID, "{{%s}} is not closed",
						    name);
			result = render_section(r, name + 1, name[0] == '^', inside);
		} else {
			result = add_value(r, name);
		}
		if (result != PL_OK)
			return result;
	}
	return pl_bytes_add(r->out, before.at, before.size);
}

enum pl_result vp_template_render(const char *text, size_t size, const cJSON *view,
				  enum vp_escape escape, struct pl_bytes *out, struct pl_error *err)
{
	struct renderer r = { .depth = 1, .escape = escape, .out = out, .err = err };

	r.scopes[0].node = view;
	return render(&r, (struct pl_span){ text, size });
}

char *vp_template_text(const char *text, const cJSON *view)
{
	struct pl_bytes out;
	char *copy;

	pl_bytes_init(&out, MAX_TEXT);
	if (vp_template_render(text, strlen(text), view, VP_ESCAPE_NONE, &out, NULL) != PL_OK)
		pl_bytes_clear(&out);
	copy = g_strndup(out.at ? (const char *)out.at : "", out.size);
	pl_bytes_finish(&out);
	return copy;
}
