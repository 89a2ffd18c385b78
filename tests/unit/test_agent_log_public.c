/* SPDX-License-Identifier: Apache-2.0 */
/* The log's gate: our own sentences pass, whatever else stands in them does not. */
#include <string.h>

#include "log_public.h"
#include "unit.h"

static const char *public_of(const char *line)
{
	static char text[1024];
	struct pl_bytes out;

	pl_bytes_init(&out, sizeof(text) - 1);
	assert_result(pl_log_public(pl_span_of(line), &out), PL_OK);
	memcpy(text, out.at, out.size);
	text[out.size] = '\0';
	pl_bytes_finish(&out);
	return text;
}

#define AT "2026-01-31T08:15:30.123Z "

static void our_sentences_pass(void **state)
{
	static const char *const LINES[] = {
		AT "info  printer=usb-03f0-2b17-~345 printer attached port=1-2 vendor=03f0 "
		   "product=2b17\n",
		AT "warn  interface 1 is held by another program (usblp)\n",
		AT "info  action ended id=5d1e-77 type=identify state=done reason=\"\"\n",
		AT "error the certificate cannot be renewed: Connection refused\n",
	};

	(void)state;
	assert_string_equal(public_of(LINES[1]), LINES[1]);
	assert_string_equal(public_of(LINES[3]), LINES[3]);
	assert_non_null(strstr(public_of(LINES[0]), "printer=usb-03f0-2b17-~345 printer attached "
						    "port=1-2 "));
	assert_non_null(strstr(public_of(LINES[2]), "id=5d1e-77 "));
}

static void foreign_words_do_not(void **state)
{
	static const char *const LINES[] = {
		AT "warn  looking up the name CANARY.example.org took too long\n",
		AT "warn  the printer says CANARY-salaries.pdf\n",
		AT "info  id=CANARY printer=CANARY port=CANARY state=CANARY CANARY=1\n",
		AT "info  action ended reason=\"CANARY (CANARY), CANARY.\"\n",
		AT "info  printer=usb-03f0-2b17-CANARY printer attached\n",
		"CANARY-T08:15 info  agent stops\n",
		AT "warn  cannot read /home/CANARY/x: canary\n",
		"CANARY",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
		assert_null(strstr(public_of(LINES[i]), "CANARY"));
		assert_null(strstr(public_of(LINES[i]), "canary"));
	}
	assert_string_equal(public_of(LINES[0]), AT "warn  looking up the name ~ took too long\n");
	assert_null(strstr(public_of(AT "info  call 5551234567 now\n"), "5551234567"));
}

static void words_are_in_order(void **state)
{
	(void)state;
	for (size_t i = 1; i < PL_LOG_WORD_COUNT; i++)
		assert_true(strcmp(PL_LOG_WORDS[i - 1], PL_LOG_WORDS[i]) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_sentences_pass),
		cmocka_unit_test(foreign_words_do_not),
		cmocka_unit_test(words_are_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
