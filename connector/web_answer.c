/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What handlers say: questions to the request, answers, and stepping aside.
 */
#include "web.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gunzip.h"
#include "platen/json.h"

#define MAX_UNZIPPED (4 * 1024 * 1024)

const char *pl_web_query(const struct pl_web_request *rq, const char *name)
{
	return MHD_lookup_connection_value(rq->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *pl_web_header(const struct pl_web_request *rq, const char *name)
{
	return MHD_lookup_connection_value(rq->connection, MHD_HEADER_KIND, name);
}

void pl_web_add_header(struct pl_web_request *rq, const char *name, const char *fmt, ...)
{
	struct pl_web_header *h = &rq->headers[rq->header_count];
	va_list args;

	if (rq->header_count == PL_WEB_MAX_HEADERS)
		return;
	h->name = name;
	va_start(args, fmt);
	vsnprintf(h->value, sizeof h->value, fmt, args);
	va_end(args);
	rq->header_count++;
}

void pl_web_text(struct pl_web_request *rq, int status, const char *type, struct pl_span body)
{
	pl_bytes_clear(&rq->answer);
	rq->type = type;
	if (pl_bytes_add(&rq->answer, body.at, body.size) != PL_OK)
		status = 500;
	rq->status = status;
}

void pl_web_empty(struct pl_web_request *rq, int status)
{
	pl_bytes_clear(&rq->answer);
	rq->status = status;
}

void pl_web_json(struct pl_web_request *rq, int status, struct cJSON *doc)
{
	pl_bytes_clear(&rq->answer);
	rq->type = NULL;
	if (!doc || pl_json_print(doc, &rq->answer) != PL_OK) {
		pl_bytes_clear(&rq->answer);
		(void)pl_bytes_add_text(
			&rq->answer,
			"{\"error\":\"internal\",\"message\":\"The answer is too large\"}");
		status = 500;
	}
	cJSON_Delete(doc);
	rq->status = status;
}

void pl_web_error(struct pl_web_request *rq, int status, const char *code, const char *fmt, ...)
{
	cJSON *doc = cJSON_CreateObject();
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	cJSON_AddStringToObject(doc, "error", code);
	cJSON_AddStringToObject(doc, "message", text);
	pl_web_json(rq, status, doc);
}

bool pl_web_unzip(struct pl_web_request *rq)
{
	const char *encoding = pl_web_header(rq, "Content-Encoding");
	struct pl_bytes plain;
	enum pl_result r;

	if (!encoding || strcmp(encoding, "gzip") != 0)
		return true;
	pl_bytes_init(&plain, MAX_UNZIPPED);
	r = pl_gunzip(pl_bytes_span(&rq->body), &plain);
	if (r == PL_OK) {
		pl_bytes_finish(&rq->body);
		rq->body = plain;
		return true;
	}
	pl_bytes_finish(&plain);
	if (r == PL_E_TOO_BIG)
		pl_web_error(rq, 413, "too_big", "This body unpacks to more than %d bytes",
			     MAX_UNZIPPED);
	else
		pl_web_error(rq, 400, "bad_request", "The body is not gzip");
	return false;
}

static void pool_run(struct pl_db *reader, void *arg)
{
	struct pl_web_request *rq = arg;
	struct MHD_Connection *connection = rq->connection;

	rq->pool_run(reader, rq);
	MHD_resume_connection(connection);
}

void pl_web_to_pool(struct pl_web_request *rq, struct pl_pool *pool,
		    void (*run)(struct pl_db *reader, void *rq))
{
	rq->pool_job = (struct pl_pool_job){ .run = pool_run, .arg = rq };
	rq->pool_run = run;
	rq->aside = true;
	MHD_suspend_connection(rq->connection);
	if (pl_pool_put(pool, &rq->pool_job))
		return;
	pl_web_add_header(rq, "Retry-After", "5");
	pl_web_error(rq, 503, "busy", "The server is busy; try again in a few seconds");
	MHD_resume_connection(rq->connection);
}

static enum pl_result store_run(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct pl_web_request *rq = arg;

	return rq->store_run(db, rq, err);
}

static void store_done(void *arg, enum pl_result r, const struct pl_error *err)
{
	struct pl_web_request *rq = arg;
	struct MHD_Connection *connection = rq->connection;

	rq->store_done(rq, r, err);
	MHD_resume_connection(connection);
}

void pl_web_to_store(struct pl_web_request *rq, struct pl_store *store,
		     enum pl_result (*run)(struct pl_db *db, void *rq, struct pl_error *err),
		     void (*done)(struct pl_web_request *rq, enum pl_result r,
				  const struct pl_error *err))
{
	rq->store_job = (struct pl_store_job){ .run = store_run, .done = store_done, .arg = rq };
	rq->store_run = run;
	rq->store_done = done;
	rq->aside = true;
	MHD_suspend_connection(rq->connection);
	if (pl_store_put(store, &rq->store_job))
		return;
	pl_web_add_header(rq, "Retry-After", "5");
	pl_web_error(rq, 503, "busy", "The server is stopping; try again in a few seconds");
	MHD_resume_connection(rq->connection);
}
