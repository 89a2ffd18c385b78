/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request: from its path to its route, past the gate, its body within bounds, to its handler and
 * its answer.
 */
#include "web_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platen/clock.h"
#include "platen/log.h"

#define DRAIN_MAX                                                                                  \
	(64 * 1024) /* a refused body this short is read away, so that the refusal arrives */

/* Compares a path with a pattern, filling the parts. A part is 1 to 64 letters, digits, - _ . : */
static bool path_matches(const char *pattern, const char *path,
			 char part[PL_WEB_MAX_PARTS][PL_MAX_ID])
{
	static const char LETTERS[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:";
	size_t parts = 0;

	while (*pattern) {
		size_t n;

		if (*pattern != '{') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		n = strspn(path, LETTERS);
		if (n == 0 || n >= PL_MAX_ID || parts == PL_WEB_MAX_PARTS)
			return false;
		memcpy(part[parts], path, n);
		part[parts++][n] = '\0';
		path += n;
		pattern = strchr(pattern, '}') + 1;
	}
	return *path == '\0';
}

static bool method_matches(const char *of_route, const char *method)
{
	return !strcmp(of_route, method) || (!strcmp(of_route, "GET") && !strcmp(method, "HEAD"));
}

/* Finds the route; where only the method is wrong, answers 405 with what would be right. */
static void find_route(struct pl_web_request *rq, const struct pl_web_config *config)
{
	char allow[64] = "";

	for (size_t i = 0; i < config->route_count; i++) {
		const struct pl_web_route *route = &config->routes[i];

		if (!path_matches(route->path, rq->path, rq->part))
			continue;
		if (method_matches(route->method, rq->method)) {
			rq->route = route;
			return;
		}
		snprintf(allow + strlen(allow), sizeof allow - strlen(allow), "%s%s",
			 *allow ? ", " : "", route->method);
	}
	if (*allow) {
		pl_web_add_header(rq, "Allow", "%s", allow);
		pl_web_error(rq, 405, "method_not_allowed", "This path takes %s only", allow);
	}
}

struct pl_web_request *pl_web_request_begin(struct pl_web *web, const struct pl_web_config *config,
					    struct MHD_Connection *connection, const char *method,
					    const char *url)
{
	struct pl_web_request *rq = calloc(1, sizeof *rq);

	(void)config;
	if (!rq)
		return NULL;
	rq->web = web;
	rq->connection = connection;
	rq->began_ms = pl_clock_now_ms();
	snprintf(rq->method, sizeof rq->method, "%s", method);
	snprintf(rq->path, sizeof rq->path, "%s", url);
	pl_bytes_init(&rq->body, 0);
	pl_bytes_init(&rq->answer, PL_MAX_ANSWER);
	return rq;
}

void pl_web_request_end(struct pl_web_request *rq)
{
	if (!rq)
		return;
	if (rq->free_call)
		rq->free_call(rq->call);
	pl_bytes_finish(&rq->body);
	pl_bytes_finish(&rq->answer);
	free(rq);
}

static enum MHD_Result send_answer(struct pl_web_request *rq, const struct pl_web_config *config)
{
	struct MHD_Response *response;
	enum MHD_Result result;

	if (config->decorate)
		config->decorate(rq);
	if (rq->fixed) {
		response = MHD_create_response_from_buffer(
			rq->fixed_size, (void *)(uintptr_t)rq->fixed, MHD_RESPMEM_PERSISTENT);
	} else {
		response = MHD_create_response_from_buffer(rq->answer.size, rq->answer.at,
							   MHD_RESPMEM_MUST_FREE);
		if (response) { /* the response owns the bytes now */
			rq->answer.at = NULL;
			rq->answer.size = rq->answer.cap = 0;
		}
	}
	if (!response)
		return MHD_NO;
	if (rq->status != 204 && rq->status != 304)
		MHD_add_response_header(response, "Content-Type",
					rq->type ? rq->type : "application/json");
	for (size_t i = 0; i < rq->header_count; i++)
		MHD_add_response_header(response, rq->headers[i].name, rq->headers[i].value);
	pl_web_answering(rq);
	result = MHD_queue_response(rq->connection, (unsigned)rq->status, response);
	MHD_destroy_response(response);
	return result;
}

/* The bytes the peer says it will send; -1 where it does not say. */
static int64_t announced(const struct pl_web_request *rq)
{
	const char *text = pl_web_header(rq, "Content-Length");
	char *end;
	long long n;

	if (!text)
		return pl_web_header(rq, "Transfer-Encoding") ? -1 : 0;
	n = strtoll(text, &end, 10);
	return *end || n < 0 ? INT64_MAX : n;
}

static void check_body(struct pl_web_request *rq)
{
	const char *encoding = pl_web_header(rq, "Content-Encoding");
	int64_t size = announced(rq);

	if (encoding && strcmp(encoding, "identity") != 0 &&
	    !(strcmp(encoding, "gzip") == 0 && (rq->route->flags & PL_WEB_GZIP)))
		pl_web_error(rq, 415, "unsupported_encoding",
			     "Send this body without Content-Encoding%s",
			     rq->route->flags & PL_WEB_GZIP ? ", or with gzip" : "");
	else if (size > (int64_t)rq->route->max_body)
		pl_web_error(rq, 413, "too_big", "A body of this call has at most %zu bytes",
			     rq->route->max_body);
}

enum MHD_Result pl_web_request_admit(struct pl_web_request *rq, const struct pl_web_config *config)
{
	int64_t size;

	find_route(rq, config);
	if (!rq->route && !rq->status && config->other && method_matches("GET", rq->method))
		config->other(rq);
	if (!rq->route && !rq->status)
		pl_web_error(rq, 404, "not_found", "There is nothing at this path");
	if (!rq->status)
		config->gate(rq);
	if (!rq->status)
		check_body(rq);
	if (!rq->status && (rq->route->flags & PL_WEB_STREAM)) {
		rq->handled = true;
		rq->route->handle(rq);
	}
	if (!rq->status) {
		rq->body.max = rq->route->max_body;
		return MHD_YES;
	}
	rq->refused = true;
	size = announced(rq);
	if (size >= 0 && size <= DRAIN_MAX)
		return MHD_YES;
	pl_web_cut_short(rq);
	return send_answer(rq, config);
}

/* Collects the body. */
static bool collect(struct pl_web_request *rq, const char *data, size_t n)
{
	if (pl_clock_now_ms() - rq->began_ms > PL_WEB_BODY_MS)
		return false;
	if (rq->refused)
		return true;
	if (!rq->oversized && pl_bytes_add(&rq->body, data, n) == PL_OK)
		return true;
	if (!rq->oversized) {
		rq->oversized = true;
		pl_web_error(rq, 413, "too_big", "A body of this call has at most %zu bytes",
			     rq->route->max_body);
		pl_bytes_finish(&rq->body);
		pl_bytes_init(&rq->body, rq->route->max_body);
	}
	/* Chunked, and past its bound: what follows is thrown away for a while, so that the answer
	 * can be read. */
	rq->began_ms -= (int64_t)n / 1024;
	return true;
}

bool pl_web_request_take(struct pl_web_request *rq, const char *data, size_t *n)
{
	bool go_on;

	if (rq->piece && !rq->refused)
		return rq->piece(rq, data, n);
	go_on = collect(rq, data, *n);
	*n = 0;
	return go_on;
}

enum MHD_Result pl_web_request_go_on(struct pl_web_request *rq, const struct pl_web_config *config)
{
	rq->aside = false;
	if (rq->resumed) {
		void (*resumed)(struct pl_web_request *) = rq->resumed;

		rq->resumed = NULL;
		resumed(rq);
	} else if (!rq->handled && !rq->status) {
		rq->handled = true;
		rq->route->handle(rq);
	}
	if (rq->aside)
		return MHD_YES;
	if (rq->queued)
		return rq->queue_result;
	return rq->status ? send_answer(rq, config) : MHD_YES;
}
