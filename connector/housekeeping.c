/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The turns of housekeeping, one transaction each.
 */
#include "housekeeping.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "action_store.h"
#include "api.h"
#include "ews.h"
#include "options.h"
#include "place.h"
#include "platen/clock.h"
#include "platen/log.h"
#include "retention.h"
#include "rollout.h"

#define RENEW_DAYS 30
#define CLEAR_MS   3600000 /* between two looks for rows that are too old */
#define MAX_SEEN   500	   /* last-seen times in one transaction */

struct turn {
	struct pl_server *server;
	struct {
		int64_t no, ms;
		uint64_t command_key;
	} seen[MAX_SEEN];
	int seen_count;
	struct {
		char id[PL_MAX_ID], customer_id[PL_MAX_ID];
		int64_t agent_no;
		struct pl_action_place place;
	} expired[200];
	int expired_count;
};

static bool note_seen(void *arg, const struct pl_roster_agent *agent, int64_t seen_ms)
{
	struct turn *t = arg;

	if (t->seen_count == MAX_SEEN)
		return false;
	t->seen[t->seen_count].no = agent->no;
	t->seen[t->seen_count].command_key = agent->command_key;
	t->seen[t->seen_count++].ms = seen_ms;
	return true;
}

static void note_expired(void *arg, const char *id, const char *customer_id, int64_t agent_no,
			 const struct pl_action_place *place)
{
	struct turn *t = arg;

	if (t->expired_count == (int)(sizeof t->expired / sizeof t->expired[0]))
		return;
	snprintf(t->expired[t->expired_count].id, PL_MAX_ID, "%s", id);
	snprintf(t->expired[t->expired_count].customer_id, PL_MAX_ID, "%s", customer_id);
	t->expired[t->expired_count].agent_no = agent_no;
	t->expired[t->expired_count++].place = *place;
}

static enum pl_result write_seen(struct pl_db *db, int64_t no, int64_t ms, uint64_t command_key,
				 struct pl_error *err)
{
	char key[PL_KEY_ID_TEXT];

	snprintf(key, sizeof key, "%016" PRIx64, command_key);
	return pl_db_run(
		db,
		"UPDATE agents SET last_seen_at=?2, command_key=coalesce(?3, command_key)"
		" WHERE no=?1 AND (last_seen_at IS NULL OR last_seen_at < ?2)",
		PL_ARGS(pl_db_int(no), pl_db_int(ms), command_key ? pl_db_text(key) : pl_db_null()),
		err);
}

static enum pl_result write_turn(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct turn *t = arg;
	int64_t now = pl_clock_wall_ms();
	enum pl_result r = PL_OK;

	t->expired_count = 0;
	for (int i = 0; i < t->seen_count && r == PL_OK; i++)
		r = write_seen(db, t->seen[i].no, t->seen[i].ms, t->seen[i].command_key, err);
	if (r == PL_OK)
		r = pl_action_expire(db, now, note_expired, t, err);
	if (r == PL_OK)
		r = pl_db_run(db, "DELETE FROM api_tokens WHERE kind='session' AND expires_at < ?1",
			      PL_ARGS(pl_db_int(now)), err);
	return r;
}

/* Once an hour, and again at once while there is more to remove. */
static void clear_old(struct pl_server *server)
{
	static int64_t next_ms;
	struct pl_retention t = { .now_ms = pl_clock_wall_ms() };
	struct pl_error err = { 0 };

	if (pl_clock_now_ms() < next_ms)
		return;
	next_ms = pl_clock_in_ms(CLEAR_MS);
	t.records_days = pl_setting_number(server->settings, PL_SETTING_KEEP_RECORDS);
	t.parts_days = pl_setting_number(server->settings, PL_SETTING_KEEP_PARTS);
	t.alerts_days = pl_setting_number(server->settings, PL_SETTING_KEEP_ALERTS);
	t.actions_days = pl_setting_number(server->settings, PL_SETTING_KEEP_ACTIONS);
	t.bundles_days = pl_setting_number(server->settings, PL_SETTING_KEEP_BUNDLES);
	if (t.bundles_days > t.actions_days)
		t.bundles_days = t.actions_days; /* whose action is gone, nobody finds any more */
	if (pl_store_write(server->store, pl_retention_run, &t, &err) != PL_OK)
		log_warn(NULL, "old rows were not removed reason=\"%s\"", err.text);
	else if (t.removed >= PL_RETENTION_STEP)
		next_ms = 0;
}

/* An idle server writes nothing. */
static bool is_due(struct pl_db *reader)
{
	int64_t due = 0;

	return pl_db_number(reader, &due,
			    "SELECT (SELECT count(*) FROM actions WHERE state='queued' AND "
			    "not_after < ?1)"
			    " + (SELECT count(*) FROM api_tokens WHERE kind='session' AND "
			    "expires_at < ?1)",
			    PL_ARGS(pl_db_int(pl_clock_wall_ms())), NULL) != PL_OK ||
	       due > 0;
}

/* `key rotate` is another process: every PC that waits is told of the new key. */
static void look_at_command_key(struct pl_server *server, struct pl_db *reader)
{
	struct pl_error err = { 0 };
	struct pl_signer_key key;

	if (pl_signer_refresh(server->identity.signer, reader, server->ring, &err) != PL_OK)
		log_warn(NULL, "the command key was not read again reason=\"%s\"", err.text);
	pl_signer_public(server->identity.signer, &key);
	if (server->command_key == pl_key_number(key.id))
		return;
	server->command_key = pl_key_number(key.id);
	log_info(NULL, "the command key was rotated id=%s", key.id);
	pl_roster_wake_all(server->roster, NULL);
}

void pl_housekeeping(struct pl_server *server, struct pl_db *reader)
{
	static struct turn turn; /* 100 KB: not for the stack */
	struct pl_error err = { 0 };
	int cut;

	pl_ews_tick(server->ews);
	look_at_command_key(server, reader);
	turn.server = server;
	cut = pl_web_cut(server->sda) + pl_web_cut(server->api);
	if (cut > 0)
		log_info(NULL, "slow connections were ended count=%d", cut);
	pl_api_review_streams(server, reader); /* `user remove` is another process */
	turn.seen_count = turn.expired_count = 0;
	pl_roster_unsaved(server->roster, note_seen, &turn);
	if ((turn.seen_count > 0 || is_due(reader)) &&
	    pl_store_write(server->store, write_turn, &turn, &err) != PL_OK) {
		log_warn(NULL, "housekeeping failed reason=\"%s\"", err.text);
		return;
	}
	if (pl_rollout_is_due(reader))
		pl_rollout_turn(server);
	clear_old(server);
	for (int i = 0; i < turn.expired_count; i++) {
		const struct pl_action_place *place = &turn.expired[i].place;
		const struct pl_roster_agent *agent =
			pl_roster_find_no(server->roster, turn.expired[i].agent_no);

		pl_events_post(server->events, turn.expired[i].customer_id, place->site_id,
			       "action.changed", turn.expired[i].id,
			       *place->device_id ? place->device_id : NULL,
			       agent ? agent->id : NULL, "expired");
	}
}

static int64_t certificate_end_ms(const char *pem)
{
	gnutls_datum_t text = { (unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem) };
	gnutls_x509_crt_t crt = NULL;
	int64_t end = 0;

	if (gnutls_x509_crt_init(&crt) >= 0 &&
	    gnutls_x509_crt_import(crt, &text, GNUTLS_X509_FMT_PEM) >= 0)
		end = (int64_t)gnutls_x509_crt_get_expiration_time(crt) * 1000;
	gnutls_x509_crt_deinit(crt);
	return end;
}

enum pl_result pl_housekeeping_certificate(struct pl_db *db, struct pl_keyring *ring,
					   struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_words names = { 0 };
	char text[4096];
	int64_t end_ms;
	enum pl_result r;

	r = pl_db_one(db, &rows, "SELECT certificate FROM keys WHERE name='server'", PL_NO_ARGS,
		      err);
	if (r == PL_E_NOT_FOUND)
		return pl_error_set(err, r, "the store has no server key; was init run?");
	if (r != PL_OK)
		return r;
	end_ms = certificate_end_ms(pl_db_text_at(rows, 0));
	pl_db_done(rows);
	if (end_ms > pl_clock_wall_ms() + (int64_t)RENEW_DAYS * 86400 * 1000)
		return PL_OK;
	r = pl_place_setting(db, "names", text, sizeof text, err);
	if (r != PL_OK)
		return r;
	for (char *name = text; *name && names.count < PL_MAX_WORDS;) {
		char *end = name + strcspn(name, ",");

		names.at[names.count++] = name;
		name = *end ? end + 1 : end;
		*end = '\0';
	}
	log_info(NULL, "the server's certificate is made anew names=%zu", names.count);
	return pl_identity_make_server(db, ring, names.at, names.count, err);
}
