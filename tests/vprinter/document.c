/* SPDX-License-Identifier: Apache-2.0 */
/* Document: path -> file -> template -> bytes and ETag. */

#include "document.h"

#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "template.h"
#include "view.h"

static const struct {
	const char *suffix, *type;
	enum vp_escape escape;
	bool raw; /* no template */
} TYPES[] = {
	{ ".xml", "text/xml", VP_ESCAPE_XML, false },
	{ ".html", "text/html; charset=utf-8", VP_ESCAPE_XML, false },
	{ ".json", "application/json", VP_ESCAPE_NONE, false },
	{ ".csv", "text/csv", VP_ESCAPE_NONE, false },
	{ ".txt", "text/plain; charset=utf-8", VP_ESCAPE_NONE, false },
	{ ".css", "text/css", VP_ESCAPE_NONE, true },
	{ ".js", "application/javascript", VP_ESCAPE_NONE, true },
	{ ".png", "image/png", VP_ESCAPE_NONE, true },
	{ "", "application/octet-stream", VP_ESCAPE_NONE, true },
};

static size_t type_of(const char *path)
{
	size_t i = 0;

	while (!g_str_has_suffix(path, TYPES[i].suffix))
		i++;
	return i;
}

/* The file of a target, which may leave out ".xml" or ".html"; NULL where there is none, or where
 * it would lie outside of the folder. g_free() it. */
static char *file_of(const struct vp_printer *printer, const char *target)
{
	static const char *const SUFFIXES[] = { "", ".xml", ".html" };
	int n = (int)strcspn(target, "?#");

	if (target[0] != '/' || strstr(target, ".."))
		return NULL;
	for (size_t i = 0; i < sizeof(SUFFIXES) / sizeof(SUFFIXES[0]); i++) {
		char *file = g_strdup_printf("%s/http%.*s%s%s", printer->profile->dir, n, target,
					     n == 1 ? "index.html" : "", SUFFIXES[i]);

		if (g_file_test(file, G_FILE_TEST_IS_REGULAR))
			return file;
		g_free(file);
	}
	return NULL;
}

static void make_etag(const struct pl_bytes *body, char ret_etag[static 48])
{
	char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA1, body->at, body->size);

	snprintf(ret_etag, 48, "\"%.16s\"", sum);
	g_free(sum);
}

enum pl_result vp_document_render(struct vp_printer *printer, const char *target,
				  struct pl_bytes *body, struct vp_document *ret,
				  struct pl_error *err)
{
	char *file = file_of(printer, target);
	gchar *text = NULL;
	gsize size = 0;
	enum pl_result r = PL_OK;
	size_t type;

	if (!file || !g_file_get_contents(file, &text, &size, NULL)) {
		g_free(file);
		return pl_error_set(err, PL_E_NOT_FOUND, "this printer has no %s", target);
	}
	type = type_of(file);
	if (TYPES[type].raw) {
		r = pl_bytes_add(body, text, size);
	} else {
		cJSON *view = vp_view(printer->profile, printer->state, "ledm");

		r = vp_template_render(text, size, view, TYPES[type].escape, body, err);
		cJSON_Delete(view);
	}
	ret->content_type = TYPES[type].type;
	make_etag(body, ret->etag);
	g_free(text);
	g_free(file);
	return r;
}
