/* SPDX-License-Identifier: Apache-2.0 */
/* Reads VSTATUS and S of HP's ink printers. Their layout is field knowledge (no document describes
 * it): a field that does not fit it is complained of, and what was read before that place counts.
 */
#include "devid_status.h"

#include "text.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define SOURCE	  PL_SOURCE_IEEE1284

static void add_reason(struct pl_snapshot *s, const char *reason)
{
	pl_snapshot_add_reason(s, pl_span_of(reason), SOURCE);
}

/* "KP092" is the black pen's level, "CP041" the colour pen's. */
static int64_t level_of_pen(struct pl_span fields, const char *prefix)
{
	int64_t level = PL_UNKNOWN;

	while (fields.size > 0) {
		struct pl_span field = pl_span_trim(pl_span_take(&fields, ','));

		if (field.size > 2 && pl_span_starts(field, prefix))
			text_number((struct pl_span){ field.at + 2, field.size - 2 }, &level);
	}
	return level;
}

/* One pen, "$HB0": slot, kind (B black, C colour, D photo, U misplaced, A none), state. */
static void read_pen(struct pl_span pen, struct pl_span fields, struct pl_snapshot *s)
{
	char slot = pl_ascii_lower(pen.at[1]);
	char kind = pl_ascii_lower(pen.at[2]);
	struct pl_supply *supply = NULL;

	if (kind == 'b')
		supply = devid_add_ink(s, "inkCartridge", pl_span_of("K"),
				       level_of_pen(fields, "KP"));
	else if (kind == 'c')
		supply = devid_add_ink(s, "inkCartridge", pl_span_of("CMY"),
				       level_of_pen(fields, "CP"));
	else if (kind == 'd')
		supply = devid_add_ink(s, "inkCartridge", pl_span_of("KCM"), PL_UNKNOWN);
	else if (slot == 'a' || kind == 'a' || kind == 'u')
		supply = devid_add_ink(s, "inkCartridge", pl_span_of(""), PL_UNKNOWN);
	if (!supply)
		return;
	if (slot == 'a' || kind == 'a' || kind == 'u')
		supply->state = PL_SUPPLY_MISSING;
	pl_supply_settle(supply, PL_UNKNOWN);
}

/* Pens stand in one field ("$HB0$NC0") or in one each ("$HB0,$NC0"), so the number of the fields
 * behind them is no guide: each is known by its look. Pens of the 1150 kind ("$H00000000") tell
 * nothing that is understood. */
void devid_read_vstatus(struct pl_span field, struct pl_snapshot *s)
{
	struct pl_span rest = field;
	bool told = false, lid_up = false;

	while (rest.size > 0) {
		struct pl_span part = pl_span_trim(pl_span_take(&rest, ','));

		while (part.size >= 4 && part.size % 4 == 0 && part.at[0] == '$' &&
		       part.size < 20) {
			read_pen(part, field, s);
			part.at += 4;
			part.size -= 4;
		}
		if (pl_span_is_word(part, "UP"))
			lid_up = true;
		if (!told)
			told = devid_apply_word(part, s);
	}
	if (!told)
		pl_snapshot_complain(s, SOURCE, "VSTATUS names no state that is known");
	if (lid_up) {
		pl_snapshot_set_state(s, PL_STATE_STOPPED, SOURCE);
		add_reason(s, "cover-open-error");
	}
}

/* Reads `n` hexadecimal digits at `from`; -1 where the field is too short or they are none. */
static int64_t hex(struct pl_span field, size_t from, size_t n)
{
	int64_t value = 0;

	if (from + n > field.size)
		return -1;
	for (size_t i = from; i < from + n; i++) {
		char c = pl_ascii_lower(field.at[i]);
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
						   : -1;

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* Where things stand in field S, by its revision (the second digit). */
static const struct layout {
	size_t status_at; /* two digits */
	size_t pens_at;	  /* one digit: how many; the pens follow */
	size_t pen_digits;
} LAYOUTS[] = {
	{ 14, 16, 8 }, { 14, 16, 8 }, { 14, 16, 4 }, { 16, 18, 8 }, { 20, 22, 8 },
};

enum pen_kind { PEN_NONE, PEN_HEAD, PEN_SUPPLY, PEN_HEAD_AND_SUPPLY };
enum pen_trigger { PEN_MAY_BE_LOW = 5, PEN_PROBABLY_OUT = 6 };

struct pen {
	int kind, color, trigger, health, level;
};

static struct pen unpack_short(uint32_t bits, size_t index, size_t count)
{
	/* The colours of 4-digit pens: black, cyan, magenta, yellow, twice. */
	static const int COLORS[] = { 0, 1, 4, 5, 6, 1, 4, 5, 6 };
	uint32_t color = bits >> 12 & 0xf;

	return (struct pen){
		.kind = index < count / 2 ? PEN_HEAD : PEN_SUPPLY,
		.color = color < LENGTH(COLORS) ? COLORS[color] : 0,
		.trigger = (int)(bits >> 9 & 7),
		.health = (int)(bits >> 7 & 3),
		.level = (int)(bits & 0x7f),
	};
}

static struct pen unpack_long(uint32_t bits)
{
	return (struct pen){
		.kind = (int)(bits >> 31 & 1) + 2 * (int)(bits >> 30 & 1),
		.color = (int)(bits >> 24 & 0x3f),
		.trigger = (int)(bits >> 16 & 7),
		.health = (int)(bits >> 14 & 3),
		.level = (int)(bits & 0xff),
	};
}

/* Printheads without ink and empty slots are no supplies. */
static void add_pen(const struct pen *pen, struct pl_snapshot *s)
{
	static const char COLORS[][14] = { "",	"K",  "CMY", "KCM",	     "C",   "M",
					   "Y", "LC", "LM",  "light-yellow", "GGK", "B" };
	const char *colorant = (size_t)pen->color < LENGTH(COLORS) ? COLORS[pen->color] : "";
	struct pl_supply *supply;

	if (pen->kind != PEN_SUPPLY && pen->kind != PEN_HEAD_AND_SUPPLY)
		return;
	supply = devid_add_ink(s, pen->kind == PEN_SUPPLY ? "ink" : "inkCartridge",
			       pl_span_of(colorant), pen->health == 0 ? pen->level : PL_UNKNOWN);
	if (!supply)
		return;
	if (pen->health == 1)
		supply->state = PL_SUPPLY_MISSING;
	else if (pen->trigger > PEN_PROBABLY_OUT)
		supply->state = PL_SUPPLY_EMPTY;
	else if (pen->trigger >= PEN_MAY_BE_LOW)
		supply->state = PL_SUPPLY_LOW;
	else if (pen->health == 0)
		supply->state = PL_SUPPLY_OK; /* triggers below say: sufficient */
	pl_supply_settle(supply, PL_UNKNOWN);
	if (supply->state == PL_SUPPLY_LOW)
		add_reason(s, "marker-supply-low-warning");
}

static bool read_pens(struct pl_span field, const struct layout *layout, struct pl_snapshot *s)
{
	int64_t count = hex(field, layout->pens_at, 1);

	for (int64_t i = 0; i < count; i++) {
		size_t at = layout->pens_at + 1 + (size_t)i * layout->pen_digits;
		int64_t bits = hex(field, at, layout->pen_digits);
		struct pen pen;

		if (bits < 0)
			return false;
		pen = layout->pen_digits == 4
			      ? unpack_short((uint32_t)bits, (size_t)i, (size_t)count)
			      : unpack_long((uint32_t)bits);
		add_pen(&pen, s);
	}
	return count >= 0;
}

/* Digits 2 and 3 are the top lid and the supplies' door: 8 says there is one, 1 that it is open. */
static bool is_open(struct pl_span field)
{
	int64_t lid = hex(field, 2, 1), door = hex(field, 3, 1);

	return (lid >= 0 && (lid & 9) == 9) || (door >= 0 && (door & 9) == 9);
}

void devid_read_s_field(struct pl_span field, struct pl_snapshot *s)
{
	int64_t revision = hex(field, 1, 1);
	const struct layout *layout;
	int64_t status;

	if (revision < 0 || (size_t)revision >= LENGTH(LAYOUTS)) {
		pl_snapshot_complain(s, SOURCE, "field S has a layout that is not known");
		return;
	}
	layout = &LAYOUTS[revision];
	status = hex(field, layout->status_at, 2);
	if (!devid_apply_number(status, s))
		pl_snapshot_complain(s, SOURCE, "field S has a status that is not known");
	if (status >= 0 && is_open(field)) {
		pl_snapshot_set_state(s, PL_STATE_STOPPED, SOURCE);
		add_reason(s, "cover-open-error");
	}
	if (!read_pens(field, layout, s))
		pl_snapshot_complain(s, SOURCE, "field S ends in the middle of its pens");
}
