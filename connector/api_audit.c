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
};

/* A customer's chain is for those who administer all of it, the server's for those of everything.
 */
static bool may_read(struct pl_api *api)
{
	const char *asked = pl_web_query(api->rq, "customer");

	if (asked ? pl_api_may(&api->caller, PL_ROLE_ADMIN, asked, "")
		  : pl_api_may(&api->caller, PL_ROLE_ADMIN, "", ""))
		return true;
	for (size_t i = 0; !asked && i < api->caller.grant_count; i++)
		if (api->caller.grants[i].role == PL_ROLE_ADMIN && !*api->caller.grants[i].site_id)
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

/* The chains that this call is about. */
static void add_chains(struct pl_api *api, struct pl_query *q)
{
	const char *asked = pl_web_query(api->rq, "customer");
	bool any = false;

	if (asked)
		pl_query_and(q, "customer_id=", pl_db_text(asked));
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

static void add_conditions(struct pl_api *api, const struct filter *f, struct pl_query *q)
{
	pl_query_and(q, "at >= ", pl_db_int(f->from_ms));
	pl_query_and(q, "at <= ", pl_db_int(f->to_ms));
	if (*f->pattern) {
		pl_query_and(q,
			     "lower(who || ' ' || what || ' ' || coalesce(subject, '') || ' ' ||"
			     " coalesce(address, '')) LIKE lower(",
			     pl_db_text(f->pattern));
		pl_query_add(q, ") ESCAPE '\\'");
	}
	add_chains(api, q);
}

/* The server's own chain belongs to no customer. */
static const char *chain_name(const char *customer_id)
{
	return *customer_id ? customer_id : NULL;
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
	pl_json_add_text(doc, "customer_id", chain_name(pl_db_text_at(rows, 8)));
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
		"SELECT no, at, who, address, what, subject, outcome, head, customer_id FROM audit"
		" WHERE 1=1");
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

static void add_head(cJSON *heads, const char *chain, int64_t entries, const char *hash)
{
	cJSON *head = cJSON_CreateObject();

	pl_json_add_text(head, "customer_id", chain_name(chain));
	pl_json_add_int(head, "entries", entries);
	cJSON_AddStringToObject(head, "hash", hash);
	cJSON_AddItemToArray(heads, head);
}

/* The ends of all chains that the list draws on. */
static enum pl_result add_heads(struct pl_api *api, cJSON *doc, struct pl_error *err)
{
	cJSON *heads = cJSON_AddArrayToObject(doc, "heads");
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	enum pl_result r;

	pl_query_init(&q, "SELECT customer_id, seq, head FROM audit JOIN (SELECT customer_id AS "
			  "chain, max(seq) AS last FROM audit GROUP BY customer_id) ends"
			  " ON chain=customer_id AND last=seq WHERE 1=1");
	add_chains(api, &q);
	pl_query_add(&q, " ORDER BY customer_id");
	r = pl_query_run(&q, api->db, &rows, err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK)
		add_head(heads, pl_db_text_at(rows, 0), pl_db_int_at(rows, 1),
			 pl_db_text_at(rows, 2));
	pl_db_done(rows);
	pl_query_finish(&q);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

void pl_api_audit(struct pl_api *api)
{
	struct filter f = { 0 };
	struct pl_error err = { 0 };
	cJSON *items, *doc;
	enum pl_result r;

	if (!may_read(api) || !read_filter(api, &f))
		return;
	doc = pl_api_new_page(&items);
	r = count_all(api, &f, doc, &err);
	if (r == PL_OK)
		r = add_page(api, &f, doc, items, &err);
	if (r == PL_OK)
		r = add_heads(api, doc, &err);
	pl_api_send(api, doc, r, &err);
}

/* Walks one chain after the other. A broken one is told with its own sentence, the first wins. */
static enum pl_result verify_chains(struct pl_api *api, cJSON *doc, struct pl_error *err)
{
	cJSON *heads = cJSON_AddArrayToObject(doc, "heads");
	struct pl_db_rows *rows = NULL;
	struct pl_audit_state all = { .ok = true }, one;
	struct pl_query q;
	int chains = 0;
	enum pl_result r;

	pl_query_init(&q, "SELECT DISTINCT customer_id FROM audit WHERE 1=1");
	add_chains(api, &q);
	pl_query_add(&q, " ORDER BY customer_id");
	r = pl_query_run(&q, api->db, &rows, err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		r = pl_audit_walk(api->db, pl_db_text_at(rows, 0), NULL, &one, err);
		if (r != PL_OK)
			break;
		add_head(heads, pl_db_text_at(rows, 0), one.entries, one.head);
		all.entries += one.entries;
		chains++;
		if (all.ok && !one.ok)
			all = one;
	}
	pl_db_done(rows);
	pl_query_finish(&q);
	if (all.ok)
		snprintf(all.message, sizeof all.message, "%lld entries in %d chain%s, unbroken.",
			 (long long)all.entries, chains, chains == 1 ? "" : "s");
	cJSON_AddBoolToObject(doc, "ok", all.ok);
	pl_json_add_int(doc, "entries", all.entries);
	cJSON_AddStringToObject(doc, "message", all.message);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

void pl_api_verify_audit(struct pl_api *api)
{
	struct pl_error err = { 0 };
	cJSON *doc;
	enum pl_result r;

	if (!may_read(api))
		return;
	doc = cJSON_CreateObject();
	r = verify_chains(api, doc, &err);
	pl_api_send(api, doc, r, &err);
}
