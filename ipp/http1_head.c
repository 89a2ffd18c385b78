/* SPDX-License-Identifier: Apache-2.0 */
/* The head of an HTTP answer: status line and headers, and how they say that the body ends. */
#include "http1_read.h"

#include <string.h>

#include "text.h"

#define MAX_INTERIM 16 /* 1xx answers before the real one */
#define MAX_BLANK_LINE                                                                             \
	4 /* line ends before an answer, left by some devices behind the last one                  \
	   */

/* Takes the next header line from `rest`: name and trimmed value. False at the end. Folded lines
 * (RFC 9112 section 5.2, obsolete) have no name of their own and are passed over. */
static bool next_header(struct pl_span *rest, struct pl_span *name, struct pl_span *value)
{
	while (rest->size > 0) {
		struct pl_span line = pl_span_take(rest, '\n');
		bool folded = line.size > 0 && (line.at[0] == ' ' || line.at[0] == '\t');

		*name = pl_span_take(&line, ':');
		*value = pl_span_trim(line);
		if (!folded && line.at && pl_span_trim(*name).size > 0)
			return true;
	}
	return false;
}

/* The headers of a raw head: all behind the status line. */
static struct pl_span headers_of(struct pl_span head)
{
	pl_span_take(&head, '\n');
	return head;
}

struct pl_span pl_http_header(struct pl_span head, const char *name)
{
	struct pl_span rest = headers_of(head), key, value;

	while (next_header(&rest, &key, &value))
		if (pl_span_is_word(pl_span_trim(key), name))
			return value;
	return (struct pl_span){ 0 };
}

/* True when a comma-separated header names `word`, over all its lines. */
static bool header_names(struct pl_span head, const char *name, const char *word)
{
	struct pl_span rest = headers_of(head), key, value;

	while (next_header(&rest, &key, &value)) {
		if (!pl_span_is_word(pl_span_trim(key), name))
			continue;
		while (value.size > 0)
			if (pl_span_is_word(pl_span_trim(pl_span_take(&value, ',')), word))
				return true;
	}
	return false;
}

/* Content-Length may be repeated, if it says the same each time. */
static enum pl_result find_length(struct pl_span raw, int64_t *ret_length, struct pl_error *err)
{
	struct pl_span rest = headers_of(raw), key, value;

	*ret_length = -1;
	while (next_header(&rest, &key, &value)) {
		int64_t length = -1;

		if (!pl_span_is_word(pl_span_trim(key), "Content-Length"))
			continue;
		if (!text_number(value, &length) || length < 0 ||
		    (*ret_length >= 0 && length != *ret_length))
			return pl_error_set(
				err, PL_E_PROTOCOL,
				"the HTTP answer has a Content-Length that makes no sense");
		*ret_length = length;
	}
	return PL_OK;
}

static bool has_body(int status, const char *method)
{
	return strcmp(method, "HEAD") != 0 && status != 204 && status != 304 &&
	       !(strcmp(method, "CONNECT") == 0 && status / 100 == 2);
}

static enum pl_result decide_framing(struct pl_span raw, const char *method, struct head *head,
				     struct pl_error *err)
{
	enum pl_result r = find_length(raw, &head->length, err);

	if (r != PL_OK)
		return r;
	if (!has_body(head->status, method))
		head->framing = FRAMING_NONE;
	else if (header_names(raw, "Transfer-Encoding", "chunked"))
		head->framing = FRAMING_CHUNKED;
	else if (head->length >= 0)
		head->framing = FRAMING_LENGTH;
	else
		head->framing = FRAMING_UNTIL_CLOSE;
	if (head->framing == FRAMING_UNTIL_CLOSE)
		head->keep_alive = false;
	return PL_OK;
}

/* "HTTP/1.1 200 OK"; the text behind the number may be missing. */
static bool read_status_line(struct pl_span line, struct head *head)
{
	struct pl_span rest = line, version = pl_span_take(&rest, ' ');
	int64_t status = 0;

	if (version.size != 8 || !pl_span_starts(version, "HTTP/1."))
		return false;
	rest = pl_span_trim(rest);
	if (!text_number(pl_span_take(&rest, ' '), &status) || status < 100 || status > 599)
		return false;
	head->status = (int)status;
	head->keep_alive = version.at[7] != '0';
	return true;
}

static void copy_header(struct pl_span raw, const char *name, char *out, size_t cap)
{
	text_clean(pl_http_header(raw, name), out, cap);
}

static void fill_response(struct pl_span raw, const struct head *head,
			  struct pl_http_response *response)
{
	int64_t retry_after;

	response->status = head->status;
	copy_header(raw, "Content-Type", response->content_type, sizeof(response->content_type));
	copy_header(raw, "ETag", response->etag, sizeof(response->etag));
	copy_header(raw, "Location", response->location, sizeof(response->location));
	if (text_number(pl_http_header(raw, "Retry-After"), &retry_after) && retry_after >= 0)
		response->retry_after_s = retry_after;
}

/* Fails as soon as the first bytes are not "HTTP/1.": stale bytes of an earlier answer, or a device
 * that speaks something else, need not fill a whole line. */
static enum pl_result expect_http(struct reader *r, struct pl_error *err)
{
	static const char MAGIC[] = "HTTP/1.";
	size_t matched = 0, blanks = 0;
	enum pl_result result = reader_fill(r, err);

	while (result == PL_OK && !r->ended && blanks < MAX_BLANK_LINE &&
	       (r->buf[r->at] == '\r' || r->buf[r->at] == '\n')) {
		reader_skip(r, 1);
		blanks++;
		result = reader_fill(r, err);
	}
	if (result != PL_OK)
		return result;
	if (r->ended)
		return pl_error_set(err, PL_E_GONE, "the connection ended before an HTTP answer");
	while (matched < sizeof(MAGIC) - 1 && r->at + matched < r->end) {
		if (r->buf[r->at + matched] != MAGIC[matched])
			return pl_error_set(err, PL_E_PROTOCOL,
					    "what came back is no HTTP answer: stale bytes, or "
					    "another language");
		matched++;
	}
	return PL_OK;
}

static enum pl_result read_raw(struct reader *r, struct pl_bytes *raw, struct pl_error *err)
{
	enum pl_result result = expect_http(r, err);

	pl_bytes_clear(raw);
	while (result == PL_OK) {
		size_t before = raw->size;
		struct pl_span line;

		result = reader_line(r, raw, err);
		line = (struct pl_span){ (const char *)raw->at + before, raw->size - before };
		if (result == PL_OK && before > 0 && pl_span_trim(line).size == 0)
			return PL_OK;
	}
	return result;
}

enum pl_result http_read_head(struct reader *r, const char *method, struct pl_bytes *raw,
			      struct head *ret_head, struct pl_http_response *response,
			      struct pl_error *err)
{
	struct head head = { 0 };

	for (int i = 0; i < MAX_INTERIM; i++) {
		enum pl_result result = read_raw(r, raw, err);
		struct pl_span rest = pl_bytes_span(raw);

		if (result != PL_OK)
			return result;
		if (!read_status_line(pl_span_trim(pl_span_take(&rest, '\n')), &head))
			return pl_error_set(err, PL_E_PROTOCOL, "the HTTP answer has no status");
		if (head.status >= 200 || head.status == 101)
			break;
	}
	if (head.status == 101)
		return pl_error_set(err, PL_E_PROTOCOL,
				    "the peer switched to a protocol nobody asked for");
	if (head.status < 200)
		return pl_error_set(err, PL_E_PROTOCOL, "only interim HTTP answers came");
	if (header_names(pl_bytes_span(raw), "Connection", "close"))
		head.keep_alive = false;
	else if (header_names(pl_bytes_span(raw), "Connection", "keep-alive"))
		head.keep_alive = true;
	fill_response(pl_bytes_span(raw), &head, response);
	*ret_head = head;
	return decide_framing(pl_bytes_span(raw), method, ret_head, err);
}
