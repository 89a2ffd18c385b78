/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /enrolments: PCs that asked to come in without a token. Who they are nobody knows yet: only an
 * administrator of everything sees them.
 */
#include <stdio.h>
#include <string.h>

#include "api_calls.h"
#include "api_fields.h"
#include "customers.h"
#include "pending.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "render.h"

static bool may(struct pl_api *api)
{
	if (pl_api_may(&api->caller, PL_ROLE_ADMIN, "", ""))
		return true;
	pl_web_error(api->rq, 403, "forbidden", "Only an administrator of everything may do this.");
	return false;
}

static cJSON *question_of(struct pl_db_rows *rows)
{
	const char *text = pl_db_text_at(rows, 3), *os;
	cJSON *doc = cJSON_CreateObject(), *host = text ? cJSON_Parse(text) : NULL;

	os = pl_json_text(host, "os");
	cJSON_AddStringToObject(doc, "id", pl_db_text_at(rows, 1));
	cJSON_AddStringToObject(doc, "fingerprint", pl_db_text_at(rows, 2));
	pl_json_add_text(doc, "name", pl_json_text(host, "hostname"));
	cJSON_AddStringToObject(doc, "address", pl_db_text_at(rows, 4));
	cJSON_AddStringToObject(doc, "platform", os ? os : "unknown");
	pl_json_add_text(doc, "version", pl_json_text(host, "agent_version"));
	pl_render_time(doc, "asked_at", pl_db_int_at(rows, 5));
	pl_render_time(doc, "expires_at", pl_db_int_at(rows, 6));
	cJSON_Delete(host);
	return doc;
}

static enum pl_result read_page(struct pl_api *api, int64_t before, int limit, cJSON *doc,
				cJSON *items, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	int64_t last = 0, total = 0;
	char next[24];
	int n = 0;
	enum pl_result r;

	r = pl_db_query(api->db, &rows,
			"SELECT row_number() OVER (ORDER BY asked_at, id) AS no, id, fingerprint, "
			"host, address,"
			" asked_at, expires_at FROM pending_enrolments WHERE state='waiting'"
			" AND expires_at > ?1 ORDER BY no DESC",
			PL_ARGS(pl_db_int(pl_clock_wall_ms())), err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		total++;
		if (pl_db_int_at(rows, 0) >= before || n > limit || n++ == limit)
			continue;
		last = pl_db_int_at(rows, 0);
		cJSON_AddItemToArray(items, question_of(rows));
	}
	pl_db_done(rows);
	snprintf(next, sizeof next, "%lld", (long long)last);
	pl_json_add_text(doc, "next_cursor", n > limit ? next : NULL);
	pl_json_add_int(doc, "total", total);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

void pl_api_enrolments(struct pl_api *api)
{
	cJSON *items, *doc;
	struct pl_error err = { 0 };
	int64_t before;
	int limit;
	enum pl_result r;

	if (!may(api) || !pl_api_page_size(api, &limit) || !pl_api_before(api, &before))
		return;
	doc = pl_api_new_page(&items);
	r = read_page(api, before, limit, doc, items, &err);
	pl_api_send(api, doc, r, &err);
}

void pl_api_approve_enrolment(struct pl_api *api)
{
	static const char *const MEMBERS[] = { "site_id", "fingerprint", NULL };
	struct pl_pending_answer a = { .id = api->rq->part[0],
				       .by = api->caller.name,
				       .approved = true };
	char site_id[PL_MAX_ID], customer_id[PL_MAX_ID];
	const char *site;

	if (!may(api) || !pl_api_need_body(api) || !pl_api_only(api, MEMBERS) ||
	    !pl_api_need_text(api, "site_id", 1, PL_MAX_ID - 1, &site) ||
	    !pl_api_need_text(api, "fingerprint", 1, 100, &a.fingerprint))
		return;
	if (pl_site_find(api->db, site, site_id, customer_id, NULL) != PL_OK) {
		pl_api_wrong_field(api, "site_id", "There is no such site.");
		return;
	}
	a.site_id = site_id;
	a.customer_id = customer_id;
	snprintf(api->subject, sizeof api->subject, "%s", a.id);
	if (pl_api_change(api, "enrolment", customer_id, pl_pending_answer, &a))
		pl_web_empty(api->rq, 204);
}

void pl_api_reject_enrolment(struct pl_api *api)
{
	struct pl_pending_answer a = { .id = api->rq->part[0], .by = api->caller.name };

	if (!may(api))
		return;
	snprintf(api->subject, sizeof api->subject, "%s", a.id);
	if (pl_api_change(api, "enrolment", "", pl_pending_answer, &a))
		pl_web_empty(api->rq, 204);
}
