/* SPDX-License-Identifier: Apache-2.0 */
/* LEDM, HP's documents over HTTP, over a leased interface. */
#include <stdio.h>
#include <string.h>

#include "line.h"
#include "platen/clock.h"
#include "platen/http1.h"

#define LEDM_MS	  8000	/* one document; some printers take seconds to write it */
#define STATUS_MS 55000 /* for so long a quiet event table stands for an unchanged status */

/* One exchange. "Connection: close" ends a socket; over USB it means nothing. */
static enum pl_result exchange(struct line *l, const struct pl_http_request *request,
			       struct pl_bytes *body, struct pl_http_response *ret_response,
			       struct pl_error *err)
{
	enum pl_result r = line_pick_up(l, err);

	if (r != PL_OK)
		return r;
	pl_bytes_clear(body);
	r = pl_http_fetch(l->stream, request, line_by(l, LEDM_MS), body, ret_response, err);
	if (r != PL_OK || !line_may_go_on(l, ret_response))
		line_hang_up(l);
	return r == PL_OK ? r : pl_error_prefix(err, "%s", request->target);
}

/* Fetches one document. PL_E_NOT_FOUND: the printer does not have it. */
static enum pl_result fetch(struct line *l, const char *path, struct pl_bytes *body,
			    struct pl_error *err)
{
	struct pl_http_request request = { .method = "GET", .target = path, .host = "localhost" };
	struct pl_http_response response = { 0 };
	enum pl_result r = exchange(l, &request, body, &response, err);

	if (r != PL_OK)
		return r;
	if (response.status == 404 || response.status == 410)
		return pl_error_set(err, PL_E_NOT_FOUND, "%s: the printer does not have it", path);
	if (response.status == 503)
		return pl_error_set(err, PL_E_BUSY, "%s: the printer is not ready to answer", path);
	if (response.status != 200)
		return pl_error_set(err, PL_E_REFUSED, "%s: the printer answered %d", path,
				    response.status);
	return PL_OK;
}

/* Asks whether anything has happened since everything was last read. `timeout=0`: an answer at
 * once; a long poll would occupy one of two or three interfaces. A printer that does not know its
 * own event table, or gives it no ETag, is not asked again. */
static enum pl_result ask_events(struct line *l, struct pl_bytes *body, bool *ret_quiet,
				 struct pl_error *err)
{
	struct pl_known *known = l->c->known;
	char *path = known->tree.path[PL_LEDM_EVENT_TABLE];
	char target[PL_MAX_LEDM_PATH + 16], headers[128] = "";
	struct pl_http_request request = {
		.method = "GET", .target = target, .host = "localhost", .headers = headers
	};
	struct pl_http_response response = { 0 };
	enum pl_result r;

	*ret_quiet = false;
	snprintf(target, sizeof(target), "%s?timeout=0", path);
	if (known->event_mark[0])
		snprintf(headers, sizeof(headers), "If-None-Match: %s\r\n", known->event_mark);
	r = exchange(l, &request, body, &response, err);
	if (r != PL_OK)
		return r;
	*ret_quiet = response.status == 304 && known->event_mark[0];
	if (response.status == 200 && response.etag[0])
		memcpy(known->event_mark, response.etag, sizeof(known->event_mark));
	else if (response.status == 200 || response.status == 404 || response.status == 410)
		path[0] = known->event_mark[0] = '\0';
	known->tells_changes = known->event_mark[0];
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
	if (r == PL_OK && document == PL_LEDM_PRODUCT_STATUS)
		c->known->status_ms = pl_clock_now_ms();
	if (r == PL_OK)
		r = pl_ledm_read(document, pl_bytes_span(body), &c->part, err);
	if (r == PL_OK) {
		c->r->access.tier = 1;
		return PL_OK;
	}
	return conversation_failed(c, PL_SOURCE_LEDM, err) ? r : PL_OK;
}

/* Who it is does not change by the minute, nor how it is set. */
static enum pl_result read_config(struct line *l, struct pl_bytes *body, struct pl_error *err)
{
	struct conversation *c = l->c;
	struct pl_fact *kept = c->known->identity[PL_SOURCE_LEDM];
	enum pl_result r = PL_OK;

	if (c->known->identity_ms[PL_SOURCE_LEDM] && !c->wants_knobs &&
	    !line_is_stale(c->known, PL_SOURCE_LEDM)) {
		memcpy(c->part.identity, kept, sizeof(c->part.identity));
		return PL_OK;
	}
	r = read_document(l, PL_LEDM_PRODUCT_CONFIG, body, err);
	if (r == PL_OK && c->part.identity[PL_ID_MODEL].text[0]) {
		memcpy(kept, c->part.identity, sizeof(c->part.identity));
		c->known->identity_ms[PL_SOURCE_LEDM] = pl_clock_now_ms();
	}
	if (r == PL_OK && c->wants_knobs)
		(void)!pl_ledm_knobs(pl_bytes_span(body), &c->knobs, err);
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

/* The smallest question of a printer without IPP: has anything happened? What has not is shown by
 * the event table alone; sleep and the end of a job are not events everywhere, so the status is
 * looked at each minute, and always while it prints. *ret_over: nothing more is to be asked. */
static enum pl_result glance_events(struct line *l, struct pl_bytes *body, bool *ret_over,
				    struct pl_error *err)
{
	struct conversation *c = l->c;
	bool small = c->depth == PL_DEPTH_SMALL, quiet;
	enum pl_result r;

	*ret_over = false;
	if (!c->known->tree.path[PL_LEDM_EVENT_TABLE][0] || c->known->ipp == PL_SKILL_YES)
		return PL_OK;
	r = ask_events(l, body, &quiet, err);
	if (r != PL_OK || !small || !c->known->tree.path[PL_LEDM_EVENT_TABLE][0])
		return r;
	quiet = quiet && c->known->glanced;
	c->known->changed = !quiet;
	*ret_over = !quiet || (c->known->glance.state != PL_STATE_PROCESSING &&
			       pl_clock_now_ms() - c->known->status_ms < STATUS_MS);
	if (*ret_over)
		c->r->access.tier = 1;
	return PL_OK;
}

static enum pl_result read_documents(struct line *l, struct pl_bytes *body, struct pl_error *err)
{
	static const enum pl_ledm_document REST[] = {
		PL_LEDM_PRODUCT_USAGE,
		PL_LEDM_CONSUMABLE_CONFIG,
		PL_LEDM_MEDIA_HANDLING,
	};
	struct conversation *c = l->c;
	bool over;
	enum pl_result r = glance_events(l, body, &over, err);

	if (r != PL_OK || over)
		return r;
	r = read_document(l, PL_LEDM_PRODUCT_STATUS, body, err);
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
