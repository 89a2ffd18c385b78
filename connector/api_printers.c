/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /printers: the fleet table. Status depends on who is online, serial numbers are sealed: so
 * narrow rows of all printers in sight are read, filtered and sorted here, and only one page is
 * read whole.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_calls.h"
#include "page.h"
#include "platen/json.h"
#include "render.h"
#include "serials.h"

#define MAX_WORDS    16
#define MAX_HAYSTACK 1024

enum order { BY_MODEL, BY_SERIAL, BY_SITE, BY_AGENT, BY_STATUS, BY_COUNT, BY_SUPPLY, BY_SEEN };

static const struct {
	const char *word;
	enum order order;
} ORDERS[] = {
	{ "model", BY_MODEL },		{ "serial_number", BY_SERIAL }, { "site", BY_SITE },
	{ "agent", BY_AGENT },		{ "status", BY_STATUS },	{ "impressions", BY_COUNT },
	{ "lowest_supply", BY_SUPPLY }, { "last_seen", BY_SEEN },
};

struct wish {
	const char *status;
	enum order order;
	bool down;
	int limit;
	char words[200 + 1]; /* lower case, NUL between words, two at the end */
	size_t word_count;
};

struct found {
	struct pl_page_row *rows;
	size_t count, cap;
};

static const char *const COLUMNS =
	"SELECT d.no, d.id, d.make, d.model, d.serial_sealed, d.customer_id, s.name, a.no, "
	"a.hostname,"
	" a.state, a.last_seen_at, d.attached, d.printer_state, d.asleep, d.supply_state, "
	"d.lowest_supply,"
	" d.impressions, d.seen_at, d.asset_number, d.location, d.tags, coalesce(x.critical, 0),"
	" coalesce(x.warning, 0) FROM devices d JOIN sites s ON s.id=d.site_id"
	" LEFT JOIN agents a ON a.no=d.agent_no LEFT JOIN (SELECT device_no,"
	" sum(CASE WHEN severity='critical' THEN 1 ELSE 0 END) AS critical,"
	" sum(CASE WHEN severity='warning' THEN 1 ELSE 0 END) AS warning"
	" FROM alerts WHERE closed_at IS NULL GROUP BY device_no) x ON x.device_no=d.no"
	" WHERE d.merged_into IS NULL";

static bool read_words(struct pl_api *api, struct wish *w)
{
	const char *q = pl_web_query(api->rq, "q");
	size_t n = 0;

	if (q && strlen(q) > 200) {
		pl_api_wrong_field(api, "q", "q must be at most 200 characters.");
		return false;
	}
	for (; q && *q; q++) {
		if (!isspace((unsigned char)*q))
			w->words[n++] = (char)tolower((unsigned char)*q);
		else if (n > 0 && w->words[n - 1])
			w->words[n++] = '\0';
	}
	if (n > 0 && w->words[n - 1])
		n++;
	for (size_t i = 0; i < n; i++)
		w->word_count += w->words[i] == '\0';
	return true;
}

static bool read_order(struct pl_api *api, struct wish *w)
{
	const char *sort = pl_web_query(api->rq, "sort");

	w->order = BY_STATUS;
	if (!sort)
		return true;
	w->down = *sort == '-';
	for (size_t i = 0; i < sizeof ORDERS / sizeof ORDERS[0]; i++)
		if (!strcmp(sort + w->down, ORDERS[i].word)) {
			w->order = ORDERS[i].order;
			return true;
		}
	pl_api_wrong_field(api, "sort", "printers cannot be sorted by %.40s.", sort);
	return false;
}

static void add_hay(char hay[static MAX_HAYSTACK], const char *text)
{
	size_t n = strlen(hay);

	for (; text && *text && n + 2 < MAX_HAYSTACK; text++)
		hay[n++] = (char)tolower((unsigned char)*text);
	hay[n++] = '\n'; /* no word reaches over two fields */
	hay[n] = '\0';
}

static bool matches(const struct wish *w, struct pl_db_rows *rows, const char *serial)
{
	static const int FIELDS[] = { 2, 3, 6, 8, 18, 19, 20 };
	char hay[MAX_HAYSTACK] = "";
	const char *word = w->words;

	if (w->word_count == 0)
		return true;
	for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++)
		add_hay(hay, pl_db_text_at(rows, FIELDS[i]));
	add_hay(hay, serial);
	for (size_t i = 0; i < w->word_count; i++, word += strlen(word) + 1)
		if (!strstr(hay, word))
			return false;
	return true;
}

static enum pl_printer_status status_of(struct pl_api *api, struct pl_db_rows *rows)
{
	const char *agent_state = pl_db_text_at(rows, 9);
	struct pl_status_facts facts = {
		.attached = pl_db_int_at(rows, 11) != 0,
		.agent = pl_agent_state_now(api->server, pl_db_int_at(rows, 7),
					    !agent_state || strcmp(agent_state, "active") != 0,
					    pl_db_int_at(rows, 10), NULL),
		.printer_state = pl_db_text_at(rows, 12),
		.asleep = pl_db_null_at(rows, 13) ? -1 : (int)pl_db_int_at(rows, 13),
		.supply_state = pl_db_text_at(rows, 14),
		.critical = pl_db_int_at(rows, 21),
		.warning = pl_db_int_at(rows, 22),
	};

	return pl_printer_status_of(&facts);
}

static void text_key(struct pl_page_row *row, const char *text)
{
	row->known = text && *text;
	snprintf(row->text, sizeof row->text, "%s", text ? text : "");
	for (char *c = row->text; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
}

static void number_key(struct pl_page_row *row, struct pl_db_rows *rows, int column)
{
	row->known = !pl_db_null_at(rows, column);
	row->number = pl_db_int_at(rows, column);
}

static void set_key(struct pl_page_row *row, const struct wish *w, struct pl_db_rows *rows,
		    const char *serial, enum pl_printer_status status)
{
	char both[160];

	switch (w->order) {
	case BY_MODEL:
		snprintf(both, sizeof both, "%s %s",
			 pl_db_text_at(rows, 2) ? pl_db_text_at(rows, 2) : "",
			 pl_db_text_at(rows, 3) ? pl_db_text_at(rows, 3) : "");
		text_key(row, strcmp(both, " ") != 0 ? both : NULL);
		break;
	case BY_SERIAL: text_key(row, serial); break;
	case BY_SITE: text_key(row, pl_db_text_at(rows, 6)); break;
	case BY_AGENT: text_key(row, pl_db_text_at(rows, 8)); break;
	case BY_STATUS:
		row->known = true;
		row->number = status;
		break;
	case BY_COUNT: number_key(row, rows, 16); break;
	case BY_SUPPLY: number_key(row, rows, 15); break;
	case BY_SEEN: number_key(row, rows, 17); break;
	}
}

static enum pl_result take_row(struct pl_api *api, const struct wish *w, struct pl_db_rows *rows,
			       struct found *found, struct pl_error *err)
{
	enum pl_printer_status status = status_of(api, rows);
	struct pl_page_row *row;
	char serial[256] = "";

	if (!pl_api_list_has(w->status, pl_printer_status_name(status)))
		return PL_OK;
	if (w->word_count > 0 || w->order == BY_SERIAL)
		pl_serials_text(api->server->serials, api->db, pl_db_int_at(rows, 0),
				pl_db_text_at(rows, 5), pl_db_blob_at(rows, 4), serial,
				sizeof serial);
	if (!matches(w, rows, serial))
		return PL_OK;
	if (found->count == found->cap) {
		size_t cap = found->cap ? 2 * found->cap : 256;
		struct pl_page_row *grown = realloc(found->rows, cap * sizeof *grown);

		if (!grown)
			return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
		found->rows = grown;
		found->cap = cap;
	}
	row = &found->rows[found->count++];
	memset(row, 0, sizeof *row);
	row->no = pl_db_int_at(rows, 0);
	pl_db_copy_at(rows, 1, row->id, sizeof row->id);
	set_key(row, w, rows, serial, status);
	return PL_OK;
}

static enum pl_result find_all(struct pl_api *api, const struct wish *w, struct found *found,
			       struct pl_error *err)
{
	const char *agent = pl_web_query(api->rq, "agent");
	struct pl_db_rows *rows = NULL;
	struct pl_query q;
	enum pl_result r;

	pl_query_init(&q, COLUMNS);
	pl_api_limit(api, &q, "d.customer_id", "d.site_id");
	if (agent)
		pl_query_and(&q, "a.id=", pl_db_text(agent));
	r = pl_query_run(&q, api->db, &rows, err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK)
		r = take_row(api, w, rows, found, err);
	pl_db_done(rows);
	pl_query_finish(&q);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static void answer_page(struct pl_api *api, const struct wish *w, const struct found *found,
			size_t start)
{
	cJSON *items, *doc = pl_api_new_page(&items);
	struct pl_error err = { 0 };
	struct pl_bytes cursor;
	size_t i;

	pl_bytes_init(&cursor, 512);
	for (i = start; i < found->count && i < start + (size_t)w->limit; i++) {
		cJSON *summary = NULL;

		if (pl_render_summary(api, found->rows[i].no, &summary, &err) == PL_OK)
			cJSON_AddItemToArray(items, summary);
	}
	if (i < found->count && i > start && pl_page_cursor(&found->rows[i - 1], &cursor) == PL_OK)
		cJSON_AddStringToObject(doc, "next_cursor", (const char *)cursor.at);
	else
		cJSON_AddNullToObject(doc, "next_cursor");
	pl_json_add_int(doc, "total", (int64_t)found->count);
	pl_bytes_finish(&cursor);
	pl_web_json(api->rq, 200, doc);
}

void pl_api_printers(struct pl_api *api)
{
	struct wish w = { .status = pl_web_query(api->rq, "status") };
	struct found found = { 0 };
	struct pl_error err = { 0 };
	size_t start = 0;
	enum pl_result r;

	if (!read_words(api, &w) || !read_order(api, &w) || !pl_api_page_size(api, &w.limit))
		return;
	r = find_all(api, &w, &found, &err);
	if (r != PL_OK) {
		pl_api_failed(api, r, &err);
	} else {
		pl_page_sort(found.rows, found.count, w.down);
		if (pl_page_start(found.rows, found.count, w.down, pl_web_query(api->rq, "cursor"),
				  &start) == PL_OK)
			answer_page(api, &w, &found, start);
		else
			pl_api_wrong_field(api, "cursor",
					   "cursor must be a next_cursor of an answer.");
	}
	free(found.rows);
}
