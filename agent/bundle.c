/* SPDX-License-Identifier: Apache-2.0 */
/* Parts into a zip, each past the gate, and a manifest of them. */
#include "bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "platen/clock.h"
#include "platen/json.h"
#include "privacy.h"
#include "zip_write.h"

#define MAX_WHOLE (4 * 1024 * 1024)
#define ROOM	  (16 * 1024) /* of the zip, for manifest and directory */
#define KIND	  "bundle"

struct pl_bundle {
	bool whole;
	size_t max;
	char folder[PL_MAX_ZIP_NAME / 2];
	int64_t since_ms;
	cJSON *manifest, *parts;
	struct pl_zip zip;
};

struct pl_bundle *pl_bundle_create(const char *kind, bool whole)
{
	struct pl_bundle *b = calloc(1, sizeof(*b));
	char now[PL_MAX_TIME_TEXT];

	if (!b)
		return NULL;
	b->whole = whole;
	b->max = whole ? MAX_WHOLE : PL_MAX_BUNDLE;
	pl_zip_init(&b->zip, b->max, pl_clock_wall_ms());
	pl_clock_text(pl_clock_wall_ms(), now);
	b->manifest = cJSON_CreateObject();
	cJSON_AddStringToObject(b->manifest, "schema", "platen.bundle/1");
	cJSON_AddStringToObject(b->manifest, "made_at", now);
	cJSON_AddStringToObject(b->manifest, "agent_version", PL_VERSION);
	cJSON_AddStringToObject(b->manifest, "kind", kind);
	b->parts = cJSON_AddArrayToObject(b->manifest, "parts");
	pl_bundle_begin(b);
	return b;
}

void pl_bundle_destroy(struct pl_bundle *bundle)
{
	if (!bundle)
		return;
	cJSON_Delete(bundle->manifest);
	pl_zip_finish(&bundle->zip);
	free(bundle);
}

bool pl_bundle_is_whole(const struct pl_bundle *bundle)
{
	return bundle->whole;
}

void pl_bundle_enter(struct pl_bundle *bundle, const char *folder)
{
	snprintf(bundle->folder, sizeof(bundle->folder), "%s", folder);
}

void pl_bundle_begin(struct pl_bundle *bundle)
{
	bundle->since_ms = pl_clock_now_ms();
}

static void note(struct pl_bundle *b, const char *name, int64_t bytes, const char *missing)
{
	cJSON *part = cJSON_CreateObject();

	cJSON_AddStringToObject(part, "name", name);
	if (bytes < 0)
		cJSON_AddNullToObject(part, "bytes");
	else
		pl_json_add_int(part, "bytes", bytes);
	pl_json_add_int(part, "ms", pl_clock_now_ms() - b->since_ms);
	pl_json_add_text(part, "missing", missing);
	if (cJSON_GetArraySize(b->parts) < PL_MAX_BUNDLE_PARTS)
		cJSON_AddItemToArray(b->parts, part);
	else
		cJSON_Delete(part);
	pl_bundle_begin(b);
}

static void full_name(const struct pl_bundle *b, const char *name, char out[PL_MAX_ZIP_NAME])
{
	snprintf(out, PL_MAX_ZIP_NAME, "%s%.60s", b->folder, name);
}

void pl_bundle_text(struct pl_bundle *bundle, const char *name, struct pl_span text)
{
	char path[PL_MAX_ZIP_NAME];
	enum pl_result r = PL_E_TOO_BIG;

	full_name(bundle, name, path);
	if (text.size <= PL_MAX_BUNDLE_PART &&
	    bundle->zip.bytes.size + ROOM + text.size / 2 < bundle->max &&
	    bundle->zip.count < PL_MAX_BUNDLE_PARTS)
		r = pl_zip_add(&bundle->zip, path, text);
	if (r == PL_OK)
		note(bundle, path, (int64_t)text.size, NULL);
	else
		note(bundle, path, -1, "There was no room for it in the bundle");
}

void pl_bundle_json(struct pl_bundle *bundle, const char *name, const char *kind, const cJSON *doc)
{
	cJSON *kept = bundle->whole ? NULL : pl_privacy_filter(kind, doc);
	char *text = cJSON_Print(bundle->whole ? doc : kept);

	if (text && (bundle->whole || kept))
		pl_bundle_text(bundle, name, pl_span_of(text));
	else
		pl_bundle_missing(bundle, name, "There was no memory for it");
	free(text);
	cJSON_Delete(kept);
}

void pl_bundle_missing(struct pl_bundle *bundle, const char *name, const char *why)
{
	char path[PL_MAX_ZIP_NAME];

	full_name(bundle, name, path);
	note(bundle, path, -1, why);
}

const cJSON *pl_bundle_parts(const struct pl_bundle *bundle)
{
	return bundle->parts;
}

enum pl_result pl_bundle_end(struct pl_bundle *bundle, struct pl_span *ret_zip,
			     struct pl_error *err)
{
	cJSON *kept = bundle->whole ? NULL : pl_privacy_filter(KIND, bundle->manifest);
	char *text = cJSON_Print(bundle->whole ? bundle->manifest : kept);
	enum pl_result r = PL_E_NO_MEMORY;

	if (text)
		r = pl_zip_add(&bundle->zip, "manifest.json", pl_span_of(text));
	if (r == PL_OK)
		r = pl_zip_end(&bundle->zip);
	free(text);
	cJSON_Delete(kept);
	if (r != PL_OK)
		return pl_error_set(err, r, "the bundle's directory has no room");
	*ret_zip = pl_bytes_span(&bundle->zip.bytes);
	return PL_OK;
}
