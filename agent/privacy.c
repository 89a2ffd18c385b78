/* SPDX-License-Identifier: Apache-2.0 */
/* The gate: copies of a record only what the table lets leave. */
#include "privacy.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#define MAX_PATH_TEXT 128
#define MAX_LEAF      512 /* bytes with NUL; no row allows more */
#define MAX_ITEMS     500 /* of one list */

static bool is_allowed(enum pl_chars chars, char c)
{
	bool digit = c >= '0' && c <= '9';
	bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

	switch (chars) {
	case PL_CHARS_TIME: return digit || (c && strchr("-:.TZ", c));
	case PL_CHARS_WORD: return digit || letter || (c && strchr("-_.:/", c));
	case PL_CHARS_DEVICE:
	case PL_CHARS_OWN: return c >= ' ' && c <= '~' && c != '@';
	case PL_CHARS_NUMBER:
	case PL_CHARS_BOOLEAN: break;
	}
	return false;
}

/* Text with what is not allowed left out; null where nothing remains. */
static cJSON *filter_text(const struct pl_privacy_row *row, const char *text)
{
	char kept[MAX_LEAF];
	size_t n = 0;

	for (; *text && n < row->max && n < sizeof(kept) - 1; text++)
		if (is_allowed(row->chars, *text))
			kept[n++] = *text;
	kept[n] = '\0';
	return n > 0 ? cJSON_CreateString(kept) : cJSON_CreateNull();
}

/* NULL: this value has no business here. */
static cJSON *filter_leaf(const struct pl_privacy_row *row, const cJSON *value)
{
	if (cJSON_IsNull(value))
		return cJSON_CreateNull();
	if (row->chars == PL_CHARS_NUMBER)
		return cJSON_IsNumber(value) ? cJSON_CreateNumber(value->valuedouble) : NULL;
	if (row->chars == PL_CHARS_BOOLEAN)
		return cJSON_IsBool(value) ? cJSON_CreateBool(cJSON_IsTrue(value)) : NULL;
	return cJSON_IsString(value) ? filter_text(row, value->valuestring) : NULL;
}

struct walk {
	const struct pl_privacy_row *rows; /* of this kind */
	size_t count;
};

static const struct pl_privacy_row *find_leaf(const struct walk *w, const char *path)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->rows[i].leaves && strcmp(w->rows[i].path, path) == 0)
			return &w->rows[i];
	return NULL;
}

/* True when some row that leaves stands below `path`: behind '.' as a member, behind '[' as an item
 * of a list. */
static bool has_below(const struct walk *w, const char *path, char step)
{
	size_t n = strlen(path);

	for (size_t i = 0; i < w->count; i++)
		if (w->rows[i].leaves && strncmp(w->rows[i].path, path, n) == 0 &&
		    w->rows[i].path[n] == step)
			return true;
	return false;
}

static cJSON *filter_value(const struct walk *w, const char *path, const cJSON *value);

static cJSON *filter_object(const struct walk *w, const char *path, const cJSON *object)
{
	cJSON *out = cJSON_CreateObject();
	const cJSON *member;

	cJSON_ArrayForEach(member, object)
	{
		char below[MAX_PATH_TEXT];
		cJSON *kept;

		if (strpbrk(member->string, ".[")) /* a name that plays a path */
			continue;
		if (snprintf(below, sizeof(below), "%s%s%s", path, path[0] ? "." : "",
			     member->string) >= (int)sizeof(below))
			continue;
		kept = filter_value(w, below, member);
		if (kept)
			cJSON_AddItemToObject(out, member->string, kept);
	}
	return out;
}

static cJSON *filter_list(const struct walk *w, const char *path, const cJSON *list)
{
	cJSON *out = cJSON_CreateArray();
	const cJSON *item;
	char below[MAX_PATH_TEXT];

	if (snprintf(below, sizeof(below), "%s[]", path) >= (int)sizeof(below))
		return out;
	cJSON_ArrayForEach(item, list)
	{
		cJSON *kept = filter_value(w, below, item);

		if (kept)
			cJSON_AddItemToArray(out, kept);
		if (cJSON_GetArraySize(out) >= MAX_ITEMS)
			break;
	}
	return out;
}

static cJSON *filter_value(const struct walk *w, const char *path, const cJSON *value)
{
	const struct pl_privacy_row *leaf = find_leaf(w, path);

	if (leaf)
		return filter_leaf(leaf, value);
	if (has_below(w, path, '.') && cJSON_IsObject(value))
		return filter_object(w, path, value);
	if (has_below(w, path, '[') && cJSON_IsArray(value))
		return filter_list(w, path, value);
	if ((has_below(w, path, '.') || has_below(w, path, '[')) && cJSON_IsNull(value))
		return cJSON_CreateNull();
	return NULL;
}

static struct walk rows_of(const char *kind)
{
	struct walk w = { NULL, 0 };

	for (size_t i = 0; i < PL_PRIVACY_COUNT; i++) {
		if (strcmp(PL_PRIVACY[i].kind, kind) != 0)
			continue;
		if (!w.rows)
			w.rows = &PL_PRIVACY[i];
		w.count++;
	}
	return w;
}

cJSON *pl_privacy_filter(const char *kind, const cJSON *body)
{
	struct walk w = rows_of(kind);

	return w.rows && cJSON_IsObject(body) ? filter_object(&w, "", body) : NULL;
}

static bool is_number(struct pl_span text)
{
	for (size_t i = 0; i < text.size; i++)
		if (!text.at[i] || !strchr("0123456789.-", text.at[i]))
			return false;
	return text.size > 0 && text.size <= 20;
}

bool pl_privacy_text(const char *kind, const char *path, struct pl_span text, char *ret_text,
		     size_t cap)
{
	struct walk w = rows_of(kind);
	const struct pl_privacy_row *row = find_leaf(&w, path);
	size_t max, n = 0;

	if (!row || row->chars == PL_CHARS_BOOLEAN)
		return false;
	if (row->chars == PL_CHARS_NUMBER)
		return is_number(text) && pl_span_copy(text, ret_text, cap);
	max = row->max < cap - 1 ? row->max : cap - 1;
	for (size_t i = 0; i < text.size && n < max; i++)
		if (is_allowed(row->chars, text.at[i]))
			ret_text[n++] = text.at[i];
	ret_text[n] = '\0';
	return n > 0;
}
