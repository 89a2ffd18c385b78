/* SPDX-License-Identifier: Apache-2.0 */
/* Draw: splitmix64 and a walk through the tree. */

#include "draw.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

#define MAX_TEXT 128

static uint64_t next(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint64_t vp_draw_seed(uint64_t run, const char *name)
{
	for (; *name; name++)
		run = (run ^ (unsigned char)*name) * 0x100000001b3u;
	return next(&run);
}

static cJSON *draw_int(const cJSON *range, uint64_t *seed)
{
	double low = cJSON_GetArrayItem(range, 0)->valuedouble;
	double high = cJSON_GetArrayItem(range, 1)->valuedouble;

	return cJSON_CreateNumber(low + (double)(next(seed) % (uint64_t)(high - low + 1)));
}

static cJSON *draw_text(const char *pattern, uint64_t *seed)
{
	static const char DIGITS[] = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ";
	char text[MAX_TEXT];
	size_t n = 0;

	for (; pattern[n] && n + 1 < sizeof(text); n++) {
		unsigned span = pattern[n] == '#'   ? 10
				: pattern[n] == '~' ? 16
				: pattern[n] == '?' ? (unsigned)strlen(DIGITS)
						    : 0;

		text[n] = span ? DIGITS[next(seed) % span] : pattern[n];
	}
	text[n] = '\0';
	return cJSON_CreateString(text);
}

static cJSON *draw_uuid(uint64_t *seed)
{
	uint64_t a = next(seed), b = next(seed);
	char text[MAX_TEXT];

	snprintf(text, sizeof(text), "%08x-%04x-4%03x-8%03x-%012llx", (unsigned)(a >> 32),
		 (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff), (unsigned)(b >> 52),
		 (unsigned long long)(b & 0xffffffffffffu));
	return cJSON_CreateString(text);
}

static cJSON *draw_one(const cJSON *wish, uint64_t *seed)
{
	const cJSON *what = wish->child;

	if (strcmp(what->string, "$int") == 0)
		return draw_int(what, seed);
	if (strcmp(what->string, "$text") == 0)
		return draw_text(what->valuestring, seed);
	if (strcmp(what->string, "$uuid") == 0)
		return draw_uuid(seed);
	return NULL;
}

static cJSON *sum(const cJSON *wish, const cJSON *root)
{
	const cJSON *part;
	double total = 0;

	cJSON_ArrayForEach(part, wish->child)
	{
		const cJSON *node =
			cJSON_IsString(part) ? vp_json_at(root, part->valuestring) : part;

		total += node ? node->valuedouble : 0;
	}
	return cJSON_CreateNumber(total);
}

static bool is_wish(const cJSON *node, bool sums)
{
	if (!cJSON_IsObject(node) || !node->child || node->child->string[0] != '$')
		return false;
	return (strcmp(node->child->string, "$sum") == 0) == sums;
}

static void replace(cJSON *parent, cJSON *old, cJSON *value)
{
	if (cJSON_IsObject(parent))
		cJSON_ReplaceItemInObjectCaseSensitive(parent, old->string, value);
	else
		cJSON_ReplaceItemViaPointer(parent, old, value);
}

static void walk(cJSON *node, const cJSON *root, bool sums, uint64_t *seed)
{
	cJSON *item = node->child, *after;

	for (; item; item = after) {
		cJSON *value = NULL;

		after = item->next;
		if (is_wish(item, sums))
			value = sums ? sum(item, root) : draw_one(item, seed);
		if (value)
			replace(node, item, value);
		else
			walk(item, root, sums, seed);
	}
}

void vp_draw(cJSON *facts, uint64_t seed)
{
	walk(facts, facts, false, &seed);
	walk(facts, facts, true, &seed);
}
