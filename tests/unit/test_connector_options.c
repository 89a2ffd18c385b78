/* SPDX-License-Identifier: Apache-2.0 */
/* Proves how a command line is read: values behind "=" or a blank, lists, times, and each mistake
 * named. */
#include "options.h"
#include "unit.h"

static const char *text;
static int64_t number;
static struct pl_words list, words;
static bool flag;

static const struct pl_cli_option OPTIONS[] = {
	{ "--text", PL_FORM_TEXT, &text, 0, 0 },
	{ "--number", PL_FORM_NUMBER, &number, 1, 1000000 },
	{ "--name", PL_FORM_LIST, &list, 0, 0 },
	{ "--flag", PL_FORM_SWITCH, &flag, 0, 0 },
};

static enum pl_result read_line(const char *const *line, struct pl_error *err)
{
	char *argv[64];
	int argc = 0;

	text = NULL;
	number = 0;
	flag = false;
	memset(&list, 0, sizeof list);
	memset(&words, 0, sizeof words);
	for (; line[argc]; argc++)
		argv[argc] = (char *)(uintptr_t)line[argc];
	return pl_options_read(argc, argv, OPTIONS, 4, &words, err);
}

static void reads_what_is_right(void **state)
{
	static const char *const LINE[] = { "create", "--text=a=b", "--number", "7d",	"--name",
					    "one",    "two",	    "--flag",	"last", NULL };
	struct pl_error err = { 0 };

	(void)state;
	assert_result(read_line(LINE, &err), PL_OK);
	assert_string_equal(text, "a=b");
	assert_int_equal(number, 7 * 86400);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.at[1], "two");
	assert_true(flag);
	assert_int_equal(words.count, 2);
	assert_string_equal(words.at[1], "last");
}

static void names_what_is_wrong(void **state)
{
	static const char *const LINES[][3] = {
		{ "--colour", NULL, NULL },	 { "--text", NULL, NULL },
		{ "--number", "x", NULL },	 { "--number", "0", NULL },
		{ "--number", "5w", NULL },	 { "--number=", NULL, NULL },
		{ "--number", "9999999", NULL }, { "--text2=x", NULL, NULL },
	};
	struct pl_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) {
		assert_result(read_line(LINES[i], &err), PL_E_INVALID);
		assert_non_null(strstr(err.text, "--"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_is_right),
		cmocka_unit_test(names_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
