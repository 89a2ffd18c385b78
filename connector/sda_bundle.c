/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST /actions/{id}/bundle: what a diagnostics or agent_log action brought back. Once more the
 * same one is answered as the first time, so that an agent whose answer was cut may send it again.
 */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "bundles.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/hash.h"
#include "platen/json.h"
#include "sda.h"

struct upload {
	char sha256[PL_HASH_TEXT];
};

static enum pl_result store(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct pl_web_request *rq = arg;
	struct pl_server *server = pl_web_owner(rq);
	const struct upload *u = rq->call;
	struct pl_bundle_put put = { .ring = server->ring,
				     .agent_no = pl_sda_agent(rq)->no,
				     .action_id = rq->part[0],
				     .sha256 = u->sha256,
				     .zip = pl_bytes_span(&rq->body),
				     .now_ms = pl_clock_wall_ms() };

	return pl_bundle_store(db, &put, err);
}

static void answer(struct pl_web_request *rq, enum pl_result r, const struct pl_error *err)
{
	const struct upload *u = rq->call;
	cJSON *doc;

	if (r == PL_E_NOT_FOUND) {
		pl_web_error(rq, 404, "unknown_action",
			     "This is not an action of this PC that brings a bundle");
	} else if (r == PL_E_REFUSED) {
		pl_web_error(rq, 409, "bundle_refused", "%s", err->text);
	} else if (r != PL_OK) {
		pl_sda_store_failed(rq, r, err);
	} else {
		doc = cJSON_CreateObject();
		pl_json_add_int(doc, "stored_bytes", (int64_t)rq->body.size);
		cJSON_AddStringToObject(doc, "sha256", u->sha256);
		pl_web_json(rq, 200, doc);
	}
}

static void to_store(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);

	pl_web_to_store(rq, server->store, store, answer);
}

/* On a worker: half a megabyte takes longer than the daemon's thread has. */
static void check_hash(struct pl_db *reader, void *arg)
{
	struct pl_web_request *rq = arg;
	struct upload *u = rq->call;
	const char *told = pl_web_header(rq, "X-Platen-SHA256");
	uint8_t digest[PL_HASH_SIZE];

	(void)reader;
	pl_sha256(rq->body.at, rq->body.size, digest);
	pl_hex_write(digest, sizeof digest, u->sha256);
	if (!told || strcmp(told, u->sha256) != 0)
		pl_web_error(rq, 400, "bad_request",
			     "X-Platen-SHA256 must be the SHA-256 of the body, in hex");
	else
		rq->resumed = to_store;
}

void pl_sda_bundle(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);
	const char *type = pl_web_header(rq, "Content-Type");
	struct upload *u;

	if (!type || strcmp(type, "application/zip") != 0 || rq->body.size == 0) {
		pl_web_error(rq, 400, "bad_request", "A bundle is sent as application/zip");
		return;
	}
	u = calloc(1, sizeof *u);
	if (!u) {
		pl_web_error(rq, 500, "internal", "The server is out of memory");
		return;
	}
	rq->call = u;
	rq->free_call = free;
	pl_web_to_pool(rq, server->pool, check_hash);
}
