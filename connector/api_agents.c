/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /agents, GET /agents/{id}, POST /agents/{id}/revoke: the PCs, those heard from longest ago
 * first.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent_store.h"
#include "action_kinds.h"
#include "api_calls.h"
#include "page.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "render.h"

#define COLUMNS                                                                                    \
	"SELECT a.no, a.id, a.hostname, a.state, a.last_seen_at, a.os, a.os_version, a.version,"   \
	" a.enrolled_at, s.id, s.name, c.id, c.name, a.dropped, a.clones, a.certificate_until,"    \
	" a.health, a.hello, a.health_at, a.uplink, a.key_fingerprint,"                            \
	" (SELECT count(*) FROM devices d WHERE d.agent_no=a.no AND d.attached=1"                  \
	" AND d.merged_into IS NULL)"                                                              \
	" FROM agents a JOIN sites s ON s.id=a.site_id JOIN customers c ON c.id=a.customer_id"

#define WARN_DAYS 30

enum order { BY_SEEN, BY_NAME, BY_VERSION, BY_SITE, BY_PRINTERS };

static const char *const ORDERS[] = { "last_seen", "name", "version", "site", "printers" };

struct wish {
	const char *q, *state;
	enum order order;
	bool down;
	int limit;
};

static const char *platform_of(const char *os)
{
	static const char *const KNOWN[] = { "linux", "windows", "macos" };

	for (int i = 0; os && i < 3; i++)
		if (!strcmp(os, KNOWN[i]))
			return KNOWN[i];
	return "unknown";
}

static void add_problem(cJSON *list, const char *text)
{
	cJSON_AddItemToArray(list, cJSON_CreateString(text));
}

static void add_problems(cJSON *doc, struct pl_db_rows *rows, enum pl_agent_state state)
{
	cJSON *list = cJSON_AddArrayToObject(doc, "problems");
	const char *text = pl_db_text_at(rows, 16);
	cJSON *health = text ? cJSON_Parse(text) : NULL;
	int64_t offset = 0, left_ms = pl_db_int_at(rows, 15) - pl_clock_wall_ms();

	if (state == PL_AGENT_OFFLINE)
		add_problem(list, "Nothing has been heard of this PC for more than a day.");
	if (pl_db_int_at(rows, 13) > 0)
		add_problem(list, "Its spool was full: some old readings are lost.");
	if (pl_db_int_at(rows, 14) > 0)
		add_problem(list,
			    "Its disk was restored from an image, or two PCs run from one image.");
	if (left_ms <= 0)
		add_problem(list, "Its certificate has expired.");
	else if (left_ms < (int64_t)WARN_DAYS * 86400000)
		add_problem(list, "Its certificate expires soon and was not renewed.");
	if (pl_json_int(health, "clock_offset_ms", -PL_MAX_JSON_INT, PL_MAX_JSON_INT, &offset) &&
	    (offset > 300000 || offset < -300000))
		add_problem(list, "Its clock is wrong by more than five minutes.");
	cJSON_Delete(health);
}

static bool is_revoked(struct pl_db_rows *rows)
{
	return strcmp(pl_db_text_at(rows, 3), "active") != 0;
}

static cJSON *summary_of(struct pl_api *api, struct pl_db_rows *rows)
{
	const char *hostname = pl_db_text_at(rows, 2);
	int64_t seen_ms = 0;
	enum pl_agent_state state =
		pl_agent_state_now(api->server, pl_db_int_at(rows, 0), is_revoked(rows),
				   pl_db_int_at(rows, 4), &seen_ms);
	cJSON *doc = pl_render_agent_ref(pl_db_text_at(rows, 1), hostname, state);

	cJSON_AddStringToObject(doc, "name_form",
				!hostname			   ? "none"
				: !strncmp(hostname, "sha256:", 7) ? "hash"
								   : "full");
	cJSON_AddItemToObject(doc, "site", pl_render_site(rows, 9));
	cJSON_AddStringToObject(doc, "platform", platform_of(pl_db_text_at(rows, 5)));
	pl_json_add_text(doc, "os", pl_db_text_at(rows, 6));
	pl_json_add_text(doc, "version", pl_db_text_at(rows, 7));
	pl_render_time(doc, "last_seen", seen_ms);
	pl_render_time(doc, "enrolled_at", pl_db_int_at(rows, 8));
	pl_json_add_int(doc, "printer_count", pl_db_int_at(rows, 21));
	add_problems(doc, rows, state);
	return doc;
}

static bool has_word(const char *text, const char *word, size_t n)
{
	for (; text && *text; text++) {
		size_t i = 0;

		while (i < n && text[i] &&
		       tolower((unsigned char)text[i]) == tolower((unsigned char)word[i]))
			i++;
		if (i == n)
			return true;
	}
	return false;
}

static bool matches(struct pl_db_rows *rows, const char *q)
{
	static const int FIELDS[] = { 1, 2, 5, 6, 7, 10 };
	struct pl_span rest = pl_span_of(q);

	while (rest.size > 0) {
		struct pl_span word = pl_span_take(&rest, ' ');
		bool found = word.size == 0;

		for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0] && !found; i++)
			found = has_word(pl_db_text_at(rows, FIELDS[i]), word.at, word.size);
		if (!found)
			return false;
	}
	return true;
}

static void set_key(struct pl_page_row *row, const struct wish *w, struct pl_db_rows *rows,
		    int64_t seen_ms)
{
	static const int TEXTS[] = { 0, 2, 7, 10 };

	row->known = true;
	if (w->order == BY_SEEN) {
		row->number = seen_ms;
	} else if (w->order == BY_PRINTERS) {
		row->number = pl_db_int_at(rows, 21);
	} else {
		pl_db_copy_at(rows, TEXTS[w->order], row->text, sizeof row->text);
		row->known = *row->text != '\0';
	}
}

static bool read_wish(struct pl_api *api, struct wish *w)
{
	const char *sort = pl_web_query(api->rq, "sort");

	w->q = pl_web_query(api->rq, "q");
	w->state = pl_web_query(api->rq, "state");
	if (!pl_api_page_size(api, &w->limit))
		return false;
	if (!sort)
		return true;
	w->down = *sort == '-';
	for (int i = 0; i < 5; i++)
		if (!strcmp(sort + w->down, ORDERS[i])) {
			w->order = (enum order)i;
			return true;
		}
	pl_api_wrong_field(api, "sort", "agents cannot be sorted by %.40s.", sort);
	return false;
}

/* Takes the rows that match; the list grows by doubling. */
static enum pl_result find_all(struct pl_api *api, const struct wish *w, struct pl_page_row **list,
			       size_t *count, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	size_t cap = 0;
	enum pl_result r;

	pl_query_init(&q, COLUMNS " WHERE 1=1");
	pl_api_limit(api, &q, "a.customer_id", "a.site_id");
	r = pl_query_run(&q, api->db, &rows, err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		int64_t seen_ms = 0;
		enum pl_agent_state state =
			pl_agent_state_now(api->server, pl_db_int_at(rows, 0), is_revoked(rows),
					   pl_db_int_at(rows, 4), &seen_ms);
		struct pl_page_row *row;

		if (!pl_api_list_has(w->state, pl_agent_state_name(state)) || !matches(rows, w->q))
			continue;
		if (*count == cap) {
			struct pl_page_row *grown;

			cap = cap ? 2 * cap : 256;
			grown = realloc(*list, cap * sizeof *grown);
			if (!grown) {
				r = pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
				break;
			}
			*list = grown;
		}
		row = &(*list)[(*count)++];
		memset(row, 0, sizeof *row);
		row->no = pl_db_int_at(rows, 0);
		pl_db_copy_at(rows, 1, row->id, sizeof row->id);
		set_key(row, w, rows, seen_ms);
	}
	pl_db_done(rows);
	pl_query_finish(&q);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static void answer_page(struct pl_api *api, const struct wish *w, const struct pl_page_row *list,
			size_t count, size_t start)
{
	cJSON *items, *doc = pl_api_new_page(&items);
	struct pl_db_rows *rows = NULL;
	struct pl_bytes cursor;
	size_t i;

	pl_bytes_init(&cursor, 512);
	for (i = start; i < count && i < start + (size_t)w->limit; i++) {
		if (pl_db_one(api->db, &rows, COLUMNS " WHERE a.no=?1",
			      PL_ARGS(pl_db_int(list[i].no)), NULL) != PL_OK)
			continue;
		cJSON_AddItemToArray(items, summary_of(api, rows));
		pl_db_done(rows);
	}
	if (i < count && i > start && pl_page_cursor(&list[i - 1], &cursor) == PL_OK)
		cJSON_AddStringToObject(doc, "next_cursor", (const char *)cursor.at);
	else
		cJSON_AddNullToObject(doc, "next_cursor");
	pl_json_add_int(doc, "total", (int64_t)count);
	pl_bytes_finish(&cursor);
	pl_web_json(api->rq, 200, doc);
}

void pl_api_agents(struct pl_api *api)
{
	struct pl_page_row *list = NULL;
	struct pl_error err = { 0 };
	struct wish w = { 0 };
	size_t count = 0, start = 0;
	enum pl_result r;

	if (!read_wish(api, &w))
		return;
	r = find_all(api, &w, &list, &count, &err);
	if (r != PL_OK) {
		pl_api_failed(api, r, &err);
	} else {
		pl_page_sort(list, count, w.down);
		if (pl_page_start(list, count, w.down, pl_web_query(api->rq, "cursor"), &start) ==
		    PL_OK)
			answer_page(api, &w, list, count, start);
		else
			pl_api_wrong_field(api, "cursor",
					   "cursor must be a next_cursor of an answer.");
	}
	free(list);
}

static void add_health(cJSON *doc, struct pl_db_rows *rows)
{
	static const char *const NAMES[][2] = { { "uptime_s", "uptime_s" },
						{ "memory_bytes", "rss_bytes" },
						{ "spool_records", "spool_records" },
						{ "spool_bytes", "spool_bytes" },
						{ "clock_offset_ms", "clock_offset_ms" } };
	const char *text = pl_db_text_at(rows, 16), *uplink = pl_db_text_at(rows, 19);
	cJSON *from = text ? cJSON_Parse(text) : NULL, *health;

	if (!from) {
		cJSON_AddNullToObject(doc, "health");
		return;
	}
	health = cJSON_AddObjectToObject(doc, "health");
	pl_render_time(health, "taken_at", pl_db_int_at(rows, 18));
	for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
		int64_t n;

		if (pl_json_int(from, NAMES[i][1], -PL_MAX_JSON_INT, PL_MAX_JSON_INT, &n))
			pl_json_add_int(health, NAMES[i][0], n);
		else
			cJSON_AddNullToObject(health, NAMES[i][0]);
	}
	pl_json_add_text(health, "uplink", uplink);
	cJSON_Delete(from);
}

static enum pl_result add_printers(struct pl_api *api, int64_t agent_no, cJSON *list,
				   struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(
		api->db, &rows,
		"SELECT no FROM devices WHERE agent_no=?1 AND attached=1 AND merged_into IS NULL"
		" ORDER BY no LIMIT 256",
		PL_ARGS(pl_db_int(agent_no)), err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		cJSON *summary = NULL;

		if (pl_render_summary(api, pl_db_int_at(rows, 0), &summary, err) == PL_OK)
			cJSON_AddItemToArray(list, summary);
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

/* The agent of the path, if the caller has `role` there. */
static enum pl_result find_agent(struct pl_api *api, enum pl_role role,
				 struct pl_db_rows **ret_rows, struct pl_error *err)
{
	enum pl_result r = pl_db_one(api->db, ret_rows, COLUMNS " WHERE a.id=?1 AND c.active=1",
				     PL_ARGS(pl_db_text(api->rq->part[0])), err);

	if (r != PL_OK)
		return r;
	if (pl_api_may(&api->caller, role, pl_db_text_at(*ret_rows, 11),
		       pl_db_text_at(*ret_rows, 9)))
		return PL_OK;
	r = pl_api_may(&api->caller, PL_ROLE_VIEWER, pl_db_text_at(*ret_rows, 11),
		       pl_db_text_at(*ret_rows, 9))
		    ? PL_E_DENIED
		    : PL_E_NOT_FOUND;
	pl_db_done(*ret_rows);
	*ret_rows = NULL;
	return r;
}

void pl_api_agent(struct pl_api *api)
{
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	cJSON *doc, *certificate;
	struct pl_action_facts can;
	enum pl_result r = find_agent(api, PL_ROLE_VIEWER, &rows, &err);

	if (r == PL_E_NOT_FOUND) {
		pl_api_not_found(api, "agent");
		return;
	}
	if (r != PL_OK) {
		pl_api_failed(api, r, &err);
		return;
	}
	doc = summary_of(api, rows);
	add_health(doc, rows);
	certificate = cJSON_AddObjectToObject(doc, "certificate");
	cJSON_AddStringToObject(certificate, "fingerprint", pl_db_text_at(rows, 20));
	pl_render_time(certificate, "expires_at", pl_db_int_at(rows, 15));
	can = (struct pl_action_facts){ .hello = pl_db_text_at(rows, 17),
					.removed = is_revoked(rows) };
	cJSON_AddItemToObject(doc, "capabilities", pl_action_capabilities(&can));
	r = add_printers(api, pl_db_int_at(rows, 0), cJSON_AddArrayToObject(doc, "printers"), &err);
	pl_db_done(rows);
	pl_api_send(api, doc, r, &err);
}

static enum pl_result revoke_stored(struct pl_db *db, void *arg, struct pl_error *err)
{
	const struct pl_roster_agent *agent = arg;

	return pl_agent_revoke(db, agent->no, pl_clock_wall_ms(), err);
}

void pl_api_revoke_agent(struct pl_api *api)
{
	struct pl_roster_agent *agent = NULL;
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	enum pl_result r = find_agent(api, PL_ROLE_ADMIN, &rows, &err);

	if (r == PL_OK) {
		agent = pl_roster_find(api->server->roster, pl_db_text_at(rows, 1));
		pl_db_done(rows);
		snprintf(api->subject, sizeof api->subject, "%s", api->rq->part[0]);
		r = agent ? pl_store_write(api->server->store, revoke_stored, agent, &err)
			  : PL_E_NOT_FOUND;
	}
	if (r == PL_OK) {
		char site_id[PL_MAX_ID];

		snprintf(api->customer_id, sizeof api->customer_id, "%s", agent->customer_id);
		pl_roster_revoke(api->server->roster, agent);
		pl_roster_site(api->server->roster, agent, site_id);
		pl_events_post(api->server->events, agent->customer_id, site_id, "agent.changed",
			       agent->id, NULL, agent->id, NULL);
		pl_web_empty(api->rq, 204);
	} else if (r == PL_E_NOT_FOUND) {
		pl_api_not_found(api, "agent");
	} else if (r == PL_E_DENIED) {
		pl_api_forbidden(api, PL_ROLE_ADMIN);
	} else {
		pl_api_failed(api, r, &err);
	}
}
