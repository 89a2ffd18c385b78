/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that tables stay straight whatever a printer calls itself: wide characters, accents of
 * their own, bytes that are no text, and what would steer the terminal. */
#include "paper.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "unit.h"
#include "width.h"

int wcwidth(wchar_t c);

static char written[8192];

/* What `show` writes on standard output stands in `written` afterwards. */
static void capture(void (*show)(const struct paper *p), const struct paper *p)
{
	FILE *file = tmpfile();
	int out = dup(STDOUT_FILENO);
	size_t n;

	assert_non_null(file);
	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	show(p);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	rewind(file);
	n = fread(written, 1, sizeof(written) - 1, file);
	written[n] = '\0';
	fclose(file);
}

/* Each character against the C library's own table. */
static void widths_are_those_of_the_c_library(void **state)
{
	int asked = 0;

	(void)state;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		fail_msg("there is no locale C.UTF-8 here");
	for (uint32_t c = 0xa0; c < 0x110000; c++) {
		int theirs = wcwidth((wchar_t)c);

		if (theirs < 0)
			continue; /* not assigned */
		asked++;
		if (theirs != width_of(c))
			fail_msg("U+%04X: %d here, %d there", (unsigned)c, width_of(c), theirs);
	}
	assert_true(asked > 200000);
}

static void show_table(const struct paper *p)
{
	static const char *const HEAD[] = { "PRINTER", "STATE" };
	static const char *const CELLS[] = {
		"HP LaserJet M404dn in the corridor on the second floor",
		"idle",
		"京セラ エコシス 複合機 二階の廊下にあるプリンター",
		"idle",
		"Cafe\u0301 프린터",
		"idle",
		"\xff\xfe lies",
		"idle",
	};

	paper_table(p, 2, HEAD, CELLS, 4);
}

/* The columns before "idle" in a line of `written`, as a terminal counts them. */
static int columns_before_state(const struct paper *p, char *line)
{
	char *idle = strstr(line, "idle");

	assert_non_null(idle);
	*idle = '\0';
	return paper_width(p, line);
}

static void check_table(const struct paper *p, int most)
{
	int at = -1;

	capture(show_table, p);
	assert_non_null(strtok(written, "\n")); /* the head */
	for (int i = 0; i < 4; i++) {
		char *line = strtok(NULL, "\n");
		int n;

		assert_non_null(line);
		n = columns_before_state(p, line);
		assert_true(most == 0 || n + 4 <= most);
		assert_true(at == -1 || n == at);
		at = n;
	}
}

static void columns_stand_below_each_other(void **state)
{
	(void)state;
	check_table(&(struct paper){ .utf8 = true }, 0);
	check_table(&(struct paper){ .utf8 = true, .columns = 80 }, 80);
	for (int columns = 20; columns < 70; columns++) /* a wide character is never cut in half */
		check_table(&(struct paper){ .utf8 = true, .columns = columns }, columns);
	check_table(&(struct paper){ .utf8 = false, .columns = 40 }, 40);
}

static void show_steering(const struct paper *p)
{
	paper_text(p, INK_RED,
		   "a\033[2Jb\xc2\x9b"
		   "c\u202e"
		   "d\u2028"
		   "e\xe4",
		   0);
}

static void nothing_steers_the_terminal(void **state)
{
	(void)state;
	capture(show_steering, &(struct paper){ .utf8 = true });
	assert_string_equal(written, "a?[2Jb?c?d?e?");
	capture(show_steering, &(struct paper){ .utf8 = true, .colour = true });
	assert_string_equal(written, "\033[31ma?[2Jb?c?d?e?\033[0m");
}

static void show_paragraph(const struct paper *p)
{
	paper_paragraph(p, INK_PLAIN, "用紙がありません。 用紙を補給してください。 and then go on",
			0);
}

static void paragraphs_break_where_the_paper_ends(void **state)
{
	const struct paper p = { .utf8 = true, .columns = 20 };
	int lines = 0;

	(void)state;
	capture(show_paragraph, &p);
	for (char *line = strtok(written, "\n"); line; line = strtok(NULL, "\n"), lines++)
		assert_in_range(paper_width(&p, line), 1, 20);
	assert_true(lines >= 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths_are_those_of_the_c_library),
		cmocka_unit_test(columns_stand_below_each_other),
		cmocka_unit_test(nothing_steers_the_terminal),
		cmocka_unit_test(paragraphs_break_where_the_paper_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
