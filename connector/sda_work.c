/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /work: the long poll. A poll with nothing to tell is parked; it is woken by an action, by new
 * settings, by revocation, by the agent's next poll, by its own time, or by a hang-up.
 */
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handover.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/json.h"
#include "platen/log.h"
#include "sda.h"

#define MAX_WAIT_S  60
#define MAX_PAYLOAD (32 * 1024)

struct work {
	struct pl_web_request *rq;
	struct pl_server *server;
	struct pl_roster_agent *agent;
	int64_t by_ms;
	char config[64]; /* the ETag the agent runs with; "": not told */
	uint64_t key;	 /* the command key it trusts; 0: not told */
	bool key_news;	 /* it has not said so before */
	bool key_asked;	 /* what leads from that key to the present one was looked for */
	bool nothing;	 /* a worker looked and found nothing */
	bool waited;	 /* it has been parked once */
};

static void end_work(void *call)
{
	struct work *w = call;

	pl_roster_waited(w->server->roster, w->agent, w->rq);
	free(w);
}

/* True when the agent's settings are not the present ones; writes the present ETag. */
static bool is_behind(const struct work *w, char etag[static PL_ETAG_TEXT])
{
	pl_agent_configs_etag(w->server->configs, w->agent->customer_id, etag);
	return *w->config && strcmp(etag, w->config) != 0;
}

/* True when the agent does not trust the present command key yet. */
static bool lacks_key(const struct work *w)
{
	return w->key && w->key != pl_signer_number(w->server->identity.signer);
}

/* What leads from the key that the agent trusts to the present one. */
static enum pl_result add_keys(struct work *w, struct pl_db *db, cJSON *list, struct pl_error *err)
{
	enum pl_result r = PL_OK;

	if (lacks_key(w) || !w->key)
		r = pl_handover_list(db, w->agent->customer_id, w->key, list, err);
	w->key_asked = true;
	if (r == PL_OK && lacks_key(w) && w->key_news && cJSON_GetArraySize(list) == 0)
		log_warn(NULL,
			 "a PC trusts a command key that leads to none of this store; was a backup "
			 "restored from before a rotation? it must be enrolled anew agent=%s "
			 "key=%016" PRIx64,
			 w->agent->id, w->key);
	return r;
}

static enum pl_result add_action(const struct work *w, struct pl_db *db, struct pl_db_rows *rows,
				 cJSON *list, struct pl_error *err)
{
	struct pl_span signature = pl_db_blob_at(rows, 3);
	struct pl_bytes payload, text;
	cJSON *item = cJSON_CreateObject();
	enum pl_result r;

	pl_bytes_init(&payload, MAX_PAYLOAD);
	pl_bytes_init(&text, 2 * MAX_PAYLOAD);
	cJSON_AddStringToObject(item, "id", pl_db_text_at(rows, 0));
	cJSON_AddStringToObject(item, "key_id", pl_db_text_at(rows, 1));
	r = pl_keyring_unwrap(w->server->ring, db, w->agent->customer_id, "action",
			      pl_db_blob_at(rows, 2), &payload, err);
	if (r == PL_OK)
		r = pl_base64_write(PL_BASE64, payload.at, payload.size, &text);
	if (r == PL_OK) {
		cJSON_AddStringToObject(item, "payload", (const char *)text.at);
		pl_bytes_clear(&text);
		r = pl_base64_write(PL_BASE64, signature.at, signature.size, &text);
	}
	if (r == PL_OK) {
		cJSON_AddStringToObject(item, "signature", (const char *)text.at);
		cJSON_AddItemToArray(list, item);
	} else {
		cJSON_Delete(item);
	}
	pl_bytes_finish(&text);
	pl_bytes_finish(&payload);
	return r;
}

static enum pl_result add_queued(const struct work *w, struct pl_db *db, cJSON *list,
				 struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(
		db, &rows,
		"SELECT id, key_id, payload_sealed, signature FROM actions WHERE agent_no=?1"
		" AND customer_id=?2 AND state='queued' AND not_after > ?3 ORDER BY no LIMIT 50",
		PL_ARGS(pl_db_int(w->agent->no), pl_db_text(w->agent->customer_id),
			pl_db_int(pl_clock_wall_ms())),
		err);
	if (r != PL_OK)
		return r;
	while ((r = pl_db_next(rows, err)) == PL_OK) {
		r = add_action(w, db, rows, list, err);
		if (r != PL_OK)
			break;
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static enum pl_result add_cancelled(const struct work *w, struct pl_db *db, cJSON *list,
				    struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(db, &rows,
			"SELECT id FROM actions WHERE agent_no=?1 AND customer_id=?2"
			" AND cancel_at IS NOT NULL AND state IN ('delivered','running') ORDER BY "
			"no LIMIT 50",
			PL_ARGS(pl_db_int(w->agent->no), pl_db_text(w->agent->customer_id)), err);
	if (r != PL_OK)
		return r;
	while ((r = pl_db_next(rows, err)) == PL_OK)
		cJSON_AddItemToArray(list, cJSON_CreateString(pl_db_text_at(rows, 0)));
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

/* On a worker: what there is for the agent. */
static void fetch(struct pl_db *reader, void *arg)
{
	struct pl_web_request *rq = arg;
	struct work *w = rq->call;
	cJSON *doc = cJSON_CreateObject(), *actions = cJSON_AddArrayToObject(doc, "actions");
	cJSON *cancel = cJSON_CreateArray(), *keys = cJSON_CreateArray();
	char etag[PL_ETAG_TEXT], quoted[PL_ETAG_TEXT + 2];
	struct pl_error err = { 0 };
	enum pl_result r;
	bool behind;

	/* First the flag, then the look: what comes in between is seen twice, never missed. */
	w->agent->has_work = false;
	r = add_queued(w, reader, actions, &err);
	if (r == PL_OK)
		r = add_cancelled(w, reader, cancel, &err);
	if (r == PL_OK)
		r = add_keys(w, reader, keys, &err);
	behind = is_behind(w, etag);
	if (r != PL_OK) {
		w->agent->has_work = true;
		cJSON_Delete(keys);
		cJSON_Delete(cancel);
		cJSON_Delete(doc);
		pl_sda_store_failed(rq, r, &err);
		return;
	}
	if (cJSON_GetArraySize(actions) > 0)
		w->agent->has_work = true; /* until the agent has posted a state for each */
	if (behind) {
		snprintf(quoted, sizeof quoted, "\"%s\"", etag);
		cJSON_AddStringToObject(doc, "config_etag", quoted);
	}
	if (cJSON_GetArraySize(actions) + cJSON_GetArraySize(cancel) == 0 && !behind &&
	    (!w->key || cJSON_GetArraySize(keys) == 0)) {
		cJSON_Delete(keys);
		cJSON_Delete(cancel);
		cJSON_Delete(doc);
		w->nothing = true; /* the daemon's thread decides whether to wait on */
		return;
	}
	if (cJSON_GetArraySize(cancel) > 0)
		cJSON_AddItemToObject(doc, "cancel", cancel);
	else
		cJSON_Delete(cancel);
	if (cJSON_GetArraySize(keys) > 0)
		cJSON_AddItemToObject(doc, "command_keys", keys);
	else
		cJSON_Delete(keys);
	pl_web_json(rq, 200, doc);
}

static void answer_or_wait(struct pl_web_request *rq);

static void fetched(struct pl_web_request *rq)
{
	struct work *w = rq->call;

	if (!rq->status && w->nothing)
		answer_or_wait(rq);
}

/* On the daemon's thread, at the beginning and whenever something has happened. */
static void answer_or_wait(struct pl_web_request *rq)
{
	struct work *w = rq->call;
	char etag[PL_ETAG_TEXT];

	pl_roster_waited(w->server->roster, w->agent, rq);
	if (w->agent->revoked) {
		pl_web_error(rq, 403, "agent_revoked",
			     "An administrator removed this PC; enrol it anew with a new token");
		return;
	}
	if (w->agent->has_work || is_behind(w, etag) || (lacks_key(w) && !w->key_asked)) {
		w->nothing = false;
		rq->resumed = fetched;
		pl_web_to_pool(rq, w->server->pool, fetch);
		return;
	}
	rq->resumed = answer_or_wait;
	if (!w->waited && pl_clock_left_ms(w->by_ms) > 0 &&
	    pl_roster_wait(w->server->roster, w->agent, rq, w->by_ms)) {
		w->waited = true; /* whatever wakes it, it does not wait again */
		return;
	}
	rq->resumed = NULL;
	pl_web_empty(rq, 204);
}

void pl_sda_work(struct pl_web_request *rq)
{
	const char *wait = pl_web_query(rq, "wait"), *config = pl_web_query(rq, "config");
	const char *key = pl_web_query(rq, "key");
	struct work *w = calloc(1, sizeof *w);
	char *end = NULL;
	long seconds = wait ? strtol(wait, &end, 10) : 0;

	if (!w) {
		pl_web_error(rq, 500, "internal", "The server is out of memory");
		return;
	}
	w->rq = rq;
	w->server = pl_web_owner(rq);
	w->agent = pl_sda_agent(rq);
	rq->call = w;
	rq->free_call = end_work;
	if (wait && (end == wait || *end || seconds < 0 || seconds > MAX_WAIT_S)) {
		pl_web_error(rq, 400, "bad_request", "wait must be a number from 0 to %d",
			     MAX_WAIT_S);
		return;
	}
	if (key && !pl_key_number(key)) {
		pl_web_error(rq, 400, "bad_request", "key must be a command key's id");
		return;
	}
	w->key = pl_key_number(key);
	w->key_news = key && atomic_exchange(&w->agent->command_key, w->key) != w->key;
	if (config)
		snprintf(w->config, sizeof w->config, "%s", config);
	w->by_ms = pl_clock_in_ms(seconds * 1000);
	answer_or_wait(rq);
}
