/* SPDX-License-Identifier: Apache-2.0 */
/* MediaHandlingDyn.xml: the input trays. */
#include <string.h>

#include "ledm_xml.h"
#include "media_size.h"
#include "text.h"

struct trays {
	struct pl_snapshot *s;
	struct pl_medium *tray; /* the one being read, or NULL */
};

/* Some printers put all trays into one element InputTrays. */
static const char *inside_tray(const char *path)
{
	const char *name = ledm_inside(path, "MediaHandlingDyn/InputTrays");

	if (!name)
		name = ledm_inside(path, "MediaHandlingDyn");
	return name && strncmp(name, "InputTray", 9) == 0 ? name + 9 : NULL;
}

static void on_enter(void *arg, const char *path)
{
	struct trays *t = arg;
	const char *rest = inside_tray(path);

	if (rest && *rest == '\0')
		t->tray = pl_snapshot_add_medium(t->s, PL_SOURCE_LEDM);
}

static void read_member(struct pl_medium *tray, const char *name, struct pl_span text)
{
	int64_t number;

	if (strcmp(name, "InputBin") == 0)
		text_clean(text, tray->name, sizeof(tray->name));
	else if (strcmp(name, "MediaSizeName") == 0)
		media_size_from_word(text, tray->size, sizeof(tray->size));
	else if (strcmp(name, "Capacity/MaxCapacity") == 0 && text_number(text, &number))
		tray->capacity = number > 0 ? number : PL_UNKNOWN;
	else if (strcmp(name, "MediaState") == 0 && pl_span_is_word(text, "empty"))
		tray->level = 0;
	else if (strcmp(name, "MediaState") == 0 && pl_span_is_word(text, "loaded"))
		tray->level_code = -3;
}

static void on_leave(void *arg, const char *path, struct pl_span text)
{
	struct trays *t = arg;
	const char *rest = inside_tray(path);

	if (rest && *rest == '\0')
		t->tray = NULL;
	else if (rest && *rest == '/' && t->tray)
		read_member(t->tray, rest + 1, text);
}

enum pl_result ledm_read_media(struct pl_span xml, struct pl_snapshot *s, struct pl_error *err)
{
	struct trays t = { .s = s };
	struct ledm_visitor visitor = { on_enter, on_leave, &t };

	return ledm_walk(xml, "MediaHandlingDyn", &visitor, err);
}
