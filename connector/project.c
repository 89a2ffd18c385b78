/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of record kinds, and the kinds that are about the PC or about numbers.
 */
#include "project.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action_store.h"
#include "platen/json.h"

#define LOOK_BACK 64 /* news that are looked through for the same */

static enum pl_result agent_text(struct pl_projection *in, const struct pl_record *rec,
				 const char *sql, struct pl_error *err)
{
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, 64 * 1024);
	r = pl_json_print(rec->body, &text);
	if (r == PL_E_TOO_BIG)
		r = PL_OK; /* stored as a record, too long to show */
	else if (r == PL_OK)
		r = pl_db_run(in->db, sql,
			      PL_ARGS(pl_db_int(in->agent->no), pl_db_text((const char *)text.at),
				      pl_db_int(rec->at_ms)),
			      err);
	pl_bytes_finish(&text);
	return r;
}

static enum pl_result project_hello(struct pl_projection *in, const struct pl_record *rec,
				    int64_t *ret_device_no, struct pl_error *err)
{
	enum pl_result r;

	(void)ret_device_no;
	pl_project_note(in, "agent.changed", in->agent->id, NULL, in->agent->site_id, NULL);
	r = agent_text(in, rec, "UPDATE agents SET hello=?2, hello_at=?3 WHERE no=?1", err);
	if (r != PL_OK)
		return r;
	return pl_db_run(
		in->db,
		"UPDATE agents SET version=coalesce(?2, version), os=coalesce(?3, os),"
		" os_version=coalesce(?4, os_version), architecture=coalesce(?5, architecture),"
		" hostname=?6 WHERE no=?1",
		PL_ARGS(pl_db_int(in->agent->no),
			pl_db_text(pl_json_text(rec->body, "agent_version")),
			pl_db_text(pl_json_text(rec->body, "os")),
			pl_db_text(pl_json_text(rec->body, "os_version")),
			pl_db_text(pl_json_text(rec->body, "architecture")),
			pl_db_text(pl_json_text(rec->body, "hostname"))),
		err);
}

static enum pl_result project_health(struct pl_projection *in, const struct pl_record *rec,
				     int64_t *ret_device_no, struct pl_error *err)
{
	(void)ret_device_no;
	pl_project_note(in, "agent.changed", in->agent->id, NULL, in->agent->site_id, NULL);
	return agent_text(in, rec, "UPDATE agents SET health=?2, health_at=?3 WHERE no=?1", err);
}

static enum pl_result project_result(struct pl_projection *in, const struct pl_record *rec,
				     int64_t *ret_device_no, struct pl_error *err)
{
	struct pl_action_step step = { .at_ms = rec->at_ms, .percent = -1, .by_record = true };
	struct pl_action_place place;
	struct pl_bytes result;
	const cJSON *detail = pl_json_at(rec->body, "result");
	const char *id = pl_json_text(rec->body, "action_id");
	enum pl_result r = PL_OK;

	step.state = pl_action_state_of(pl_json_text(rec->body, "state"));
	step.message = pl_json_text(rec->body, "reason");
	if (!id || !pl_action_is_final(step.state))
		return PL_OK; /* stored; settles nothing */
	pl_bytes_init(&result, 64 * 1024);
	if (cJSON_IsObject(detail) && pl_json_print(detail, &result) == PL_OK)
		step.result = (const char *)result.at;
	r = pl_action_step(in->db, in->agent->no, id, &step, &place, err);
	if (r == PL_OK) {
		*ret_device_no = place.device_no;
		pl_project_note(in, "action.changed", id, place.device_id, place.site_id,
				pl_action_state_name(place.state));
	}
	pl_bytes_finish(&result);
	return r == PL_E_NOT_FOUND ? PL_OK : r; /* not one of ours: stored, nothing more */
}

static enum pl_result project_reset(struct pl_projection *in, const struct pl_record *rec,
				    int64_t *ret_device_no, struct pl_error *err)
{
	struct pl_device_claim claim;
	struct pl_device device;
	int64_t before, after;
	enum pl_result r;

	pl_project_claim(in, rec, NULL, &claim);
	r = rec->printer_key ? pl_device_of_key(&claim, &device, err) : PL_E_NOT_FOUND;
	if (r == PL_E_NOT_FOUND)
		return PL_OK;
	if (r != PL_OK)
		return r;
	*ret_device_no = device.no;
	if (!pl_json_text(rec->body, "counter") ||
	    !pl_json_int(rec->body, "before", 0, PL_MAX_JSON_INT, &before) ||
	    !pl_json_int(rec->body, "after", 0, PL_MAX_JSON_INT, &after))
		return PL_OK;
	pl_project_note(in, "printer.changed", device.id, NULL, device.site_id, NULL);
	return pl_db_run(
		in->db,
		"INSERT INTO counter_resets (customer_id, device_no, taken_at, counter, source,"
		" before, after) VALUES (?1,?2,?3,?4,?5,?6,?7)",
		PL_ARGS(pl_db_text(in->agent->customer_id), pl_db_int(device.no),
			pl_db_int(rec->at_ms), pl_db_text(pl_json_text(rec->body, "counter")),
			pl_db_text(pl_json_text(rec->body, "source")), pl_db_int(before),
			pl_db_int(after)),
		err);
}

/* Kinds that change nothing, but belong to a printer's history. */
static enum pl_result project_history(struct pl_projection *in, const struct pl_record *rec,
				      int64_t *ret_device_no, struct pl_error *err)
{
	struct pl_device_claim claim;
	struct pl_device device;
	enum pl_result r;

	pl_project_claim(in, rec, NULL, &claim);
	r = pl_device_of_key(&claim, &device, err);
	if (r == PL_E_NOT_FOUND)
		return PL_OK;
	if (r != PL_OK)
		return r;
	*ret_device_no = device.no;
	pl_project_note(in, "printer.changed", device.id, NULL, device.site_id, NULL);
	return PL_OK;
}

static const struct {
	const char *kind;
	enum pl_result (*project)(struct pl_projection *in, const struct pl_record *record,
				  int64_t *ret_device_no, struct pl_error *err);
	bool about_printer;
	bool moves;   /* may make a key another device: the desk is cleared before */
	bool history; /* belongs to its printer's history */
} KINDS[] = {
	{ "agent.hello", project_hello, false, false, false },
	{ "agent.health", project_health, false, false, false },
	{ "printer.attached", pl_project_attached, true, true, true },
	{ "printer.moved", pl_project_attached, true, true, true },
	{ "printer.detached", pl_project_detached, true, true, true },
	{ "printer.snapshot", pl_project_snapshot, true, false, false },
	{ "alert.opened", pl_project_alert_opened, true, false, true },
	{ "alert.closed", pl_project_alert_closed, true, false, true },
	{ "counter.reset", project_reset, true, false, true },
	{ "supply.replaced", project_history, true, false, true },
	{ "job.finished", project_history, true, false, true },
	{ "config.drift", project_history, true, false, true },
	{ "action.result", project_result, false, false, true },
};

#define KIND_COUNT (sizeof KINDS / sizeof KINDS[0])

void pl_project_claim(struct pl_projection *in, const struct pl_record *record,
		      const struct cJSON *identity, struct pl_device_claim *ret_claim)
{
	const char *confidence = pl_json_text(identity, "confidence");
	bool strong = confidence && !strcmp(confidence, "strong");

	*ret_claim = (struct pl_device_claim){
		.db = in->db,
		.ring = in->server->ring,
		.roster = in->server->roster,
		.agent = in->agent,
		.printer_key = record->printer_key,
		.make = pl_json_text(identity, "make"),
		.serial_number = strong ? pl_json_text(identity, "serial_number") : NULL,
		.at_ms = record->at_ms,
		.live_ms = 3 * (int64_t)in->server->report_interval_s * 1000,
	};
}

enum pl_result pl_project(struct pl_projection *in, const struct pl_record *record,
			  int64_t *ret_device_no, struct pl_error *err)
{
	int64_t device_no = 0;
	enum pl_result r = PL_OK;
	size_t i = 0;

	while (i < KIND_COUNT && strcmp(KINDS[i].kind, record->kind) != 0)
		i++;
	if (i == KIND_COUNT || (KINDS[i].about_printer && !record->printer_key))
		return PL_OK;
	if (KINDS[i].moves)
		r = pl_project_settle(in, err);
	if (r == PL_OK)
		r = KINDS[i].project(in, record, &device_no, err);
	if (r == PL_OK && KINDS[i].history)
		*ret_device_no = device_no;
	return r;
}

void pl_project_note(struct pl_projection *in, const char *type, const char *id,
		     const char *printer_id, const char *site_id, const char *state)
{
	size_t first = in->news_count > LOOK_BACK ? in->news_count - LOOK_BACK : 0;
	struct pl_news *n;

	for (size_t i = in->news_count; i > first; i--) {
		n = &in->news[i - 1];
		if (!strcmp(n->type, type) && !strcmp(n->id, id)) {
			snprintf(n->state, sizeof n->state, "%s", state ? state : "");
			return;
		}
	}
	if (in->news_count == PL_MAX_NEWS)
		return;
	if (in->news_count == in->news_cap) {
		size_t cap = in->news_cap ? 2 * in->news_cap : 64;
		struct pl_news *grown = realloc(in->news, cap * sizeof *grown);

		if (!grown)
			return; /* told late is better than not applied */
		in->news = grown;
		in->news_cap = cap;
	}
	n = &in->news[in->news_count++];
	n->agent = in->agent;
	n->type = type;
	snprintf(n->id, sizeof n->id, "%s", id);
	snprintf(n->printer_id, sizeof n->printer_id, "%s", printer_id ? printer_id : "");
	snprintf(n->site_id, sizeof n->site_id, "%s", site_id ? site_id : "");
	snprintf(n->state, sizeof n->state, "%s", state ? state : "");
}

void pl_project_tell(const struct pl_projection *in)
{
	for (size_t i = 0; i < in->news_count; i++) {
		const struct pl_news *n = &in->news[i];

		pl_events_post(in->server->events, n->agent->customer_id, n->site_id, n->type,
			       n->id, *n->printer_id ? n->printer_id : NULL, n->agent->id,
			       *n->state ? n->state : NULL);
	}
}
