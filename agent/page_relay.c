/* SPDX-License-Identifier: Apache-2.0 */
/* One request: from the connector to the printer, and its answer back, piece by piece. A short
 * answer goes up in one message, a long one while it comes. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "page_inside.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/http1.h"
#include "platen/json.h"
#include "platen/log.h"
#include "platen/page_rules.h"
#include "sent.h"

#define WHOLE_ANSWER (32 * 1024) /* sent in one piece */
#define MAX_BODY     (64LL * 1024 * 1024)
#define MAX_UPLOAD   (256LL * 1024 * 1024)
#define MAX_HEADERS  (6 * 1024) /* lines to the printer */
#define MAX_TOLD     (3 * 1024) /* bytes of the list of the printer's headers */
#define MAX_RECEIPT  (32 * 1024)
#define PRINTER_MS   180000
#define CONNECTOR_MS 60000

/* One request, taken apart. */
struct ask {
	int64_t number, body_size; /* -1: not told */
	char method[12];
	char path[PL_MAX_PAGE_TARGET];
	char content_type[256];
	bool has_body;
	struct pl_bytes headers; /* lines */
};

/* Its answer on the way up. */
struct up {
	struct page_lane *lane;
	const struct ask *ask;
	struct pl_bytes head;  /* of the printer, raw */
	struct pl_bytes whole; /* what came, until it is too long for one piece */
	int status;	       /* for an answer of our own; 0: the printer's */
	bool streaming;
	enum pl_result lost; /* how the connection to the connector failed; PL_OK: it did not */
	char target[128];
	struct pl_bytes lines; /* X-Platen-… */
};

/* --- the request --- */

static bool is_plain(const char *text, bool is_name)
{
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f ||
		    (is_name && ((unsigned char)*c > 0x7e || strchr(" \"(),/:;<=>?@[\\]{}", *c))))
			return false;
	return *text != '\0';
}

/* Names that are ours to say, or nobody's business over USB. */
static bool is_reserved(const char *name)
{
	static const char *const RESERVED[] = { "host",
						"content-length",
						"transfer-encoding",
						"connection",
						"accept-encoding",
						"upgrade",
						"expect",
						"te",
						"trailer",
						"proxy-authorization" };

	for (size_t i = 0; i < sizeof(RESERVED) / sizeof(RESERVED[0]); i++)
		if (pl_span_is_word(pl_span_of(name), RESERVED[i]))
			return true;
	return false;
}

static void add_header(struct ask *ask, const char *name, const char *value)
{
	if (!is_plain(name, true) || !is_plain(value, false) || is_reserved(name))
		return;
	if (pl_span_is_word(pl_span_of(name), "Content-Type"))
		snprintf(ask->content_type, sizeof(ask->content_type), "%s", value);
	else if (ask->headers.size + strlen(name) + strlen(value) + 4 <= ask->headers.max)
		(void)!pl_bytes_add_format(&ask->headers, "%s: %s\r\n", name, value);
}

/* Takes a request apart. False: it is none. */
static bool read_ask(const cJSON *doc, struct ask *ask)
{
	const cJSON *pair;

	ask->body_size = -1;
	if (!pl_json_int(doc, "request", 1, PL_MAX_JSON_INT, &ask->number) ||
	    !pl_json_copy(doc, "method", ask->method, sizeof(ask->method)) ||
	    !pl_json_copy(doc, "path", ask->path, sizeof(ask->path)))
		return false;
	if (!pl_json_bool(doc, "body", &ask->has_body))
		ask->has_body = false;
	if (!pl_json_int(doc, "body_size", 0, MAX_UPLOAD, &ask->body_size))
		ask->body_size = -1;
	(void)!pl_bytes_add_text(&ask->headers, "Accept-Encoding: identity\r\n");
	cJSON_ArrayForEach(pair, pl_json_at(doc, "headers"))
	{
		const cJSON *name = cJSON_GetArrayItem(pair, 0);
		const cJSON *value = cJSON_GetArrayItem(pair, 1);

		if (cJSON_IsString(name) && cJSON_IsString(value))
			add_header(ask, name->valuestring, value->valuestring);
	}
	return true;
}

/* --- the answer --- */

static bool is_told(struct pl_span name)
{
	static const char *const TOLD[] = { "content-type",	"content-language",
					    "content-encoding", "content-disposition",
					    "www-authenticate", "retry-after",
					    "location",		"set-cookie" };

	for (size_t i = 0; i < sizeof(TOLD) / sizeof(TOLD[0]); i++)
		if (pl_span_is_word(name, TOLD[i]))
			return true;
	return false;
}

static void add_told(cJSON *list, struct pl_span name, struct pl_span value, size_t *room)
{
	char texts[2][MAX_TOLD];
	cJSON *pair;

	if (name.size + value.size + 8 > *room || !pl_span_copy(name, texts[0], MAX_TOLD) ||
	    !pl_span_copy(value, texts[1], MAX_TOLD) || !is_plain(texts[1], false))
		return;
	*room -= name.size + value.size + 8;
	pair = cJSON_CreateArray();
	cJSON_AddItemToArray(pair, cJSON_CreateString(texts[0]));
	cJSON_AddItemToArray(pair, cJSON_CreateString(texts[1]));
	cJSON_AddItemToArray(list, pair);
}

static cJSON *list_headers(const struct up *up)
{
	struct pl_span rest = pl_bytes_span(&up->head);
	cJSON *list = cJSON_CreateArray();
	size_t room = MAX_TOLD;

	if (up->status) { /* an answer of our own */
		add_told(list, pl_span_of("Content-Type"), pl_span_of("text/html; charset=utf-8"),
			 &room);
		return list;
	}
	pl_span_take(&rest, '\n');
	while (rest.size > 0) {
		struct pl_span line = pl_span_take(&rest, '\n');
		struct pl_span name = pl_span_trim(pl_span_take(&line, ':'));

		if (is_told(name))
			add_told(list, name, pl_span_trim(line), &room);
	}
	return list;
}

/* "HTTP/1.1 200 OK" */
static int status_of(const struct up *up)
{
	struct pl_span line = pl_bytes_span(&up->head);
	int status = 0;

	if (up->status)
		return up->status;
	pl_span_take(&line, ' ');
	for (size_t i = 0; i < 3 && i < line.size; i++)
		status = status * 10 +
			 (line.at[i] >= '0' && line.at[i] <= '9' ? line.at[i] - '0' : 0);
	return status >= 200 && status <= 599 ? status : 502;
}

static enum pl_result write_lines(struct up *up, struct pl_error *err)
{
	cJSON *list = list_headers(up);
	struct pl_bytes json, coded;
	enum pl_result r;

	pl_bytes_init(&json, 2 * MAX_TOLD);
	pl_bytes_init(&coded, 4 * MAX_TOLD);
	pl_bytes_clear(&up->lines);
	r = pl_json_print(list, &json);
	if (r == PL_OK)
		r = pl_base64_write(PL_BASE64, json.at, json.size, &coded);
	if (r == PL_OK)
		r = pl_bytes_add_format(&up->lines,
					"User-Agent: platen-agent/" PL_VERSION "\r\n"
					"X-Platen-Status: %d\r\nX-Platen-Headers: %s\r\n",
					status_of(up), (const char *)coded.at);
	cJSON_Delete(list);
	pl_bytes_finish(&coded);
	pl_bytes_finish(&json);
	return r == PL_OK ? PL_OK : pl_error_set(err, r, "no memory for an answer's headers");
}

static struct pl_http_request post_of(const struct up *up)
{
	return (struct pl_http_request){ .method = "POST",
					 .target = up->target,
					 .host = pl_dialer_host(up->lane->caller.dialer),
					 .content_type = "application/octet-stream",
					 .headers = (const char *)up->lines.at };
}

static enum pl_result send_piece(struct up *up, const void *data, size_t n, struct pl_error *err)
{
	return n == 0 ? PL_OK
		      : pl_http_piece(up->lane->caller.stream, true, data, n,
				      pl_clock_in_ms(CONNECTOR_MS), err);
}

/* The answer is too long for one message: from now on it goes up as it comes. */
static enum pl_result begin_stream(struct up *up, struct pl_error *err)
{
	struct pl_caller *caller = &up->lane->caller;
	struct pl_http_request post;
	enum pl_result r = write_lines(up, err);

	if (r == PL_OK)
		r = pl_caller_connect(caller, pl_clock_in_ms(CONNECTOR_MS), err);
	post = post_of(up);
	if (r == PL_OK)
		r = pl_http_begin(caller->stream, &post, -1, pl_clock_in_ms(CONNECTOR_MS), err);
	if (r == PL_OK)
		r = send_piece(up, up->whole.at, up->whole.size, err);
	up->streaming = true;
	return r;
}

/* A piece of the printer's answer. */
static enum pl_result on_piece(void *arg, const void *data, size_t n, struct pl_error *err)
{
	struct up *up = arg;

	if (page_is_ending(up->lane->session))
		return pl_error_set(err, PL_E_CANCELLED, "the session has ended");
	if (!up->streaming && up->whole.size + n <= up->whole.max)
		return pl_bytes_add(&up->whole, data, n);
	if (!up->streaming)
		up->lost = begin_stream(up, err);
	if (up->lost == PL_OK)
		up->lost = send_piece(up, data, n, err);
	return up->lost;
}

/* What the connector says when it has the answer: perhaps the next request. */
static enum pl_result understand(struct page_lane *lane, const struct pl_http_response *http,
				 struct pl_bytes *receipt, cJSON **ret_next, struct pl_error *err)
{
	pl_sent_count(lane->caller.spool, "POST", "/sda/v1/ews", http->status);
	if (!http->keep_alive)
		pl_caller_hang_up(&lane->caller);
	if (http->status == 200)
		return pl_json_parse(pl_bytes_span(receipt), ret_next, err);
	if (http->status == 204)
		return PL_OK;
	if (http->status == 410 || http->status == 403)
		return pl_error_set(err, PL_E_REFUSED, "the session has ended");
	return pl_error_set(err, PL_E_PROTOCOL, "the connector answered %d", http->status);
}

static enum pl_result collect(void *arg, const void *data, size_t n, struct pl_error *err)
{
	enum pl_result r = pl_bytes_add(arg, data, n);

	return r == PL_OK ? r : pl_error_set(err, r, "the connector's receipt is too long");
}

/* Sends what there is in one message, anew where the connection had died meanwhile. */
static enum pl_result send_whole(struct up *up, struct pl_bytes *receipt,
				 struct pl_http_response *http, struct pl_error *err)
{
	struct pl_caller *caller = &up->lane->caller;
	struct pl_http_request post;
	enum pl_result r = write_lines(up, err);

	for (int attempt = 0; r == PL_OK && attempt < 2; attempt++) {
		r = pl_caller_connect(caller, pl_clock_in_ms(CONNECTOR_MS), err);
		if (r != PL_OK)
			break;
		post = post_of(up);
		post.body = up->whole.at;
		post.body_size = up->whole.size;
		r = pl_http_fetch(caller->stream, &post, pl_clock_in_ms(CONNECTOR_MS), receipt,
				  http, err);
		if (r == PL_OK || http->status != 0 || r == PL_E_CANCELLED)
			break;
		pl_caller_hang_up(caller);
		r = attempt == 0 ? PL_OK : r;
	}
	return r;
}

static enum pl_result finish(struct up *up, cJSON **ret_next, struct pl_error *err)
{
	struct pl_caller *caller = &up->lane->caller;
	struct pl_http_response http = { 0 };
	struct pl_bytes receipt;
	struct pl_http_sink sink = { .piece = collect, .arg = &receipt, .max = MAX_RECEIPT };
	struct pl_http_request post;
	enum pl_result r;

	pl_bytes_init(&receipt, MAX_RECEIPT);
	post = post_of(up);
	if (up->streaming)
		r = pl_http_end(caller->stream, &post, true, pl_clock_in_ms(CONNECTOR_MS), &sink,
				&http, err);
	else
		r = send_whole(up, &receipt, &http, err);
	if (r == PL_OK)
		r = understand(up->lane, &http, &receipt, ret_next, err);
	else
		pl_caller_hang_up(caller);
	pl_bytes_finish(&receipt);
	return r;
}

/* --- to the printer --- */

/* A piece of the browser's body on its way down. */
struct down {
	struct pl_stream *stream;
	bool chunked;
	int64_t by_ms;
};

static enum pl_result on_body(void *arg, const void *data, size_t n, struct pl_error *err)
{
	struct down *d = arg;

	return pl_http_piece(d->stream, d->chunked, data, n, d->by_ms, err);
}

/* Fetches the body from the connector and passes it on. */
static enum pl_result pass_body(struct page_lane *lane, const struct ask *ask, struct down *down,
				struct pl_error *err)
{
	struct pl_caller *caller = &lane->caller;
	struct pl_http_sink sink = { .piece = on_body, .arg = down, .max = MAX_UPLOAD };
	struct pl_http_response http = { 0 };
	char target[160];
	struct pl_http_request get = { .method = "GET",
				       .target = target,
				       .host = pl_dialer_host(caller->dialer) };
	enum pl_result r;

	snprintf(target, sizeof(target), "/sda/v1/ews/%s/%" PRId64 "/body", lane->session->order.id,
		 ask->number);
	r = pl_caller_connect(caller, pl_clock_in_ms(CONNECTOR_MS), err);
	if (r == PL_OK)
		r = pl_http_exchange(caller->stream, &get, down->by_ms, &sink, &http, err);
	if (r != PL_OK || !http.keep_alive)
		pl_caller_hang_up(caller);
	if (r == PL_OK && http.status != 200)
		r = pl_error_set(err, PL_E_GONE, "the browser did not send what it announced");
	if (r == PL_OK && ask->body_size >= 0 && http.body_size != ask->body_size)
		r = pl_error_set(err, PL_E_GONE, "the browser sent less than it announced");
	return r;
}

static enum pl_result converse(struct page_lane *lane, const struct ask *ask, struct up *up,
			       struct pl_stream *stream, struct pl_http_response *http,
			       struct pl_error *err)
{
	bool chunked = ask->has_body && ask->body_size < 0;
	struct down down = { stream, chunked, pl_clock_in_ms(PRINTER_MS) };
	struct pl_http_sink sink = {
		.piece = on_piece, .arg = up, .max = MAX_BODY, .head = &up->head
	};
	struct pl_http_request request = {
		.method = ask->method,
		.target = ask->path,
		.host = "localhost",
		.content_type = ask->content_type[0] ? ask->content_type : NULL,
		.headers = (const char *)ask->headers.at,
	};
	enum pl_result r;

	if (!ask->has_body) {
		if (strcmp(ask->method, "GET") == 0 || strcmp(ask->method, "HEAD") == 0)
			request.content_type = NULL;
		return pl_http_exchange(stream, &request, down.by_ms, &sink, http, err);
	}
	r = pl_http_begin(stream, &request, chunked ? -1 : ask->body_size, down.by_ms, err);
	if (r == PL_OK)
		r = pass_body(lane, ask, &down, err);
	if (r == PL_OK)
		r = pl_http_end(stream, &request, chunked, down.by_ms, &sink, http, err);
	return r;
}

/* True for a request that does no harm twice, on a connection that somebody may have closed. */
static bool may_repeat(const struct ask *ask, const struct up *up, enum pl_result r)
{
	return r == PL_E_GONE && up->head.size == 0 && !ask->has_body &&
	       up->lane->conversation.http_port &&
	       (strcmp(ask->method, "GET") == 0 || strcmp(ask->method, "HEAD") == 0);
}

static enum pl_result ask_printer(struct page_lane *lane, const struct ask *ask, struct up *up,
				  struct pl_error *err)
{
	struct pl_http_response http = { 0 };
	enum pl_result r = PL_E_GONE;
	bool again = true;

	for (int attempt = 0; again && attempt < 2; attempt++) {
		bool kept = lane->line.stream != NULL;

		r = page_pick_up(lane, err);
		if (r != PL_OK)
			return r;
		r = converse(lane, ask, up, lane->line.stream, &http, err);
		/* On a USB pipe "Connection: close" means nothing; being in step does. */
		if (!line_may_go_on(&lane->line, &http))
			line_hang_up(&lane->line);
		again = kept && may_repeat(ask, up, r);
	}
	return r;
}

/* --- our own words --- */

static void say(struct up *up, int status, const char *sentence)
{
	up->status = status;
	pl_bytes_clear(&up->whole);
	(void)!pl_bytes_add_format(
		&up->whole,
		"<!doctype html><meta charset=\"utf-8\"><title>The printer's page</title>"
		"<p style=\"font:16px/1.5 sans-serif;margin:10vh auto;max-width:34em\">%s",
		sentence);
}

static void say_failure(struct up *up, enum pl_result r)
{
	switch (r) {
	case PL_E_BUSY:
		say(up, 503, "The printer is in use: printing goes first. Try again in a moment.");
		break;
	case PL_E_TIMEOUT: say(up, 504, "The printer did not answer in time."); break;
	case PL_E_GONE: say(up, 502, "The printer ended the connection."); break;
	case PL_E_UNSUPPORTED:
		say(up, 502, "No interface of the printer that printing can spare speaks HTTP.");
		break;
	default: say(up, 502, "The printer gave an answer that makes no sense."); break;
	}
}

static void note_use(struct page_session *s)
{
	pthread_mutex_lock(&s->pages->lock);
	s->requests++;
	s->used_ms = pl_clock_now_ms();
	pthread_mutex_unlock(&s->pages->lock);
}

static enum pl_result carry_out(struct page_lane *lane, const struct ask *ask, struct up *up,
				cJSON **ret_next, struct pl_error *err)
{
	struct page_session *s = lane->session;
	const char *why = pl_page_why_refused(ask->method, pl_span_of(ask->path),
					      pl_span_of(ask->content_type), s->order.firmware);
	enum pl_result r = PL_OK;

	note_use(s);
	if (why)
		say(up, 403, why);
	else
		r = ask_printer(lane, ask, up, err);
	if (page_is_ending(s))
		return pl_error_set(err, PL_E_CANCELLED, "the session has ended");
	if (r != PL_OK && (up->streaming || up->lost != PL_OK)) {
		/* Half an answer is up there: cut, so that nobody takes it for a whole one. */
		pl_caller_hang_up(&lane->caller);
		log_debug(s->order.key, "remote page: an answer was cut: %s", err->text);
		return up->lost;
	}
	if (r != PL_OK) {
		log_debug(s->order.key, "remote page: %s", err->text);
		say_failure(up, r);
	}
	return finish(up, ret_next, err);
}

enum pl_result page_relay(struct page_lane *lane, const cJSON *request, cJSON **ret_next,
			  struct pl_error *err)
{
	struct ask ask = { .number = 0 };
	struct up up = { .lane = lane, .ask = &ask };
	enum pl_result r;

	pl_bytes_init(&ask.headers, MAX_HEADERS);
	pl_bytes_init(&up.head, PL_MAX_HTTP_HEAD);
	pl_bytes_init(&up.whole, WHOLE_ANSWER);
	pl_bytes_init(&up.lines, 4 * MAX_TOLD + 256);
	if (read_ask(request, &ask)) {
		snprintf(up.target, sizeof(up.target), "/sda/v1/ews/%s/%" PRId64,
			 lane->session->order.id, ask.number);
		r = carry_out(lane, &ask, &up, ret_next, err);
	} else {
		r = pl_error_set(err, PL_E_PROTOCOL, "the connector sent a request that is none");
	}
	pl_bytes_finish(&up.lines);
	pl_bytes_finish(&up.whole);
	pl_bytes_finish(&up.head);
	pl_bytes_finish(&ask.headers);
	return r;
}
