/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_JSON_H
#define PL_JSON_H

/*
 * JSON: reading what others sent, over cJSON, without trusting any of it.
 * Getters take a path of member names and list positions, and answer "no" instead of guessing:
 *
 *     const char *state = pl_json_text(doc, "supplies.0.state");     NULL unless it is a string
 *
 * Building is cJSON's own business (<cjson/cJSON.h>).
 * Threads: pure; a document belongs to one thread. Memory: free a document with cJSON_Delete();
 * texts live as long as it does.
 */

#include <stdbool.h>
#include <stdint.h>

#include "platen/bytes.h"
#include "platen/result.h"
#include "platen/span.h"

#define PL_MAX_JSON_DEPTH 16
#define PL_MAX_JSON_INT	  9007199254740991 /* 2^53 - 1: the largest integer JSON can carry */

struct cJSON;

/* Parses one JSON value with nothing behind it. Refused: nesting past PL_MAX_JSON_DEPTH, invalid
 * UTF-8, U+0000 in strings, trailing bytes. Returns PL_OK | PL_E_PROTOCOL | PL_E_NO_MEMORY. */
enum pl_result pl_json_parse(struct pl_span text, struct cJSON **ret_doc, struct pl_error *err);

/* The same for a text that was parsed before, and that nobody could change since (it was sealed):
 * what only strangers do is not looked for. */
enum pl_result pl_json_parse_again(struct pl_span text, struct cJSON **ret_doc,
				   struct pl_error *err);

/* Adds the compact text of `doc` to `out`. Returns PL_OK | PL_E_TOO_BIG | PL_E_NO_MEMORY. */
enum pl_result pl_json_print(const struct cJSON *doc, struct pl_bytes *out);

/* The value at a path ("" is doc itself), NULL where there is none; doc may be NULL. */
const struct cJSON *pl_json_at(const struct cJSON *doc, const char *path);

/* The string at a path, or NULL. */
const char *pl_json_text(const struct cJSON *doc, const char *path);

/* Copies the string at a path; false (ret_text untouched) when there is none or it does not fit. */
bool pl_json_copy(const struct cJSON *doc, const char *path, char *ret_text, size_t cap);

/* The integer at a path; false when there is none, or it has a fraction, or is out of range. */
bool pl_json_int(const struct cJSON *doc, const char *path, int64_t min, int64_t max,
		 int64_t *ret_value);

bool pl_json_bool(const struct cJSON *doc, const char *path, bool *ret_value);

/* The length of the list at a path; 0 when it is no list. */
int pl_json_count(const struct cJSON *doc, const char *path);

/* Adds an integer member, or null where value is outside of +-PL_MAX_JSON_INT (PL_UNKNOWN is). */
void pl_json_add_int(struct cJSON *object, const char *name, int64_t value);

/* Adds a string member, or null where text is NULL or empty. */
void pl_json_add_text(struct cJSON *object, const char *name, const char *text);

/* Reads a wall time as RFC 3339 in UTC ("2026-01-31T23:59:59.123Z", fraction optional) into
 * milliseconds since 1970; false for anything else. */
bool pl_time_read(const char *text, int64_t *ret_wall_ms);
bool pl_json_time(const struct cJSON *doc, const char *path, int64_t *ret_wall_ms);

#endif
