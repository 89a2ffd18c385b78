/* SPDX-License-Identifier: Apache-2.0 */
/* Reads CUPS' marker-* lists. Levels are percent. Of waste containers they tell how full they are,
 * where the Printer MIB (and we) tell the space that remains. */
#include "ipp_marker.h"

#include "text.h"

static int64_t level_at(const struct pl_ipp_answer *a, const char *name, size_t i)
{
	return ipp_integer(a, name, (int)i);
}

static bool is_percent(int64_t level)
{
	return level >= 0 && level <= 100;
}

/* The level from which on the supply is low, as remaining percent. */
static int64_t low_mark(const struct pl_ipp_answer *a, const struct pl_supply *supply, size_t i)
{
	int64_t low = level_at(a, "marker-low-levels", i);
	int64_t high = level_at(a, "marker-high-levels", i);

	if (supply->supply_class == PL_SUPPLY_FILLED)
		return is_percent(high) ? 100 - high : PL_UNKNOWN;
	return is_percent(low) ? low : PL_UNKNOWN;
}

static void set_level(struct pl_supply *supply, int64_t level)
{
	if (is_percent(level))
		supply->level = supply->supply_class == PL_SUPPLY_FILLED ? 100 - level : level;
	else if (level >= -3 && level <= -1)
		supply->level_code = (int)level;
	else
		supply->level_code = -2;
}

/* Photo black is #000000 too; only the name tells. */
static void set_colorant(struct pl_supply *supply, struct pl_span color, struct pl_span name)
{
	static const char *const BLACKS[] = { "photo black", "matte black" };

	pl_supply_set_colorant(supply, color);
	for (size_t i = 0; i < sizeof(BLACKS) / sizeof(BLACKS[0]); i++)
		if (pl_span_is(pl_span_of(supply->colorant), "black") && text_has(name, BLACKS[i]))
			pl_supply_set_colorant(supply, pl_span_of(BLACKS[i]));
}

static void add_marker(const struct pl_ipp_answer *a, size_t i, struct pl_snapshot *s)
{
	struct pl_span name = ipp_text(a, "marker-names", (int)i);
	struct pl_supply *supply = pl_snapshot_add_supply(s, PL_SOURCE_IPP);

	if (!supply)
		return;
	pl_supply_set_type(supply, ipp_text(a, "marker-types", (int)i));
	set_colorant(supply, ipp_text(a, "marker-colors", (int)i), name);
	text_clean(name, supply->description, sizeof(supply->description));
	pl_span_copy(pl_span_of("percent"), supply->unit, sizeof(supply->unit));
	supply->max_capacity = 100;
	set_level(supply, level_at(a, "marker-levels", i));
}

void ipp_read_markers(const struct pl_ipp_answer *a, struct pl_snapshot *s, size_t first_supply)
{
	size_t told = s->supply_count - first_supply;
	size_t count = (size_t)ipp_count(a, "marker-levels");

	for (size_t i = 0; told == 0 && i < count; i++)
		add_marker(a, i, s);
	for (size_t i = first_supply; i < s->supply_count; i++) {
		struct pl_supply *supply = &s->supplies[i];
		bool paired = told == 0 || told == count;

		pl_supply_settle(supply,
				 paired ? low_mark(a, supply, i - first_supply) : PL_UNKNOWN);
	}
}
