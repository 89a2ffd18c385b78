/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST /actions/{id}: how an action stands. The first one of these tells that the agent has it in
 * its journal: it is not handed out again.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action_store.h"
#include "ews.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"
#include "sda.h"

#define MAX_MESSAGE 256

struct progress {
	struct pl_action_step step;
	char message[MAX_MESSAGE];
	struct pl_action_place place;
};

/* Printable characters of the agent's sentence; the console shows them. */
static void copy_sentence(const char *text, char out[static MAX_MESSAGE])
{
	size_t n = 0;

	for (; *text && n + 1 < MAX_MESSAGE; text++)
		if ((unsigned char)*text >= ' ' && *text != 127)
			out[n++] = *text;
	while (n > 0 && (out[n - 1] & 0x80) && *text) /* do not end in half a character */
		n--;
	out[n] = '\0';
}

static bool read_step(struct pl_web_request *rq, struct progress *p)
{
	struct pl_error err = { 0 };
	const char *message;
	cJSON *doc = NULL;
	int64_t percent = -1;

	if (pl_json_parse(pl_bytes_span(&rq->body), &doc, &err) != PL_OK) {
		pl_web_error(rq, 400, "bad_json", "The body is not JSON: %s", err.text);
		return false;
	}
	p->step.state = pl_action_state_of(pl_json_text(doc, "state"));
	p->step.at_ms = pl_clock_wall_ms();
	p->step.percent = pl_json_int(doc, "percent", 0, 100, &percent) ? (int)percent : -1;
	message = pl_json_text(doc, "message");
	if (message) {
		copy_sentence(message, p->message);
		p->step.message = p->message;
	}
	cJSON_Delete(doc);
	if (p->step.state != PL_ACTION_QUEUED && p->step.state != PL_ACTION_STATE_COUNT)
		return true;
	pl_web_error(rq, 400, "bad_request",
		     "state must be delivered, running, done, failed, rejected, expired, cancelled "
		     "or interrupted");
	return false;
}

static enum pl_result run(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct pl_web_request *rq = arg;
	struct progress *p = rq->call;

	return pl_action_step(db, pl_sda_agent(rq)->no, rq->part[0], &p->step, &p->place, err);
}

static void answer(struct pl_web_request *rq, enum pl_result r, const struct pl_error *err)
{
	struct pl_server *server = pl_web_owner(rq);
	struct pl_roster_agent *agent = pl_sda_agent(rq);
	struct progress *p = rq->call;
	cJSON *doc;

	if (r == PL_E_NOT_FOUND) {
		pl_web_error(rq, 404, "unknown_action", "This is not an action of this PC");
		return;
	}
	if (r != PL_OK) {
		pl_sda_store_failed(rq, r, err);
		return;
	}
	pl_events_post(server->events, agent->customer_id, p->place.site_id, "action.changed",
		       rq->part[0], *p->place.device_id ? p->place.device_id : NULL, agent->id,
		       pl_action_state_name(p->place.state));
	if (pl_action_is_final(p->place.state))
		pl_ews_action_ended(server->ews, rq->part[0], p->step.message);
	else
		pl_ews_delivered(server->ews, rq->part[0]);
	doc = cJSON_CreateObject();
	cJSON_AddBoolToObject(doc, "cancel", p->place.cancel);
	pl_web_json(rq, 200, doc);
}

void pl_sda_action(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);
	struct progress *p = calloc(1, sizeof *p);

	if (!p) {
		pl_web_error(rq, 500, "internal", "The server is out of memory");
		return;
	}
	rq->call = p;
	rq->free_call = free;
	if (read_step(rq, p))
		pl_web_to_store(rq, server->store, run, answer);
}
