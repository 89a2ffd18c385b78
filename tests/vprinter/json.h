/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_JSON_H
#define VP_JSON_H

/*
 * JSON: short ways through cJSON trees, with paths as in the snapshot: "supplies.0.level".
 * Threads: pure on the tree given. Memory: texts are borrowed from the tree.
 */

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <platen/result.h>

/* Members of an object (which may be NULL), or the given default. */
const char *vp_json_text(const cJSON *object, const char *name, const char *otherwise);
double vp_json_number(const cJSON *object, const char *name, double otherwise);
bool vp_json_true(const cJSON *object, const char *name, bool otherwise);

/* The node at a dotted path; array elements by number. NULL where there is none. */
cJSON *vp_json_at(const cJSON *root, const char *path);

/* Puts `value` (which is taken over) at a dotted path, making objects on the way. False: the path
 * leads through a value or past the end of an array; `value` is freed. */
bool vp_json_put(cJSON *root, const char *path, cJSON *value);

/* Lays the members of `over` over those of `base`, deep; arrays and values are replaced. */
void vp_json_merge(cJSON *base, const cJSON *over);

/* Reads a JSON file of at most 4 MiB. Returns PL_OK | PL_E_NOT_FOUND | PL_E_INVALID (says where).
 */
enum pl_result vp_json_load(const char *path, cJSON **ret_tree, struct pl_error *err);

#endif
