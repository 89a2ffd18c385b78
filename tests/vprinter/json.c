/* SPDX-License-Identifier: Apache-2.0 */
/* JSON: paths, defaults, merging and loading on top of cJSON. */

#include "json.h"

#include <stdlib.h>
#include <string.h>

#include <glib.h>

#define MAX_FILE (4 * 1024 * 1024)
#define MAX_STEP 128 /* characters of one step of a path */

const char *vp_json_text(const cJSON *object, const char *name, const char *otherwise)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsString(item) ? item->valuestring : otherwise;
}

double vp_json_number(const cJSON *object, const char *name, double otherwise)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsNumber(item) ? item->valuedouble : otherwise;
}

bool vp_json_true(const cJSON *object, const char *name, bool otherwise)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsBool(item) ? cJSON_IsTrue(item) : otherwise;
}

/* Copies the first step of `path`; returns what follows it, NULL at the end. */
static const char *take_step(const char *path, char step[static MAX_STEP])
{
	const char *dot = strchr(path, '.');
	size_t n = dot ? (size_t)(dot - path) : strlen(path);

	if (n >= MAX_STEP)
		n = MAX_STEP - 1;
	memcpy(step, path, n);
	step[n] = '\0';
	return dot ? dot + 1 : NULL;
}

static cJSON *child(const cJSON *node, const char *step)
{
	char *end;
	long i;

	if (!cJSON_IsArray(node))
		return cJSON_GetObjectItemCaseSensitive(node, step);
	i = strtol(step, &end, 10);
	return *end || end == step || i < 0 ? NULL : cJSON_GetArrayItem(node, (int)i);
}

cJSON *vp_json_at(const cJSON *root, const char *path)
{
	char step[MAX_STEP];
	cJSON *node = (cJSON *)root;

	while (node && path) {
		path = take_step(path, step);
		node = child(node, step);
	}
	return node;
}

bool vp_json_put(cJSON *root, const char *path, cJSON *value)
{
	char step[MAX_STEP];
	cJSON *old;

	for (;;) {
		path = take_step(path, step);
		old = child(root, step);
		if (!path)
			break;
		if (!old && cJSON_IsObject(root))
			old = cJSON_AddObjectToObject(root, step);
		root = old;
		if (!cJSON_IsObject(root) && !cJSON_IsArray(root))
			goto fail;
	}
	if (cJSON_IsObject(root)) {
		if (old)
			return cJSON_ReplaceItemInObjectCaseSensitive(root, step, value);
		return cJSON_AddItemToObject(root, step, value);
	}
	if (old)
		return cJSON_ReplaceItemViaPointer(root, old, value);
fail:
	cJSON_Delete(value);
	return false;
}

void vp_json_merge(cJSON *base, const cJSON *over)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, over)
	{
		cJSON *old = cJSON_GetObjectItemCaseSensitive(base, item->string);

		if (cJSON_IsObject(old) && cJSON_IsObject(item))
			vp_json_merge(old, item);
		else if (old)
			cJSON_ReplaceItemInObjectCaseSensitive(base, item->string,
							       cJSON_Duplicate(item, true));
		else
			cJSON_AddItemToObject(base, item->string, cJSON_Duplicate(item, true));
	}
}

/* The line, counted from 1, in which `at` stands. */
static int line_of(const char *text, const char *at)
{
	int line = 1;

	for (; text < at && *text; text++)
		line += *text == '\n';
	return line;
}

enum pl_result vp_json_load(const char *path, cJSON **ret_tree, struct pl_error *err)
{
	gchar *text = NULL;
	gsize size = 0;
	const char *end = NULL;
	cJSON *tree;
	enum pl_result r = PL_OK;

	if (!g_file_get_contents(path, &text, &size, NULL))
		return pl_error_set(err, PL_E_NOT_FOUND, "cannot read %s", path);
	tree = size > MAX_FILE ? NULL : cJSON_ParseWithOpts(text, &end, true);
	if (tree)
		*ret_tree = tree;
	else
		r = pl_error_set(err, PL_E_INVALID, "%s: line %d is not JSON", path,
				 end ? line_of(text, end) : 0);
	g_free(text);
	return r;
}
