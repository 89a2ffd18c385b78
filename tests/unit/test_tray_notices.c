/* SPDX-License-Identifier: Apache-2.0 */
/* Proves what the person is told: each thing once, closed when it is over, never a storm. */
#include "notices.h"

#include <stdio.h>

#include "unit.h"

static struct notices notices;
static struct view view;
static int64_t now_ms;
static bool muted, here;
static char said[4096]; /* "+jam usb-1;-jam usb-1;" */

static const char *const KINDS[NOTICE_KINDS] = { "paper",    "jam",   "cover", "supply", "error",
						 "firmware", "asked", "open",  "many" };

static int setup(void **state)
{
	(void)state;
	notices_init(&notices);
	memset(&view, 0, sizeof(view));
	view.has_agent = here = true;
	muted = false;
	now_ms = 1000000;
	return 0;
}

/* Takes the view over; returns what the person sees of it. */
static const char *told(void)
{
	enum notice_order order;
	const struct notice *one;

	said[0] = '\0';
	notices_update(&notices, &view, now_ms, here, muted);
	while (notices_next(&notices, now_ms, &order, &one))
		snprintf(said + strlen(said), sizeof(said) - strlen(said), "%c%s %s;",
			 order == NOTICE_SHOW ? '+' : '-', KINDS[one->kind], one->about);
	return said;
}

static struct view_printer *add_printer(int number)
{
	struct view_printer *p = &view.printers[view.printer_count++];

	memset(p, 0, sizeof(*p));
	snprintf(p->key, sizeof(p->key), "usb-%d", number);
	return p;
}

static void add_alert(struct view_printer *p, const char *code, const char *group)
{
	struct view_alert *a = &p->alerts[p->alert_count++];

	a->severity = VIEW_CRITICAL;
	snprintf(a->code, sizeof(a->code), "%s", code);
	snprintf(a->group, sizeof(a->group), "%s", group);
	snprintf(a->text, sizeof(a->text), "%s", code);
}

static void each_thing_is_told_once_and_closed(void **state)
{
	struct view_printer *p = add_printer(1);

	(void)state;
	assert_string_equal(told(), "");
	add_alert(p, "coverOpen", "cover");
	assert_string_equal(told(), "+cover usb-1;");
	assert_string_equal(told(), "");
	add_alert(p, "jam", "mediaPath");
	assert_string_equal(told(), "+jam usb-1;");
	p->alert_count = 0;
	assert_string_equal(told(), "-jam usb-1;-cover usb-1;");
	assert_string_equal(told(), "");
}

static void what_comes_and_goes_is_told_after_a_while(void **state)
{
	struct view_printer *p = add_printer(1);

	(void)state;
	add_alert(p, "coverOpen", "cover");
	assert_string_equal(told(), "+cover usb-1;");
	p->alert_count = 0;
	assert_string_equal(told(), "-cover usb-1;");
	p->alert_count = 1;
	assert_string_equal(told(), "");
	assert_int_equal(notices_wake_ms(&notices, now_ms), now_ms + NOTICES_QUIET_MS);
	now_ms += NOTICES_QUIET_MS;
	assert_string_equal(told(), "+cover usb-1;");
}

static void one_bubble_for_all_that_is_too_much(void **state)
{
	int shown = 0;

	(void)state;
	for (int i = 0; i < 10; i++)
		add_alert(add_printer(i), "inputMediaSupplyEmpty", "input");
	told();
	for (const char *at = said; (at = strstr(at, "+paper")) != NULL; at++)
		shown++;
	assert_int_equal(shown, NOTICES_PER_MINUTE);
	assert_non_null(strstr(said, "+many"));
	assert_string_equal(told(), "");
	view.printer_count = 0;
	told();
	assert_non_null(strstr(said, "-many"));
}

static void an_agent_that_restarts_tells_nothing_anew(void **state)
{
	struct view_printer *p = add_printer(1);

	(void)state;
	add_alert(p, "coverOpen", "cover");
	assert_string_equal(told(), "+cover usb-1;");
	view.has_agent = false;
	view.printer_count = 0;
	assert_string_equal(told(), "");
	view.has_agent = true; /* back, and has not found its printers yet */
	assert_string_equal(told(), "");
	now_ms += 5000;
	view.printer_count = 1;
	assert_string_equal(told(), "");
	view.printer_count = 0;
	now_ms += NOTICES_BACK_MS;
	assert_string_equal(told(), "-cover usb-1;");
}

static void a_supply_that_follows_is_news(void **state)
{
	struct view_printer *p = add_printer(1);

	(void)state;
	p->supply_count = 2;
	p->supplies[0] = (struct view_supply){ .type = "toner", .level = VIEW_LEVEL_LOW };
	p->supplies[1] = (struct view_supply){ .type = "opc", .level = VIEW_LEVEL_OK };
	assert_string_equal(told(), "+supply usb-1;");
	notices_gone(&notices, notices.list[0].handle); /* its time was over */
	now_ms += NOTICES_QUIET_MS;
	assert_string_equal(told(), "");
	p->supplies[1].level = VIEW_LEVEL_LOW;
	assert_string_equal(told(), "+supply usb-1;");
	notices_gone(&notices, notices.list[0].handle);
	now_ms += NOTICES_QUIET_MS;
	p->supplies[0].level = VIEW_LEVEL_OK; /* less than before is none */
	assert_string_equal(told(), "");
}

static void who_muted_them_is_still_asked(void **state)
{
	struct view_printer *p = add_printer(1);

	(void)state;
	muted = true;
	add_alert(p, "jam", "mediaPath");
	p->gets_firmware = true;
	view.page_count = 1;
	view.pages[0] = (struct view_page){ .id = "p1", .asked = true };
	assert_string_equal(told(), "+firmware usb-1;+asked p1;");
	muted = false;
	assert_string_equal(told(), ""); /* no storm of what was missed */
}

static void only_who_is_here_is_asked(void **state)
{
	(void)state;
	view.page_count = 1;
	view.pages[0] = (struct view_page){ .id = "p1", .asked = true };
	here = false;
	assert_string_equal(told(), "");
	here = true;
	assert_string_equal(told(), "+asked p1;");
	here = false;
	assert_string_equal(told(), "-asked p1;");
	here = true;
	assert_string_equal(told(), "+asked p1;");
	view.pages[0].asked = false;
	assert_string_equal(told(), "-asked p1;+open p1;");
	view.has_agent = false;
	view.page_count = 0;
	assert_string_equal(told(), "-open p1;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_thing_is_told_once_and_closed, setup),
		cmocka_unit_test_setup(what_comes_and_goes_is_told_after_a_while, setup),
		cmocka_unit_test_setup(one_bubble_for_all_that_is_too_much, setup),
		cmocka_unit_test_setup(an_agent_that_restarts_tells_nothing_anew, setup),
		cmocka_unit_test_setup(a_supply_that_follows_is_news, setup),
		cmocka_unit_test_setup(who_muted_them_is_still_asked, setup),
		cmocka_unit_test_setup(only_who_is_here_is_asked, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
