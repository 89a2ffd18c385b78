/* SPDX-License-Identifier: Apache-2.0 */
/* One vocabulary for supplies: the languages' words for types and colorants become those of the
 * Printer MIB, levels become percent, and levels become states. */
#include "platen/snapshot.h"

#include <string.h>

#include "text.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* A printer's word -> the standard's. Compared without letter case, blanks, '-' and '_', so that
 * the MIB's "tonerCartridge" and CUPS' "toner-cartridge" are one row. */
struct word {
	char told[20];
	char keyword[20];
};

/* PrtMarkerSuppliesTypeTC (IANA-PRINTER-MIB), then words of LEDM and of single vendors. "inkTank"
 * is LEDM's alone, and PWG 5100.13 printers print it too. */
static const struct word TYPES[] = {
	{ "other", "other" },
	{ "unknown", "unknown" },
	{ "toner", "toner" },
	{ "wasteToner", "wasteToner" },
	{ "ink", "ink" },
	{ "inkCartridge", "inkCartridge" },
	{ "inkRibbon", "inkRibbon" },
	{ "wasteInk", "wasteInk" },
	{ "opc", "opc" },
	{ "developer", "developer" },
	{ "fuserOil", "fuserOil" },
	{ "solidWax", "solidWax" },
	{ "ribbonWax", "ribbonWax" },
	{ "wasteWax", "wasteWax" },
	{ "fuser", "fuser" },
	{ "coronaWire", "coronaWire" },
	{ "fuserOilWick", "fuserOilWick" },
	{ "cleanerUnit", "cleanerUnit" },
	{ "fuserCleaningPad", "fuserCleaningPad" },
	{ "transferUnit", "transferUnit" },
	{ "tonerCartridge", "tonerCartridge" },
	{ "fuserOiler", "fuserOiler" },
	{ "water", "water" },
	{ "wasteWater", "wasteWater" },
	{ "glueWaterAdditive", "glueWaterAdditive" },
	{ "wastePaper", "wastePaper" },
	{ "bindingSupply", "bindingSupply" },
	{ "bandingSupply", "bandingSupply" },
	{ "stitchingWire", "stitchingWire" },
	{ "shrinkWrap", "shrinkWrap" },
	{ "paperWrap", "paperWrap" },
	{ "staples", "staples" },
	{ "inserts", "inserts" },
	{ "covers", "covers" },
	{ "matteToner", "matteToner" },
	{ "matteInk", "matteInk" },
	{ "inkTank", "inkTank" },
	{ "rechargeableToner", "toner" },
	{ "wasteTonerBox", "wasteToner" },
	{ "wasteInkBox", "wasteInk" },
	{ "maintenanceBox", "wasteInk" },
	{ "drum", "opc" },
	{ "imageDrum", "opc" },
	{ "transferBelt", "transferUnit" },
	{ "transferKit", "transferUnit" },
	{ "fuserKit", "fuser" },
	{ "cleaner", "cleanerUnit" },
};

/* prtMarkerColorantValue's words (ISO 10175 names, then what printers use), LEDM's label codes, and
 * the colours in which CUPS writes marker-colors. */
static const struct word COLORANTS[] = {
	{ "black", "black" },
	{ "K", "black" },
	{ "BK", "black" },
	{ "#000000", "black" },
	{ "cyan", "cyan" },
	{ "C", "cyan" },
	{ "#00FFFF", "cyan" },
	{ "magenta", "magenta" },
	{ "M", "magenta" },
	{ "#FF00FF", "magenta" },
	{ "yellow", "yellow" },
	{ "Y", "yellow" },
	{ "#FFFF00", "yellow" },
	{ "CMY", "cyan-magenta-yellow" },
	{ "cyanMagentaYellow", "cyan-magenta-yellow" },
	{ "triColor", "cyan-magenta-yellow" },
	{ "tricolour", "cyan-magenta-yellow" },
	{ "KCM", "black-cyan-magenta" },
	{ "pK", "photo-black" },
	{ "photoBlack", "photo-black" },
	{ "mK", "matte-black" },
	{ "matteBlack", "matte-black" },
	{ "G", "gray" },
	{ "gray", "gray" },
	{ "grey", "gray" },
	{ "LG", "light-gray" },
	{ "lightGray", "light-gray" },
	{ "lightGrey", "light-gray" },
	{ "DG", "dark-gray" },
	{ "darkGray", "dark-gray" },
	{ "LC", "light-cyan" },
	{ "lightCyan", "light-cyan" },
	{ "LM", "light-magenta" },
	{ "lightMagenta", "light-magenta" },
	{ "R", "red" },
	{ "B", "blue" },
	{ "GGK", "gray" },
};

static const struct word *find(const struct word *words, size_t count, struct pl_span told)
{
	for (size_t i = 0; i < count; i++)
		if (text_same_words(told, words[i].told))
			return &words[i];
	return NULL;
}

static bool is_filled(const char *type)
{
	return strncmp(type, "waste", 5) == 0;
}

void pl_supply_set_type(struct pl_supply *supply, struct pl_span word)
{
	struct pl_span told = pl_span_trim(word);
	const struct word *known = find(TYPES, LENGTH(TYPES), told);

	if (told.size == 0)
		return;
	pl_span_copy(pl_span_of(known ? known->keyword : "other"), supply->type,
		     sizeof(supply->type));
	if (supply->supply_class == PL_SUPPLY_CLASS_UNKNOWN && strcmp(supply->type, "other") != 0 &&
	    strcmp(supply->type, "unknown") != 0)
		supply->supply_class =
			is_filled(supply->type) ? PL_SUPPLY_FILLED : PL_SUPPLY_CONSUMED;
}

/* "Light Light Black" -> "light-light-black". */
static void copy_hyphenated(struct pl_span word, char *out, size_t cap)
{
	text_clean(word, out, cap);
	for (char *c = out; *c; c++)
		*c = *c == ' ' || *c == '_' ? '-' : pl_ascii_lower(*c);
}

/* A cartridge of several colours stands in marker-colors as "#00FFFF#FF00FF#FFFF00". */
static bool is_three_colors(struct pl_span told)
{
	return told.size == 21 && text_has(told, "#00FFFF") && text_has(told, "#FF00FF") &&
	       text_has(told, "#FFFF00");
}

void pl_supply_set_colorant(struct pl_supply *supply, struct pl_span word)
{
	struct pl_span told = pl_span_trim(word);
	const struct word *known = find(COLORANTS, LENGTH(COLORANTS), told);

	if (known)
		pl_span_copy(pl_span_of(known->keyword), supply->colorant,
			     sizeof(supply->colorant));
	else if (is_three_colors(told))
		pl_supply_set_colorant(supply, pl_span_of("CMY"));
	else if (told.size > 0 && told.at[0] != '#' && !text_same_words(told, "unknown"))
		copy_hyphenated(told, supply->colorant, sizeof(supply->colorant));
}

/* Rounded down, but what is left of something is never nothing. */
static int64_t percent_of(int64_t level, int64_t max)
{
	int64_t percent;

	if (level > INT64_MAX / 100)
		return PL_UNKNOWN;
	percent = level * 100 / max;
	if (percent == 0 && level > 0)
		return 1;
	return percent > 100 ? 100 : percent;
}

static void settle_percent(struct pl_supply *supply)
{
	if (supply->level_percent != PL_UNKNOWN || supply->level < 0)
		return;
	if (supply->max_capacity > 0)
		supply->level_percent = percent_of(supply->level, supply->max_capacity);
	else if (strcmp(supply->unit, "percent") == 0)
		supply->level_percent = percent_of(supply->level, 100);
}

void pl_supply_settle(struct pl_supply *supply, int64_t low_percent)
{
	settle_percent(supply);
	if (supply->state != PL_SUPPLY_STATE_UNKNOWN || supply->level_percent == PL_UNKNOWN)
		return;
	if (supply->level_percent == 0)
		supply->state = PL_SUPPLY_EMPTY;
	else if (low_percent != PL_UNKNOWN)
		supply->state = supply->level_percent <= low_percent ? PL_SUPPLY_LOW : PL_SUPPLY_OK;
}

/* What a reason says of one kind of supply. `type` is the beginning of the types it means; "": any
 * that is consumed. */
static const struct {
	const char *reason;
	const char *type;
	enum pl_supply_state state;
} SAYS[] = {
	{ "toner-low", "toner", PL_SUPPLY_LOW },
	{ "toner-empty", "toner", PL_SUPPLY_EMPTY },
	{ "marker-toner-cartridge-missing", "toner", PL_SUPPLY_MISSING },
	{ "marker-ink-almost-empty", "ink", PL_SUPPLY_LOW },
	{ "marker-ink-empty", "ink", PL_SUPPLY_EMPTY },
	{ "opc-near-eol", "opc", PL_SUPPLY_LOW },
	{ "opc-life-over", "opc", PL_SUPPLY_EMPTY },
	{ "marker-waste-almost-full", "waste", PL_SUPPLY_LOW },
	{ "marker-waste-full", "waste", PL_SUPPLY_EMPTY },
	{ "marker-supply-low", "", PL_SUPPLY_LOW },
	{ "marker-supply-empty", "", PL_SUPPLY_EMPTY },
};

static struct pl_supply *only_one_of(struct pl_snapshot *s, const char *type)
{
	struct pl_supply *found = NULL;

	for (size_t i = 0; i < s->supply_count; i++) {
		struct pl_supply *row = &s->supplies[i];
		bool meant = type[0] ? strncmp(row->type, type, strlen(type)) == 0
				     : row->supply_class == PL_SUPPLY_CONSUMED;

		if (meant && found)
			return NULL;
		if (meant)
			found = row;
	}
	return found;
}

void pl_supply_reconcile(struct pl_snapshot *s)
{
	for (size_t i = 0; i < LENGTH(SAYS); i++) {
		struct pl_supply *supply = only_one_of(s, SAYS[i].type);

		if (supply && pl_snapshot_has_reason(s, SAYS[i].reason) &&
		    supply->state < SAYS[i].state)
			supply->state = SAYS[i].state;
	}
}
