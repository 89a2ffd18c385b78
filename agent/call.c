/* SPDX-License-Identifier: Apache-2.0 */
/* One call: connect, note, ask, read, understand. */
#include "call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "gzip.h"
#include "platen/http1.h"
#include "platen/json.h"
#include "sent.h"

#define MAX_ANSWER (256 * 1024)
#define WORTH_IT   4096 /* bytes of a body; below, packing saves no packet */

static const char HEADERS[] =
	"Accept: application/json\r\nUser-Agent: platen-agent/" PL_VERSION "\r\n";

/* Overwrites every appearance of `secret` with stars. */
static void mask(char *text, size_t size, const char *secret)
{
	size_t n = secret ? strlen(secret) : 0;

	for (size_t i = 0; n > 0 && i + n <= size; i++)
		if (memcmp(text + i, secret, n) == 0)
			memset(text + i, '*', n);
}

static void on_sent(void *arg, const void *data, size_t n)
{
	struct pl_caller *c = arg;
	char *copy = malloc(n);

	if (!copy)
		return;
	memcpy(copy, data, n);
	mask(copy, n, c->secret);
	pl_sent_trace_bytes(c->spool, copy, n);
	free(copy);
}

/* A list of revoked certificates was asked for, by plain HTTP. */
static void on_fetched(void *arg, const char *url, int status)
{
	struct pl_caller *c = arg;
	char line[400];
	int n = snprintf(line, sizeof(line), "GET %s\r\n", url);

	pl_sent_count(c->spool, "GET", url, status);
	if (n > 0 && (size_t)n < sizeof(line) && pl_sent_is_traced(c->spool))
		pl_sent_trace_bytes(c->spool, line, (size_t)n);
}

void pl_caller_init(struct pl_caller *caller, struct pl_dialer *dialer, struct pl_spool *spool)
{
	struct pl_trace trace = { .sent = on_sent, .arg = caller };

	*caller = (struct pl_caller){ .dialer = dialer, .spool = spool };
	if (spool)
		pl_dialer_tell(dialer, on_fetched, caller);
	if (spool && pl_sent_is_traced(spool))
		pl_dialer_trace(dialer, &trace);
}

void pl_caller_hang_up(struct pl_caller *caller)
{
	pl_stream_close(caller->stream);
	caller->stream = NULL;
}

void pl_caller_finish(struct pl_caller *caller)
{
	pl_caller_hang_up(caller);
	pl_dialer_destroy(caller->dialer);
	caller->dialer = NULL;
}

/* Notes a body before it leaves; *ret_id is 0 where there is nothing to note. */
static enum pl_result note(struct pl_caller *c, const struct pl_call *call, int64_t *ret_id,
			   struct pl_error *err)
{
	enum pl_result r;
	char *copy;

	*ret_id = 0;
	if (!c->spool || call->body.size == 0)
		return PL_OK;
	copy = malloc(call->body.size);
	if (!copy)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	memcpy(copy, call->body.at, call->body.size);
	mask(copy, call->body.size, c->secret);
	r = pl_sent_note(c->spool, call->method, call->noted ? call->noted : call->target, copy,
			 call->body.size, ret_id, err);
	free(copy);
	return r;
}

static void note_answer(struct pl_caller *c, const struct pl_call *call, int64_t id, int status)
{
	if (!c->spool)
		return;
	if (call->body.size > 0)
		pl_sent_answered(c->spool, id, status);
	else
		pl_sent_count(c->spool, call->method, call->noted ? call->noted : call->target,
			      status);
}

enum pl_result pl_caller_connect(struct pl_caller *caller, int64_t by_ms, struct pl_error *err)
{
	if (caller->stream)
		return PL_OK;
	return pl_dial(caller->dialer, by_ms, &caller->stream, err);
}

static enum pl_result exchange(struct pl_caller *c, const struct pl_http_request *request,
			       int64_t by_ms, struct pl_bytes *body, struct pl_http_response *http,
			       struct pl_error *err)
{
	enum pl_result r;

	*http = (struct pl_http_response){ 0 };
	r = pl_http_fetch(c->stream, request, by_ms, body, http, err);
	if (r != PL_OK || !http->keep_alive)
		pl_caller_hang_up(c);
	return r;
}

/* Copies what may be shown and logged: printable ASCII. */
static void copy_printable(const char *text, char *ret_text, size_t cap)
{
	size_t used = 0;

	for (; text && *text && used + 1 < cap; text++)
		ret_text[used++] = *text >= ' ' && *text < 0x7f ? *text : '?';
	ret_text[used] = '\0';
}

static enum pl_result understand(const struct pl_http_response *http, struct pl_bytes *body,
				 struct pl_answer *ret, struct pl_error *err)
{
	bool failed = http->status < 200 || http->status > 299;
	struct pl_error why;
	enum pl_result r = PL_OK;

	ret->status = http->status;
	ret->retry_after_s = http->retry_after_s;
	snprintf(ret->etag, sizeof(ret->etag), "%s", http->etag);
	if (body->size > 0)
		r = pl_json_parse(pl_bytes_span(body), &ret->doc, &why);
	if (failed && http->status != 304) { /* a proxy's error page may be no JSON */
		copy_printable(pl_json_text(ret->doc, "error"), ret->error, sizeof(ret->error));
		copy_printable(pl_json_text(ret->doc, "message"), ret->message,
			       sizeof(ret->message));
		return PL_OK;
	}
	if (r != PL_OK)
		return pl_error_set(err, r, "the connector's answer is %s", why.text);
	return PL_OK;
}

/* A large body leaves packed, unless the connector said that it takes none, or somebody looks at
 * every byte that leaves: then they shall be readable. */
static bool pack(struct pl_caller *c, const struct pl_call *call, struct pl_bytes *packed,
		 struct pl_bytes *headers, struct pl_http_request *request)
{
	if (!call->packable || c->plain || call->body.size < WORTH_IT ||
	    (c->spool && pl_sent_is_traced(c->spool)))
		return false;
	pl_bytes_init(packed, call->body.size / 2);
	if (pl_gzip(call->body, packed) != PL_OK ||
	    pl_bytes_add_text(headers, "Content-Encoding: gzip\r\n") != PL_OK) {
		pl_bytes_finish(packed);
		return false;
	}
	request->headers = (const char *)headers->at;
	request->body = packed->at;
	request->body_size = packed->size;
	return true;
}

enum pl_result pl_call(struct pl_caller *caller, const struct pl_call *call, int64_t by_ms,
		       struct pl_answer *ret_answer, struct pl_error *err)
{
	struct pl_answer answer = { .retry_after_s = -1 };
	struct pl_http_response http = { 0 };
	struct pl_http_request request = {
		.method = call->method,
		.target = call->target,
		.host = pl_dialer_host(caller->dialer),
		.content_type = call->body.size == 0 ? NULL
				: call->content_type ? call->content_type
						     : "application/json",
		.body = call->body.at,
		.body_size = call->body.size,
	};
	bool kept = caller->stream != NULL;
	struct pl_bytes headers, body, packed = { 0 };
	int64_t id = 0;
	bool is_packed;
	enum pl_result r;

	pl_bytes_init(&headers, 1024);
	pl_bytes_init(&body, MAX_ANSWER);
	r = pl_bytes_add_text(&headers, HEADERS);
	if (r == PL_OK && call->headers)
		r = pl_bytes_add_text(&headers, call->headers);
	request.headers = (const char *)headers.at;
	is_packed = r == PL_OK && pack(caller, call, &packed, &headers, &request);
	if (r == PL_OK)
		r = pl_caller_connect(caller, by_ms, err);
	if (r == PL_OK)
		r = note(caller, call, &id, err);
	if (r == PL_OK) {
		r = exchange(caller, &request, by_ms, &body, &http, err);
		if (r == PL_E_GONE && kept && http.status == 0) {
			/* The peer had closed the idle connection: nobody read what was sent. */
			pl_bytes_clear(&body);
			r = pl_caller_connect(caller, by_ms, err);
			if (r == PL_OK)
				r = exchange(caller, &request, by_ms, &body, &http, err);
		}
		note_answer(caller, call, id, http.status);
	}
	if (r == PL_OK)
		r = understand(&http, &body, &answer, err);
	pl_bytes_finish(&packed);
	pl_bytes_finish(&body);
	pl_bytes_finish(&headers);
	if (r == PL_OK && is_packed && answer.status == 415) { /* WIRE.md: it is sent plain then */
		pl_answer_finish(&answer);
		caller->plain = true;
		return pl_call(caller, call, by_ms, ret_answer, err);
	}
	if (r == PL_OK)
		*ret_answer = answer;
	return r;
}

void pl_answer_finish(struct pl_answer *answer)
{
	cJSON_Delete(answer->doc);
	*answer = (struct pl_answer){ .retry_after_s = -1 };
}

enum pl_result pl_answer_error(const struct pl_answer *answer, struct pl_error *err)
{
	enum pl_result r = PL_E_REFUSED;

	if (answer->status == 401 || answer->status == 403)
		r = PL_E_DENIED;
	else if (answer->status == 408 || answer->status == 429 || answer->status >= 500)
		r = PL_E_BUSY;
	if (answer->message[0])
		return pl_error_set(err, r, "the connector says: %s", answer->message);
	return pl_error_set(err, r, "the connector answered %d", answer->status);
}
