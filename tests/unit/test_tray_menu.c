/* SPDX-License-Identifier: Apache-2.0 */
/* Proves the tray's menu: what stands in it, that numbers keep their meaning, that texts stay
 * texts.
 */
#include "menu.h"

#include <stdio.h>

#include "unit.h"

static struct menu menu;
static struct view view;
static struct menu_state state = { .may_answer = true, .can_diag = true };

static int setup(void **unused)
{
	(void)unused;
	menu_init(&menu);
	memset(&view, 0, sizeof(view));
	view.has_agent = view.connected = true;
	view.enrolment = VIEW_ENROLLED;
	snprintf(view.server, sizeof(view.server), "https://print.example.org:12351");
	return 0;
}

static void add_printer(const char *key, const char *name)
{
	struct view_printer *p = &view.printers[view.printer_count++];

	snprintf(p->key, sizeof(p->key), "%s", key);
	snprintf(p->name, sizeof(p->name), "%s", name);
	p->state = VIEW_IDLE;
	p->supply_count = 1;
	p->supplies[0] = (struct view_supply){ .type = "toner", .colorant = "black", .percent = 7 };
}

static void add_page(const char *id, bool asked)
{
	struct view_page *p = &view.pages[view.page_count++];

	snprintf(p->id, sizeof(p->id), "%s", id);
	snprintf(p->user, sizeof(p->user), "alice");
	p->asked = asked;
}

static const struct menu_item *with_act(enum menu_act act)
{
	for (size_t i = 0; i < menu.count; i++)
		if (menu.items[i].act == act)
			return &menu.items[i];
	return NULL;
}

static const struct menu_item *labelled(const char *label)
{
	for (size_t i = 0; i < menu.count; i++)
		if (strcmp(menu.items[i].label, label) == 0)
			return &menu.items[i];
	return NULL;
}

static void printers_have_their_supplies_below(void **unused)
{
	const struct menu_item *top, *supply;

	(void)unused;
	add_printer("usb-1", "HP LaserJet");
	assert_true(menu_build(&menu, &view, &state));
	top = labelled("HP LaserJet: ready");
	supply = labelled("Black toner: 7 %");
	assert_non_null(top);
	assert_non_null(supply);
	assert_int_equal(supply->parent, top->id);
	assert_true(top->is_parent);
	assert_non_null(labelled("Connected to print.example.org"));
}

static void names_are_no_mnemonics(void **unused)
{
	(void)unused;
	add_printer("usb-1", "A_B");
	menu_build(&menu, &view, &state);
	assert_non_null(labelled("A__B: ready"));
}

static void numbers_keep_their_meaning(void **unused)
{
	int32_t sent, allow, second;

	(void)unused;
	add_printer("usb-1", "One");
	menu_build(&menu, &view, &state);
	sent = with_act(MENU_SENT)->id;
	assert_false(menu_build(&menu, &view, &state));
	add_page("p1", true);
	add_printer("usb-2", "Two");
	assert_true(menu_build(&menu, &view, &state));
	assert_int_equal(with_act(MENU_SENT)->id, sent);
	allow = with_act(MENU_ALLOW)->id;
	assert_string_equal(menu_find(&menu, allow)->page, "p1");
	view.page_count = 0;
	menu_build(&menu, &view, &state);
	assert_null(menu_find(&menu, allow));
	add_page("p2", true);
	menu_build(&menu, &view, &state);
	second = with_act(MENU_ALLOW)->id;
	assert_int_not_equal(second, allow); /* a late click on the old one hits nothing */
}

static void who_is_elsewhere_cannot_answer(void **unused)
{
	const struct menu_state elsewhere = { .may_answer = false };

	(void)unused;
	add_page("p1", true);
	add_page("p2", false);
	menu_build(&menu, &view, &elsewhere);
	assert_false(with_act(MENU_ALLOW)->enabled);
	assert_false(with_act(MENU_DENY)->enabled);
	assert_false(with_act(MENU_END)->enabled);
	assert_false(with_act(MENU_DIAG)->enabled);
	menu_build(&menu, &view, &state);
	assert_true(with_act(MENU_ALLOW)->enabled);
	assert_true(with_act(MENU_END)->enabled);
}

static void twice_the_same_printer_has_two_numbers(void **unused)
{
	(void)unused;
	for (int i = 0; i < 2; i++) {
		add_printer("usb-1", "One");
		menu_build(&menu, &view, &state);
	}
	for (size_t i = 0; i < menu.count; i++)
		assert_ptr_equal(menu_find(&menu, menu.items[i].id), &menu.items[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(printers_have_their_supplies_below, setup),
		cmocka_unit_test_setup(names_are_no_mnemonics, setup),
		cmocka_unit_test_setup(numbers_keep_their_meaning, setup),
		cmocka_unit_test_setup(who_is_elsewhere_cannot_answer, setup),
		cmocka_unit_test_setup(twice_the_same_printer_has_two_numbers, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
