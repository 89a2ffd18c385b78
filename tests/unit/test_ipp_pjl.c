/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that a PJL question is one packet, that our answers are found behind any noise and before
 * any chatter, and that every vendor's spelling means the same. */
#include <stdio.h>

#include "platen/pjl.h"

#include "platen/alert.h"
#include "platen/clock.h"
#include "replay_stream.h"
#include "unit.h"

#define UEL   "\033%-12345X"
#define BEGIN "@PJL ECHO 7f3a0c12\r\n\f"
#define END   "@PJL ECHO 7f3a0c12 END\r\n\f"
#define READY "@PJL INFO STATUS\r\nCODE=10001\r\nDISPLAY=\"READY\"\r\nONLINE=TRUE\r\n\f"
#define PAGES "@PJL INFO PAGECOUNT\r\nPAGECOUNT=18421\r\n\f"

static struct pl_snapshot s;
static struct pl_error err;
static struct pl_bytes answer;

static int begin(void **state)
{
	(void)state;
	replay_clock_start(0x7f3a0c12); /* what the nonce is made from */
	pl_bytes_init(&answer, PL_MAX_PJL_ANSWER);
	pl_snapshot_init(&s);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pl_bytes_finish(&answer);
	replay_clock_stop();
	return 0;
}

static enum pl_result ask(const struct replay_step *steps, size_t count, unsigned infos)
{
	struct pl_stream *stream = replay_open(steps, count);
	enum pl_result r = pl_pjl_ask(stream, infos, pl_clock_in_ms(10000), &answer, &err);

	assert_null(replay_fault(stream));
	pl_stream_close(stream);
	return r;
}
#define ASK(steps, infos) ask(steps, sizeof(steps) / sizeof((steps)[0]), infos)

static unsigned read_answer(const char *text)
{
	pl_snapshot_init(&s);
	return pl_pjl_snapshot(pl_span_of(text), &s);
}

static void a_question_is_one_packet(void **state)
{
	static const struct replay_step STEPS[] = {
		REPLAY_EXPECT(UEL "@PJL\r\n@PJL ECHO 7f3a0c12\r\n@PJL INFO STATUS\r\n"
				  "@PJL INFO PAGECOUNT\r\n@PJL ECHO 7f3a0c12 END\r\n" UEL),
		REPLAY_ANSWER(BEGIN READY PAGES END),
		REPLAY_SILENCE,
	};
	struct pl_bytes question;

	(void)state;
	assert_result(ASK(STEPS, PL_PJL_STATUS | PL_PJL_PAGECOUNT), PL_OK);
	assert_span(pl_bytes_span(&answer), READY PAGES);
	assert_int_equal(replay_clock_now(), 0x7f3a0c12);
	pl_bytes_init(&question, PL_MAX_PJL_QUESTION);
	assert_result(pl_pjl_question(~0u, 0xffffffff, &question), PL_OK);
	assert_true(question.size <= PL_MAX_PJL_QUESTION);
	pl_bytes_finish(&question);
}

/* Whatever an earlier reader left, answers of the same categories included, in pieces of one byte.
 */
static void noise_before_the_echo_is_passed_over(void **state)
{
	static const char HEARD[] =
		"\fTRUE\r\n\f@PJL ECHO 00000001\r\n\f@PJL INFO PAGECOUNT\r\n5\r\n\f"
		"@PJL USTATUS TIMED\r\nCODE=40021\r\n\f" BEGIN READY PAGES END;
	struct replay_step steps[sizeof(HEARD) + 1] = { REPLAY_WRITES };

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(HEARD); i++)
		steps[i + 1] = (struct replay_step)REPLAY_ANSWER_OF(&HEARD[i], 1);
	steps[sizeof(HEARD)] = (struct replay_step)REPLAY_SILENCE;
	assert_result(ASK(steps, PL_PJL_STATUS | PL_PJL_PAGECOUNT), PL_OK);
	assert_span(pl_bytes_span(&answer), READY PAGES);
}

static void endless_noise_ends_at_the_deadline(void **state)
{
	static char noise[1024];
	struct replay_step steps[300] = { REPLAY_WRITES };

	(void)state;
	memset(noise, 'x', sizeof(noise));
	for (size_t i = 1; i < 300; i++)
		steps[i] = (struct replay_step)REPLAY_ANSWER_OF(noise, sizeof(noise));
	steps[299] = (struct replay_step)REPLAY_SILENCE;
	assert_result(ASK(steps, PL_PJL_STATUS), PL_E_PROTOCOL);
	assert_int_equal(replay_clock_now(), 0x7f3a0c12 + 10000);
	assert_true(answer.size <= PL_MAX_PJL_ANSWER);
}

/* PAGECOUNT is passed over in silence; the last echo says that nothing more comes. */
static void silence_about_a_category_costs_no_wait(void **state)
{
	static const struct replay_step STEPS[] = {
		REPLAY_WRITES,	  REPLAY_DELAY(400),  REPLAY_ANSWER(BEGIN READY),
		REPLAY_DELAY(50), REPLAY_ANSWER(END), REPLAY_SILENCE,
	};

	(void)state;
	assert_result(ASK(STEPS, PL_PJL_STATUS | PL_PJL_PAGECOUNT), PL_OK);
	assert_int_equal(replay_clock_now(), 0x7f3a0c12 + 450);
	assert_int_equal(pl_pjl_snapshot(pl_bytes_span(&answer), &s), PL_PJL_STATUS);
}

static void a_printer_without_echo_is_heard_out(void **state)
{
	static const struct replay_step STEPS[] = {
		REPLAY_WRITES,	      REPLAY_ANSWER(READY), REPLAY_DELAY(300),
		REPLAY_ANSWER(PAGES), REPLAY_SILENCE,
	};

	(void)state;
	assert_result(ASK(STEPS, PL_PJL_STATUS | PL_PJL_PAGECOUNT), PL_OK);
	assert_span(pl_bytes_span(&answer), READY PAGES);
	assert_true(replay_clock_now() < 0x7f3a0c12 + 2000);
}

static void what_came_before_the_deadline_counts(void **state)
{
	static const struct replay_step STEPS[] = {
		REPLAY_WRITES,
		REPLAY_ANSWER(BEGIN PAGES "@PJL INFO STATUS\r\nCODE=100"),
		REPLAY_SILENCE,
	};

	(void)state;
	assert_result(ASK(STEPS, PL_PJL_STATUS | PL_PJL_PAGECOUNT), PL_E_TIMEOUT);
	assert_true(pl_pjl_snapshot(pl_bytes_span(&answer), &s) & PL_PJL_PAGECOUNT);
	assert_int_equal(s.counters[PL_COUNTER_IMPRESSIONS].value, 18421);
}

static void a_printer_that_never_answers(void **state)
{
	static const struct replay_step SILENT[] = { REPLAY_WRITES, REPLAY_SILENCE };
	static const struct replay_step GONE[] = { REPLAY_WRITES, REPLAY_ANSWER(BEGIN),
						   REPLAY_GONE };
	static const struct replay_step ENDED[] = { REPLAY_WRITES, REPLAY_ANSWER(BEGIN) };

	(void)state;
	assert_result(ASK(SILENT, PL_PJL_STATUS), PL_E_TIMEOUT);
	assert_int_equal(replay_clock_now(), 0x7f3a0c12 + 10000);
	assert_true(err.text[0]);
	replay_clock_start(0x7f3a0c12);
	assert_result(ASK(GONE, PL_PJL_STATUS), PL_E_GONE);
	assert_result(ASK(ENDED, PL_PJL_STATUS), PL_E_GONE);
}

static void too_long_an_answer_is_cut_off(void **state)
{
	static char flood[1024];
	struct replay_step steps[100] = { REPLAY_WRITES, REPLAY_ANSWER(BEGIN) };

	(void)state;
	memset(flood, 'x', sizeof(flood));
	for (size_t i = 2; i < 100; i++)
		steps[i] = (struct replay_step)REPLAY_ANSWER_OF(flood, sizeof(flood));
	assert_result(ASK(steps, PL_PJL_STATUS), PL_E_TOO_BIG);
}

static void page_counts_in_every_spelling(void **state)
{
	static const char *const SAME[] = {
		"@PJL INFO PAGECOUNT\r\nPAGECOUNT=18421\r\n\f",
		"@PJL INFO PAGECOUNT \r\n18421\r\n\f",
		"@PJL INFO PAGECOUNT\nPAGECOUNT = 18421\n\f",
		"@PJL INFO PAGECOUNT\r\n\"18421\"\r\n\f",
		"\f\f@pjl info pagecount\r\npagecount=18421",
		UEL "@PJL INFO PAGECOUNT\r\n18421\r\n" UEL,
	};
	static const char *const NONE[] = {
		"@PJL INFO PAGECOUNT\r\n\"?\"\r\n\f",
		"@PJL INFO PAGECOUNT\r\n?\r\n\f",
		"@PJL INFO PAGECOUNT\r\n\f",
		"@PJL INFO PAGECOUNT\r\nPAGECOUNT = Bad Value [0..0]\r\n\f",
		"@PJL INFO PAGECOUNT\r\nPAGECOUNT=-1\r\n\f",
		"@PJL INFO PAGECOUNT\r\nPAGECOUNT=99999999999999999999\r\n\f",
		"@PJL INFO VARIABLES\r\nPAGECOUNT=0 [1 RANGE]\r\n\f",
		"18421\r\n\f",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(SAME) / sizeof(SAME[0]); i++) {
		assert_int_equal(read_answer(SAME[i]), PL_PJL_PAGECOUNT);
		assert_int_equal(s.counters[PL_COUNTER_IMPRESSIONS].value, 18421);
		assert_int_equal(s.counters[PL_COUNTER_IMPRESSIONS].source, PL_SOURCE_PJL);
	}
	for (size_t i = 0; i < sizeof(NONE) / sizeof(NONE[0]); i++) {
		assert_false(read_answer(NONE[i]) & PL_PJL_PAGECOUNT);
		assert_true(s.counters[PL_COUNTER_IMPRESSIONS].value == PL_UNKNOWN);
	}
}

static void ids_in_every_spelling(void **state)
{
	(void)state;
	assert_int_equal(read_answer("@PJL INFO ID\r\n\"HP LASERJET 4250\"\r\n\f"), PL_PJL_ID);
	assert_string_equal(s.identity[PL_ID_MAKE].text, "HP");
	assert_string_equal(s.identity[PL_ID_MODEL].text, "LASERJET 4250");
	assert_string_equal(s.identity[PL_ID_FIRMWARE].text, "");
	read_answer("@PJL INFO ID\r\n\"Brother HL-5170DN series:84UZ74:Ver1.11:EVer1.00M\"\r\n\f");
	assert_string_equal(s.identity[PL_ID_MODEL].text, "HL-5170DN series");
	assert_string_equal(s.identity[PL_ID_FIRMWARE].text, "1.11");
	assert_int_equal(read_answer("@PJL INFO ID\r\n\"?\"\r\n\f"), 0);
	read_answer("@PJL INFO PRODINFO\r\nProductName = \"HP LaserJet P3015\"\r\n"
		    "FormatterNumber = \"AB12\"\r\nProductSerialNumber = \"VNBC1234\"\r\n"
		    "FirmwareDateCode = \"20120801 07.160.4\"\r\n\f");
	assert_string_equal(s.identity[PL_ID_SERIAL_NUMBER].text, "VNBC1234");
	assert_string_equal(s.identity[PL_ID_FIRMWARE].text, "20120801 07.160.4");
	assert_string_equal(s.identity[PL_ID_MODEL].text, "LaserJet P3015");
}

static void reads_a_status(void **state)
{
	(void)state;
	assert_int_equal(read_answer(READY), PL_PJL_STATUS);
	assert_int_equal(s.printer_state, PL_STATE_IDLE);
	assert_int_equal(s.asleep, PL_NO);
	assert_true(s.reasons_known);
	assert_int_equal(s.reason_count, 0);
	assert_string_equal(s.message, "READY");
	read_answer("@PJL USTATUS DEVICE\r\nCODE=40021\r\nDISPLAY=\"12 COVER "
		    "OPEN\"\r\nONLINE=FALSE\r\n\f");
	assert_int_equal(s.printer_state, PL_STATE_STOPPED);
	assert_string_equal(s.reasons[0], "cover-open-error");
	read_answer("@PJL INFO STATUS\r\nCODE=10006\r\nDISPLAY=\"TONER "
		    "LOW\"\r\nCODE2=11201\r\nONLINE=TRUE\r\n\f");
	assert_int_equal(s.printer_state, PL_STATE_IDLE);
	assert_int_equal(s.reason_count, 2);
	assert_true(pl_snapshot_has_reason(&s, "toner-low"));
	assert_true(pl_snapshot_has_reason(&s, "media-empty"));
	assert_int_equal(read_answer("@PJL INFO STATUS\r\nCODE=abc\r\n\f"), 0);
	assert_int_equal(s.printer_state, PL_STATE_UNKNOWN);
}

/* Of two answers the later is ours; the earlier may be an old reader's. */
static void the_later_answer_counts(void **state)
{
	(void)state;
	read_answer("@PJL USTATUS DEVICE\r\nCODE=40021\r\nONLINE=FALSE\r\n\f" READY);
	assert_int_equal(s.printer_state, PL_STATE_IDLE);
	assert_int_equal(s.reason_count, 0);
	read_answer("@PJL INFO PAGECOUNT\r\n5\r\n\f" PAGES);
	assert_int_equal(s.counters[PL_COUNTER_IMPRESSIONS].value, 18421);
}

static void sleep_and_pauses_of_vendors(void **state)
{
	(void)state;
	read_answer("@PJL INFO STATUS\r\nCODE=40000\r\nDISPLAY=\"SLEEP\"\r\nONLINE=TRUE\r\n\f");
	assert_int_equal(s.asleep, PL_YES);
	assert_int_equal(s.printer_state, PL_STATE_IDLE);
	assert_int_equal(s.reason_count, 0);
	read_answer("@PJL INFO STATUS\r\nCODE=10001\r\nDISPLAY=\"Sleep\"\r\nONLINE=TRUE\r\n\f");
	assert_int_equal(s.asleep, PL_YES);
	/* Pantum says 10002 of every idle printer; others say it when paused. */
	read_answer("@PJL INFO ID\r\n\"Pantum M6500 series\"\r\n\f"
		    "@PJL INFO STATUS\r\nCODE=10002\r\nONLINE=FALSE\r\n\f");
	assert_int_equal(s.printer_state, PL_STATE_IDLE);
	assert_int_equal(s.reason_count, 0);
	read_answer("@PJL INFO STATUS\r\nCODE=10002\r\nONLINE=FALSE\r\n\f");
	assert_int_equal(s.printer_state, PL_STATE_STOPPED);
	assert_string_equal(s.reasons[0], "paused");
	read_answer("@PJL INFO STATUS\r\nCODE=10002\r\nONLINE=TRUE\r\n\f");
	assert_int_equal(s.printer_state, PL_STATE_IDLE);
}

static void reads_supplies(void **state)
{
	(void)state;
	assert_int_equal(
		read_answer("@PJL INFO SUPPLIES\r\nBLACK TONER=61%\r\nCYAN = 7\r\n"
			    "DRUM=\"88\"\r\nTONER STATE=GOOD\r\nTRAYS=2\r\nWASTE TONER=200\r\n\f"),
		PL_PJL_SUPPLIES);
	assert_int_equal(s.supply_count, 3);
	assert_string_equal(s.supplies[0].type, "toner");
	assert_string_equal(s.supplies[0].colorant, "black");
	assert_int_equal(s.supplies[0].level_percent, 61);
	assert_int_equal(s.supplies[0].state, PL_SUPPLY_STATE_UNKNOWN); /* PJL tells no mark */
	assert_string_equal(s.supplies[1].colorant, "cyan");
	assert_string_equal(s.supplies[2].type, "opc");
	read_answer("@PJL USTATUS DEVICE\r\nCODE=10001\r\nTONER=44\r\nONLINE=TRUE\r\n\f");
	assert_int_equal(s.supply_count, 1);
	assert_int_equal(s.supplies[0].level_percent, 44);
	assert_string_equal(s.supplies[0].colorant, "");
}

static void codes_mean_what_their_group_means(void **state)
{
	static const struct {
		int code;
		enum pl_printer_state state;
		const char *reason;
	} CODES[] = {
		{ 10001, PL_STATE_IDLE, "" },
		{ 10023, PL_STATE_PROCESSING, "" },
		{ 10201, PL_STATE_UNKNOWN, "toner-low-warning" },
		{ 10206, PL_STATE_UNKNOWN, "opc-near-eol-warning" },
		{ 11304, PL_STATE_UNKNOWN, "media-empty-warning" },
		{ 15010, PL_STATE_UNKNOWN, "output-area-full-warning" },
		{ 20001, PL_STATE_UNKNOWN, "" },
		{ 30119, PL_STATE_STOPPED, "media-jam-error" },
		{ 35999, PL_STATE_UNKNOWN, "other-warning" },
		{ 40021, PL_STATE_STOPPED, "cover-open-error" },
		{ 40600, PL_STATE_STOPPED, "toner-empty-error" },
		{ 40999, PL_STATE_STOPPED, "other-error" },
		{ 41201, PL_STATE_STOPPED, "media-empty-error" },
		{ 42202, PL_STATE_STOPPED, "media-jam-error" },
		{ 44012, PL_STATE_STOPPED, "media-jam-error" },
		{ 50100, PL_STATE_STOPPED, "other-error" },
		{ 77777, PL_STATE_UNKNOWN, "" },
		{ -1, PL_STATE_UNKNOWN, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(CODES) / sizeof(CODES[0]); i++) {
		struct pl_pjl_meaning m;

		pl_pjl_code(CODES[i].code, &m);
		assert_int_equal(m.state, CODES[i].state);
		assert_string_equal(m.reason, CODES[i].reason);
	}
}

/* Every reason we make is a word of the standards. */
static void all_reasons_are_standard(void **state)
{
	(void)state;
	for (int code = 10000; code < 60000; code++) {
		struct pl_alert_meaning meaning;
		struct pl_pjl_meaning m;

		pl_pjl_code(code, &m);
		if (m.reason[0])
			assert_true(pl_alert_by_reason(pl_span_of(m.reason), &meaning));
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

/* One digit further the printer would forget its settings, or all of itself. */
static void restart_is_these_bytes_and_no_others(void **state)
{
	static const char BYTES[] = "1b252d313233343558" /* ESC%-12345X */
				    "40504a4c0d0a"	 /* @PJL CR LF */
				    "40504a4c20444d434d442041534349494845583d22"
				    "303430303036303230353031303130333031303430313034"
				    "220d0a"
				    "1b252d313233343558";
	struct pl_span order = pl_pjl_order(PL_PJL_ORDER_RESTART);
	char hex[2 * PL_MAX_PJL_QUESTION + 1];

	(void)state;
	assert_int_equal(PL_PJL_ORDER_COUNT, 1);
	assert_true(order.size <= PL_MAX_PJL_QUESTION);
	for (size_t i = 0; i < order.size; i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned char)order.at[i]);
	assert_string_equal(hex, BYTES);
	assert_int_equal(pl_pjl_order(PL_PJL_ORDER_COUNT).size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_question_is_one_packet),
		CASE(noise_before_the_echo_is_passed_over),
		CASE(endless_noise_ends_at_the_deadline),
		CASE(silence_about_a_category_costs_no_wait),
		CASE(a_printer_without_echo_is_heard_out),
		CASE(what_came_before_the_deadline_counts),
		CASE(a_printer_that_never_answers),
		CASE(too_long_an_answer_is_cut_off),
		CASE(page_counts_in_every_spelling),
		CASE(ids_in_every_spelling),
		CASE(reads_a_status),
		CASE(the_later_answer_counts),
		CASE(sleep_and_pauses_of_vendors),
		CASE(reads_supplies),
		CASE(codes_mean_what_their_group_means),
		CASE(all_reasons_are_standard),
		CASE(restart_is_these_bytes_and_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
