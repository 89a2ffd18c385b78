/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that a log line is one line, names no serial number, and is remembered. */
#include "platen/log.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

static char last[PL_MAX_LOG_LINE];
static int lines;

static void keep(void *arg, enum pl_log_level level, const char *line)
{
	(void)arg;
	(void)level;
	snprintf(last, sizeof(last), "%s", line);
	lines++;
}

static int start(void **state)
{
	(void)state;
	lines = 0;
	pl_log_set_level(PL_LOG_INFO);
	pl_log_use(keep, NULL);
	return 0;
}

/* What follows the time and the level. */
static const char *text(void)
{
	return last + 31;
}

static void writes_time_level_and_printer(void **state)
{
	(void)state;
	log_info("usb-03f0-2b17-VNB3K12345", "printer attached port=%s", "1-2");
	assert_int_equal(last[4], '-');
	assert_int_equal(last[10], 'T');
	assert_int_equal(last[23], 'Z');
	assert_memory_equal(last + 24, " info  ", 7);
	assert_string_equal(text(), "printer=usb-03f0-2b17-~345 printer attached port=1-2");
	log_error(NULL, "x");
	assert_memory_equal(last + 24, " error ", 7);
	assert_string_equal(text(), "x");
	log_warn("usb-03f0-2b17-port-1-2.3", "y");
	assert_string_equal(text(), "printer=usb-03f0-2b17-port-1-2.3 y");
	log_warn("A1B2-C3", "y");
	assert_string_equal(text(), "printer=A1B2-~ y");
}

static void keeps_levels_apart(void **state)
{
	(void)state;
	log_debug(NULL, "unseen");
	assert_int_equal(lines, 0);
	pl_log_set_level(PL_LOG_DEBUG);
	log_debug(NULL, "seen");
	assert_int_equal(lines, 1);
	pl_log_set_level(PL_LOG_ERROR);
	log_warn(NULL, "unseen");
	assert_int_equal(lines, 1);
	for (int i = 0; i < PL_LOG_LEVEL_COUNT; i++)
		assert_int_equal(pl_log_level_of(pl_log_level_name((enum pl_log_level)i)), i);
	assert_int_equal(pl_log_level_of("loud"), PL_LOG_LEVEL_COUNT);
}

static void no_text_forges_a_line(void **state)
{
	char huge[3000];

	(void)state;
	log_info(NULL, "%s", "a\nb\x1b[31m\tc\x7f");
	assert_string_equal(text(), "a b [31m c ");
	memset(huge, 'x', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	log_info(NULL, "%s", huge);
	assert_int_equal(strlen(last), PL_MAX_LOG_LINE - 1);
}

static void masks_secrets(void **state)
{
	char out[PL_MAX_REDACTED];

	(void)state;
	assert_string_equal(pl_redact("VNB3K12345", out), "~345");
	assert_string_equal(pl_redact("123456", out), "~56");
	assert_string_equal(pl_redact("12", out), "~");
	assert_string_equal(pl_redact("", out), "~");
	assert_string_equal(pl_redact("aaaaaaaa\n\xff\x01", out), "~???");
}

static void remembers_the_last_lines_whole(void **state)
{
	struct pl_bytes b;
	char number[16];

	(void)state;
	pl_bytes_init(&b, 64 * 1024);
	for (int i = 0; i < 2000; i++)
		log_info(NULL, "line number=%06d", i);
	assert_result(pl_log_recent(&b), PL_OK);
	assert_in_range(b.size, 31 * 1024, 32 * 1024);
	assert_int_equal(b.at[b.size - 1], '\n');
	assert_memory_equal(b.at + 24, " info  line number=", 19); /* the first is whole, too */
	snprintf(number, sizeof(number), "=%06d\n", 1999);
	assert_memory_equal(b.at + b.size - 8, number, 8);
	pl_bytes_finish(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(writes_time_level_and_printer, start),
		cmocka_unit_test_setup(keeps_levels_apart, start),
		cmocka_unit_test_setup(no_text_forges_a_line, start),
		cmocka_unit_test_setup(masks_secrets, start),
		cmocka_unit_test_setup(remembers_the_last_lines_whole, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
