/* SPDX-License-Identifier: Apache-2.0 */
/* ConsumableConfigDyn.xml: the supplies. */
#include <string.h>

#include "ledm_xml.h"
#include "text.h"

#define SOURCE PL_SOURCE_LEDM

/* One ConsumableInfo while it is read. */
struct consumable {
	struct pl_snapshot *s;
	struct pl_supply row;
	bool printhead;		/* no supply */
	bool level_measured;	/* MeasuredQuantityState is not "unknown" */
	bool ok;		/* ConsumableState says so; counts where the level says nothing */
	int64_t low;		/* ConsumableLowThreshold, percent */
	char selectability[64]; /* "126A": part number where no ProductNumber is told */
};

static enum pl_supply_state state_of(struct pl_span word)
{
	static const struct {
		const char *word;
		enum pl_supply_state state;
	} STATES[] = {
		{ "missing", PL_SUPPLY_MISSING }, { "misinstalled", PL_SUPPLY_MISSING },
		{ "low", PL_SUPPLY_LOW },	  { "veryLow", PL_SUPPLY_LOW },
		{ "empty", PL_SUPPLY_EMPTY },	  { "out", PL_SUPPLY_EMPTY },
		{ "depleted", PL_SUPPLY_EMPTY },
	};

	for (size_t i = 0; i < sizeof(STATES) / sizeof(STATES[0]); i++)
		if (pl_span_is_word(word, STATES[i].word))
			return STATES[i].state;
	return PL_SUPPLY_STATE_UNKNOWN; /* "ok" too: the level may still say low */
}

static void on_enter(void *arg, const char *path)
{
	struct consumable *c = arg;

	if (strcmp(path, "ConsumableConfigDyn/ConsumableInfo") != 0)
		return;
	c->row = (struct pl_supply){ .max_capacity = PL_UNKNOWN,
				     .level = PL_UNKNOWN,
				     .level_percent = PL_UNKNOWN };
	c->printhead = false;
	c->level_measured = true;
	c->ok = false;
	c->low = PL_UNKNOWN;
	c->selectability[0] = '\0';
}

/* A level of 0 that was not measured, and any level of a cartridge that is not there, is unknown.
 */
static void finish_level(struct consumable *c)
{
	int64_t level = c->row.level;

	pl_span_copy(pl_span_of("percent"), c->row.unit, sizeof(c->row.unit));
	c->row.max_capacity = 100;
	if (level >= 0 && level <= 100 && (level > 0 || c->level_measured) &&
	    c->row.state != PL_SUPPLY_MISSING)
		return;
	c->row.level = PL_UNKNOWN;
	c->row.level_code = -2;
}

static void finish(struct consumable *c)
{
	struct pl_supply *row;
	int index;

	if (c->printhead)
		return;
	row = pl_snapshot_add_supply(c->s, SOURCE);
	if (!row)
		return;
	index = row->index;
	finish_level(c);
	*row = c->row;
	row->index = index;
	row->source = SOURCE;
	if (!row->part_number[0])
		memcpy(row->part_number, c->selectability, sizeof(row->part_number));
	pl_supply_settle(row, c->low);
	if (row->state == PL_SUPPLY_STATE_UNKNOWN && c->ok)
		row->state = PL_SUPPLY_OK;
}

static void read_member(struct consumable *c, const char *name, struct pl_span text)
{
	struct pl_supply *row = &c->row;

	if (strcmp(name, "ConsumableTypeEnum") == 0) {
		c->printhead = text_same_words(text, "printhead");
		pl_supply_set_type(row, text);
	} else if (strcmp(name, "ConsumableLabelCode") == 0) {
		pl_supply_set_colorant(row, text);
	} else if (strcmp(name, "MarkerColor") == 0 && !row->colorant[0]) {
		pl_supply_set_colorant(row, text);
	} else if (strcmp(name, "ConsumablePercentageLevelRemaining") == 0) {
		text_number(text, &row->level);
	} else if (strcmp(name, "ConsumableLifeState/ConsumableState") == 0) {
		row->state = state_of(text);
		c->ok = pl_span_is_word(text, "ok");
	} else if (strcmp(name, "ConsumableLifeState/MeasuredQuantityState") == 0) {
		c->level_measured = !pl_span_is_word(text, "unknown");
		if (row->state == PL_SUPPLY_STATE_UNKNOWN)
			row->state = state_of(text);
	} else if (strcmp(name, "ConsumableLowThreshold") == 0) {
		text_number(text, &c->low);
	} else if (strcmp(name, "ProductNumber") == 0) {
		text_clean(text, row->part_number, sizeof(row->part_number));
	} else if (strcmp(name, "ConsumableSelectibilityNumber") == 0) {
		text_clean(text, c->selectability, sizeof(c->selectability));
		text_clean(text, row->description, sizeof(row->description));
	} else if (strcmp(name, "SerialNumber") == 0 && !pl_span_is(text, "0")) {
		/* A signed number on some printers ("-1515257599"); it is only compared. */
		text_clean(text, row->serial_number, sizeof(row->serial_number));
	}
}

static void on_leave(void *arg, const char *path, struct pl_span text)
{
	static const char INFO[] = "ConsumableConfigDyn/ConsumableInfo";
	struct consumable *c = arg;
	const char *name = ledm_inside(path, INFO);

	if (name)
		read_member(c, name, text);
	else if (strcmp(path, INFO) == 0)
		finish(c);
}

enum pl_result ledm_read_consumables(struct pl_span xml, struct pl_snapshot *s,
				     struct pl_error *err)
{
	struct consumable c = { .s = s };
	struct ledm_visitor visitor = { on_enter, on_leave, &c };

	return ledm_walk(xml, "ConsumableConfigDyn", &visitor, err);
}
