/* SPDX-License-Identifier: Apache-2.0 */
/* Carries one local request out. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "control_diag.h"
#include "os/os.h"
#include "page.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/json.h"
#include "sent.h"

#define PROBE_MS 60000
#define MAX_SENT 500 /* what the history keeps */
#define MAX_BODY (1024 * 1024)

static void add_time(cJSON *o, const char *name, int64_t wall_ms)
{
	char text[PL_MAX_TIME_TEXT] = "";

	if (wall_ms > 0)
		pl_clock_text(wall_ms, text);
	pl_json_add_text(o, name, text);
}

static void add_uplink(cJSON *o, const struct pl_uplink_status *s)
{
	pl_json_add_text(o, "enrolment", pl_enrol_state_name(s->enrolment));
	pl_json_add_text(o, "server", s->server);
	cJSON_AddBoolToObject(o, "connected", s->connected);
	pl_json_add_text(o, "agent_id", s->agent_id);
	pl_json_add_text(o, "customer_id", s->customer_id);
	pl_json_add_text(o, "site_id", s->site_id);
	pl_json_add_text(o, "fingerprint", s->fingerprint);
	add_time(o, "certificate_not_after", s->certificate_not_after_ms);
	add_time(o, "last_contact", s->last_contact_ms);
	add_time(o, "last_report", s->last_report_ms);
	pl_json_add_int(o, "acknowledged_seq", s->acked_seq > 0 ? s->acked_seq : PL_UNKNOWN);
	pl_json_add_int(o, "report_interval_s", s->report_interval_s);
	pl_json_add_int(o, "clock_offset_ms", s->clock_offset_ms);
	pl_json_add_text(o, "last_error", s->last_error);
}

static enum pl_result answer_status(const struct pl_control_sources *sources, cJSON **ret_result)
{
	struct pl_uplink_status status;
	struct pl_spool_state spool;
	cJSON *o = cJSON_CreateObject(), *waiting;

	pl_uplink_status(sources->uplink, &status);
	pl_spool_state(sources->spool, &spool);
	pl_json_add_text(o, "agent_version", PL_VERSION);
	add_time(o, "started_at", sources->started_ms);
	pl_json_add_int(o, "rss_bytes", pl_os_rss_bytes());
	pl_json_add_int(o, "printers", (int64_t)pl_engine_printer_count(sources->engine));
	add_uplink(o, &status);
	waiting = cJSON_AddObjectToObject(o, "spool");
	pl_json_add_int(waiting, "records", spool.records);
	pl_json_add_int(waiting, "bytes", spool.bytes);
	pl_json_add_int(waiting, "dropped", spool.dropped);
	add_time(waiting, "oldest", spool.oldest_ms);
	*ret_result = o;
	return PL_OK;
}

/* Adds the body as text where it is text, else as base64. */
static enum pl_result add_body(struct pl_spool *spool, const struct pl_sent_entry *e, cJSON *o,
			       struct pl_error *err)
{
	struct pl_bytes body, coded;
	cJSON *doc = NULL;
	enum pl_result r;

	pl_bytes_init(&body, MAX_BODY);
	pl_bytes_init(&coded, 2 * MAX_BODY);
	r = pl_sent_body(spool, e->id, &body, err);
	if (r == PL_OK && pl_json_parse(pl_bytes_span(&body), &doc, err) == PL_OK) {
		cJSON_AddStringToObject(o, "body", (const char *)body.at);
	} else if (r == PL_OK) {
		r = pl_base64_write(PL_BASE64, body.at, body.size, &coded);
		cJSON_AddStringToObject(o, "body_base64", coded.size ? (char *)coded.at : "");
	}
	cJSON_Delete(doc);
	pl_bytes_finish(&coded);
	pl_bytes_finish(&body);
	return r == PL_E_NOT_FOUND ? PL_OK : r; /* the history moved on while we read it */
}

static cJSON *entry_to_json(const struct pl_sent_entry *e)
{
	cJSON *o = cJSON_CreateObject();

	add_time(o, "at", e->at_ms);
	pl_json_add_text(o, "method", e->method);
	pl_json_add_text(o, "target", e->target);
	pl_json_add_int(o, "status", e->status);
	pl_json_add_int(o, "size", e->size);
	pl_json_add_int(o, "count", e->count);
	return o;
}

/* With `raw`: the messages that had a body, and their bodies. */
static enum pl_result answer_sent(const struct pl_control_sources *sources, bool raw,
				  cJSON **ret_result, struct pl_error *err)
{
	struct pl_sent_entry *entries = calloc(MAX_SENT, sizeof(*entries));
	cJSON *o = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(o, "messages");
	enum pl_result r = PL_E_NO_MEMORY;
	size_t count = 0;

	if (entries)
		r = pl_sent_list(sources->spool, entries, MAX_SENT, &count, err);
	for (size_t i = 0; r == PL_OK && i < count; i++) {
		cJSON *message;

		if (raw && entries[i].id == 0)
			continue;
		message = entry_to_json(&entries[i]);
		cJSON_AddItemToArray(list, message);
		if (raw)
			r = add_body(sources->spool, &entries[i], message, err);
	}
	free(entries);
	if (r != PL_OK) {
		cJSON_Delete(o);
		return r;
	}
	*ret_result = o;
	return PL_OK;
}

static enum pl_result answer_enroll(const struct pl_control_sources *sources,
				    const struct pl_control_request *q, cJSON **ret_result,
				    struct pl_error *err)
{
	enum pl_result r;

	r = pl_uplink_enroll(sources->uplink, q->token[0] ? q->token : NULL,
			     q->server[0] ? q->server : NULL, q->ca_file[0] ? q->ca_file : NULL,
			     err);
	if (r == PL_OK)
		*ret_result = cJSON_CreateObject();
	return r;
}

static enum pl_result answer_pages(const struct pl_control_sources *sources, cJSON **ret_result)
{
	struct pl_page_view views[PL_MAX_PAGES];
	size_t n = pl_pages_list(pl_engine_pages(sources->engine), views);
	cJSON *o = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(o, "pages");

	for (size_t i = 0; i < n; i++) {
		cJSON *page = cJSON_CreateObject();

		pl_json_add_text(page, "id", views[i].id);
		pl_json_add_text(page, "state", views[i].state == PL_PAGE_OPEN ? "open" : "asked");
		pl_json_add_text(page, "user", views[i].user);
		pl_json_add_text(page, "key", views[i].key);
		cJSON_AddBoolToObject(page, "firmware", views[i].firmware);
		add_time(page, "since", views[i].since_ms);
		pl_json_add_int(page, "requests", views[i].requests);
		cJSON_AddItemToArray(list, page);
	}
	*ret_result = o;
	return PL_OK;
}

/* The pages of which people should know: those that wait for an answer, and those that are open. */
static void add_shown_pages(cJSON *o, struct pl_pages *pages)
{
	struct pl_page_view views[PL_MAX_PAGES];
	size_t n = pl_pages_list(pages, views);
	cJSON *list = cJSON_AddArrayToObject(o, "pages");

	for (size_t i = 0; i < n; i++) {
		cJSON *page;

		if (!views[i].waits && views[i].state != PL_PAGE_OPEN)
			continue;
		page = cJSON_CreateObject();
		pl_json_add_text(page, "id", views[i].id);
		pl_json_add_text(page, "state", views[i].waits ? "asked" : "open");
		pl_json_add_text(page, "user", views[i].user);
		pl_json_add_text(page, "key", views[i].key);
		cJSON_AddBoolToObject(page, "firmware", views[i].firmware);
		cJSON_AddItemToArray(list, page);
	}
}

static enum pl_result answer_watch(const struct pl_control_sources *sources, cJSON **ret_result,
				   struct pl_error *err)
{
	cJSON *printers = pl_engine_view(sources->engine), *o;
	struct pl_uplink_status status;

	if (!printers)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pl_uplink_status(sources->uplink, &status);
	o = cJSON_CreateObject();
	pl_json_add_text(o, "agent_version", PL_VERSION);
	pl_json_add_text(o, "enrolment", pl_enrol_state_name(status.enrolment));
	pl_json_add_text(o, "server", status.server);
	cJSON_AddBoolToObject(o, "connected", status.connected);
	pl_json_add_text(o, "last_error", status.last_error);
	cJSON_AddItemToObject(o, "printers", printers);
	add_shown_pages(o, pl_engine_pages(sources->engine));
	*ret_result = o;
	return PL_OK;
}

/* Only who sits at the PC decides what is shown of it; and who administers it. */
static enum pl_result decide_page(const struct pl_control_sources *sources,
				  const struct pl_control_request *q, cJSON **ret_result,
				  struct pl_error *err)
{
	struct pl_pages *pages = pl_engine_pages(sources->engine);
	enum pl_result r;

	if (!q->id[0])
		return pl_error_set(err, PL_E_INVALID, "the id of a remote page is missing");
	if (q->verb == PL_CONTROL_EWS_END)
		r = pl_pages_end(pages, q->id, "Ended by the person at the PC", err);
	else
		r = pl_pages_answer(pages, q->id, q->verb == PL_CONTROL_EWS_ALLOW, err);
	if (r == PL_OK)
		*ret_result = cJSON_CreateObject();
	return r;
}

static enum pl_result carry_out(const struct pl_control_sources *sources,
				const struct pl_control_request *q, cJSON **ret_result,
				struct pl_error *err)
{
	switch (q->verb) {
	case PL_CONTROL_STATUS: return answer_status(sources, ret_result);
	case PL_CONTROL_PRINTERS: *ret_result = pl_engine_printers(sources->engine); break;
	case PL_CONTROL_PROBE:
		return pl_engine_probe(sources->engine, q->key, pl_clock_in_ms(PROBE_MS),
				       ret_result, err);
	case PL_CONTROL_SENT: return answer_sent(sources, q->raw, ret_result, err);
	case PL_CONTROL_DOCTOR: *ret_result = pl_control_doctor(sources); break;
	case PL_CONTROL_DIAG: return pl_control_diag(sources, q->key, ret_result, err);
	case PL_CONTROL_ENROLL: return answer_enroll(sources, q, ret_result, err);
	case PL_CONTROL_WATCH: return answer_watch(sources, ret_result, err);
	case PL_CONTROL_EWS: return answer_pages(sources, ret_result);
	case PL_CONTROL_EWS_ALLOW:
	case PL_CONTROL_EWS_DENY:
	case PL_CONTROL_EWS_END: return decide_page(sources, q, ret_result, err);
	case PL_CONTROL_VERB_COUNT: break;
	}
	return *ret_result ? PL_OK : pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
}

static void write_answer(cJSON *doc, struct pl_bytes *answer)
{
	static const char TOO_BIG[] = "{\"v\":1,\"ok\":false,\"error\":\"too_big\","
				      "\"message\":\"the answer is too long\"}";
	enum pl_result r = pl_json_print(doc, answer);

	cJSON_Delete(doc);
	if (r == PL_OK)
		return;
	pl_bytes_clear(answer);
	r = pl_bytes_add(answer, TOO_BIG, sizeof(TOO_BIG) - 1);
	if (r != PL_OK)
		pl_bytes_clear(answer); /* out of memory: the caller is told by an empty line */
}

void pl_control_refuse(const struct pl_error *why, struct pl_bytes *answer)
{
	cJSON *doc = cJSON_CreateObject();

	cJSON_AddNumberToObject(doc, "v", PL_CONTROL_VERSION);
	cJSON_AddFalseToObject(doc, "ok");
	cJSON_AddStringToObject(doc, "error", pl_result_name(why->code));
	cJSON_AddStringToObject(doc, "message", why->text);
	write_answer(doc, answer);
}

void pl_control_answer(const struct pl_control_sources *sources,
		       const struct pl_control_request *request,
		       const struct pl_control_caller *caller, struct pl_bytes *answer)
{
	struct pl_error err = { PL_OK, "" };
	cJSON *result = NULL, *doc;

	if (pl_control_permit(request->verb, caller, &err) != PL_OK ||
	    carry_out(sources, request, &result, &err) != PL_OK) {
		pl_control_refuse(&err, answer);
		return;
	}
	doc = cJSON_CreateObject();
	cJSON_AddNumberToObject(doc, "v", PL_CONTROL_VERSION);
	cJSON_AddTrueToObject(doc, "ok");
	cJSON_AddItemToObject(doc, "result", result);
	write_answer(doc, answer);
}
