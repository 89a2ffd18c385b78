/* SPDX-License-Identifier: Apache-2.0 */
/* Safe reading over cJSON. */
#include "platen/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "json_check.h"

#define MAX_15_DIGITS 999999999999999

enum pl_result pl_json_parse(struct pl_span text, struct cJSON **ret_doc, struct pl_error *err)
{
	enum pl_result r = pl_json_check(pl_span_trim(text), err);

	return r == PL_OK ? pl_json_parse_again(text, ret_doc, err) : r;
}

enum pl_result pl_json_parse_again(struct pl_span text, struct cJSON **ret_doc,
				   struct pl_error *err)
{
	const char *end = NULL;
	cJSON *doc;

	text = pl_span_trim(text);
	/* cJSON also writes where it failed to a global that nobody here reads. */
	doc = text.size > 0 ? cJSON_ParseWithLengthOpts(text.at, text.size, &end, false) : NULL;
	if (!doc)
		return pl_error_set(err, PL_E_PROTOCOL, "not JSON: broken at byte %zu",
				    end ? (size_t)(end - text.at) : 0);
	if (end != text.at + text.size) {
		cJSON_Delete(doc);
		return pl_error_set(err, PL_E_PROTOCOL, "not JSON: more text at byte %zu",
				    (size_t)(end - text.at));
	}
	*ret_doc = doc;
	return PL_OK;
}

enum pl_result pl_json_print(const struct cJSON *doc, struct pl_bytes *out)
{
	char *text = cJSON_PrintUnformatted(doc);
	enum pl_result r;

	if (!text)
		return PL_E_NO_MEMORY;
	r = pl_bytes_add_text(out, text);
	cJSON_free(text);
	return r;
}

/* One step of a path: a member by name, or a list's entry by position. */
static const cJSON *step(const cJSON *at, struct pl_span name)
{
	int position = 0;

	if (cJSON_IsObject(at)) {
		const cJSON *child = at->child;

		while (child && !(child->string && pl_span_is(name, child->string)))
			child = child->next;
		return child;
	}
	if (!cJSON_IsArray(at) || name.size == 0 || name.size > 6)
		return NULL;
	for (size_t i = 0; i < name.size; i++) {
		if (name.at[i] < '0' || name.at[i] > '9')
			return NULL;
		position = 10 * position + (name.at[i] - '0');
	}
	return cJSON_GetArrayItem(at, position);
}

const struct cJSON *pl_json_at(const struct cJSON *doc, const char *path)
{
	struct pl_span rest = pl_span_of(path);

	while (doc && rest.size > 0)
		doc = step(doc, pl_span_take(&rest, '.'));
	return doc;
}

const char *pl_json_text(const struct cJSON *doc, const char *path)
{
	const cJSON *at = pl_json_at(doc, path);

	return cJSON_IsString(at) ? at->valuestring : NULL;
}

bool pl_json_copy(const struct cJSON *doc, const char *path, char *ret_text, size_t cap)
{
	const char *text = pl_json_text(doc, path);

	if (!text || strlen(text) >= cap)
		return false;
	memcpy(ret_text, text, strlen(text) + 1);
	return true;
}

bool pl_json_int(const struct cJSON *doc, const char *path, int64_t min, int64_t max,
		 int64_t *ret_value)
{
	const cJSON *at = pl_json_at(doc, path);
	double value;

	if (!cJSON_IsNumber(at))
		return false;
	value = at->valuedouble;
	if (!(value >= -(double)PL_MAX_JSON_INT && value <= (double)PL_MAX_JSON_INT) ||
	    value != (double)(int64_t)value)
		return false;
	if ((int64_t)value < min || (int64_t)value > max)
		return false;
	*ret_value = (int64_t)value;
	return true;
}

bool pl_json_bool(const struct cJSON *doc, const char *path, bool *ret_value)
{
	const cJSON *at = pl_json_at(doc, path);

	if (!cJSON_IsBool(at))
		return false;
	*ret_value = cJSON_IsTrue(at);
	return true;
}

int pl_json_count(const struct cJSON *doc, const char *path)
{
	const cJSON *at = pl_json_at(doc, path);

	return cJSON_IsArray(at) ? cJSON_GetArraySize(at) : 0;
}

/* cJSON writes 15 digits and is content with them; larger numbers are spelled out here. */
static void add_large_int(struct cJSON *object, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	cJSON_AddRawToObject(object, name, text);
}

void pl_json_add_int(struct cJSON *object, const char *name, int64_t value)
{
	if (value > PL_MAX_JSON_INT || value < -PL_MAX_JSON_INT)
		cJSON_AddNullToObject(object, name);
	else if (value > MAX_15_DIGITS || value < -MAX_15_DIGITS)
		add_large_int(object, name, value);
	else
		cJSON_AddNumberToObject(object, name, (double)value);
}

void pl_json_add_text(struct cJSON *object, const char *name, const char *text)
{
	if (text && text[0])
		cJSON_AddStringToObject(object, name, text);
	else
		cJSON_AddNullToObject(object, name);
}

bool pl_json_time(const struct cJSON *doc, const char *path, int64_t *ret_wall_ms)
{
	const char *text = pl_json_text(doc, path);

	return text && pl_time_read(text, ret_wall_ms);
}
