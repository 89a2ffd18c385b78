/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that requests go out exactly so, that answers are read to their end in any pieces, and
 * that after anything else the stream is known to be out of step. */
#include "platen/http1.h"

#include "platen/clock.h"
#include "replay_stream.h"
#include "unit.h"

#define GET_REQUEST "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n"

static const struct pl_http_request GET = { .method = "GET", .target = "/x", .host = "localhost" };
static struct pl_http_response http;
static struct pl_error err;
static struct pl_bytes body;

static int begin(void **state)
{
	(void)state;
	replay_clock_start(1000);
	pl_bytes_init(&body, 64 * 1024);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pl_bytes_finish(&body);
	replay_clock_stop();
	return 0;
}

/* Fetches from a peer that says `answer` in pieces of every size. */
static enum pl_result fetch_pieces(const char *answer, size_t size, size_t piece)
{
	struct pl_stream *s = replay_bytes(answer, size, piece);
	enum pl_result r = pl_http_fetch(s, &GET, 5000, &body, &http, &err);

	pl_stream_close(s);
	return r;
}

/* The same answer must mean the same in any pieces. */
static enum pl_result fetch(const char *answer)
{
	size_t size = strlen(answer);
	enum pl_result whole = fetch_pieces(answer, size, 0);

	for (size_t piece = 1; piece < size && piece < 64; piece++)
		assert_result(fetch_pieces(answer, size, piece), whole);
	return fetch_pieces(answer, size, 0);
}

static enum pl_result talk(const struct replay_step *steps, size_t count,
			   const struct pl_http_request *q, const struct pl_http_sink *sink)
{
	struct pl_stream *s = replay_open(steps, count);
	enum pl_result r = pl_http_exchange(s, q, 5000, sink, &http, &err);

	assert_null(replay_fault(s));
	pl_stream_close(s);
	return r;
}
#define TALK(steps, q, sink) talk(steps, sizeof(steps) / sizeof((steps)[0]), q, sink)

static void reads_by_content_length(void **state)
{
	(void)state;
	assert_result(fetch("HTTP/1.1 200 OK\r\nContent-Type: text/xml \r\nETag: \"7\"\r\n"
			    "Content-Length: 5\r\n\r\nhello"),
		      PL_OK);
	assert_int_equal(http.status, 200);
	assert_string_equal(http.content_type, "text/xml");
	assert_string_equal(http.etag, "\"7\"");
	assert_int_equal(http.body_size, 5);
	assert_span(pl_bytes_span(&body), "hello");
	assert_true(http.in_step);
	assert_true(http.keep_alive);
}

static void reads_chunks_with_all_they_may_have(void **state)
{
	(void)state;
	assert_result(fetch("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
			    "4;name=\"v\"\r\nWiki\r\n005  \r\npedia\r\nA\r\n0123456789\r\n"
			    "0;last\r\nX-Trailer: yes\r\n\r\n"),
		      PL_OK);
	assert_span(pl_bytes_span(&body), "Wikipedia0123456789");
	assert_true(http.keep_alive);
	/* A length beside chunks means nothing (RFC 9112 section 6.3). */
	assert_result(fetch("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n"
			    "Transfer-Encoding: gzip, Chunked\r\n\r\n1\nx\n0\n\n"),
		      PL_OK);
	assert_span(pl_bytes_span(&body), "x");
}

static void reads_to_the_end_where_nothing_else_is_told(void **state)
{
	(void)state;
	assert_result(fetch("HTTP/1.0 200 OK\r\n\r\nall there is"), PL_OK);
	assert_span(pl_bytes_span(&body), "all there is");
	assert_true(http.in_step);
	assert_false(http.keep_alive);
}

static void passes_over_interim_answers(void **state)
{
	(void)state;
	assert_result(
		fetch("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
		      "HTTP/1.1 204 No Content\r\n\r\n"),
		PL_OK);
	assert_int_equal(http.status, 204);
	assert_int_equal(body.size, 0);
	assert_true(http.keep_alive);
	assert_result(fetch("HTTP/1.1 101 Switching Protocols\r\n\r\n"), PL_E_PROTOCOL);
}

static void some_answers_have_no_body(void **state)
{
	static const struct pl_http_request HEAD = { .method = "HEAD", .target = "/", .host = "h" };
	static const struct replay_step STEPS[] = {
		REPLAY_WRITES,
		REPLAY_ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"),
	};

	(void)state;
	assert_result(TALK(STEPS, &HEAD, NULL), PL_OK);
	assert_true(http.keep_alive);
	assert_result(fetch("HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n"), PL_OK);
	assert_true(http.keep_alive);
}

static void a_connect_leaves_the_tunnel_alone(void **state)
{
	static const struct pl_http_request CONNECT = { .method = "CONNECT",
							.target = "hp-print-mgmt:12351",
							.host = "hp-print-mgmt:12351" };
	static const struct replay_step STEPS[] = {
		REPLAY_EXPECT("CONNECT hp-print-mgmt:12351 HTTP/1.1\r\nHost: "
			      "hp-print-mgmt:12351\r\n\r\n"),
		REPLAY_ANSWER("HTTP/1.1 200 Connection established\r\n\r\n"),
		REPLAY_SILENCE,
	};

	(void)state;
	assert_result(TALK(STEPS, &CONNECT, NULL), PL_OK);
	assert_int_equal(http.status, 200);
	assert_true(http.in_step);
}

static void tells_retry_location_and_errors(void **state)
{
	(void)state;
	assert_result(fetch("HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nLocation: /later\r\n"
			    "Content-Length: 0\r\nConnection: Keep-Alive, close\r\n\r\n"),
		      PL_OK);
	assert_int_equal(http.status, 503);
	assert_int_equal(http.retry_after_s, 120);
	assert_string_equal(http.location, "/later");
	assert_true(http.in_step);
	assert_false(http.keep_alive);
	assert_result(
		fetch("HTTP/1.1 404\r\nRetry-After: Fri, 31 Dec\r\nContent-Length: 0\r\n\r\n"),
		PL_OK);
	assert_int_equal(http.status, 404);
	assert_int_equal(http.retry_after_s, -1);
}

static void stale_bytes_are_noticed_at_once(void **state)
{
	static const struct replay_step STEPS[] = {
		REPLAY_WRITES,
		REPLAY_ANSWER("<html>"),
		REPLAY_SILENCE,
	};

	(void)state;
	assert_result(TALK(STEPS, &GET, NULL), PL_E_PROTOCOL);
	assert_int_equal(replay_clock_now(), 1000);
	assert_false(http.in_step);
	assert_result(fetch("0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
		      PL_E_PROTOCOL);
	assert_result(fetch("HTTP/2 200\r\n\r\n"), PL_E_PROTOCOL);
	/* A line end left over from the last answer hurts nobody. */
	assert_result(fetch("\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), PL_OK);
}

static void bytes_behind_the_answer_put_it_out_of_step(void **state)
{
	static const char STALE[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500";
	static const char HARMLESS[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\r\n";

	(void)state;
	assert_result(fetch_pieces(STALE, sizeof(STALE) - 1, 0), PL_OK);
	assert_false(http.in_step);
	assert_false(http.keep_alive);
	assert_result(fetch_pieces(HARMLESS, sizeof(HARMLESS) - 1, 0), PL_OK);
	assert_true(http.in_step);
}

static void nonsense_is_protocol(void **state)
{
	static const char *const NONSENSE[] = {
		"HTTP/1.1 abc\r\n\r\n",
		"HTTP/1.1 99 x\r\n\r\n",
		"HTTP/1.1 600 x\r\n\r\n",
		"HTTP/1.1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(NONSENSE) / sizeof(NONSENSE[0]); i++) {
		assert_result(fetch(NONSENSE[i]), PL_E_PROTOCOL);
		assert_false(http.in_step);
		assert_true(err.text[0]);
	}
}

static void an_end_in_the_middle_is_gone(void **state)
{
	(void)state;
	assert_result(fetch(""), PL_E_GONE);
	assert_result(fetch("HTTP/1.1 200 OK\r\nContent-Le"), PL_E_GONE);
	assert_result(fetch("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), PL_E_GONE);
	assert_int_equal(http.status, 200);
	assert_false(http.in_step);
	assert_result(fetch("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"),
		      PL_E_GONE);
}

static void heads_are_bounded(void **state)
{
	static char endless[40 * 1024];

	(void)state;
	memset(endless, 'x', sizeof(endless));
	memcpy(endless, "HTTP/1.1 200 ", 13);
	assert_result(fetch_pieces(endless, sizeof(endless), 0), PL_E_TOO_BIG);
	memset(endless, '0', sizeof(endless));
	memcpy(endless, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 47);
	assert_result(fetch_pieces(endless, sizeof(endless), 0), PL_E_TOO_BIG);
}

static void silence_ends_at_the_deadline(void **state)
{
	static const struct replay_step STEPS[] = {
		REPLAY_EXPECT(GET_REQUEST),
		REPLAY_ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel"),
		REPLAY_SILENCE,
	};

	(void)state;
	assert_result(TALK(STEPS, &GET, NULL), PL_E_TIMEOUT);
	assert_int_equal(replay_clock_now(), 5000);
	assert_false(http.in_step);
}

/* A peer that always has one more byte is no reason to stay. */
static void trickling_ends_at_the_deadline(void **state)
{
	struct replay_step steps[40] = {
		REPLAY_WRITES, REPLAY_ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
	};

	(void)state;
	for (size_t i = 2; i + 1 < 40; i += 2) {
		steps[i] = (struct replay_step)REPLAY_DELAY(400);
		steps[i + 1] = (struct replay_step)REPLAY_ANSWER("x");
	}
	assert_result(TALK(steps, &GET, NULL), PL_E_TIMEOUT);
	assert_int_equal(replay_clock_now(), 5000);
}

struct picky {
	size_t wanted, got;
};

static enum pl_result take_some(void *arg, const void *data, size_t n, struct pl_error *e)
{
	struct picky *p = arg;

	(void)data;
	p->got += n;
	return p->got < p->wanted ? PL_OK : pl_error_set(e, PL_E_CANCELLED, "enough");
}

static void a_sink_that_had_enough_is_drained_for(void **state)
{
	static const struct replay_step STEPS[] = {
		REPLAY_WRITES,
		REPLAY_ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n"),
		REPLAY_ANSWER("0123456789"),
		REPLAY_ANSWER("0123456789"),
		REPLAY_ANSWER("0123456789"),
	};
	struct picky picky = { .wanted = 5 };
	struct pl_http_sink sink = { take_some, &picky, 1000, NULL };

	(void)state;
	assert_result(TALK(STEPS, &GET, &sink), PL_E_CANCELLED);
	assert_string_equal(err.text, "enough");
	assert_int_equal(picky.got, 10);
	assert_int_equal(http.body_size, 30);
	assert_true(http.in_step);
	assert_true(http.keep_alive);
}

static void too_long_a_body_is_drained_too(void **state)
{
	static const struct replay_step STEPS[] = {
		REPLAY_WRITES,
		REPLAY_ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n"),
		REPLAY_ANSWER("0123456789"),
		REPLAY_ANSWER("0123456789"),
	};
	struct picky picky = { .wanted = 1000 };
	struct pl_http_sink sink = { take_some, &picky, 15, NULL };

	(void)state;
	assert_result(TALK(STEPS, &GET, &sink), PL_E_TOO_BIG);
	assert_int_equal(picky.got, 10);
	assert_true(http.in_step);
}

static void draining_is_bounded(void **state)
{
	static char flood[PL_MAX_HTTP_DRAIN / 4];
	static const char HEAD[] = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
	const struct replay_step steps[] = {
		REPLAY_WRITES,
		REPLAY_ANSWER_OF(HEAD, sizeof(HEAD) - 1),
		REPLAY_ANSWER_OF(flood, sizeof(flood)),
		REPLAY_ANSWER_OF(flood, sizeof(flood)),
		REPLAY_ANSWER_OF(flood, sizeof(flood)),
		REPLAY_ANSWER_OF(flood, sizeof(flood)),
		REPLAY_ANSWER_OF(flood, sizeof(flood)),
	};

	(void)state;
	assert_result(TALK(steps, &GET, NULL), PL_E_TOO_BIG);
	assert_false(http.in_step);
	assert_true(http.body_size <= PL_MAX_HTTP_DRAIN + 16384);
}

static void the_raw_head_can_be_had(void **state)
{
	static const struct replay_step STEPS[] = {
		REPLAY_WRITES,
		REPLAY_ANSWER(
			"HTTP/1.1 100 x\r\nA: 0\r\n\r\nHTTP/1.1 200 OK\r\nSet-Cookie: a\r\n"
			"set-cookie : b\r\n folded: c\r\nEmpty:\r\nContent-Length: 0\r\n\r\n"),
	};
	struct pl_bytes head;
	struct pl_http_sink sink = { take_some, NULL, 0, &head };

	(void)state;
	pl_bytes_init(&head, PL_MAX_HTTP_HEAD);
	assert_result(TALK(STEPS, &GET, &sink), PL_OK);
	assert_true(pl_span_starts(pl_bytes_span(&head), "HTTP/1.1 200 OK\r\n"));
	assert_span(pl_http_header(pl_bytes_span(&head), "Set-Cookie"), "a");
	assert_span(pl_http_header(pl_bytes_span(&head), "empty"), "");
	assert_span(pl_http_header(pl_bytes_span(&head), "folded"), "");
	assert_span(pl_http_header(pl_bytes_span(&head), "A"), "");
	assert_span(pl_http_header((struct pl_span){ 0 }, "A"), "");
	pl_bytes_finish(&head);
}

static void small_bodies_go_out_with_their_head(void **state)
{
	static const struct pl_http_request POST = {
		.method = "POST",
		.target = "/ipp/print",
		.host = "localhost",
		.content_type = "application/ipp",
		.headers = "Accept: */*\r\n",
		.body = "\1\2\3",
		.body_size = 3,
		.close = true,
	};
	static const struct replay_step STEPS[] = {
		REPLAY_EXPECT("POST /ipp/print HTTP/1.1\r\nHost: localhost\r\n"
			      "Content-Type: application/ipp\r\nContent-Length: 3\r\n"
			      "Connection: close\r\nAccept: */*\r\n\r\n\1\2\3"),
		REPLAY_ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
	};

	(void)state;
	assert_result(TALK(STEPS, &POST, NULL), PL_OK);
	assert_true(http.in_step);
	assert_false(http.keep_alive);
}

struct maker {
	int left; /* pieces to make; -1: fail then */
	bool fails;
};

static enum pl_result make_piece(void *arg, void *buf, size_t cap, size_t *ret_n,
				 struct pl_error *e)
{
	struct maker *m = arg;

	assert_true(cap >= 1024);
	if (m->left-- > 0) {
		memcpy(buf, "0123456789abcdef", 16);
		*ret_n = 16;
		return PL_OK;
	}
	*ret_n = 0;
	return m->fails ? pl_error_set(e, PL_E_CANCELLED, "the person left") : PL_OK;
}

#define CHUNKED_HEAD                                                                               \
	"PUT /x HTTP/1.1\r\nHost: localhost\r\nContent-Type: a/b\r\nTransfer-Encoding: "           \
	"chunked\r\n\r\n"

static void bodies_can_be_made_on_the_fly(void **state)
{
	static const struct replay_step STEPS[] = {
		REPLAY_EXPECT(CHUNKED_HEAD "10\r\n0123456789abcdef\r\n10\r\n0123456789abcdef\r\n"
					   "0\r\n\r\n"),
		REPLAY_ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
	};
	struct maker maker = { 2, false };
	struct pl_http_request put = { .method = "PUT",
				       .target = "/x",
				       .host = "localhost",
				       .content_type = "a/b",
				       .produce = make_piece,
				       .produce_arg = &maker };

	(void)state;
	assert_result(TALK(STEPS, &put, NULL), PL_OK);
	assert_true(http.keep_alive);
}

static void a_cut_body_can_end_in_good_order(void **state)
{
	static const struct replay_step CUT[] = {
		REPLAY_EXPECT(CHUNKED_HEAD "10\r\n0123456789abcdef\r\n"),
	};
	static const struct replay_step ENDED[] = {
		REPLAY_EXPECT(CHUNKED_HEAD "10\r\n0123456789abcdef\r\n0\r\n\r\n"),
		REPLAY_ANSWER("HTTP/1.1 400 Bad\r\nContent-Length: 3\r\n\r\nbad"),
	};
	struct maker maker = { 1, true };
	struct pl_http_request put = { .method = "PUT",
				       .target = "/x",
				       .host = "localhost",
				       .content_type = "a/b",
				       .produce = make_piece,
				       .produce_arg = &maker };

	(void)state;
	assert_result(TALK(CUT, &put, NULL), PL_E_CANCELLED);
	assert_false(http.in_step);
	maker = (struct maker){ 1, true };
	put.end_cut_body = true;
	assert_result(TALK(ENDED, &put, NULL), PL_E_CANCELLED);
	assert_string_equal(err.text, "the person left");
	assert_true(http.in_step);
}

static void broken_requests_are_not_sent(void **state)
{
	static const struct pl_http_request BROKEN[] = {
		{ .method = "GET", .target = "/x HTTP/1.1\r\nEvil: 1", .host = "h" },
		{ .method = "GET", .target = "/a b", .host = "h" },
		{ .method = "GET", .target = "", .host = "h" },
		{ .method = "GET", .target = "/", .host = "h\r\nx" },
		{ .method = "GET", .target = "/", .host = "h", .content_type = "a\nb" },
	};
	static const struct replay_step NOTHING[] = { REPLAY_SILENCE };

	(void)state;
	for (size_t i = 0; i < sizeof(BROKEN) / sizeof(BROKEN[0]); i++)
		assert_result(TALK(NOTHING, &BROKEN[i], NULL), PL_E_INVALID);
}

static void an_unplugged_printer_is_gone(void **state)
{
	static const struct replay_step STEPS[] = { REPLAY_WRITES, REPLAY_GONE };

	(void)state;
	assert_result(TALK(STEPS, &GET, NULL), PL_E_GONE);
	assert_int_equal(http.status, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(reads_by_content_length),
		CASE(reads_chunks_with_all_they_may_have),
		CASE(reads_to_the_end_where_nothing_else_is_told),
		CASE(passes_over_interim_answers),
		CASE(some_answers_have_no_body),
		CASE(a_connect_leaves_the_tunnel_alone),
		CASE(tells_retry_location_and_errors),
		CASE(stale_bytes_are_noticed_at_once),
		CASE(bytes_behind_the_answer_put_it_out_of_step),
		CASE(nonsense_is_protocol),
		CASE(an_end_in_the_middle_is_gone),
		CASE(heads_are_bounded),
		CASE(silence_ends_at_the_deadline),
		CASE(trickling_ends_at_the_deadline),
		CASE(a_sink_that_had_enough_is_drained_for),
		CASE(too_long_a_body_is_drained_too),
		CASE(draining_is_bounded),
		CASE(the_raw_head_can_be_had),
		CASE(small_bodies_go_out_with_their_head),
		CASE(bodies_can_be_made_on_the_fly),
		CASE(a_cut_body_can_end_in_good_order),
		CASE(broken_requests_are_not_sent),
		CASE(an_unplugged_printer_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
