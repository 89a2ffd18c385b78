/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts: open while the printer says so, known by code, group and index. A full snapshot's list
 * has the last word, so that a lost record cannot leave an alert open for ever.
 */
#include "project.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "platen/json.h"

static const char *word_of(const cJSON *body, const char *name, const char *otherwise)
{
	const char *text = pl_json_text(body, name);

	return text ? text : otherwise;
}

static int64_t index_of(const cJSON *body)
{
	int64_t n;

	return pl_json_int(body, "index", 0, PL_MAX_JSON_INT, &n) ? n : -1;
}

static const char *severity_of(const cJSON *body)
{
	const char *text = word_of(body, "severity", "unknown");

	if (!strcmp(text, "critical") || !strcmp(text, "warning") || !strcmp(text, "report"))
		return text;
	return "unknown";
}

static void note_alert(struct pl_projection *in, const struct pl_device *device, const char *type,
		       int64_t no)
{
	char id[32];

	snprintf(id, sizeof id, "%lld", (long long)no);
	pl_project_note(in, type, id, device->id, device->site_id, NULL);
	pl_project_note(in, "printer.changed", device->id, NULL, device->site_id, NULL);
}

/* Since when: the agent's word where its clock can be believed, else when it told of it. */
static int64_t since_ms(const cJSON *body, const struct pl_record *rec)
{
	int64_t since;

	return rec->at_ms == rec->taken_ms && pl_json_time(body, "since", &since) &&
			       since < rec->at_ms
		       ? since
		       : rec->at_ms;
}

/* Opens the alert unless it is open. */
static enum pl_result open_alert(struct pl_projection *in, const struct pl_device *device,
				 const cJSON *body, const struct pl_record *rec,
				 struct pl_error *err)
{
	const char *code = pl_json_text(body, "code");
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	if (!code)
		return PL_OK;
	r = pl_db_one(in->db, &rows,
		      "INSERT INTO alerts (customer_id, site_id, device_no, code, alert_group, "
		      "alert_index,"
		      " severity, description, opened_at) SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9 WHERE "
		      "NOT EXISTS"
		      " (SELECT 1 FROM alerts WHERE device_no=?3 AND closed_at IS NULL AND code=?4"
		      " AND alert_group=?5 AND alert_index=?6) RETURNING no",
		      PL_ARGS(pl_db_text(in->agent->customer_id), pl_db_text(device->site_id),
			      pl_db_int(device->no), pl_db_text(code),
			      pl_db_text(word_of(body, "group", "")), pl_db_int(index_of(body)),
			      pl_db_text(severity_of(body)),
			      pl_db_text(word_of(body, "description", code)),
			      pl_db_int(since_ms(body, rec))),
		      err);
	if (r != PL_OK)
		return r == PL_E_NOT_FOUND ? PL_OK : r;
	note_alert(in, device, "alert.opened", pl_db_int_at(rows, 0));
	pl_db_done(rows);
	return PL_OK;
}

static enum pl_result close_alert(struct pl_projection *in, const struct pl_device *device,
				  int64_t no, int64_t at_ms, struct pl_error *err)
{
	enum pl_result r =
		pl_db_run(in->db,
			  "UPDATE alerts SET closed_at=CASE WHEN opened_at > ?2 THEN opened_at"
			  " ELSE ?2 END WHERE no=?1",
			  PL_ARGS(pl_db_int(no), pl_db_int(at_ms)), err);

	if (r == PL_OK)
		note_alert(in, device, "alert.closed", no);
	return r;
}

/* The device a record is about: by its key, made when this is the first that is heard of it. */
static enum pl_result device_of(struct pl_projection *in, const struct pl_record *rec,
				struct pl_device *ret_device, struct pl_error *err)
{
	struct pl_device_claim claim;
	bool stale;
	enum pl_result r;

	pl_project_claim(in, rec, NULL, &claim);
	r = pl_device_of_key(&claim, ret_device, err);
	if (r != PL_E_NOT_FOUND)
		return r;
	r = pl_project_settle(in, err);
	return r == PL_OK ? pl_device_resolve(&claim, ret_device, &stale, err) : r;
}

enum pl_result pl_project_alert_opened(struct pl_projection *in, const struct pl_record *rec,
				       int64_t *ret_device_no, struct pl_error *err)
{
	struct pl_device device;
	enum pl_result r = device_of(in, rec, &device, err);

	if (r != PL_OK)
		return r;
	*ret_device_no = device.no;
	return open_alert(in, &device, rec->body, rec, err);
}

enum pl_result pl_project_alert_closed(struct pl_projection *in, const struct pl_record *rec,
				       int64_t *ret_device_no, struct pl_error *err)
{
	struct pl_device device;
	int64_t no = 0;
	enum pl_result r = device_of(in, rec, &device, err);

	if (r != PL_OK)
		return r;
	*ret_device_no = device.no;
	r = pl_db_number(
		in->db, &no,
		"SELECT no FROM alerts WHERE device_no=?1 AND closed_at IS NULL AND code=?2"
		" AND alert_group=?3 AND alert_index=?4 ORDER BY no LIMIT 1",
		PL_ARGS(pl_db_int(device.no), pl_db_text(word_of(rec->body, "code", "")),
			pl_db_text(word_of(rec->body, "group", "")),
			pl_db_int(index_of(rec->body))),
		err);
	if (r == PL_E_NOT_FOUND)
		return PL_OK;
	return r == PL_OK ? close_alert(in, &device, no, rec->at_ms, err) : r;
}

static bool list_has(const cJSON *alerts, const char *code, const char *group)
{
	const cJSON *alert;

	cJSON_ArrayForEach(alert,
			   alerts) if (!strcmp(word_of(alert, "code", ""), code) &&
				       !strcmp(word_of(alert, "group", ""), group)) return true;
	return false;
}

/* Closes what is open and not in the list. */
static enum pl_result close_missing(struct pl_projection *in, const struct pl_record *rec,
				    const struct pl_device *device, const cJSON *alerts,
				    struct pl_error *err)
{
	int64_t gone[64];
	int n = 0;
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(
		in->db, &rows,
		"SELECT no, code, alert_group FROM alerts WHERE device_no=?1 AND closed_at IS NULL",
		PL_ARGS(pl_db_int(device->no)), err);
	if (r != PL_OK)
		return r;
	while (n < 64 && (r = pl_db_next(rows, err)) == PL_OK)
		if (!list_has(alerts, pl_db_text_at(rows, 1), pl_db_text_at(rows, 2)))
			gone[n++] = pl_db_int_at(rows, 0);
	pl_db_done(rows);
	if (r == PL_E_NOT_FOUND)
		r = PL_OK;
	for (int i = 0; i < n && r == PL_OK; i++)
		r = close_alert(in, device, gone[i], rec->at_ms, err);
	return r;
}

/* True when an alert with this code and group is open, whatever its index. */
static enum pl_result is_open(struct pl_projection *in, const struct pl_device *device,
			      const cJSON *alert, bool *ret_open, struct pl_error *err)
{
	int64_t n = 0;
	enum pl_result r =
		pl_db_number(in->db, &n,
			     "SELECT count(*) FROM alerts WHERE device_no=?1 AND closed_at IS NULL"
			     " AND code=?2 AND alert_group=?3",
			     PL_ARGS(pl_db_int(device->no), pl_db_text(word_of(alert, "code", "")),
				     pl_db_text(word_of(alert, "group", ""))),
			     err);

	*ret_open = n > 0;
	return r;
}

enum pl_result pl_project_alert_list(struct pl_projection *in, const struct pl_record *rec,
				     const struct pl_device *device, const struct cJSON *alerts,
				     struct pl_error *err)
{
	enum pl_result r = close_missing(in, rec, device, alerts, err);
	const cJSON *alert;

	cJSON_ArrayForEach(alert, alerts)
	{
		bool open = false;

		if (r == PL_OK)
			r = is_open(in, device, alert, &open, err);
		if (r == PL_OK && !open)
			r = open_alert(in, device, alert, rec, err);
	}
	return r;
}
