/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that IPP questions are well-formed and ask by name, that refusals have a meaning, and that
 * no message, however malformed or deep, does harm. */
#include "ipp_message.h"

#include <stdio.h>

#include "ipp_answer.h"
#include "platen/clock.h"
#include "replay_stream.h"

static struct pl_ipp_answer *answer;
static struct pl_error err;

static ipp_t *good_answer(void)
{
	ipp_t *ipp = answer_begin(IPP_STATUS_OK);

	add_enum(ipp, "printer-state", 3);
	add_integer(ipp, "queued-job-count", 2);
	add_integer(ipp, "printer-state-change-time", 1783344948);
	return ipp;
}

/* Asks a printer that answers with this HTTP status and message. The bytes written come back. */
static enum pl_result ask(int http_status, ipp_t *ipp, enum pl_ipp_question question,
			  struct pl_bytes *ret_written)
{
	struct pl_bytes body = answer_end(ipp);
	char head[128];
	int n = snprintf(head, sizeof(head), "HTTP/1.1 %d x\r\nContent-Length: %zu\r\n\r\n",
			 http_status, body.size);
	const struct replay_step steps[] = {
		REPLAY_WRITES,
		REPLAY_ANSWER_OF(head, (size_t)n),
		REPLAY_ANSWER_OF(body.at, body.size),
	};
	struct pl_stream *s = REPLAY(steps);
	enum pl_result r;

	pl_ipp_answer_destroy(answer);
	answer = NULL;
	r = pl_ipp_ask(s, "/ipp/print", question, PL_FOREVER, &answer, &err);
	assert_null(replay_fault(s));
	if (ret_written) {
		struct pl_span written = replay_written(s);

		pl_bytes_init(ret_written, 64 * 1024);
		assert_result(pl_bytes_add(ret_written, written.at, written.size), PL_OK);
	}
	pl_stream_close(s);
	pl_bytes_finish(&body);
	return r;
}

struct source {
	struct pl_span rest;
};

static ssize_t give(void *context, ipp_uchar_t *buffer, size_t n)
{
	struct source *source = context;

	n = n < source->rest.size ? n : source->rest.size;
	memcpy(buffer, source->rest.at, n);
	source->rest.at += n;
	source->rest.size -= n;
	return (ssize_t)n;
}

/* What an independent decoder reads in the request that went out. */
static ipp_t *decode_request(const struct pl_bytes *written)
{
	struct source source = { pl_bytes_span(written) };
	const char *body = strstr((char *)written->at, "\r\n\r\n") + 4;
	ipp_t *ipp = ippNew();

	source.rest =
		(struct pl_span){ body, written->size - (size_t)(body - (char *)written->at) };
	assert_int_equal(ippReadIO(&source, give, 1, NULL, ipp), IPP_STATE_DATA);
	assert_int_equal(source.rest.size, 0);
	return ipp;
}

static void questions_ask_by_name(void **state)
{
	static const int FEWEST[] = { 7, 20, 7 };

	(void)state;
	for (int q = PL_IPP_ASK_STATE; q <= PL_IPP_ASK_IDENTITY; q++) {
		struct pl_bytes written;
		ipp_attribute_t *names;
		ipp_t *request;

		assert_result(ask(200, good_answer(), (enum pl_ipp_question)q, &written), PL_OK);
		assert_non_null(strstr((char *)written.at, "POST /ipp/print HTTP/1.1\r\n"));
		assert_non_null(strstr((char *)written.at, "Content-Type: application/ipp\r\n"));
		request = decode_request(&written);
		assert_int_equal(ippGetOperation(request), IPP_OP_GET_PRINTER_ATTRIBUTES);
		assert_string_equal(
			ippGetString(ippFindAttribute(request, "printer-uri", IPP_TAG_URI), 0,
				     NULL),
			"ipp://localhost/ipp/print");
		names = ippFindAttribute(request, "requested-attributes", IPP_TAG_KEYWORD);
		assert_true(ippGetCount(names) >= FEWEST[q]);
		for (int i = 0; i < ippGetCount(names); i++)
			assert_string_not_equal(ippGetString(names, i, NULL), "all");
		assert_null(ippFindAttribute(request, "requesting-user-name", IPP_TAG_ZERO));
		ippDelete(request);
		pl_bytes_finish(&written);
	}
}

static void hints_say_when_to_ask_again(void **state)
{
	struct pl_ipp_hints hints;

	(void)state;
	assert_result(ask(200, good_answer(), PL_IPP_ASK_STATE, NULL), PL_OK);
	pl_ipp_get_hints(answer, &hints);
	assert_int_equal(hints.queued_jobs, 2);
	assert_int_equal(hints.state_change_time, 1783344948);
	assert_true(hints.config_change_time == PL_UNKNOWN);
}

static void refusals_have_a_meaning(void **state)
{
	static const struct {
		int http;
		ipp_status_t ipp;
		enum pl_result wanted;
	} CASES[] = {
		{ 404, IPP_STATUS_OK, PL_E_NOT_FOUND },
		{ 401, IPP_STATUS_OK, PL_E_DENIED },
		{ 503, IPP_STATUS_OK, PL_E_BUSY },
		{ 400, IPP_STATUS_OK, PL_E_REFUSED },
		{ 200, IPP_STATUS_ERROR_NOT_FOUND, PL_E_NOT_FOUND },
		{ 200, IPP_STATUS_ERROR_BUSY, PL_E_BUSY },
		{ 200, IPP_STATUS_ERROR_NOT_AUTHENTICATED, PL_E_DENIED },
		{ 200, IPP_STATUS_ERROR_BAD_REQUEST, PL_E_REFUSED },
		{ 200, IPP_STATUS_ERROR_OPERATION_NOT_SUPPORTED, PL_E_UNSUPPORTED },
		{ 200, IPP_STATUS_OK, PL_E_PROTOCOL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		err.text[0] = '\0';
		assert_result(
			ask(CASES[i].http, answer_begin(CASES[i].ipp), PL_IPP_ASK_STATE, NULL),
			CASES[i].wanted);
		assert_true(err.text[0]);
		assert_null(answer);
	}
}

/* Canon's SELPHY reports an internal error, and answers all the same. */
static void attributes_count_more_than_the_status(void **state)
{
	ipp_t *ipp = answer_begin(IPP_STATUS_ERROR_INTERNAL);

	(void)state;
	add_enum(ipp, "printer-state", 4);
	assert_result(ask(200, ipp, PL_IPP_ASK_STATE, NULL), PL_OK);
	assert_int_equal(ipp_integer(answer, "printer-state", 0), 4);
}

/* Where `text` stands in `s`, which may hold NULs (Windows has no memmem). */
static const char *find(struct pl_span s, const char *text)
{
	for (; s.size > 0; s.at++, s.size--)
		if (pl_span_starts(s, text))
			return s.at;
	fail_msg("%s is not there", text);
	return "";
}

static void an_old_printer_is_asked_again_in_1_1(void **state)
{
	struct pl_bytes no = answer_end(answer_begin(IPP_STATUS_ERROR_VERSION_NOT_SUPPORTED));
	struct pl_bytes yes = answer_end(good_answer());
	char first[96], second[96];
	int n1 = snprintf(first, sizeof(first), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
			  no.size);
	int n2 = snprintf(second, sizeof(second), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
			  yes.size);
	const struct replay_step steps[] = {
		REPLAY_WRITES,
		REPLAY_ANSWER_OF(first, (size_t)n1),
		REPLAY_ANSWER_OF(no.at, no.size),
		REPLAY_WRITES,
		REPLAY_ANSWER_OF(second, (size_t)n2),
		REPLAY_ANSWER_OF(yes.at, yes.size),
	};
	struct pl_stream *s = REPLAY(steps);
	struct pl_span written;
	const char *body;

	(void)state;
	pl_ipp_answer_destroy(answer);
	answer = NULL;
	assert_result(pl_ipp_ask(s, "/ipp/print", PL_IPP_ASK_STATE, PL_FOREVER, &answer, &err),
		      PL_OK);
	written = replay_written(s);
	body = find(written, "\r\n\r\n");
	assert_int_equal(body[4], 2);
	body = find((struct pl_span){ body, written.size - (size_t)(body - written.at) }, "POST ");
	body = strstr(body, "\r\n\r\n") + 4;
	assert_int_equal(body[0], 1);
	assert_int_equal(body[1], 1);
	pl_stream_close(s);
	pl_bytes_finish(&no);
	pl_bytes_finish(&yes);
}

static void identify_says_how(void **state)
{
	struct pl_bytes ok = answer_end(answer_begin(IPP_STATUS_OK)), written;
	char head[96];
	int n = snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
			 ok.size);
	const struct replay_step steps[] = {
		REPLAY_WRITES,
		REPLAY_ANSWER_OF(head, (size_t)n),
		REPLAY_ANSWER_OF(ok.at, ok.size),
	};
	struct pl_stream *s = REPLAY(steps);
	ipp_t *request;

	(void)state;
	assert_result(pl_ipp_identify(s, "/ipp/print", "flash", PL_FOREVER, &err), PL_OK);
	pl_bytes_init(&written, 64 * 1024);
	assert_result(pl_bytes_add(&written, replay_written(s).at, replay_written(s).size), PL_OK);
	request = decode_request(&written);
	assert_int_equal(ippGetOperation(request), PL_IPP_OP_IDENTIFY_PRINTER);
	assert_string_equal(
		ippGetString(ippFindAttribute(request, "identify-actions", IPP_TAG_KEYWORD), 0,
			     NULL),
		"flash");
	ippDelete(request);
	pl_bytes_finish(&written);
	pl_bytes_finish(&ok);
	pl_stream_close(s);
}

static void capabilities_are_read(void **state)
{
	static const int OPERATIONS[] = { IPP_OP_PRINT_JOB, PL_IPP_OP_IDENTIFY_PRINTER };
	static const char *const ACTIONS[] = { "flash", "sound" };
	ipp_t *ipp = good_answer();

	(void)state;
	ippAddIntegers(ipp, IPP_TAG_PRINTER, IPP_TAG_ENUM, "operations-supported", 2, OPERATIONS);
	add_strings(ipp, IPP_TAG_KEYWORD, "identify-actions-supported", 2, ACTIONS);
	assert_result(ask(200, ipp, PL_IPP_ASK_IDENTITY, NULL), PL_OK);
	assert_true(pl_ipp_supports(answer, PL_IPP_OP_IDENTIFY_PRINTER));
	assert_false(pl_ipp_supports(answer, PL_IPP_OP_RESTART_PRINTER));
	assert_true(pl_ipp_identify_can(answer, "sound"));
	assert_false(pl_ipp_identify_can(answer, "speak"));
}

/* However early it ends: an answer of what came before, or a clear no. */
static void every_cut_is_survived(void **state)
{
	struct pl_bytes bytes = answer_end(good_answer());
	size_t decoded = 0;

	(void)state;
	for (size_t n = 0; n < bytes.size; n++) {
		struct pl_ipp_answer *a = NULL;
		uint8_t *exact = malloc(n ? n : 1);

		memcpy(exact, bytes.at, n);
		if (pl_ipp_decode(exact, n, &a, &err) == PL_OK) {
			assert_true(a->cut);
			assert_int_equal(ipp_integer(a, "printer-state", 0), 3);
			decoded++;
		}
		pl_ipp_answer_destroy(a);
		free(exact);
	}
	assert_true(decoded > 40);
	pl_bytes_finish(&bytes);
}

/* Collections in collections: libcups would follow them with 32 KiB of memory a level. */
static void deep_nesting_is_cut_off(void **state)
{
	static const uint8_t BEGIN[] = { 0x34, 0, 1, 'c', 0, 0 };
	static const uint8_t MEMBER[] = { 0x4a, 0, 0, 0, 1, 'm', 0x34, 0, 0, 0, 0 };
	struct pl_bytes bytes = answer_end(good_answer());
	struct pl_ipp_answer *a = NULL;
	bool whole;
	size_t good;

	(void)state;
	bytes.size--; /* the end tag */
	good = bytes.size;
	assert_result(pl_bytes_add(&bytes, BEGIN, sizeof(BEGIN)), PL_OK);
	for (int i = 0; i < 20000; i++)
		assert_result(pl_bytes_add(&bytes, MEMBER, sizeof(MEMBER)), PL_OK);
	assert_int_equal(ipp_scan(bytes.at, bytes.size, &whole), good);
	assert_false(whole);
	assert_result(pl_ipp_decode(bytes.at, bytes.size, &a, &err), PL_OK);
	assert_true(a->cut);
	pl_ipp_answer_destroy(a);
	pl_bytes_finish(&bytes);
}

static void nonsense_is_refused(void **state)
{
	static uint8_t zeros[64];
	static uint8_t huge[PL_MAX_IPP_ANSWER + 1];
	struct pl_ipp_answer *a = NULL;

	(void)state;
	assert_result(pl_ipp_decode("", 0, &a, &err), PL_E_PROTOCOL);
	assert_result(pl_ipp_decode("<html>404</html>", 16, &a, &err), PL_E_PROTOCOL);
	assert_result(pl_ipp_decode(zeros, sizeof(zeros), &a, &err), PL_E_PROTOCOL);
	assert_result(pl_ipp_decode(huge, sizeof(huge), &a, &err), PL_E_TOO_BIG);
	assert_null(a);
	pl_ipp_answer_destroy(NULL);
}

static int finish(void **state)
{
	(void)state;
	pl_ipp_answer_destroy(answer);
	answer = NULL;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_ask_by_name),
		cmocka_unit_test(hints_say_when_to_ask_again),
		cmocka_unit_test(refusals_have_a_meaning),
		cmocka_unit_test(attributes_count_more_than_the_status),
		cmocka_unit_test(an_old_printer_is_asked_again_in_1_1),
		cmocka_unit_test(identify_says_how),
		cmocka_unit_test(capabilities_are_read),
		cmocka_unit_test(every_cut_is_survived),
		cmocka_unit_test(deep_nesting_is_cut_off),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, finish);
}
