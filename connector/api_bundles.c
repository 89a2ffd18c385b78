/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /actions/{id}/bundle: the file, its list of parts, and one part as text. Whatever a part holds, a
 * browser is told to show it as plain text and to run nothing.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "api_calls.h"
#include "action_rows.h"
#include "bundles.h"
#include "platen/json.h"
#include "render.h"
#include "zip_read.h"

#define MAX_TEXT (1024 * 1024) /* of one part, unpacked */

struct bundle {
	struct pl_bundle_info info;
	char type[32];
	struct pl_bytes zip;
	struct pl_zip_part parts[PL_MAX_ZIP_PARTS];
	size_t count;
};

/* Nothing of what an agent sent becomes a page of ours. */
static void disarm(struct pl_api *api)
{
	pl_web_add_header(api->rq, "Content-Security-Policy",
			  "default-src 'none'; frame-ancestors 'none'; sandbox");
	pl_web_add_header(api->rq, "Cross-Origin-Resource-Policy", "same-origin");
}

/* True: b holds the bundle, and the caller may see it; else answered. */
static bool load(struct pl_api *api, struct bundle *b)
{
	const char *id = api->rq->part[0];
	struct pl_error err = { 0 };
	cJSON *action = NULL;
	enum pl_result r = pl_action_render(api, id, &action, &err);
	bool allowed = true;

	pl_bytes_init(&b->zip, PL_MAX_BUNDLE_BYTES);
	b->count = 0;
	if (r == PL_OK) {
		allowed = pl_api_may(&api->caller, PL_ROLE_OPERATOR,
				     pl_json_text(action, "site.customer_id"),
				     pl_json_text(action, "site.id"));
		snprintf(b->type, sizeof b->type, "%s", pl_json_text(action, "type"));
		snprintf(api->customer_id, sizeof api->customer_id, "%s",
			 pl_json_text(action, "site.customer_id"));
		snprintf(api->subject, sizeof api->subject, "%s", id);
		cJSON_Delete(action);
	}
	if (r == PL_OK && allowed)
		r = pl_bundle_read(api->db, api->server->ring, id, &b->info, &b->zip, &err);
	if (!allowed)
		pl_api_forbidden(api, PL_ROLE_OPERATOR);
	else if (r == PL_E_NOT_FOUND)
		pl_api_not_found(api, "bundle");
	else if (r != PL_OK)
		pl_api_failed(api, r, &err);
	return allowed && r == PL_OK;
}

void pl_api_bundle(struct pl_api *api)
{
	struct bundle b;

	if (load(api, &b)) {
		disarm(api);
		pl_web_add_header(api->rq, "Content-Disposition",
				  "attachment; filename=\"platen-%s-%.8s.zip\"", b.type,
				  api->rq->part[0]);
		pl_web_text(api->rq, 200, "application/zip", pl_bytes_span(&b.zip));
	}
	pl_bytes_finish(&b.zip);
}

static bool list(struct pl_api *api, struct bundle *b)
{
	struct pl_error err = { 0 };

	if (!load(api, b))
		return false;
	if (pl_zip_list(pl_bytes_span(&b->zip), b->parts, &b->count, &err) == PL_OK)
		return true;
	pl_web_error(api->rq, 409, "unreadable",
		     "This bundle cannot be shown; download it to look at it.");
	return false;
}

void pl_api_bundle_parts(struct pl_api *api)
{
	struct bundle b;
	cJSON *doc, *items;

	if (list(api, &b)) {
		doc = cJSON_CreateObject();
		pl_json_add_int(doc, "bytes", b.info.size);
		cJSON_AddStringToObject(doc, "sha256", b.info.sha256);
		pl_render_time(doc, "stored_at", b.info.stored_ms);
		items = cJSON_AddArrayToObject(doc, "parts");
		for (size_t i = 0; i < b.count; i++) {
			cJSON *part = cJSON_CreateObject();

			cJSON_AddStringToObject(part, "name", b.parts[i].name);
			pl_json_add_int(part, "bytes", b.parts[i].size);
			cJSON_AddItemToArray(items, part);
		}
		pl_web_json(api->rq, 200, doc);
	}
	pl_bytes_finish(&b.zip);
}

static void show(struct pl_api *api, const struct bundle *b, const struct pl_zip_part *part)
{
	struct pl_bytes text;
	struct pl_error err = { 0 };

	pl_bytes_init(&text, MAX_TEXT);
	if (pl_zip_unpack(pl_bytes_span(&b->zip), part, &text, &err) == PL_OK) {
		disarm(api);
		pl_web_add_header(api->rq, "Content-Disposition", "inline; filename=\"%s.txt\"",
				  part->name);
		pl_web_text(api->rq, 200, "text/plain; charset=utf-8", pl_bytes_span(&text));
	} else {
		pl_web_error(api->rq, 409, "unreadable",
			     "This part cannot be shown; download the bundle to look at it.");
	}
	pl_bytes_finish(&text);
}

void pl_api_bundle_part(struct pl_api *api)
{
	struct bundle b;
	size_t i = 0;

	if (list(api, &b)) {
		while (i < b.count && strcmp(b.parts[i].name, api->rq->part[1]) != 0)
			i++;
		if (i < b.count)
			show(api, &b, &b.parts[i]);
		else
			pl_api_not_found(api, "part");
	}
	pl_bytes_finish(&b.zip);
}
