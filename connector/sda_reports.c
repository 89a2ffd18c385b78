/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST /reports: a batch of records. Small ones are read right here and wait for the store's next
 * commit; large or packed ones are read by a worker first.
 */
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "ingest.h"
#include "platen/clock.h"
#include "platen/log.h"
#include "sda.h"

#define SMALL_BODY     (16 * 1024)
#define PRESSED	       2000 /* jobs waiting for the store: ask agents to come back later */
#define PRESSED_FACTOR 4

static void end_ingest(void *call)
{
	pl_ingest_finish(call);
	free(call);
}

static bool prepare(struct pl_web_request *rq, struct pl_db *db)
{
	struct pl_ingest *in = rq->call;
	struct pl_error err = { 0 };
	enum pl_result r = pl_ingest_prepare(in, db, pl_bytes_span(&rq->body), &err);

	if (r == PL_E_PROTOCOL)
		pl_web_error(rq, 400, "bad_json", "The body is not JSON: %s", err.text);
	else if (r == PL_E_INVALID)
		pl_web_error(rq, 400, "bad_request", "%s", err.text);
	else if (r == PL_E_TOO_BIG)
		pl_web_error(rq, 413, "too_big", "The records are too long together");
	else if (r != PL_OK)
		pl_sda_store_failed(rq, r, &err);
	return r == PL_OK;
}

static enum pl_result run(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct pl_web_request *rq = arg;

	return pl_ingest_run(rq->call, db, err);
}

static void answer(struct pl_web_request *rq, enum pl_result r, const struct pl_error *err)
{
	struct pl_server *server = pl_web_owner(rq);
	struct pl_ingest *in = rq->call;
	struct pl_store_figures figures;
	char now[PL_MAX_TIME_TEXT];
	cJSON *doc;

	pl_ingest_stored(in, r);
	if (r != PL_OK) {
		pl_sda_store_failed(rq, r, err);
		return;
	}
	if (in->new_spool) {
		pl_web_error(rq, 409, "new_spool",
			     "This spool is older than what the connector has; start a new spool "
			     "and send again");
		return;
	}
	pl_store_figures(server->store, &figures);
	pl_clock_text(pl_clock_wall_ms(), now);
	doc = cJSON_CreateObject();
	cJSON_AddNumberToObject(doc, "ack", (double)in->ack);
	cJSON_AddNumberToObject(doc, "next_interval_s",
				server->report_interval_s *
					(figures.waiting > PRESSED ? PRESSED_FACTOR : 1));
	cJSON_AddStringToObject(doc, "server_time", now);
	pl_web_json(rq, 200, doc);
}

/* On a worker: unpacks, reads, and waits for the commit itself. */
static void take_large(struct pl_db *reader, void *arg)
{
	struct pl_web_request *rq = arg;
	struct pl_server *server = pl_web_owner(rq);
	struct pl_error err = { 0 };

	if (!pl_web_unzip(rq) || !prepare(rq, reader))
		return;
	answer(rq, server->discard_reports ? PL_OK : pl_store_write(server->store, run, rq, &err),
	       &err);
}

void pl_sda_reports(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);
	struct pl_ingest *in = calloc(1, sizeof *in);

	if (!in) {
		pl_web_error(rq, 500, "internal", "The server is out of memory");
		return;
	}
	in->server = server;
	in->agent = pl_sda_agent(rq);
	rq->call = in;
	rq->free_call = end_ingest;
	if (rq->body.size > SMALL_BODY || pl_web_header(rq, "Content-Encoding"))
		pl_web_to_pool(rq, server->pool, take_large);
	else if (prepare(rq, server->sda_db) && server->discard_reports)
		answer(rq, PL_OK, NULL);
	else if (rq->status == 0)
		pl_web_to_store(rq, server->store, run, answer);
}
