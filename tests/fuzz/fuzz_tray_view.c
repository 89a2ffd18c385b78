/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the watch, one after the other, through the tray's view, menu and messages. Whatever the
 * agent says, texts end and hold no line end, numbers of the menu are unique and have parents, and
 * messages come to an end. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "menu.h"
#include "notices.h"
#include "platen/bytes.h"
#include "words.h"

#define MAX_ORDERS 1000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct view view;
static struct menu menu;
static struct notices notices;

static void must(bool good)
{
	if (!good)
		abort();
}

static void check_text(const char *text, size_t cap)
{
	must(memchr(text, 0, cap) != NULL);
	must(strpbrk(text, "\r\n\x1b") == NULL);
}

static void check_menu(void)
{
	for (size_t i = 0; i < menu.count; i++) {
		const struct menu_item *item = &menu.items[i];

		check_text(item->label, sizeof(item->label));
		check_text(item->page, sizeof(item->page));
		must(item->id > 0 && menu_find(&menu, item->id) == item);
		must(item->parent == 0 || menu_find(&menu, item->parent)->is_parent);
	}
}

static void check_notices(int64_t now_ms)
{
	enum notice_order order;
	const struct notice *one;
	int orders = 0;

	notices_update(&notices, &view, now_ms, true, false);
	while (notices_next(&notices, now_ms, &order, &one)) {
		must(++orders < MAX_ORDERS);
		must(memchr(one->title, 0, sizeof(one->title)) && one->title[0]);
		must(memchr(one->body, 0, sizeof(one->body)) != NULL);
		must(notices_find(&notices, one->handle) == one);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct menu_state state = { .may_answer = size & 1, .can_diag = true };
	struct pl_span rest = { (const char *)data, size };
	char text[WORDS_MAX];
	int64_t now_ms = 0;

	menu_init(&menu);
	notices_init(&notices);
	memset(&view, 0, sizeof(view));
	for (int lines = 0; rest.size > 0 && lines < 8; lines++) {
		struct pl_error err = { PL_OK, "" };

		if (view_read(pl_span_take(&rest, '\n'), &view, &err) != PL_OK)
			must(err.text[0]);
		must(view_mood(&view) < VIEW_MOODS);
		words_summary(&view, text);
		check_text(text, sizeof(text));
		menu_build(&menu, &view, &state);
		must(!menu_build(&menu, &view, &state)); /* the same view is the same menu */
		check_menu();
		check_notices(now_ms += 20000);
	}
	return 0;
}
