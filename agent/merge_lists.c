/* SPDX-License-Identifier: Apache-2.0 */
/* Joins two lists of supplies or trays. Languages count the same cartridge under different numbers
 * and names, so rows are matched by what they are: colorant and kind. */
#include "merge.h"
#include "merge_rank.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL_SLACK 10 /* percent; some languages round to tenths */

enum kind { KIND_UNKNOWN, KIND_WASTE, KIND_INK, KIND_TONER, KIND_DRUM, KIND_OTHER };

/* MIB words are many ("toner", "tonerCartridge", "inkCartridge", "wasteToner", "opc"); what they
 * hold are few. */
static enum kind kind_of(const char *type)
{
	static const struct {
		const char *part;
		enum kind kind;
	} KINDS[] = {
		{ "waste", KIND_WASTE },  { "toner", KIND_TONER }, { "ink", KIND_INK },
		{ "opc", KIND_DRUM },	  { "drum", KIND_DRUM },   { "photo", KIND_DRUM },
		{ "imaging", KIND_DRUM },
	};
	char lower[sizeof(((struct pl_supply *)0)->type)];
	size_t i;

	if (!type[0])
		return KIND_UNKNOWN;
	for (i = 0; type[i] && i < sizeof(lower) - 1; i++)
		lower[i] = pl_ascii_lower(type[i]);
	lower[i] = '\0';
	for (i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
		if (strstr(lower, KINDS[i].part))
			return KINDS[i].kind;
	return KIND_OTHER;
}

static const char *colorant_of(const struct pl_supply *s)
{
	return strcmp(s->colorant, "none") == 0 ? "" : s->colorant;
}

static bool same_supply(const struct pl_supply *a, const struct pl_supply *b)
{
	enum kind ka = kind_of(a->type), kb = kind_of(b->type);

	if (ka == KIND_OTHER && kb == KIND_OTHER && strcmp(a->type, b->type) != 0)
		return false;
	if (ka != KIND_UNKNOWN && kb != KIND_UNKNOWN && ka != kb)
		return false;
	if (a->supply_class && b->supply_class && a->supply_class != b->supply_class)
		return false;
	return strcmp(colorant_of(a), colorant_of(b)) == 0;
}

/* The only row of `rows` that is the same supply as `wanted`, else NULL. */
static const struct pl_supply *counterpart(const struct pl_supply *rows, size_t count,
					   const struct pl_supply *wanted)
{
	const struct pl_supply *found = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!same_supply(&rows[i], wanted))
			continue;
		if (found)
			return NULL;
		found = &rows[i];
	}
	return found;
}

static void fill_text(char *mine, const char *other, size_t cap)
{
	if (!mine[0])
		memcpy(mine, other, cap);
}
#define FILL_TEXT(mine, other, field)                                                              \
	fill_text((mine)->field, (other)->field, sizeof((mine)->field))

static bool has_level(const struct pl_supply *s)
{
	return s->level != PL_UNKNOWN || s->level_percent != PL_UNKNOWN;
}

/* Level, unit and capacity belong together: half of one and half of the other would be a lie. */
static void fill_level(struct pl_supply *mine, const struct pl_supply *other)
{
	if (has_level(mine) || (mine->level_code && !has_level(other)))
		return;
	if (!has_level(other) && !other->level_code)
		return;
	memcpy(mine->unit, other->unit, sizeof(mine->unit));
	mine->max_capacity = other->max_capacity;
	mine->level = other->level;
	mine->level_code = other->level_code;
	mine->level_percent = other->level_percent;
}

static void complete_supply(struct pl_supply *mine, const struct pl_supply *other)
{
	if (!mine->supply_class)
		mine->supply_class = other->supply_class;
	FILL_TEXT(mine, other, type);
	FILL_TEXT(mine, other, colorant);
	if (other->source == PL_SOURCE_IPP && other->description[0]) /* LEDM's is a bare "206A" */
		memcpy(mine->description, other->description, sizeof(mine->description));
	FILL_TEXT(mine, other, description);
	FILL_TEXT(mine, other, part_number);
	FILL_TEXT(mine, other, serial_number);
	fill_level(mine, other);
	if (mine->state == PL_SUPPLY_STATE_UNKNOWN)
		mine->state = other->state;
}

static void compare_levels(struct pl_snapshot *into, const struct pl_supply *mine,
			   const struct pl_supply *other)
{
	if (mine->level_percent == PL_UNKNOWN || other->level_percent == PL_UNKNOWN ||
	    llabs(mine->level_percent - other->level_percent) <= LEVEL_SLACK)
		return;
	pl_snapshot_complain(into, other->source,
			     "Supply %d (%s) at %" PRId64 "%% contradicts %" PRId64 "%% (%s)",
			     mine->index, mine->colorant[0] ? mine->colorant : mine->type,
			     other->level_percent, mine->level_percent,
			     pl_source_name(mine->source));
}

/* Completes the `count` rows of the better list (now in `into`) from the other one. */
static void join_supplies(struct pl_snapshot *into, const struct pl_supply *others, size_t count)
{
	size_t better_count = into->supply_count;

	for (size_t i = 0; i < count; i++) {
		const struct pl_supply *other = &others[i];
		const struct pl_supply *mine = counterpart(into->supplies, better_count, other);
		bool known = false;

		for (size_t j = 0; j < better_count; j++)
			known = known || same_supply(&into->supplies[j], other);
		if (mine && counterpart(others, count, mine)) {
			complete_supply(&into->supplies[mine - into->supplies], other);
			compare_levels(into, mine, other);
		} else if (!known && into->supply_count < PL_MAX_SUPPLIES) {
			into->supplies[into->supply_count] = *other;
			into->supplies[into->supply_count].index = (int)into->supply_count + 1;
			into->supply_count++;
		}
	}
}

void pl_merge_supplies(struct pl_snapshot *into, const struct pl_snapshot *part)
{
	struct pl_supply others[PL_MAX_SUPPLIES];
	size_t count = into->supply_count;

	if (part->supply_count == 0)
		return;
	if (count > 0 &&
	    !pl_merge_wins(PL_TOPIC_SUPPLY, part->supplies[0].source, into->supplies[0].source)) {
		join_supplies(into, part->supplies, part->supply_count);
		return;
	}
	memcpy(others, into->supplies, sizeof(others));
	memcpy(into->supplies, part->supplies, sizeof(into->supplies));
	into->supply_count = part->supply_count;
	join_supplies(into, others, count);
}

/* Trays have no colour to tell them apart, only their order: rows are joined where both languages
 * tell as many. */
static void join_media(struct pl_snapshot *into, const struct pl_medium *others, size_t count)
{
	if (count != into->medium_count)
		return;
	for (size_t i = 0; i < count; i++) {
		struct pl_medium *mine = &into->media[i];

		FILL_TEXT(mine, &others[i], name);
		FILL_TEXT(mine, &others[i], size);
		if (mine->capacity == PL_UNKNOWN)
			mine->capacity = others[i].capacity;
		if (mine->level == PL_UNKNOWN && !mine->level_code) {
			mine->level = others[i].level;
			mine->level_code = others[i].level_code;
		}
	}
}

void pl_merge_media(struct pl_snapshot *into, const struct pl_snapshot *part)
{
	struct pl_medium others[PL_MAX_MEDIA];
	size_t count = into->medium_count;

	if (part->medium_count == 0)
		return;
	if (count > 0 &&
	    !pl_merge_wins(PL_TOPIC_MEDIUM, part->media[0].source, into->media[0].source)) {
		join_media(into, part->media, part->medium_count);
		return;
	}
	memcpy(others, into->media, sizeof(others));
	memcpy(into->media, part->media, sizeof(into->media));
	into->medium_count = part->medium_count;
	join_media(into, others, count);
}
