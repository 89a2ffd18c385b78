/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wishes laid over one another, and held against what printers tell.
 */
#include "drift.h"

#include <string.h>

#include "platen/clock.h"
#include "platen/json.h"
#include "platen/knob.h"

#define MAX_SNAPSHOT (256 * 1024)

bool pl_drift_has_tag(const char *tags, const char *tag)
{
	cJSON *list = tags ? cJSON_Parse(tags) : NULL;
	const cJSON *item;
	bool has = false;

	cJSON_ArrayForEach(item, list) has =
		has || (cJSON_IsString(item) && !strcmp(item->valuestring, tag));
	cJSON_Delete(list);
	return has;
}

const char *pl_drift_found(const cJSON *settings, const char *name)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, pl_json_at(settings, "items"))
	{
		const char *told = pl_json_text(item, "name");

		if (told && !strcmp(told, name))
			return pl_json_text(item, "value");
	}
	return NULL;
}

static void lay_over(cJSON *wanted, const char *settings, const char *tag)
{
	cJSON *doc = settings ? cJSON_Parse(settings) : NULL;
	const cJSON *setting;

	cJSON_ArrayForEach(setting, doc)
	{
		cJSON *wish = cJSON_CreateObject();

		cJSON_AddStringToObject(wish, "value", cJSON_GetStringValue(setting));
		cJSON_AddStringToObject(wish, "by", tag ? "tag" : "printer");
		pl_json_add_text(wish, "tag", tag);
		cJSON_DeleteItemFromObjectCaseSensitive(wanted, setting->string);
		cJSON_AddItemToObject(wanted, setting->string, wish);
	}
	cJSON_Delete(doc);
}

enum pl_result pl_drift_wanted(struct pl_db *db, const char *customer_id, int64_t device_no,
			       cJSON **ret_wanted, struct pl_error *err)
{
	cJSON *wanted = cJSON_CreateObject();
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	/* "tag" sorts behind "printer": the other way round. */
	r = pl_db_query(db, &rows,
			"SELECT w.scope, w.target, w.settings, d.tags FROM desired_settings w"
			" JOIN devices d ON d.no=?2 AND d.customer_id=w.customer_id"
			" WHERE w.customer_id=?1 AND (w.scope='tag' OR w.target=d.id)"
			" ORDER BY w.scope DESC, w.target",
			PL_ARGS(pl_db_text(customer_id), pl_db_int(device_no)), err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		bool is_tag = !strcmp(pl_db_text_at(rows, 0), "tag");

		if (!is_tag || pl_drift_has_tag(pl_db_text_at(rows, 3), pl_db_text_at(rows, 1)))
			lay_over(wanted, pl_db_text_at(rows, 2),
				 is_tag ? pl_db_text_at(rows, 1) : NULL);
	}
	pl_db_done(rows);
	if (r != PL_E_NOT_FOUND) {
		cJSON_Delete(wanted);
		return r;
	}
	*ret_wanted = wanted;
	return PL_OK;
}

static enum pl_result open_drift(struct pl_db *db, const char *customer_id, int64_t device_no,
				 const char *setting, const char *wanted, const char *found,
				 int64_t now_ms, struct pl_error *err)
{
	enum pl_result r = pl_db_change(
		db,
		"UPDATE drifts SET wanted=?3, found=?4 WHERE device_no=?1 AND setting=?2"
		" AND closed_at IS NULL",
		PL_ARGS(pl_db_int(device_no), pl_db_text(setting), pl_db_text(wanted),
			pl_db_text(found)),
		err);

	if (r != PL_E_NOT_FOUND)
		return r;
	return pl_db_run(
		db,
		"INSERT INTO drifts (customer_id, device_no, setting, wanted, found, opened_at)"
		" VALUES (?1,?2,?3,?4,?5,?6)",
		PL_ARGS(pl_db_text(customer_id), pl_db_int(device_no), pl_db_text(setting),
			pl_db_text(wanted), pl_db_text(found), pl_db_int(now_ms)),
		err);
}

/* A setting that the printer does not tell is not another than it should be. */
static enum pl_result settle_one(struct pl_db *db, const char *customer_id, int64_t device_no,
				 const char *setting, const char *wanted, const char *found,
				 int64_t now_ms, struct pl_error *err)
{
	if (wanted && found && strcmp(wanted, found) != 0)
		return open_drift(db, customer_id, device_no, setting, wanted, found, now_ms, err);
	return pl_db_run(
		db,
		"UPDATE drifts SET closed_at=?3 WHERE device_no=?1 AND setting=?2 AND closed_at "
		"IS NULL",
		PL_ARGS(pl_db_int(device_no), pl_db_text(setting), pl_db_int(now_ms)), err);
}

enum pl_result pl_drift_settle(struct pl_db *db, const char *customer_id, int64_t device_no,
			       const cJSON *settings, int64_t now_ms, struct pl_error *err)
{
	cJSON *wanted = NULL;
	int64_t open = 0;
	enum pl_result r = pl_drift_wanted(db, customer_id, device_no, &wanted, err);

	if (r == PL_OK)
		r = pl_db_number(
			db, &open,
			"SELECT count(*) FROM drifts WHERE device_no=?1 AND closed_at IS NULL",
			PL_ARGS(pl_db_int(device_no)), err);
	for (int i = 0; r == PL_OK && (open > 0 || wanted->child) && i < PL_KNOB_COUNT; i++) {
		const char *name = pl_knob_name((enum pl_knob)i);

		r = settle_one(db, customer_id, device_no, name,
			       pl_json_text(pl_json_at(wanted, name), "value"),
			       pl_drift_found(settings, name), now_ms, err);
	}
	cJSON_Delete(wanted);
	return r;
}

enum pl_result pl_drift_review(struct pl_db *db, struct pl_keyring *ring, const char *customer_id,
			       int64_t device_no, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_bytes text;
	cJSON *doc = NULL;
	enum pl_result r;

	pl_bytes_init(&text, MAX_SNAPSHOT);
	r = pl_db_one(db, &rows, "SELECT sealed FROM devices WHERE no=?1 AND customer_id=?2",
		      PL_ARGS(pl_db_int(device_no), pl_db_text(customer_id)), err);
	if (r == PL_OK && !pl_db_null_at(rows, 0)) {
		r = pl_keyring_unwrap(ring, db, customer_id, "snapshot", pl_db_blob_at(rows, 0),
				      &text, err);
		if (r == PL_OK)
			r = pl_json_parse(pl_bytes_span(&text), &doc, err);
	}
	pl_db_done(rows);
	pl_bytes_finish(&text);
	if (r == PL_OK)
		r = pl_drift_settle(db, customer_id, device_no, pl_json_at(doc, "settings"),
				    pl_clock_wall_ms(), err);
	cJSON_Delete(doc);
	return r;
}

#define PAGE 64 /* printers looked at between two questions */

enum pl_result pl_drift_review_tag(struct pl_db *db, struct pl_keyring *ring,
				   const char *customer_id, const char *tag, struct pl_error *err)
{
	int64_t found[PAGE], after = 0;
	enum pl_result r = PL_OK;
	size_t seen = PAGE;

	while (r == PL_OK && seen == PAGE) {
		struct pl_db_rows *rows = NULL;
		size_t count = 0;

		seen = 0;
		r = pl_db_query(db, &rows,
				"SELECT no, tags FROM devices WHERE customer_id=?1 AND no > ?2 AND"
				" tags IS NOT NULL AND merged_into IS NULL ORDER BY no LIMIT ?3",
				PL_ARGS(pl_db_text(customer_id), pl_db_int(after), pl_db_int(PAGE)),
				err);
		while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
			seen++;
			after = pl_db_int_at(rows, 0);
			if (pl_drift_has_tag(pl_db_text_at(rows, 1), tag))
				found[count++] = after;
		}
		pl_db_done(rows);
		r = r == PL_E_NOT_FOUND ? PL_OK : r;
		for (size_t i = 0; r == PL_OK && i < count; i++)
			r = pl_drift_review(db, ring, customer_id, found[i], err);
	}
	return r;
}

enum pl_result pl_drift_want(struct pl_db *db, const char *customer_id, const char *scope,
			     const char *target, const char *settings, const char *who,
			     struct pl_error *err)
{
	if (!settings)
		return pl_db_run(
			db,
			"DELETE FROM desired_settings WHERE customer_id=?1 AND scope=?2 AND "
			"target=?3",
			PL_ARGS(pl_db_text(customer_id), pl_db_text(scope), pl_db_text(target)),
			err);
	return pl_db_run(
		db,
		"INSERT INTO desired_settings (customer_id, scope, target, settings, changed_at,"
		" changed_by) VALUES (?1,?2,?3,?4,?5,?6) ON CONFLICT (customer_id, scope, target)"
		" DO UPDATE SET settings=excluded.settings, changed_at=excluded.changed_at,"
		" changed_by=excluded.changed_by",
		PL_ARGS(pl_db_text(customer_id), pl_db_text(scope), pl_db_text(target),
			pl_db_text(settings), pl_db_int(pl_clock_wall_ms()), pl_db_text(who)),
		err);
}
