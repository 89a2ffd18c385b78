/* SPDX-License-Identifier: Apache-2.0 */
/* LEDM, HP's documents over HTTP, over a leased interface. */
#include <string.h>

#include "line.h"
#include "platen/clock.h"
#include "platen/http1.h"

#define LEDM_MS 8000 /* one document; some printers take seconds to write it */

/* Fetches one document. PL_E_NOT_FOUND: the printer does not have it. */
static enum pl_result fetch(struct line *l, const char *path, struct pl_bytes *body,
			    struct pl_error *err)
{
	struct pl_http_request request = { .method = "GET", .target = path, .host = "localhost" };
	struct pl_http_response response = { 0 };
	enum pl_result r = line_pick_up(l, err);

	if (r != PL_OK)
		return r;
	pl_bytes_clear(body);
	r = pl_http_fetch(l->stream, &request, conversation_by(l->c, LEDM_MS), body, &response,
			  err);
	if (r != PL_OK || !response.keep_alive)
		line_hang_up(l);
	if (r != PL_OK)
		return pl_error_prefix(err, "%s", path);
	if (response.status == 404 || response.status == 410)
		return pl_error_set(err, PL_E_NOT_FOUND, "%s: the printer does not have it", path);
	if (response.status == 503)
		return pl_error_set(err, PL_E_BUSY, "%s: the printer is not ready to answer", path);
	if (response.status != 200)
		return pl_error_set(err, PL_E_REFUSED, "%s: the printer answered %d", path,
				    response.status);
	return PL_OK;
}

static enum pl_result meet_ledm(struct line *l, struct pl_bytes *body, struct pl_error *err)
{
	struct pl_known *known = l->c->known;
	enum pl_result r = fetch(l, pl_ledm_path(PL_LEDM_DISCOVERY_TREE), body, err);

	if (r == PL_OK)
		r = pl_ledm_read_tree(pl_bytes_span(body), &known->tree, err);
	if (r == PL_E_NOT_FOUND || r == PL_E_REFUSED)
		known->ledm = PL_SKILL_NO;
	if (r == PL_OK)
		known->ledm = PL_SKILL_YES;
	return r;
}

/* One document's failure is its own: the next one is asked all the same. */
static enum pl_result read_document(struct line *l, enum pl_ledm_document document,
				    struct pl_bytes *body, struct pl_error *err)
{
	struct conversation *c = l->c;
	const char *path = c->known->tree.path[document];
	enum pl_result r;

	if (!path[0])
		return PL_OK;
	r = fetch(l, path, body, err);
	if (r == PL_E_NOT_FOUND)
		return PL_OK;
	if (r == PL_OK)
		r = pl_ledm_read(document, pl_bytes_span(body), &c->part, err);
	if (r == PL_OK) {
		c->r->access.tier = 1;
		return PL_OK;
	}
	return conversation_failed(c, PL_SOURCE_LEDM, err) ? r : PL_OK;
}

/* Who it is does not change by the minute. */
static enum pl_result read_config(struct line *l, struct pl_bytes *body, struct pl_error *err)
{
	struct conversation *c = l->c;
	struct pl_fact *kept = c->known->identity[PL_SOURCE_LEDM];
	enum pl_result r = PL_OK;

	if (c->known->identity_ms[PL_SOURCE_LEDM] && !line_is_stale(c->known, PL_SOURCE_LEDM)) {
		memcpy(c->part.identity, kept, sizeof(c->part.identity));
		return PL_OK;
	}
	r = read_document(l, PL_LEDM_PRODUCT_CONFIG, body, err);
	if (r == PL_OK && c->part.identity[PL_ID_MODEL].text[0]) {
		memcpy(kept, c->part.identity, sizeof(c->part.identity));
		c->known->identity_ms[PL_SOURCE_LEDM] = pl_clock_now_ms();
	}
	return r;
}

/* The small question of a printer without IPP: its status document. */
static void glance_ledm(struct conversation *c, const struct pl_bytes *body)
{
	struct pl_glance glance = { .state = c->part.printer_state,
				    .reasons_mark = line_hash_reasons(&c->part) };
	struct pl_error err;

	if (pl_ledm_read_alert_mark(pl_bytes_span(body), glance.alert_mark, &err) != PL_OK)
		glance.alert_mark[0] = '\0';
	line_compare_glance(c->known, &glance);
}

static enum pl_result read_documents(struct line *l, struct pl_bytes *body, struct pl_error *err)
{
	static const enum pl_ledm_document REST[] = {
		PL_LEDM_PRODUCT_USAGE,
		PL_LEDM_CONSUMABLE_CONFIG,
		PL_LEDM_MEDIA_HANDLING,
	};
	struct conversation *c = l->c;
	enum pl_result r = read_document(l, PL_LEDM_PRODUCT_STATUS, body, err);

	if (r == PL_OK && c->known->ipp != PL_SKILL_YES)
		glance_ledm(c, body);
	if (r == PL_OK && c->depth == PL_DEPTH_FULL)
		r = read_config(l, body, err);
	for (size_t i = 0;
	     r == PL_OK && c->depth == PL_DEPTH_FULL && i < sizeof(REST) / sizeof(REST[0]); i++)
		r = read_document(l, REST[i], body, err);
	return r;
}

enum pl_result line_talk_ledm(struct line *l, struct pl_error *err)
{
	struct conversation *c = l->c;
	struct pl_bytes body;
	enum pl_result r = PL_OK;

	pl_bytes_init(&body, PL_MAX_LEDM_DOCUMENT);
	if (c->known->ledm == PL_SKILL_UNTRIED)
		r = meet_ledm(l, &body, err);
	if (r == PL_OK)
		r = read_documents(l, &body, err);
	pl_bytes_finish(&body);
	conversation_take(c);
	return r;
}
