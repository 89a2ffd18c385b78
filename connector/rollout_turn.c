/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A turn of the roll-outs, in one transaction: ends are counted, then failures may stop it, then
 * the next ring may open, then printers of the open rings begin, a few at a time.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "action_kinds.h"
#include "action_store.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"
#include "rollout.h"

#define AT_ONCE	    50 /* printers of one roll-out that are on their way */
#define MAX_BEGUN   64 /* in one turn, all together */
#define MAX_RUNNING 32 /* roll-outs looked at in one turn */
#define LIFE_MS	    (12 * 3600 * 1000LL)
#define MAX_WIRE    (16 * 1024)
#define DAY_MINUTES 1440
#define MINUTE_MS   60000LL

struct one {
	int64_t no;
	char customer_id[PL_MAX_ID], sha256[PL_HASH_TEXT], version[PL_MAX_PACKAGE_VERSION];
	char created_by[128], time_zone[PL_MAX_TIME_ZONE];
	bool force;
	int64_t ring, ring_count, stop_percent;
	int window_from, window_to; /* -1: any time */
};

struct turn {
	struct pl_server *server;
	int64_t now_ms;
	struct one running[MAX_RUNNING];
	int running_count;
	struct {
		char id[PL_MAX_ID], customer_id[PL_MAX_ID], site_id[PL_MAX_ID];
		char device_id[PL_MAX_ID], agent_id[PL_MAX_ID];
	} begun[MAX_BEGUN];
	int begun_count;
};

static enum pl_result count(struct pl_db *db, const struct one *o, const char *states,
			    int64_t *ret_count, struct pl_error *err)
{
	return pl_db_number(db, ret_count,
			    "SELECT count(*) FROM rollout_printers WHERE rollout_no=?1 AND ring<=?2"
			    " AND (?3 = '' OR ?3 LIKE '%' || state || '%')",
			    PL_ARGS(pl_db_int(o->no), pl_db_int(o->ring), pl_db_text(states)), err);
}

/* Whose action has ended has ended. One that its PC did not fetch in time waits for the next. */
static enum pl_result settle(struct pl_db *db, struct pl_error *err)
{
	static const char *const STEPS[] = {
		"UPDATE rollout_printers SET state='waiting', action_id=NULL WHERE state='started'"
		" AND action_id IN (SELECT id FROM actions WHERE state='expired')"
		" AND rollout_no IN (SELECT no FROM rollouts WHERE state<>'cancelled')",
		"UPDATE rollout_printers SET state='done' WHERE state='started'"
		" AND action_id IN (SELECT id FROM actions WHERE state='done')",
		"UPDATE rollout_printers SET state='cancelled' WHERE state='started'"
		" AND action_id IN (SELECT id FROM actions WHERE state IN ('cancelled','expired'))",
		"UPDATE rollout_printers SET state='failed', reason=(SELECT message FROM actions"
		" WHERE id=action_id) WHERE state='started' AND action_id IN (SELECT id FROM "
		"actions"
		" WHERE state IN ('failed','rejected','interrupted'))",
	};
	enum pl_result r = PL_OK;

	for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0] && r == PL_OK; i++)
		r = pl_db_run(db, STEPS[i], PL_NO_ARGS, err);
	return r;
}

static void read_one(struct pl_db_rows *rows, struct one *o)
{
	cJSON *rings = cJSON_Parse(pl_db_text_at(rows, 4));

	*o = (struct one){ .no = pl_db_int_at(rows, 0) };
	pl_db_copy_at(rows, 1, o->customer_id, sizeof o->customer_id);
	pl_db_copy_at(rows, 2, o->sha256, sizeof o->sha256);
	o->force = pl_db_int_at(rows, 3) != 0;
	o->ring_count = cJSON_GetArraySize(rings);
	o->ring = pl_db_int_at(rows, 5);
	o->stop_percent = pl_db_int_at(rows, 6);
	o->window_from = pl_db_null_at(rows, 7) ? -1 : (int)pl_db_int_at(rows, 7);
	o->window_to = (int)pl_db_int_at(rows, 8);
	pl_db_copy_at(rows, 9, o->time_zone, sizeof o->time_zone);
	pl_db_copy_at(rows, 10, o->created_by, sizeof o->created_by);
	pl_db_copy_at(rows, 11, o->version, sizeof o->version);
	cJSON_Delete(rings);
}

static enum pl_result find_running(struct pl_db *db, struct turn *t, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(db, &rows,
			"SELECT o.no, o.customer_id, o.sha256, o.forced, o.rings, o.ring,"
			" o.stop_percent, o.window_from, o.window_to, o.time_zone, o.created_by,"
			" o.version FROM rollouts o JOIN customers c ON c.id=o.customer_id AND"
			" c.active=1 WHERE o.state='running' ORDER BY o.no LIMIT 32",
			PL_NO_ARGS, err);
	while (r == PL_OK && t->running_count < MAX_RUNNING && (r = pl_db_next(rows, err)) == PL_OK)
		read_one(rows, &t->running[t->running_count++]);
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static enum pl_result end(struct pl_db *db, const struct one *o, const char *state,
			  const char *reason, int64_t ended_ms, struct pl_error *err)
{
	return pl_db_run(db, "UPDATE rollouts SET state=?2, reason=?3, ended_at=?4 WHERE no=?1",
			 PL_ARGS(pl_db_int(o->no), pl_db_text(state), pl_db_text(reason),
				 ended_ms ? pl_db_int(ended_ms) : pl_db_null()),
			 err);
}

/* More failures than its makers allow stop it. */
static enum pl_result stop_if_bad(struct pl_db *db, const struct one *o, bool *ret_stopped,
				  struct pl_error *err)
{
	int64_t all = 0, failed = 0;
	char reason[128];
	enum pl_result r = count(db, o, "", &all, err);

	*ret_stopped = false;
	if (r == PL_OK)
		r = count(db, o, "failed", &failed, err);
	if (r != PL_OK || failed * 100 <= all * o->stop_percent)
		return r;
	snprintf(reason, sizeof reason, "%lld of the %lld printers of the open rings failed",
		 (long long)failed, (long long)all);
	*ret_stopped = true;
	return end(db, o, "stopped", reason, 0, err);
}

/* The next ring opens when nobody of the open ones is on his way or could be, and one at least has
 * ended. Printers that are away are taken when they are back. */
static enum pl_result open_ring(struct pl_db *db, struct one *o, int64_t now_ms, bool *ret_done,
				struct pl_error *err)
{
	int64_t under_way = 0, waiting = 0, ready = 0, ended = 0;
	enum pl_result r = count(db, o, "started", &under_way, err);

	*ret_done = false;
	if (r == PL_OK)
		r = count(db, o, "waiting", &waiting, err);
	if (r == PL_OK)
		r = count(db, o, "done failed passed_over skipped", &ended, err);
	if (r == PL_OK)
		r = pl_db_number(db, &ready,
				 "SELECT count(*) FROM rollout_printers p JOIN devices d ON"
				 " d.no=p.device_no JOIN agents a ON a.no=d.agent_no AND"
				 " a.state='active' WHERE p.rollout_no=?1 AND p.ring<=?2 AND"
				 " p.state='waiting' AND d.attached=1",
				 PL_ARGS(pl_db_int(o->no), pl_db_int(o->ring)), err);
	if (r != PL_OK || under_way + ready > 0)
		return r;
	if (o->ring + 1 < o->ring_count && (ended > 0 || waiting == 0)) {
		o->ring++;
		return pl_db_run(db, "UPDATE rollouts SET ring=?2 WHERE no=?1",
				 PL_ARGS(pl_db_int(o->no), pl_db_int(o->ring)), err);
	}
	*ret_done = o->ring + 1 == o->ring_count && waiting == 0;
	return *ret_done ? end(db, o, "done", NULL, now_ms, err) : PL_OK;
}

/* 0: not now; else until when what begins now may begin. */
static int64_t window_end_ms(const struct one *o, int64_t now_ms)
{
	struct pl_error err;
	int minute = 0, left;

	if (o->window_from < 0)
		return now_ms + LIFE_MS;
	if (pl_time_zone_minute(o->time_zone, now_ms, &minute, &err) != PL_OK) {
		log_warn(NULL, "a roll-out waits: %s", err.text);
		return 0;
	}
	left = (o->window_to - minute + DAY_MINUTES) % DAY_MINUTES;
	if (left > (o->window_to - o->window_from + DAY_MINUTES) % DAY_MINUTES)
		return 0;
	return left > 0 ? now_ms + left * MINUTE_MS : 0;
}

/* A printer that may begin now. */
struct candidate {
	int64_t device_no, agent_no;
	char device_id[PL_MAX_ID], agent_id[PL_MAX_ID], site_id[PL_MAX_ID];
	char key[PL_MAX_ID * 2], why[160];
	bool has_it;
};

static enum pl_result read_candidate(const struct turn *t, struct pl_db *db, const struct one *o,
				     struct pl_db_rows *rows, struct candidate *c,
				     struct pl_error *err)
{
	const struct pl_action_facts facts = { .hello = pl_db_text_at(rows, 5),
					       .printer = true,
					       .attached = true };
	cJSON *can = pl_action_capabilities(&facts);
	const char *why = pl_json_text(can, "actions.firmware.reason");
	struct pl_bytes key;
	enum pl_result r;

	*c = (struct candidate){ .device_no = pl_db_int_at(rows, 0),
				 .agent_no = pl_db_int_at(rows, 2) };
	pl_db_copy_at(rows, 1, c->device_id, sizeof c->device_id);
	pl_db_copy_at(rows, 3, c->agent_id, sizeof c->agent_id);
	pl_db_copy_at(rows, 4, c->site_id, sizeof c->site_id);
	snprintf(c->why, sizeof c->why, "%s", why ? why : "");
	cJSON_Delete(can);
	c->has_it = !pl_db_null_at(rows, 7) && !strcmp(pl_db_text_at(rows, 7), o->version);
	pl_bytes_init(&key, sizeof c->key - 1);
	r = pl_keyring_unwrap(t->server->ring, db, o->customer_id, "printer_key",
			      pl_db_blob_at(rows, 6), &key, err);
	if (r == PL_OK)
		snprintf(c->key, sizeof c->key, "%s", (const char *)key.at);
	pl_bytes_finish(&key);
	return r;
}

static enum pl_result find_candidates(const struct turn *t, struct pl_db *db, const struct one *o,
				      struct candidate *list, int max, int *ret_count,
				      struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	*ret_count = 0;
	r = pl_db_query(
		db, &rows,
		"SELECT d.no, d.id, a.no, a.id, d.site_id, a.hello, k.key_sealed, d.firmware"
		" FROM rollout_printers p JOIN devices d ON d.no=p.device_no AND"
		" d.merged_into IS NULL AND d.attached=1 JOIN agents a ON a.no=d.agent_no"
		" AND a.state='active' JOIN device_keys k ON k.agent_no=d.agent_no AND"
		" k.key_index=d.key_index WHERE p.rollout_no=?1 AND p.ring<=?2 AND"
		" p.state='waiting' AND d.customer_id=?3 ORDER BY p.ring, d.no LIMIT 64",
		PL_ARGS(pl_db_int(o->no), pl_db_int(o->ring), pl_db_text(o->customer_id)), err);
	while (r == PL_OK && *ret_count < max && (r = pl_db_next(rows, err)) == PL_OK) {
		r = read_candidate(t, db, o, rows, &list[*ret_count], err);
		*ret_count += r == PL_OK;
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static enum pl_result mark(struct pl_db *db, const struct one *o, const struct candidate *c,
			   const char *state, const char *action_id, const char *reason,
			   struct pl_error *err)
{
	return pl_db_run(db,
			 "UPDATE rollout_printers SET state=?3, action_id=?4, reason=?5 WHERE"
			 " rollout_no=?1 AND device_no=?2",
			 PL_ARGS(pl_db_int(o->no), pl_db_int(c->device_no), pl_db_text(state),
				 pl_db_text(action_id), pl_db_text(reason)),
			 err);
}

static enum pl_result begin(struct turn *t, struct pl_db *db, const struct one *o,
			    const struct candidate *c, const char *wire, int64_t until_ms,
			    struct pl_error *err)
{
	char parameters[128];
	struct pl_action_order a = { .identity = &t->server->identity,
				     .ring = t->server->ring,
				     .customer_id = o->customer_id,
				     .site_id = c->site_id,
				     .agent_id = c->agent_id,
				     .agent_no = c->agent_no,
				     .device_no = c->device_no,
				     .device_id = c->device_id,
				     .printer_key = c->key,
				     .type = "firmware",
				     .parameters = parameters,
				     .wire_parameters = wire,
				     .package = o->sha256,
				     .created_by = o->created_by,
				     .now_ms = t->now_ms,
				     .not_after_ms = until_ms };
	enum pl_result r;

	snprintf(parameters, sizeof parameters, "{\"package\":\"%s\",\"force\":%s}", o->sha256,
		 o->force ? "true" : "false");
	r = pl_action_create(db, &a, err);
	if (r == PL_OK)
		r = mark(db, o, c, "started", a.id, NULL, err);
	if (r != PL_OK)
		return r;
	snprintf(t->begun[t->begun_count].id, PL_MAX_ID, "%s", a.id);
	snprintf(t->begun[t->begun_count].customer_id, PL_MAX_ID, "%s", o->customer_id);
	snprintf(t->begun[t->begun_count].site_id, PL_MAX_ID, "%s", c->site_id);
	snprintf(t->begun[t->begun_count].device_id, PL_MAX_ID, "%s", c->device_id);
	snprintf(t->begun[t->begun_count++].agent_id, PL_MAX_ID, "%s", c->agent_id);
	return PL_OK;
}

static enum pl_result begin_some(struct turn *t, struct pl_db *db, const struct one *o,
				 struct pl_error *err)
{
	static struct candidate list[MAX_BEGUN]; /* the store's thread alone comes here */
	int64_t until_ms = window_end_ms(o, t->now_ms), under_way = 0;
	int n = 0, max = MAX_BEGUN - t->begun_count;
	struct pl_bytes wire;
	enum pl_result r;

	if (until_ms == 0)
		return PL_OK;
	r = count(db, o, "started", &under_way, err);
	if (max > AT_ONCE - under_way)
		max = AT_ONCE - (int)under_way;
	if (r == PL_OK && max > 0)
		r = find_candidates(t, db, o, list, max, &n, err);
	pl_bytes_init(&wire, MAX_WIRE);
	if (r == PL_OK && n > 0)
		r = pl_package_parameters(db, o->sha256, o->force, &wire, err);
	for (int i = 0; i < n && r == PL_OK; i++) {
		if (list[i].has_it)
			r = mark(db, o, &list[i], "skipped", NULL, "It has this version already",
				 err);
		else if (list[i].why[0])
			r = mark(db, o, &list[i], "skipped", NULL, list[i].why, err);
		else
			r = begin(t, db, o, &list[i], (const char *)wire.at, until_ms, err);
	}
	pl_bytes_finish(&wire);
	return r;
}

static enum pl_result turn_one(struct turn *t, struct pl_db *db, struct one *o,
			       struct pl_error *err)
{
	bool over = false;
	enum pl_result r = stop_if_bad(db, o, &over, err);

	if (r == PL_OK && !over)
		r = open_ring(db, o, t->now_ms, &over, err);
	return r == PL_OK && !over ? begin_some(t, db, o, err) : r;
}

static enum pl_result run(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct turn *t = arg;
	enum pl_result r;

	t->running_count = t->begun_count = 0;
	t->now_ms = pl_clock_wall_ms();
	r = settle(db, err);
	if (r == PL_OK)
		r = find_running(db, t, err);
	for (int i = 0; i < t->running_count && r == PL_OK; i++)
		r = turn_one(t, db, &t->running[i], err);
	return r;
}

bool pl_rollout_is_due(struct pl_db *reader)
{
	int64_t due = 0;

	return pl_db_number(reader, &due,
			    "SELECT (SELECT count(*) FROM rollouts WHERE state='running')"
			    " + (SELECT count(*) FROM rollout_printers WHERE state='started')",
			    PL_NO_ARGS, NULL) == PL_OK &&
	       due > 0;
}

void pl_rollout_turn(struct pl_server *server)
{
	static struct turn t; /* 40 KB: not for the stack */
	struct pl_error err = { 0 };

	t.server = server;
	if (pl_store_write(server->store, run, &t, &err) != PL_OK) {
		log_warn(NULL, "the roll-outs wait reason=\"%s\"", err.text);
		return;
	}
	for (int i = 0; i < t.begun_count; i++) {
		struct pl_roster_agent *agent = pl_roster_find(server->roster, t.begun[i].agent_id);

		if (agent)
			pl_roster_wake(server->roster, agent);
		pl_events_post(server->events, t.begun[i].customer_id, t.begun[i].site_id,
			       "action.changed", t.begun[i].id, t.begun[i].device_id,
			       t.begun[i].agent_id, "queued");
	}
}
