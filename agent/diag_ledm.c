/* SPDX-License-Identifier: Apache-2.0 */
/* ledm-….txt: HP's documents, the event table among them, one value a line with its path:
 *
 *     PrinterSubunit/TotalImpressions = 931
 *
 * Only names of ours stand in a path, others are "~"; which values may leave is in the table. */
#include "diag.h"

#include <stdio.h>
#include <string.h>

#include "platen/clock.h"
#include "platen/http1.h"
#include "platen/ledm.h"
#include "privacy.h"

#define LEDM_MS	  8000
#define KIND	  "bundle.ledm"
#define MAX_LINES (256 * 1024)
#define MAX_VALUE 256

static const struct {
	enum pl_ledm_document document;
	const char *name, *query;
} DOCUMENTS[] = {
	{ PL_LEDM_PRODUCT_CONFIG, "ledm-ProductConfig", "" },
	{ PL_LEDM_PRODUCT_STATUS, "ledm-ProductStatus", "" },
	{ PL_LEDM_PRODUCT_USAGE, "ledm-ProductUsage", "" },
	{ PL_LEDM_CONSUMABLE_CONFIG, "ledm-ConsumableConfig", "" },
	{ PL_LEDM_MEDIA_HANDLING, "ledm-MediaHandling", "" },
	{ PL_LEDM_EVENT_TABLE, "ledm-EventTable", "?timeout=0" },
};
#define DOCUMENT_COUNT (sizeof(DOCUMENTS) / sizeof(DOCUMENTS[0]))

/* Elements that hold others. */
static const char *const CONTAINERS[] = {
	"A4EquivalentImpressions",
	"Alert",
	"AlertDetails",
	"AlertTable",
	"Capacity",
	"Consumable",
	"ConsumableInfo",
	"ConsumableLifeState",
	"ConsumableSubunit",
	"CopyApplicationSubunit",
	"Event",
	"FaxApplicationSubunit",
	"InputTray",
	"Installation",
	"Manufacturer",
	"PCL6Impressions",
	"Payload",
	"PostScriptImpressions",
	"PrinterSubunit",
	"ProductConsumableInfo",
	"ProductInformation",
	"ProductSettings",
	"ScanApplicationSubunit",
	"ScannerEngineSubunit",
	"Status",
	"UsageByMedia",
	"UsageByMediaType",
	"UsageByQuality",
	"Version",
};

struct lines {
	struct pl_bytes text;
	int withheld;
	enum pl_result result;
};

static bool is_container(struct pl_span name)
{
	for (size_t i = 0; i < sizeof(CONTAINERS) / sizeof(CONTAINERS[0]); i++)
		if (pl_span_is(name, CONTAINERS[i]))
			return true;
	return false;
}

/* Everything of the path between the document's name and the value's. */
static enum pl_result add_way(struct pl_bytes *out, struct pl_span way)
{
	enum pl_result r = PL_OK;

	while (way.size > 0 && r == PL_OK) {
		struct pl_span name = pl_span_take(&way, '/');

		if (is_container(name))
			r = pl_bytes_add(out, name.at, name.size);
		else
			r = pl_bytes_add_text(out, "~");
		if (r == PL_OK)
			r = pl_bytes_add_text(out, "/");
	}
	return r;
}

static void add_leaf(void *arg, const char *path, struct pl_span text)
{
	struct lines *l = arg;
	const char *name = strrchr(path, '/'), *way = strchr(path, '/');
	char value[MAX_VALUE];

	if (!name || text.size == 0 || l->result != PL_OK)
		return;
	name++;
	if (!pl_privacy_text(KIND, name, text, value, sizeof(value))) {
		l->withheld++;
		return;
	}
	if (way + 1 < name)
		l->result =
			add_way(&l->text, (struct pl_span){ way + 1, (size_t)(name - way) - 2 });
	if (l->result == PL_OK)
		l->result = pl_bytes_add_format(&l->text, "%s = %s\n", name, value);
}

static void add_document(struct pl_bundle *b, const char *name, struct pl_span xml,
			 struct pl_error *err)
{
	struct lines l = { .result = PL_OK };
	char file[64];
	enum pl_result r;

	snprintf(file, sizeof(file), "%s.%s", name, pl_bundle_is_whole(b) ? "xml" : "txt");
	if (pl_bundle_is_whole(b)) {
		pl_bundle_text(b, file, xml);
		return;
	}
	pl_bytes_init(&l.text, MAX_LINES);
	r = pl_ledm_each(xml, add_leaf, &l, err);
	if (r == PL_OK)
		r = l.result;
	if (r == PL_OK)
		r = pl_bytes_add_format(&l.text, "# %d values stay with the printer\n", l.withheld);
	if (r == PL_OK)
		pl_bundle_text(b, file, pl_bytes_span(&l.text));
	else
		pl_diag_missing(b, file, r, err);
	pl_bytes_finish(&l.text);
}

static enum pl_result fetch(struct pl_act *a, const char *path, const char *query,
			    struct pl_bytes *body, struct pl_error *err)
{
	char target[PL_MAX_LEDM_PATH + 16];
	struct pl_http_request request = { .method = "GET", .target = target, .host = "localhost" };
	struct pl_http_response response = { 0 };
	struct pl_stream *stream;
	enum pl_result r;

	snprintf(target, sizeof(target), "%s%s", path, query);
	pl_bytes_clear(body);
	r = pl_act_http(a, &stream, err);
	if (r != PL_OK)
		return r;
	r = pl_http_fetch(stream, &request, pl_clock_in_ms(LEDM_MS), body, &response, err);
	pl_act_hang_up(a); /* whoever wants to print comes in between */
	if (r == PL_OK && response.status != 200)
		r = pl_error_set(err, response.status == 503 ? PL_E_BUSY : PL_E_NOT_FOUND,
				 "%s: the printer answered %d", path, response.status);
	return r;
}

enum pl_result pl_diag_ledm(struct pl_act *a, struct pl_bundle *b, int64_t by_ms,
			    struct pl_error *err)
{
	struct pl_bytes body;
	enum pl_result r = PL_OK;

	if (a->known->ledm != PL_SKILL_YES) {
		pl_diag_missing(b, "ledm.txt", PL_E_UNSUPPORTED, NULL);
		return PL_OK;
	}
	pl_bytes_init(&body, PL_MAX_LEDM_DOCUMENT);
	for (size_t i = 0; i < DOCUMENT_COUNT && r != PL_E_GONE && r != PL_E_CANCELLED; i++) {
		const char *path = a->known->tree.path[DOCUMENTS[i].document];

		if (!path[0])
			path = pl_ledm_path(DOCUMENTS[i].document);
		if (pl_act_is_cancelled(a))
			r = pl_error_set(err, PL_E_CANCELLED, "it was stopped");
		else if (pl_clock_left_ms(by_ms) == 0)
			r = pl_error_set(err, PL_E_TIMEOUT, "no time was left");
		else
			r = fetch(a, path, DOCUMENTS[i].query, &body, err);
		if (r == PL_OK)
			add_document(b, DOCUMENTS[i].name, pl_bytes_span(&body), err);
		else
			pl_diag_missing(b, DOCUMENTS[i].name, r, err);
	}
	pl_bytes_finish(&body);
	return r == PL_E_GONE || r == PL_E_CANCELLED ? r : PL_OK;
}
