/* SPDX-License-Identifier: Apache-2.0 */
/* Proves the tray's reader of what the agent tells: values, bounds, harmless texts, one mood. */
#include "view.h"

#include <stdio.h>

#include "unit.h"

static struct view view;
static struct pl_error err;

static enum pl_result read_line(const char *line)
{
	return view_read(pl_span_of(line), &view, &err);
}

static void read_printers(const char *printers, const char *pages)
{
	char line[8192];

	snprintf(line, sizeof(line),
		 "{\"v\":1,\"ok\":true,\"result\":{\"agent_version\":\"1\",\"enrolment\":\"done\","
		 "\"connected\":true,\"server\":\"https://"
		 "a:12351\",\"printers\":[%s],\"pages\":[%s]}}",
		 printers, pages);
	assert_result(read_line(line), PL_OK);
}

static void a_printer_is_read(void **state)
{
	(void)state;
	read_printers(
		"{\"key\":\"usb-1\",\"doing\":\"firmware\",\"identity\":{\"make\":\"HP\","
		"\"model\":\"LaserJet\"},\"state\":{\"printer_state\":\"idle\",\"asleep\":false},"
		"\"supplies\":[{\"class\":\"consumed\",\"type\":\"toner\",\"colorant\":\"black\","
		"\"level_percent\":51,\"state\":\"ok\"},{\"class\":\"filled\",\"type\":"
		"\"wasteToner\",\"level_percent\":null,\"state\":\"unknown\"}],"
		"\"alerts\":[{\"code\":\"jam\",\"severity\":\"critical\",\"group\":\"mediaPath\","
		"\"description\":\"Media is jammed\"}]}",
		"");
	assert_int_equal(view.printer_count, 1);
	assert_string_equal(view.printers[0].name, "HP LaserJet");
	assert_true(view.printers[0].gets_firmware);
	assert_int_equal(view.printers[0].state, VIEW_IDLE);
	assert_int_equal(view.printers[0].supplies[0].percent, 51);
	assert_int_equal(view.printers[0].supplies[1].percent, -1);
	assert_true(view.printers[0].supplies[1].fills);
	assert_int_equal(view.printers[0].alerts[0].severity, VIEW_CRITICAL);
}

static void texts_are_made_harmless(void **state)
{
	char text[16];

	(void)state;
	assert_string_equal(view_clean("a\nb\x1b[1m", text, sizeof(text)), "a b [1m");
	assert_string_equal(view_clean("x\xe2\x80\xaey", text, sizeof(text)), "x y"); /* U+202E */
	assert_string_equal(view_clean("123456789012345\xc3\xa4", text, sizeof(text)),
			    "123456789012345");
	assert_string_equal(view_clean("12345678901234\xc3\xa4", text, sizeof(text)),
			    "12345678901234");
	assert_string_equal(view_clean(NULL, text, sizeof(text)), "");
}

static void too_much_is_counted_not_kept(void **state)
{
	char printers[4096] = "{}";

	(void)state;
	for (int i = 0; i < 19; i++)
		strcat(printers, ",{}");
	read_printers(printers, "");
	assert_int_equal(view.printer_count, VIEW_MAX_PRINTERS);
	assert_int_equal(view.more_printers, 4);
}

static void the_worst_decides_the_mood(void **state)
{
	static const char LOW[] = "{\"supplies\":[{\"state\":\"low\"}]}";
	static const char STOPPED[] = "{\"state\":{\"printer_state\":\"stopped\"}}";

	(void)state;
	read_printers("{}", "");
	assert_int_equal(view_mood(&view), VIEW_WELL);
	read_printers(LOW, "");
	assert_int_equal(view_mood(&view), VIEW_ATTENTION);
	read_printers(STOPPED, "");
	assert_int_equal(view_mood(&view), VIEW_ERROR);
	read_printers(STOPPED, "{\"id\":\"p\",\"state\":\"open\"}");
	assert_int_equal(view_mood(&view), VIEW_REMOTE);
	assert_result(read_line("{\"ok\":true,\"result\":{\"enrolment\":\"done\"}}"), PL_OK);
	assert_int_equal(view_mood(&view), VIEW_OFFLINE);
	memset(&view, 0, sizeof(view));
	assert_int_equal(view_mood(&view), VIEW_OFFLINE);
}

static void what_is_no_view_is_told(void **state)
{
	(void)state;
	assert_result(read_line("{"), PL_E_PROTOCOL);
	assert_result(read_line("{\"ok\":true}"), PL_E_PROTOCOL);
	assert_result(read_line("{\"ok\":false,\"error\":\"unsupported\",\"message\":\"x\"}"),
		      PL_E_UNSUPPORTED);
	assert_result(read_line("{\"ok\":false,\"error\":\"full\",\"message\":\"x\"}"),
		      PL_E_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_printer_is_read),
		cmocka_unit_test(texts_are_made_harmless),
		cmocka_unit_test(too_much_is_counted_not_kept),
		cmocka_unit_test(the_worst_decides_the_mood),
		cmocka_unit_test(what_is_no_view_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
