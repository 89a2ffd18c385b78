/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that settings are read as written, and that a mistake is told with file and line. */
#include "platen/config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "scratch.h"
#include "unit.h"

struct target {
	char server[40];
	char token[1025];
	int64_t size;
	bool trace;
	int mode;
	unsigned forbid;
};

static const char *const MODES[] = { "idle", "never", NULL };
static const char *const ACTIONS[] = { "reboot", "firmware", "ews", NULL };

#define AT(member) offsetof(struct target, member)
static const struct pl_option OPTIONS[] = {
	{ "server", PL_OPTION_TEXT, AT(server), 0, sizeof(((struct target *)0)->server), NULL },
	{ "token", PL_OPTION_TEXT, AT(token), 0, sizeof(((struct target *)0)->token), NULL },
	{ "size", PL_OPTION_INT, AT(size), 10, 1000, NULL },
	{ "trace", PL_OPTION_BOOL, AT(trace), 0, 0, NULL },
	{ "tls.mode", PL_OPTION_CHOICE, AT(mode), 0, 0, MODES },
	{ "forbid", PL_OPTION_SET, AT(forbid), 0, 0, ACTIONS },
};
#define COUNT (sizeof(OPTIONS) / sizeof(OPTIONS[0]))

static enum pl_result parse(struct pl_span text, struct target *t, struct pl_error *err)
{
	*t = (struct target){ .size = 100 };
	return pl_config_parse(OPTIONS, COUNT, t, text, "agent.conf", err);
}

static void reads_every_kind(void **state)
{
	struct target t;

	(void)state;
	assert_result(parse(SPAN("# a comment\r\n"
				 "  server =  https://a:1 \r\n"
				 "; another\n"
				 "\n"
				 "token = \" with blanks # and ; signs \"\n"
				 "size=1000\n"
				 "trace = Yes\n"
				 "forbid = firmware, ews\n"
				 "[tls]\n"
				 "mode = never"),
			    &t, NULL),
		      PL_OK);
	assert_string_equal(t.server, "https://a:1");
	assert_string_equal(t.token, " with blanks # and ; signs ");
	assert_int_equal(t.size, 1000);
	assert_true(t.trace);
	assert_int_equal(t.forbid, 6);
	assert_int_equal(t.mode, 1);
	assert_result(parse(SPAN("\xef\xbb\xbftls.mode = idle\nforbid =\n"), &t, NULL), PL_OK);
	assert_int_equal(t.mode, 0);
	assert_int_equal(t.forbid, 0);
}

static void takes_lines_as_long_as_a_token(void **state)
{
	char line[1100] = "token = ";
	struct target t;
	struct pl_error err;

	(void)state;
	memset(line + 8, 'x', 1024);
	assert_result(parse((struct pl_span){ line, 8 + 1024 }, &t, NULL), PL_OK);
	assert_int_equal(strlen(t.token), 1024);
	line[8 + 1024] = 'x';
	assert_result(parse((struct pl_span){ line, 8 + 1025 }, &t, &err), PL_E_INVALID);
	assert_non_null(strstr(err.text, "at most 1024 bytes"));
}

static void wrong(struct pl_span text, const char *sentence)
{
	struct target t;
	struct pl_error err = { 0 };

	assert_result(parse(text, &t, &err), PL_E_INVALID);
	if (!strstr(err.text, sentence))
		fail_msg("\"%s\" does not say \"%s\"", err.text, sentence);
}

static void tells_mistakes_with_their_line(void **state)
{
	(void)state;
	wrong(SPAN("\n\nsevrer = x\n"), "agent.conf line 3: there is no setting \"sevrer\"");
	wrong(SPAN("mode = idle\n"), "line 1: there is no setting \"mode\"");
	wrong(SPAN("[tls]\nserver = x\n"), "line 2: there is no setting \"tls.server\"");
	wrong(SPAN("server\n"), "line 1: expected `name = value`");
	wrong(SPAN("= x\n"), "line 1: no setting has this name");
	wrong(SPAN("[tls\n"), "line 1: a section ends with ]");
	wrong(SPAN("size = 9\n"), "from 10 to 1000, not \"9\"");
	wrong(SPAN("size = 1001\n"), "from 10 to 1000");
	wrong(SPAN("size = 20k\n"), "whole number");
	wrong(SPAN("size = 99999999999999999999\n"), "whole number");
	wrong(SPAN("size =\n"), "whole number");
	wrong(SPAN("trace = maybe\n"), "true or false, not \"maybe\"");
	wrong(SPAN("tls.mode = sometimes\n"),
	      "tls.mode knows no \"sometimes\"; it takes: idle, never");
	wrong(SPAN("forbid = reboot, format\n"), "\"format\"; it takes: reboot, firmware, ews");
	wrong(SPAN("server = a\0b\n"), "not a text file");
	wrong(SPAN("server = 0123456789012345678901234567890123456789\n"), "at most 39 bytes");
}

static void reads_a_folder_in_order_of_name(void **state)
{
	char dir[128], path[256];
	struct target t = { 0 };
	struct pl_error err;

	(void)state;
	scratch_path("conf.d", dir, sizeof(dir));
	assert_result(pl_config_read_dir(OPTIONS, COUNT, &t, dir, &err), PL_OK);
	assert_int_equal(mkdir(dir, 0755), 0);
	scratch_write("conf.d/20-b.conf", "server = second\n", 16, path, sizeof(path));
	scratch_write("conf.d/10-a.conf", "server = first\nsize = 50\n", 25, path, sizeof(path));
	scratch_write("conf.d/30-c.conf.off", "nonsense", 8, path, sizeof(path));
	scratch_write("conf.d/.hidden.conf", "nonsense", 8, path, sizeof(path));
	assert_result(pl_config_read_dir(OPTIONS, COUNT, &t, dir, &err), PL_OK);
	assert_string_equal(t.server, "second");
	assert_int_equal(t.size, 50);
	scratch_write("conf.d/99-z.conf", "\nnonsense\n", 10, path, sizeof(path));
	assert_result(pl_config_read_dir(OPTIONS, COUNT, &t, dir, &err), PL_E_INVALID);
	assert_non_null(strstr(err.text, "99-z.conf line 2:"));
	scratch_path("missing.conf", path, sizeof(path));
	assert_result(pl_config_read(OPTIONS, COUNT, &t, path, &err), PL_E_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_kind),
		cmocka_unit_test(takes_lines_as_long_as_a_token),
		cmocka_unit_test(tells_mistakes_with_their_line),
		cmocka_unit_test(reads_a_folder_in_order_of_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
