/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests of packages, strict both ways, and the order of versions. */
#include "platen/package.h"

#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "platen/encode.h"
#include "platen/json.h"

#define FORMAT "platen.package/1"

static const char *const MEMBERS[] = { "format", "name", "models", "version", "size", "sha256" };
#define MEMBER_COUNT (sizeof(MEMBERS) / sizeof(MEMBERS[0]))

static enum pl_result wrong(struct pl_error *err, const char *member)
{
	return pl_error_set(err, PL_E_PROTOCOL, "the manifest's \"%s\" is missing or wrong",
			    member);
}

/* Printable ASCII without blanks at either end: it is shown, compared and logged. */
static bool is_text(const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return n > 0 && text[0] != ' ' && text[n - 1] != ' ';
}

static bool copy_text(const cJSON *doc, const char *path, char *ret_text, size_t cap)
{
	return pl_json_copy(doc, path, ret_text, cap) && is_text(ret_text);
}

/* Each member is known, and there once. */
static enum pl_result check_members(const cJSON *doc, struct pl_error *err)
{
	bool seen[MEMBER_COUNT] = { false };

	if (!cJSON_IsObject(doc))
		return pl_error_set(err, PL_E_PROTOCOL, "the manifest is no JSON object");
	for (const cJSON *m = doc->child; m; m = m->next) {
		size_t i = 0;

		while (i < MEMBER_COUNT && strcmp(MEMBERS[i], m->string) != 0)
			i++;
		if (i == MEMBER_COUNT || seen[i])
			return pl_error_set(err, PL_E_PROTOCOL,
					    "the manifest has a member \"%.40s\" %s", m->string,
					    i == MEMBER_COUNT ? "that nobody knows" : "twice");
		seen[i] = true;
	}
	return PL_OK;
}

static bool read_models(const cJSON *doc, struct pl_package *p)
{
	int count = pl_json_count(doc, "models");
	const cJSON *model;

	if (count < 1 || count > PL_MAX_PACKAGE_MODELS)
		return false;
	cJSON_ArrayForEach(model, pl_json_at(doc, "models"))
	{
		if (!copy_text(model, "", p->models[p->model_count], PL_MAX_PACKAGE_TEXT))
			return false;
		p->model_count++;
	}
	return true;
}

static enum pl_result read_members(const cJSON *doc, struct pl_package *p, struct pl_error *err)
{
	uint8_t digest[PL_HASH_SIZE];
	const char *format = pl_json_text(doc, "format");

	if (!format || strcmp(format, FORMAT) != 0)
		return pl_error_set(err, PL_E_PROTOCOL, "the manifest is not of format " FORMAT);
	if (!copy_text(doc, "name", p->name, sizeof(p->name)))
		return wrong(err, "name");
	if (!read_models(doc, p))
		return wrong(err, "models");
	if (!copy_text(doc, "version", p->version, sizeof(p->version)))
		return wrong(err, "version");
	if (!pl_json_int(doc, "size", 1, PL_MAX_PACKAGE, &p->size))
		return wrong(err, "size");
	if (!pl_json_copy(doc, "sha256", p->sha256, sizeof(p->sha256)) ||
	    !pl_hex_read(pl_span_of(p->sha256), digest, sizeof(digest)))
		return wrong(err, "sha256");
	return PL_OK;
}

enum pl_result pl_package_read(struct pl_span manifest, struct pl_package *ret_package,
			       struct pl_error *err)
{
	struct pl_package p = { .model_count = 0 };
	cJSON *doc = NULL;
	enum pl_result r;

	if (manifest.size > PL_MAX_MANIFEST)
		return pl_error_set(err, PL_E_PROTOCOL, "the manifest is larger than %d bytes",
				    PL_MAX_MANIFEST);
	r = pl_json_parse(manifest, &doc, err);
	if (r == PL_OK)
		r = check_members(doc, err);
	if (r == PL_OK)
		r = read_members(doc, &p, err);
	cJSON_Delete(doc);
	if (r == PL_OK)
		*ret_package = p;
	return r;
}

enum pl_result pl_package_write(const struct pl_package *package, struct pl_bytes *out,
				struct pl_error *err)
{
	cJSON *doc = cJSON_CreateObject(), *models;
	struct pl_package again;
	size_t before = out->size;
	enum pl_result r;

	cJSON_AddStringToObject(doc, "format", FORMAT);
	cJSON_AddStringToObject(doc, "name", package->name);
	models = cJSON_AddArrayToObject(doc, "models");
	for (size_t i = 0; i < package->model_count; i++)
		cJSON_AddItemToArray(models, cJSON_CreateString(package->models[i]));
	cJSON_AddStringToObject(doc, "version", package->version);
	pl_json_add_int(doc, "size", package->size);
	cJSON_AddStringToObject(doc, "sha256", package->sha256);
	r = pl_json_print(doc, out);
	cJSON_Delete(doc);
	if (r != PL_OK)
		return pl_error_set(err, r, "the manifest is larger than %zu bytes", out->max);
	r = pl_package_read((struct pl_span){ (const char *)out->at + before, out->size - before },
			    &again, err);
	if (r == PL_OK)
		return PL_OK;
	pl_bytes_cut(out, before);
	if (err && r == PL_E_PROTOCOL)
		err->code = PL_E_INVALID;
	return r == PL_E_PROTOCOL ? PL_E_INVALID : r;
}

enum pl_result pl_package_open(const cJSON *envelope, struct pl_bytes *manifest,
			       struct pl_bytes *signature, struct pl_error *err)
{
	const char *body = pl_json_text(envelope, "manifest");
	const char *signed_by = pl_json_text(envelope, "signature");
	enum pl_result r = PL_E_PROTOCOL;

	if (body && signed_by)
		r = pl_base64_read(PL_BASE64, pl_span_of(body), manifest);
	if (r == PL_OK)
		r = pl_base64_read(PL_BASE64, pl_span_of(signed_by), signature);
	if (r == PL_E_NO_MEMORY)
		return pl_error_set(err, r, "out of memory");
	if (r != PL_OK)
		return pl_error_set(err, PL_E_PROTOCOL,
				    "the package has no manifest with a signature");
	return PL_OK;
}

static enum pl_result add_base64(cJSON *object, const char *name, struct pl_span bytes)
{
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, 2 * PL_MAX_MANIFEST);
	r = pl_base64_write(PL_BASE64, bytes.at, bytes.size, &text);
	if (r == PL_OK && !cJSON_AddStringToObject(object, name, (const char *)text.at))
		r = PL_E_NO_MEMORY;
	pl_bytes_finish(&text);
	return r;
}

enum pl_result pl_package_seal(struct pl_span manifest, struct pl_span signature, cJSON *envelope)
{
	enum pl_result r = add_base64(envelope, "manifest", manifest);

	return r == PL_OK ? add_base64(envelope, "signature", signature) : r;
}

bool pl_package_fits(const struct pl_package *package, const char *make, const char *model)
{
	char full[2 * PL_MAX_PACKAGE_TEXT + 64];

	snprintf(full, sizeof(full), "%s %s", make, model);
	for (size_t i = 0; model[0] && i < package->model_count; i++)
		if (pl_span_is_word(pl_span_of(package->models[i]), model) ||
		    pl_span_is_word(pl_span_of(package->models[i]), full))
			return true;
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes a run of digits, without the zeros before it, or of anything else. */
static struct pl_span take_part(const char **at)
{
	const char *from = *at;
	bool digits = is_digit(*from);

	while (**at && is_digit(**at) == digits)
		(*at)++;
	while (digits && from + 1 < *at && *from == '0')
		from++;
	return (struct pl_span){ from, (size_t)(*at - from) };
}

static int compare_numbers(struct pl_span a, struct pl_span b)
{
	if (a.size != b.size)
		return a.size < b.size ? -1 : 1;
	return memcmp(a.at, b.at, a.size);
}

enum pl_version_order pl_version_compare(const char *first, const char *second)
{
	int order = 0;

	while (*first && *second) {
		bool digits = is_digit(*first);
		struct pl_span a, b;

		if (digits != is_digit(*second))
			return PL_VERSION_UNLIKE;
		a = take_part(&first);
		b = take_part(&second);
		if (digits && order == 0)
			order = compare_numbers(a, b);
		else if (!digits && (a.size != b.size || memcmp(a.at, b.at, a.size) != 0))
			return PL_VERSION_UNLIKE;
	}
	if (order == 0 && (*first || *second))
		order = *first ? 1 : -1; /* "2.1" is older than "2.1.1" */
	if (order == 0)
		return PL_VERSION_SAME;
	return order < 0 ? PL_VERSION_OLDER : PL_VERSION_NEWER;
}
