/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /audit: who did what. An administrator of everything reads all chains; one of a customer, that
 * customer's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_calls.h"
#include "api_fields.h"
#include "audit_walk.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "render.h"

#define USUAL_DAYS INT64_C(30)
#define DAY_MS	   INT64_C(86400000)

struct filter {
	int64_t from_ms, to_ms, before;
	int limit;
	char pattern[420]; /* of LIKE, "" for none */
	const char *customer;
};

/* The chain whose head is told: the asked-for customer's, else the widest that the caller
 * administers. */
static void choose_chain(struct pl_api *api, char customer_id[static PL_MAX_ID])
{
	const char *asked = pl_web_query(api->rq, "customer");

	*customer_id = '\0';
	if (asked) {
		snprintf(customer_id, PL_MAX_ID, "%s", asked);
		return;
	}
	if (pl_api_may(&api->caller, PL_ROLE_ADMIN, "", ""))
		return;
	for (size_t i = 0; i < api->caller.grant_count && !*customer_id; i++)
		if (api->caller.grants[i].role == PL_ROLE_ADMIN)
			snprintf(customer_id, PL_MAX_ID, "%s", api->caller.grants[i].customer_id);
}

static bool may_read(struct pl_api *api, const char *customer_id)
{
	if (pl_api_may(&api->caller, PL_ROLE_ADMIN, customer_id, ""))
		return true;
	pl_api_not_found(api, "customer");
	return false;
}

/* `q` as a pattern: its own % and _ mean themselves. */
static void write_pattern(const char *q, char pattern[static 420])
{
	size_t n = 0;

	pattern[n++] = '%';
	for (; *q && n < 415; q++) {
		if (*q == '%' || *q == '_' || *q == '\\')
			pattern[n++] = '\\';
		pattern[n++] = *q;
	}
	pattern[n++] = '%';
	pattern[n] = '\0';
}

static bool read_filter(struct pl_api *api, struct filter *f)
{
	const char *q = pl_web_query(api->rq, "q");

	f->customer = pl_web_query(api->rq, "customer");
	if (q && strlen(q) > 200) {
		pl_api_wrong_field(api, "q", "q must be at most 200 characters.");
		return false;
	}
	if (q && *q)
		write_pattern(q, f->pattern);
	return pl_api_time_parameter(api, "to", pl_clock_wall_ms() + 1000, &f->to_ms) &&
	       pl_api_time_parameter(api, "from", f->to_ms - USUAL_DAYS * DAY_MS, &f->from_ms) &&
	       pl_api_page_size(api, &f->limit) && pl_api_before(api, &f->before);
}

static void add_conditions(struct pl_api *api, const struct filter *f, struct pl_query *q)
{
	bool any = false;

	pl_query_and(q, "at >= ", pl_db_int(f->from_ms));
	pl_query_and(q, "at <= ", pl_db_int(f->to_ms));
	if (*f->pattern) {
		pl_query_and(q,
			     "lower(who || ' ' || what || ' ' || coalesce(subject, '') || ' ' ||"
			     " coalesce(address, '')) LIKE lower(",
			     pl_db_text(f->pattern));
		pl_query_add(q, ") ESCAPE '\\'");
	}
	if (f->customer)
		pl_query_and(q, "customer_id=", pl_db_text(f->customer));
	if (pl_api_may(&api->caller, PL_ROLE_ADMIN, "", ""))
		return;
	pl_query_add(q, " AND customer_id IN (");
	for (size_t i = 0; i < api->caller.grant_count; i++) {
		const struct pl_grant *g = &api->caller.grants[i];

		if (g->role != PL_ROLE_ADMIN || *g->site_id)
			continue;
		pl_query_add(q, any ? "," : "");
		pl_query_value(q, pl_db_text(g->customer_id));
		any = true;
	}
	pl_query_add(q, any ? ")" : "'none')");
}

static cJSON *entry_of(struct pl_db_rows *rows)
{
	cJSON *doc = cJSON_CreateObject();
	char id[24];

	snprintf(id, sizeof id, "%lld", (long long)pl_db_int_at(rows, 0));
	cJSON_AddStringToObject(doc, "id", id);
	pl_render_time(doc, "at", pl_db_int_at(rows, 1));
	cJSON_AddStringToObject(doc, "actor", pl_db_text_at(rows, 2));
	pl_json_add_text(doc, "address", pl_db_text_at(rows, 3));
	cJSON_AddStringToObject(doc, "verb", pl_db_text_at(rows, 4));
	pl_json_add_text(doc, "subject", pl_db_text_at(rows, 5));
	cJSON_AddStringToObject(doc, "outcome", pl_db_text_at(rows, 6));
	cJSON_AddStringToObject(doc, "hash", pl_db_text_at(rows, 7));
	return doc;
}

static enum pl_result count_all(struct pl_api *api, const struct filter *f, cJSON *doc,
				struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	enum pl_result r;

	pl_query_init(&q, "SELECT count(*) FROM audit WHERE 1=1");
	add_conditions(api, f, &q);
	r = pl_query_run(&q, api->db, &rows, err);
	if (r == PL_OK)
		r = pl_db_next(rows, err);
	if (r == PL_OK)
		pl_json_add_int(doc, "total", pl_db_int_at(rows, 0));
	pl_db_done(rows);
	pl_query_finish(&q);
	return r;
}

static enum pl_result add_page(struct pl_api *api, const struct filter *f, cJSON *doc, cJSON *items,
			       struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	int64_t last = 0;
	char next[24];
	int n = 0;
	enum pl_result r;

	pl_query_init(
		&q,
		"SELECT no, at, who, address, what, subject, outcome, head FROM audit WHERE 1=1");
	add_conditions(api, f, &q);
	pl_query_and(&q, "no < ", pl_db_int(f->before));
	pl_query_add(&q, " ORDER BY no DESC LIMIT ");
	pl_query_value(&q, pl_db_int(f->limit + 1));
	r = pl_query_run(&q, api->db, &rows, err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK && n++ < f->limit) {
		cJSON_AddItemToArray(items, entry_of(rows));
		last = pl_db_int_at(rows, 0);
	}
	pl_db_done(rows);
	pl_query_finish(&q);
	snprintf(next, sizeof next, "%lld", (long long)last);
	pl_json_add_text(doc, "next_cursor", n > f->limit ? next : NULL);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static enum pl_result add_head(struct pl_api *api, const char *chain, cJSON *doc,
			       struct pl_error *err)
{
	cJSON *head = cJSON_AddObjectToObject(doc, "head");
	struct pl_db_rows *rows = NULL;
	char none[PL_HASH_TEXT];
	enum pl_result r;

	r = pl_db_one(api->db, &rows,
		      "SELECT seq, head FROM audit WHERE customer_id=?1 ORDER BY seq DESC LIMIT 1",
		      PL_ARGS(pl_db_text(chain)), err);
	memset(none, '0', sizeof none - 1);
	none[sizeof none - 1] = '\0';
	pl_json_add_int(head, "entries", r == PL_OK ? pl_db_int_at(rows, 0) : 0);
	cJSON_AddStringToObject(head, "hash", r == PL_OK ? pl_db_text_at(rows, 1) : none);
	if (r == PL_OK)
		pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

void pl_api_audit(struct pl_api *api)
{
	struct filter f = { 0 };
	struct pl_error err = { 0 };
	char chain[PL_MAX_ID];
	cJSON *items, *doc;
	enum pl_result r;

	choose_chain(api, chain);
	if (!may_read(api, chain) || !read_filter(api, &f))
		return;
	doc = pl_api_new_page(&items);
	r = count_all(api, &f, doc, &err);
	if (r == PL_OK)
		r = add_page(api, &f, doc, items, &err);
	if (r == PL_OK)
		r = add_head(api, chain, doc, &err);
	if (r == PL_OK) {
		pl_web_json(api->rq, 200, doc);
		return;
	}
	cJSON_Delete(doc);
	pl_api_failed(api, r, &err);
}

void pl_api_verify_audit(struct pl_api *api)
{
	struct pl_audit_state state;
	struct pl_error err = { 0 };
	char chain[PL_MAX_ID];
	cJSON *doc, *head;
	enum pl_result r;

	choose_chain(api, chain);
	if (!may_read(api, chain))
		return;
	r = pl_audit_walk(api->db, chain, NULL, &state, &err);
	if (r != PL_OK) {
		pl_api_failed(api, r, &err);
		return;
	}
	doc = cJSON_CreateObject();
	cJSON_AddBoolToObject(doc, "ok", state.ok);
	pl_json_add_int(doc, "entries", state.entries);
	head = cJSON_AddObjectToObject(doc, "head");
	pl_json_add_int(head, "entries", state.entries);
	cJSON_AddStringToObject(head, "hash", state.head);
	cJSON_AddStringToObject(doc, "message", state.message);
	pl_web_json(api->rq, 200, doc);
}
