/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the status fields of a device ID: HP's VSTATUS and S of its ink printers, and the plain
 * words of others. The layout of VSTATUS and S is field knowledge (no document describes them): a
 * field that does not fit it is complained of, and what was read before that place counts. */
#include "devid_status.h"

#include "platen/alert.h"
#include "text.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define SOURCE	  PL_SOURCE_IEEE1284

/* What a printer is doing, by HP's status number (field S), by HP's word (field VSTATUS), or by a
 * word of others (field STATUS). */
static const struct activity {
	int number; /* -1: no number */
	char word[20];
	enum pl_printer_state state;
	enum pl_tristate asleep;
	char reason[40]; /* "" where nothing is wrong */
} ACTIVITIES[] = {
	{ 0x00, "idle", PL_STATE_IDLE, PL_NO, "" },
	{ 0x01, "busy", PL_STATE_PROCESSING, PL_NO, "" },
	{ 0x02, "prnt", PL_STATE_PROCESSING, PL_NO, "" },
	{ 0x03, "offf", PL_STATE_STOPPED, PL_NO, "shutdown" },
	{ 0x04, "rprt", PL_STATE_PROCESSING, PL_NO, "" },
	{ 0x05, "cncl", PL_STATE_PROCESSING, PL_NO, "" },
	{ 0x06, "iost", PL_STATE_PROCESSING, PL_NO, "" },
	{ 0x07, "dryw", PL_STATE_PROCESSING, PL_NO, "media-drying-report" },
	{ 0x08, "penc", PL_STATE_STOPPED, PL_NO, "cover-open-error" },
	{ 0x09, "oopa", PL_STATE_STOPPED, PL_NO, "media-empty-error" },
	{ 0x0a, "bnej", PL_STATE_STOPPED, PL_NO, "media-needed-error" },
	{ 0x0b, "bnmz", PL_STATE_STOPPED, PL_NO, "media-needed-error" },
	{ 0x0c, "phmz", PL_STATE_STOPPED, PL_NO, "media-needed-error" },
	{ 0x0d, "dpmz", PL_STATE_STOPPED, PL_NO, "media-needed-error" },
	{ 0x0e, "pajm", PL_STATE_STOPPED, PL_NO, "media-jam-error" },
	{ 0x0f, "cars", PL_STATE_STOPPED, PL_NO, "motor-failure-error" },
	{ 0x10, "paps", PL_STATE_STOPPED, PL_NO, "media-jam-error" },
	{ 0x11, "penf", PL_STATE_STOPPED, PL_NO, "marker-ink-missing-error" },
	{ 0x12, "erro", PL_STATE_STOPPED, PL_NO, "other-error" },
	{ 0x13, "pwdn", PL_STATE_IDLE, PL_YES, "" },
	{ 0x14, "fpts", PL_STATE_PROCESSING, PL_NO, "" },
	{ 0x15, "clno", PL_STATE_STOPPED, PL_NO, "output-tray-missing-error" },
	{ 0x16, "output full", PL_STATE_STOPPED, PL_NO, "output-area-full-error" },
	{ 0x17, "", PL_STATE_STOPPED, PL_NO, "media-needed-error" },
	{ 0x18, "", PL_STATE_STOPPED, PL_NO, "input-manual-input-request-error" },
	{ 0x19, "", PL_STATE_STOPPED, PL_NO, "motor-failure-error" },
	{ 0x1a, "ink empty", PL_STATE_STOPPED, PL_NO, "marker-supply-empty-error" },
	{ 0x1b, "", PL_STATE_STOPPED, PL_NO, "other-error" },
	{ 0x1c, "", PL_STATE_STOPPED, PL_NO, "motor-failure-error" },
	{ 0x1d, "", PL_STATE_STOPPED, PL_NO, "input-tray-missing-error" },
	{ 0x1e, "", PL_STATE_STOPPED, PL_NO, "subunit-missing-error" },
	{ 0x1f, "", PL_STATE_STOPPED, PL_NO, "input-tray-missing-error" },
	{ 0x20, "", PL_STATE_STOPPED, PL_NO, "cover-open-error" },
	{ 0x21, "", PL_STATE_IDLE, PL_NO, "other-warning" },
	{ 0x22, "", PL_STATE_STOPPED, PL_NO, "marker-waste-ink-receptacle-full-error" },
	{ 0x23, "", PL_STATE_STOPPED, PL_NO, "output-tray-missing-error" },
	{ 0x24, "", PL_STATE_STOPPED, PL_NO, "media-jam-error" },
	{ 0x25, "", PL_STATE_STOPPED, PL_NO, "media-jam-error" },
	{ 0x26, "", PL_STATE_STOPPED, PL_NO, "media-empty-error" },
	{ 0x27, "", PL_STATE_STOPPED, PL_NO, "input-cannot-feed-size-selected-error" },
	{ 0x28, "", PL_STATE_IDLE, PL_NO, "" }, /* ink of another maker: no fault of the printer */
	{ 0x29, "", PL_STATE_PROCESSING, PL_NO, "marker-adjusting-print-quality-report" },
	{ 0x2a, "", PL_STATE_STOPPED, PL_NO, "media-needed-error" },
	{ 0x2b, "", PL_STATE_STOPPED, PL_NO, "media-needed-error" },
	{ 0x2c, "", PL_STATE_PROCESSING, PL_NO, "marker-adjusting-print-quality-report" },
	{ 0x2d, "", PL_STATE_PROCESSING, PL_NO, "" },

	{ -1, "ready", PL_STATE_IDLE, PL_NO, "" },
	{ -1, "online", PL_STATE_IDLE, PL_NO, "" },
	{ -1, "printing", PL_STATE_PROCESSING, PL_NO, "" },
	{ -1, "processing", PL_STATE_PROCESSING, PL_NO, "" },
	{ -1, "warming up", PL_STATE_PROCESSING, PL_NO, "" },
	{ -1, "sleep", PL_STATE_IDLE, PL_YES, "" },
	{ -1, "sleeping", PL_STATE_IDLE, PL_YES, "" },
	{ -1, "asleep", PL_STATE_IDLE, PL_YES, "" },
	{ -1, "power save", PL_STATE_IDLE, PL_YES, "" },
	{ -1, "stopped", PL_STATE_STOPPED, PL_NO, "" },
	{ -1, "offline", PL_STATE_STOPPED, PL_NO, "paused" },
	{ -1, "error", PL_STATE_STOPPED, PL_NO, "other-error" },
	{ -1, "paper out", PL_STATE_STOPPED, PL_NO, "media-empty-error" },
	{ -1, "paper empty", PL_STATE_STOPPED, PL_NO, "media-empty-error" },
	{ -1, "no paper", PL_STATE_STOPPED, PL_NO, "media-empty-error" },
	{ -1, "paper jam", PL_STATE_STOPPED, PL_NO, "media-jam-error" },
	{ -1, "jam", PL_STATE_STOPPED, PL_NO, "media-jam-error" },
	{ -1, "ink out", PL_STATE_STOPPED, PL_NO, "marker-supply-empty-error" },
	{ -1, "ink low", PL_STATE_UNKNOWN, PL_MAYBE, "marker-supply-low-warning" },
	{ -1, "toner low", PL_STATE_UNKNOWN, PL_MAYBE, "toner-low-warning" },
	{ -1, "toner empty", PL_STATE_STOPPED, PL_NO, "toner-empty-error" },
};

static const struct activity *activity_by_word(struct pl_span word)
{
	for (size_t i = 0; i < LENGTH(ACTIVITIES); i++)
		if (word.size > 0 && text_same_words(word, ACTIVITIES[i].word))
			return &ACTIVITIES[i];
	return NULL;
}

static const struct activity *activity_by_number(int number)
{
	for (size_t i = 0; i < LENGTH(ACTIVITIES); i++)
		if (ACTIVITIES[i].number == number)
			return &ACTIVITIES[i];
	return NULL;
}

static void add_reason(struct pl_snapshot *s, const char *reason)
{
	pl_snapshot_add_reason(s, pl_span_of(reason), SOURCE);
}

static void apply(const struct activity *activity, struct pl_snapshot *s)
{
	pl_snapshot_set_state(s, activity->state, SOURCE);
	if (activity->asleep != PL_MAYBE)
		s->asleep = activity->asleep;
	add_reason(s, activity->reason[0] ? activity->reason : "none");
}

/* A cartridge with its level in percent; PL_UNKNOWN where none is told. */
static struct pl_supply *add_ink(struct pl_snapshot *s, const char *type, struct pl_span colorant,
				 int64_t percent)
{
	struct pl_supply *supply = pl_snapshot_add_supply(s, SOURCE);

	if (!supply)
		return NULL;
	pl_supply_set_type(supply, pl_span_of(type));
	pl_supply_set_colorant(supply, colorant);
	pl_span_copy(pl_span_of("percent"), supply->unit, sizeof(supply->unit));
	supply->max_capacity = 100;
	if (percent >= 0 && percent <= 100)
		supply->level = percent;
	else
		supply->level_code = -2;
	return supply;
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
		supply = add_ink(s, "inkCartridge", pl_span_of("K"), level_of_pen(fields, "KP"));
	else if (kind == 'c')
		supply = add_ink(s, "inkCartridge", pl_span_of("CMY"), level_of_pen(fields, "CP"));
	else if (kind == 'd')
		supply = add_ink(s, "inkCartridge", pl_span_of("KCM"), PL_UNKNOWN);
	else if (slot == 'a' || kind == 'a' || kind == 'u')
		supply = add_ink(s, "inkCartridge", pl_span_of(""), PL_UNKNOWN);
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
	const struct activity *activity = NULL;
	bool lid_up = false;

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
		if (!activity)
			activity = activity_by_word(part);
	}
	if (activity)
		apply(activity, s);
	else
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
	supply = add_ink(s, pen->kind == PEN_SUPPLY ? "ink" : "inkCartridge", pl_span_of(colorant),
			 pen->health == 0 ? pen->level : PL_UNKNOWN);
	if (!supply)
		return;
	if (pen->health == 1)
		supply->state = PL_SUPPLY_MISSING;
	else if (pen->trigger > PEN_PROBABLY_OUT)
		supply->state = PL_SUPPLY_EMPTY;
	else if (pen->trigger >= PEN_MAY_BE_LOW)
		supply->state = PL_SUPPLY_LOW;
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

/* Digits 2 and 3 are the top lid and the supplies' door: 8 there is one, 1 it is open. */
static bool is_open(struct pl_span field)
{
	return (hex(field, 2, 1) & 9) == 9 || (hex(field, 3, 1) & 9) == 9;
}

void devid_read_s_field(struct pl_span field, struct pl_snapshot *s)
{
	int64_t revision = hex(field, 1, 1);
	const struct layout *layout;
	const struct activity *activity;
	int64_t status;

	if (revision < 0 || (size_t)revision >= LENGTH(LAYOUTS)) {
		pl_snapshot_complain(s, SOURCE, "field S has a layout that is not known");
		return;
	}
	layout = &LAYOUTS[revision];
	status = hex(field, layout->status_at, 2);
	activity = status < 0 ? NULL : activity_by_number((int)status);
	if (activity)
		apply(activity, s);
	else
		pl_snapshot_complain(s, SOURCE, "field S has a status that is not known");
	if (status >= 0 && is_open(field)) {
		pl_snapshot_set_state(s, PL_STATE_STOPPED, SOURCE);
		add_reason(s, "cover-open-error");
	}
	if (!read_pens(field, layout, s))
		pl_snapshot_complain(s, SOURCE, "field S ends in the middle of its pens");
}

/* Words, comma between them: of the state, or IPP reasons. */
void devid_read_status(struct pl_span field, struct pl_snapshot *s)
{
	struct pl_alert_meaning meaning;

	while (field.size > 0) {
		struct pl_span word = pl_span_trim(pl_span_take(&field, ','));
		const struct activity *activity = activity_by_word(word);

		if (activity)
			apply(activity, s);
		else if (pl_alert_by_reason(word, &meaning))
			pl_snapshot_add_reason(s, word, SOURCE);
	}
}

/* "BK:61,C:40" or "K=61": colour and percent. */
void devid_read_supplies(struct pl_span field, struct pl_snapshot *s)
{
	while (field.size > 0) {
		struct pl_span level = pl_span_take(&field, ',');
		struct pl_span color =
			pl_span_take(&level, memchr(level.at, '=', level.size) ? '=' : ':');
		int64_t percent = PL_UNKNOWN;
		struct pl_supply *supply;

		if (pl_span_trim(color).size == 0)
			continue;
		text_leading_number(level, &percent);
		supply = add_ink(s, "ink", color, percent);
		if (supply)
			pl_supply_settle(supply, PL_UNKNOWN);
	}
}
