/* SPDX-License-Identifier: Apache-2.0 */
#include "a_connector.h"

#include <stdio.h>

#include "customers.h"
#include "migrations.h"
#include "platen/clock.h"
#include "projector.h"
#include "scratch.h"
#include "unit.h"

static const char *const NAMES[] = { "localhost", "127.0.0.1" };

static void make(struct a_connector *c)
{
	struct pl_error err = { 0 };

	assert_result(pl_store_connect(c->where, true, false, &c->db, &err), PL_OK);
	assert_result(pl_migrate(c->db, &err), PL_OK);
	assert_result(c->db->ops->script(c->db, "BEGIN", &err), PL_OK);
	assert_result(pl_identity_make(c->db, c->server.ring, NAMES, 2, &err), PL_OK);
	assert_result(pl_customer_create(c->db, c->server.ring, "A customer", "A site",
					 c->customer_id, c->site_id, &err),
		      PL_OK);
	assert_result(c->db->ops->script(c->db, "COMMIT", &err), PL_OK);
}

void a_connector_open(struct a_connector *c, const char *name)
{
	char path[512], file[64];
	struct pl_error err = { 0 };

	memset(c, 0, sizeof *c);
	snprintf(file, sizeof file, "%s.key", name);
	scratch_path(file, path, sizeof path);
	assert_result(pl_keyring_open(path, true, &c->server.ring, &err), PL_OK);
	snprintf(file, sizeof file, "%s.db", name);
	scratch_path(file, path, sizeof path);
	snprintf(c->where, sizeof c->where, "sqlite:%s", path);
	make(c);
	assert_result(pl_identity_load(c->db, c->server.ring, &c->server.identity, &err), PL_OK);
	assert_result(pl_store_open(c->where, &c->server.store, &err), PL_OK);
	assert_result(pl_park_open(EPOLLRDHUP, &c->server.park, &err), PL_OK);
	assert_result(pl_roster_open(c->db, c->server.park, &c->server.roster, &err), PL_OK);
	assert_result(pl_events_open(c->server.park, &c->server.events, &err), PL_OK);
	assert_result(pl_projector_open(&c->server, c->db, &c->server.projector, &err), PL_OK);
	c->server.report_interval_s = 60;
}

void a_connector_close(struct a_connector *c)
{
	pl_park_stop(c->server.park);
	pl_store_stop(c->server.store);
	pl_events_close(c->server.events);
	pl_roster_close(c->server.roster);
	pl_park_close(c->server.park);
	pl_projector_close(c->server.projector);
	pl_store_close(c->server.store);
	pl_identity_finish(&c->server.identity);
	pl_db_close(c->db);
	pl_keyring_close(c->server.ring);
}

struct pl_roster_agent *a_connector_agent(struct a_connector *c, const char *id)
{
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	struct pl_roster_agent *agent;
	int64_t no;

	assert_result(
		pl_db_one(
			c->db, &rows,
			"INSERT INTO agents (id, customer_id, site_id, state, enrolled_at,"
			" key_fingerprint, certificate_until) VALUES (?1,?2,?3,'active',0,?1,0)"
			" RETURNING no",
			PL_ARGS(pl_db_text(id), pl_db_text(c->customer_id), pl_db_text(c->site_id)),
			&err),
		PL_OK);
	no = pl_db_int_at(rows, 0);
	pl_db_done(rows);
	assert_result(pl_roster_add(c->server.roster, no, id, c->customer_id, c->site_id), PL_OK);
	agent = pl_roster_find(c->server.roster, id);
	assert_non_null(agent);
	agent->seen_ms = pl_clock_wall_ms();
	return agent;
}

int64_t a_connector_number(struct a_connector *c, const char *sql)
{
	struct pl_error err = { 0 };
	int64_t n = 0;

	if (pl_db_number(c->db, &n, sql, PL_NO_ARGS, &err) != PL_OK)
		fail_msg("%s: %s", sql, err.text);
	return n;
}
