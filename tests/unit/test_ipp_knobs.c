/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that a printer's settings are read from what it tells and written byte for byte as it
 * wants them: the words of each language beside the table's, limits, locked ones, units. */
#include <string.h>

#include "knob_rows.h"
#include "platen/pjl.h"

#include "unit.h"

static struct pl_knobs knobs;

static int begin(void **state)
{
	(void)state;
	pl_knobs_init(&knobs);
	return 0;
}

static void must_run_beside(const char *const *words, const char *const *others)
{
	for (int i = 0; words && others && (words[i] || others[i]); i++)
		assert_true(words[i] && others[i]);
}

static void the_table_is_whole(void **state)
{
	(void)state;
	for (int i = 0; i < PL_KNOB_COUNT; i++) {
		const struct knob_row *row = &KNOB_ROWS[i];
		int n = 0;

		assert_int_equal(pl_knob_of(pl_knob_name((enum pl_knob)i)), i);
		assert_true(row->ipp || row->ledm || row->pjl);
		must_run_beside(row->words, row->ipp_words);
		must_run_beside(row->words, row->ledm_words);
		must_run_beside(row->words, row->pjl_words);
		assert_true(!row->pjl || row->words || row->pjl_unit > 0);
		while (row->words && row->words[n])
			n++;
		assert_true(n <= 64);
	}
	assert_int_equal(pl_knob_of("factory_reset"), PL_KNOB_COUNT);
}

static void values_are_texts(void **state)
{
	char text[PL_MAX_KNOB_TEXT];
	struct pl_error err;
	int64_t value;

	(void)state;
	assert_result(pl_knob_read(PL_KNOB_PANEL_LOCK, "moderate", &value, &err), PL_OK);
	pl_knob_text(PL_KNOB_PANEL_LOCK, value, text);
	assert_string_equal(text, "moderate");
	assert_result(pl_knob_read(PL_KNOB_SLEEP_TIMER, "900", &value, &err), PL_OK);
	assert_int_equal(value, 900);
	assert_result(pl_knob_read(PL_KNOB_SLEEP_TIMER, "-1", &value, &err), PL_E_INVALID);
	assert_result(pl_knob_read(PL_KNOB_SLEEP_TIMER, "9 00", &value, &err), PL_E_INVALID);
	assert_result(pl_knob_read(PL_KNOB_SLEEP_TIMER, "86401", &value, &err), PL_E_INVALID);
	assert_string_equal(err.text, "sleep_timer_s must be a number from 0 to 86400");
	assert_result(pl_knob_read(PL_KNOB_DUPLEX, "ON", &value, &err), PL_E_INVALID);
}

#define VARIABLES                                                                                  \
	"@PJL INFO VARIABLES\r\nCOPIES=1 [2 RANGE]\r\n\t1\r\n\t32000\r\n"                          \
	"PAPER=LETTER [3 ENUMERATED]\r\n\tLETTER\r\n\tA4\r\n\tWALLPAPER\r\n"                       \
	"DENSITY = 3 [2 RANGE]\r\n\t1\r\n\t5\r\n"                                                  \
	"POWERSAVETIME=30 [3 ENUMERATED]\r\n\t15\r\n\t30\r\n\t60\r\n"                              \
	"LANG=ENGLISH [2 ENUMERATED READONLY]\r\n\tENGLISH\r\n\tGERMAN\r\n"                        \
	"ECONOMODE=ON\r\nPASSWORD=ENABLED [2 ENUMERATED READONLY]\r\n\tDISABLED\r\n\tENABLED\r\n"  \
	"CPLOCK=NONE [2 ENUMERATED]\r\n\tSOME\r\n\tALL\r\n\f"

static void pjl_tells_what_may_be(void **state)
{
	const struct pl_knob_state *s = knobs.of;

	(void)state;
	pl_pjl_knobs(SPAN(VARIABLES), &knobs);
	assert_true(knobs.known && knobs.wants_password);
	assert_int_equal(s[PL_KNOB_DENSITY].value, 3);
	assert_true(pl_knob_takes(&s[PL_KNOB_DENSITY], PL_KNOB_DENSITY, 5));
	assert_false(pl_knob_takes(&s[PL_KNOB_DENSITY], PL_KNOB_DENSITY, 6));
	assert_int_equal(s[PL_KNOB_DEFAULT_MEDIA].value, 1);
	assert_true(pl_knob_takes(&s[PL_KNOB_DEFAULT_MEDIA], PL_KNOB_DEFAULT_MEDIA, 0));
	assert_false(pl_knob_takes(&s[PL_KNOB_DEFAULT_MEDIA], PL_KNOB_DEFAULT_MEDIA, 2));
	assert_int_equal(s[PL_KNOB_SLEEP_TIMER].value, 1800);
	assert_true(pl_knob_takes(&s[PL_KNOB_SLEEP_TIMER], PL_KNOB_SLEEP_TIMER, 3600));
	assert_false(pl_knob_takes(&s[PL_KNOB_SLEEP_TIMER], PL_KNOB_SLEEP_TIMER, 2700));
	assert_true(s[PL_KNOB_DENSITY].writable && s[PL_KNOB_SLEEP_TIMER].writable);
	/* One that may only be read, one that says nothing of what it may be, strange words. */
	assert_false(s[PL_KNOB_DISPLAY_LANGUAGE].writable);
	assert_false(s[PL_KNOB_TONER_SAVE].writable);
	assert_int_equal(s[PL_KNOB_TONER_SAVE].value, 1);
	assert_false(s[PL_KNOB_PANEL_LOCK].writable);
	assert_int_equal(s[PL_KNOB_QUIET_MODE].means, PL_SOURCE_NONE);
}

static void pjl_is_one_packet(void **state)
{
	struct pl_knob_wish wish = {
		.wanted = 1u << PL_KNOB_DENSITY | 1u << PL_KNOB_SLEEP_TIMER |
			  1u << PL_KNOB_DEFAULT_MEDIA,
		.value = { [PL_KNOB_DENSITY] = 5, [PL_KNOB_SLEEP_TIMER] = 900 },
	};
	struct pl_bytes out;

	(void)state;
	pl_bytes_init(&out, PL_MAX_PJL_QUESTION);
	assert_result(pl_pjl_knobs_order(&wish, 4711, &out), PL_OK);
	assert_span(pl_bytes_span(&out), "\033%-12345X@PJL\r\n@PJL JOB PASSWORD=4711\r\n"
					 "@PJL DEFAULT POWERSAVETIME=15\r\n"
					 "@PJL DEFAULT PAPER=A4\r\n@PJL DEFAULT DENSITY=5\r\n"
					 "@PJL EOJ\r\n\033%-12345X");
	pl_bytes_finish(&out);
}

#define DOCUMENT                                                                                   \
	"<a:ProductConfigDyn xmlns:a='x' xmlns:dd='y'><a:ProductInformation>"                      \
	"<dd:PasswordStatus>set</dd:PasswordStatus></a:ProductInformation><a:ProductSettings>"     \
	"<dd:PowerSaveTimeout>15minutes</dd:PowerSaveTimeout><dd:AutoOffTime>2_hours"              \
	"</dd:AutoOffTime><dd:Duplex>enabled</dd:Duplex><dd:QuietPrintMode>sometimes"              \
	"</dd:QuietPrintMode><x><dd:ControlPanelAccess>locked</dd:ControlPanelAccess></x>"         \
	"</a:ProductSettings></a:ProductConfigDyn>"

static void ledm_keeps_its_forms(void **state)
{
	struct pl_knob_wish wish = {
		.wanted = 1u << PL_KNOB_AUTO_OFF | 1u << PL_KNOB_DUPLEX,
		.value = { [PL_KNOB_AUTO_OFF] = 3 * 3600 },
	};
	struct pl_bytes out;
	struct pl_error err;

	(void)state;
	assert_result(pl_ledm_knobs(SPAN(DOCUMENT), &knobs, &err), PL_OK);
	assert_true(knobs.wants_password);
	assert_int_equal(knobs.of[PL_KNOB_SLEEP_TIMER].value, 900);
	assert_int_equal(knobs.of[PL_KNOB_AUTO_OFF].value, 7200);
	assert_false(pl_knob_takes(&knobs.of[PL_KNOB_AUTO_OFF], PL_KNOB_AUTO_OFF, 5400));
	assert_int_equal(knobs.of[PL_KNOB_DUPLEX].value, 1);
	assert_false(pl_knob_takes(&knobs.of[PL_KNOB_DUPLEX], PL_KNOB_DUPLEX, 2));
	assert_false(knobs.of[PL_KNOB_QUIET_MODE].writable);
	assert_int_equal(knobs.of[PL_KNOB_PANEL_LOCK].means, PL_SOURCE_NONE);

	pl_bytes_init(&out, 4096);
	assert_result(pl_ledm_knobs_document(&knobs, &wish, &out), PL_OK);
	assert_non_null(strstr((const char *)out.at,
			       "ProductSettings><dd:AutoOffTime>3_hours</dd:AutoOffTime>"
			       "<dd:Duplex>disabled</dd:Duplex></prdcfgdyn2:ProductSettings>"));
	pl_bytes_finish(&out);
	assert_result(pl_ledm_knobs(SPAN("<a>"), &knobs, &err), PL_E_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_whole),
		cmocka_unit_test(values_are_texts),
		cmocka_unit_test_setup(pjl_tells_what_may_be, begin),
		cmocka_unit_test(pjl_is_one_packet),
		cmocka_unit_test_setup(ledm_keeps_its_forms, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
