/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A printer comes, goes, or tells of itself: its device is found, its last snapshot brought up to
 * date, and the columns that lists are sorted by with it.
 */
#include "project.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "drift.h"
#include "platen/json.h"
#include "platen/log.h"

#define MAX_SNAPSHOT (256 * 1024)
#define MAX_COLUMN   (16 * 1024)

static const char *const COUNTERS[] = {
	"impressions",
	"impressions_color",
	"impressions_monochrome",
	"sheets",
	"sheets_duplex",
	"scans",
	"copies",
	"faxes",
	"jams",
};
#define COUNTER_COUNT (sizeof COUNTERS / sizeof COUNTERS[0])

/* What a list needs of the supplies. */
struct supply_columns {
	struct pl_bytes levels; /* JSON, without serial numbers */
	int64_t lowest;		/* percent, -1 unknown */
	const char *state;	/* "empty" (or missing), "low", "ok"; NULL unknown */
};

void pl_project_merge(struct cJSON *known, struct cJSON *body)
{
	cJSON *section;
	bool full = false;

	(void)pl_json_bool(body, "full", &full);
	while (full && known->child)
		cJSON_Delete(cJSON_DetachItemViaPointer(known, known->child));
	while ((section = body->child) != NULL) {
		cJSON_DetachItemViaPointer(body, section);
		if (!strcmp(section->string, "full")) {
			cJSON_Delete(section);
			continue;
		}
		cJSON_DeleteItemFromObjectCaseSensitive(known, section->string);
		cJSON_AddItemToObject(known, section->string, section);
	}
}

static enum pl_result load_known(struct pl_projection *in, const struct pl_device *d,
				 struct cJSON **ret_doc, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, MAX_SNAPSHOT);
	r = pl_db_one(in->db, &rows, "SELECT sealed FROM devices WHERE no=?1",
		      PL_ARGS(pl_db_int(d->no)), err);
	if (r != PL_OK)
		return r;
	*ret_doc = NULL;
	if (!pl_db_null_at(rows, 0)) {
		r = pl_keyring_unwrap(in->server->ring, in->db, in->agent->customer_id, "snapshot",
				      pl_db_blob_at(rows, 0), &text, err);
		if (r == PL_OK)
			r = pl_json_parse_again(pl_bytes_span(&text), ret_doc, err);
	} else {
		*ret_doc = cJSON_CreateObject();
	}
	pl_db_done(rows);
	pl_bytes_finish(&text);
	return r;
}

static void copy_member(cJSON *to, const cJSON *from, const char *name)
{
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(from, name);

	cJSON_AddItemToObject(to, name,
			      member ? cJSON_Duplicate(member, true) : cJSON_CreateNull());
}

static void read_supplies(const cJSON *doc, struct supply_columns *c)
{
	static const char *const MEMBERS[] = { "index",	   "class",	    "type",
					       "colorant", "level_percent", "state" };
	const cJSON *supply, *supplies = pl_json_at(doc, "supplies");
	cJSON *levels = cJSON_CreateArray();

	c->lowest = -1;
	c->state = NULL;
	cJSON_ArrayForEach(supply, supplies)
	{
		const char *state = pl_json_text(supply, "state");
		cJSON *level = cJSON_CreateObject();
		int64_t percent;

		for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++)
			copy_member(level, supply, MEMBERS[i]);
		cJSON_AddItemToArray(levels, level);
		if (pl_json_int(supply, "level_percent", 0, 100, &percent) &&
		    (c->lowest < 0 || percent < c->lowest))
			c->lowest = percent;
		if (state && (!strcmp(state, "empty") || !strcmp(state, "missing")))
			c->state = "empty";
		else if (state && !strcmp(state, "low") && (!c->state || strcmp(c->state, "empty")))
			c->state = "low";
		else if (state && !strcmp(state, "ok") && !c->state)
			c->state = "ok";
	}
	if (pl_json_print(levels, &c->levels) != PL_OK)
		pl_bytes_clear(&c->levels);
	cJSON_Delete(levels);
}

static struct pl_db_value maybe_int(const cJSON *doc, const char *path)
{
	int64_t n;

	return pl_json_int(doc, path, -PL_MAX_JSON_INT, PL_MAX_JSON_INT, &n) ? pl_db_int(n)
									     : pl_db_null();
}

static struct pl_db_value maybe_bool(const cJSON *doc, const char *path)
{
	bool is;

	return pl_json_bool(doc, path, &is) ? pl_db_int(is) : pl_db_null();
}

static enum pl_result save_known(struct pl_projection *in, const struct pl_desk_entry *e,
				 struct pl_error *err)
{
	const cJSON *doc = e->doc;
	const cJSON *list = pl_json_at(doc, "state.reasons");
	struct supply_columns supplies = { .lowest = -1 };
	struct pl_bytes text, sealed, reasons;
	enum pl_result r;

	pl_bytes_init(&text, MAX_SNAPSHOT);
	pl_bytes_init(&sealed, MAX_SNAPSHOT + 64);
	pl_bytes_init(&reasons, MAX_COLUMN);
	pl_bytes_init(&supplies.levels, MAX_COLUMN);
	read_supplies(doc, &supplies);
	if (cJSON_IsArray(list) && pl_json_print(list, &reasons) != PL_OK)
		pl_bytes_clear(&reasons);
	r = pl_json_print(doc, &text);
	if (r != PL_OK)
		r = pl_error_set(err, PL_E_TOO_BIG, "a printer's snapshot is too large");
	else
		r = pl_keyring_wrap(in->server->ring, in->db, e->agent->customer_id, "snapshot",
				    text.at, text.size, &sealed, err);
	if (r == PL_OK)
		r = pl_db_change(
			in->db,
			"UPDATE devices SET attached=1, make=?2, model=?3, firmware=?4, "
			"confidence=?5,"
			" printer_state=?6, asleep=?7, reasons=?8, supply_levels=?9, "
			"lowest_supply=?10,"
			" supply_state=?11, impressions=?12, sealed=?13, taken_at=?14, seen_at=?15 "
			"WHERE no=?1",
			PL_ARGS(pl_db_int(e->device.no),
				pl_db_text(pl_json_text(doc, "identity.make")),
				pl_db_text(pl_json_text(doc, "identity.model")),
				pl_db_text(pl_json_text(doc, "identity.firmware")),
				pl_db_text(pl_json_text(doc, "identity.confidence")),
				pl_db_text(pl_json_text(doc, "state.printer_state")),
				maybe_bool(doc, "state.asleep"),
				pl_db_word((const char *)reasons.at),
				pl_db_word((const char *)supplies.levels.at),
				supplies.lowest >= 0 ? pl_db_int(supplies.lowest) : pl_db_null(),
				pl_db_text(supplies.state), maybe_int(doc, "counters.impressions"),
				pl_db_blob(sealed.at, sealed.size), pl_db_int(e->taken_ms),
				pl_db_int(e->at_ms)),
			err);
	pl_bytes_finish(&supplies.levels);
	pl_bytes_finish(&reasons);
	pl_bytes_finish(&sealed);
	pl_bytes_finish(&text);
	return r;
}

/* Every reading of the counters is kept, for billing. */
static enum pl_result keep_counters(struct pl_projection *in, const struct pl_record *rec,
				    const struct pl_device *d, struct pl_error *err)
{
	const cJSON *counters = cJSON_GetObjectItemCaseSensitive(rec->body, "counters");
	struct pl_db_value args[4 + COUNTER_COUNT];
	bool any = false;

	args[0] = pl_db_text(in->agent->customer_id);
	args[1] = pl_db_int(d->no);
	args[2] = pl_db_int(in->agent->no);
	args[3] = pl_db_int(rec->at_ms);
	for (size_t i = 0; i < COUNTER_COUNT; i++) {
		args[4 + i] = maybe_int(counters, COUNTERS[i]);
		any = any || args[4 + i].type != PL_DB_NULL;
	}
	if (!any)
		return PL_OK;
	return pl_db_run(
		in->db,
		"INSERT INTO counters (customer_id, device_no, agent_no, taken_at, impressions,"
		" impressions_color, impressions_monochrome, sheets, sheets_duplex, scans, copies,"
		" faxes, jams) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)",
		args, sizeof args / sizeof args[0], err);
}

/* Failures of the store, not of the snapshot. */
static bool is_passing(enum pl_result r)
{
	return r == PL_E_FULL || r == PL_E_NO_MEMORY || r == PL_E_BUSY || r == PL_E_IO;
}

enum pl_result pl_project_settle(struct pl_projection *in, struct pl_error *err)
{
	struct pl_error why = { 0 };
	enum pl_result r = PL_OK;

	for (size_t i = 0; i < PL_MAX_DESK && r == PL_OK; i++)
		for (struct pl_desk_entry *e = in->desk.first[i]; e && r == PL_OK; e = e->next) {
			enum pl_result saved = e->changed ? save_known(in, e, &why) : PL_OK;

			if (is_passing(saved)) {
				*err = why;
				r = saved;
			} else if (saved != PL_OK) {
				log_error(NULL,
					  "a snapshot was kept but not applied agent=%s "
					  "printer=%s reason=\"%s\"",
					  e->agent->id, e->device.id, why.text);
			}
		}
	pl_desk_clear(&in->desk);
	return r;
}

/* Resolves a claim that may change what is which, and lays the device on the desk unless it has
 * gone elsewhere since (then *ret_entry is NULL). */
static enum pl_result meet(struct pl_projection *in, const struct pl_device_claim *claim,
			   struct pl_device *ret_device, struct pl_desk_entry **ret_entry,
			   struct pl_error *err)
{
	bool stale = false;
	cJSON *doc = NULL;
	enum pl_result r = pl_device_known(claim, ret_device, err);

	if (r == PL_E_NOT_FOUND || in->desk.count >= PL_MAX_DESK) {
		enum pl_result settled = pl_project_settle(in, err);

		if (settled != PL_OK)
			return settled;
	}
	if (r == PL_E_NOT_FOUND)
		r = pl_device_resolve(claim, ret_device, &stale, err);
	*ret_entry = NULL;
	if (r == PL_OK && !stale)
		r = load_known(in, ret_device, &doc, err);
	if (r != PL_OK || stale)
		return r;
	*ret_entry = pl_desk_put(&in->desk, claim, ret_device, doc);
	return *ret_entry ? PL_OK : pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
}

/* The device a snapshot is about, with its entry on the desk (NULL where it has gone elsewhere). */
static enum pl_result find_entry(struct pl_projection *in, const struct pl_record *rec,
				 struct pl_device *ret_device, struct pl_desk_entry **ret_entry,
				 struct pl_error *err)
{
	const cJSON *identity = cJSON_GetObjectItemCaseSensitive(rec->body, "identity");
	struct pl_device_claim claim;
	struct pl_desk_entry *e;

	pl_project_claim(in, rec, identity, &claim);
	e = pl_desk_find(&in->desk, &claim);
	if (e && pl_desk_fits(e, &claim)) {
		*ret_device = e->device;
		*ret_entry = e;
		return PL_OK;
	}
	if (e) {
		enum pl_result r = pl_project_settle(in, err);

		if (r != PL_OK)
			return r;
	}
	return meet(in, &claim, ret_device, ret_entry, err);
}

enum pl_result pl_project_snapshot(struct pl_projection *in, const struct pl_record *rec,
				   int64_t *ret_device_no, struct pl_error *err)
{
	const cJSON *alerts = cJSON_GetObjectItemCaseSensitive(rec->body, "alerts");
	struct pl_desk_entry *entry = NULL;
	struct pl_device device;
	bool full = false, told = cJSON_HasObjectItem(rec->body, "settings");
	enum pl_result r = find_entry(in, rec, &device, &entry, err);

	if (r != PL_OK)
		return r;
	*ret_device_no = device.no;
	if (device.first_meeting)
		r = pl_project_adopt(in, rec, &device, err);
	if (r == PL_OK)
		r = keep_counters(in, rec, &device, err);
	if (r == PL_OK && entry && pl_json_bool(rec->body, "full", &full) && full &&
	    cJSON_IsArray(alerts))
		r = pl_project_alert_list(in, rec, &device, alerts, err);
	if (r != PL_OK || !entry)
		return r;
	if (!entry->changed)
		pl_project_note(in, "printer.changed", device.id, NULL, device.site_id, NULL);
	pl_project_merge(entry->doc, rec->body);
	if (told)
		r = pl_drift_settle(in->db, in->agent->customer_id, device.no,
				    pl_json_at(entry->doc, "settings"), rec->at_ms, err);
	if (r != PL_OK)
		return r;
	entry->changed = true;
	entry->taken_ms = rec->taken_ms;
	entry->at_ms = rec->at_ms;
	return PL_OK;
}

enum pl_result pl_project_attached(struct pl_projection *in, const struct pl_record *rec,
				   int64_t *ret_device_no, struct pl_error *err)
{
	struct pl_device_claim claim;
	struct pl_device device;
	bool stale;
	enum pl_result r;

	pl_project_claim(in, rec, NULL, &claim);
	r = pl_device_of_key(&claim, &device, err);
	if (r == PL_E_NOT_FOUND)
		return PL_OK; /* its first snapshot says who it is */
	if (r == PL_OK)
		r = pl_device_resolve(&claim, &device, &stale, err);
	if (r != PL_OK)
		return r;
	*ret_device_no = device.no;
	if (stale)
		return PL_OK;
	pl_project_note(in, "printer.changed", device.id, NULL, device.site_id, NULL);
	return pl_db_run(in->db, "UPDATE devices SET attached=1, seen_at=?2 WHERE no=?1",
			 PL_ARGS(pl_db_int(device.no), pl_db_int(rec->at_ms)), err);
}

enum pl_result pl_project_detached(struct pl_projection *in, const struct pl_record *rec,
				   int64_t *ret_device_no, struct pl_error *err)
{
	struct pl_device_claim claim;
	struct pl_device device;
	enum pl_result r;

	pl_project_claim(in, rec, NULL, &claim);
	r = pl_device_of_key(&claim, &device, err);
	if (r == PL_E_NOT_FOUND)
		return PL_OK;
	if (r == PL_OK)
		r = pl_device_detach(&claim, &device, err);
	if (r != PL_OK)
		return r;
	*ret_device_no = device.no;
	pl_project_note(in, "printer.changed", device.id, NULL, device.site_id, NULL);
	return PL_OK;
}
