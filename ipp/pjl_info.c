/* SPDX-License-Identifier: Apache-2.0 */
/* INFO ID, PAGECOUNT, PRODINFO, SUPPLIES: the same facts in each vendor's spelling. */
#include <string.h>

#include "make_model.h"
#include "pjl_parts.h"
#include "text.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define SOURCE	  PL_SOURCE_PJL

/* "HP LASERJET 4250", or "Brother HL-5170DN series:84UZ74:Ver1.11:EVer1.00M": model, a code of the
 * hardware, the main firmware, the engine's. */
bool pjl_read_id(struct pl_span lines, struct pl_snapshot *s)
{
	struct pl_span line, key, value, part;

	if (!pjl_next_line(&lines, &line))
		return false;
	pjl_split(line, &key, &value);
	if (value.size == 0)
		return false;
	identify_make_and_model(s, pl_span_take(&value, ':'), SOURCE);
	while (value.size > 0) {
		part = pl_span_trim(pl_span_take(&value, ':'));
		if (part.size > 3 && pl_span_starts(part, "Ver"))
			pl_snapshot_identify(s, PL_ID_FIRMWARE,
					     (struct pl_span){ part.at + 3, part.size - 3 },
					     SOURCE);
	}
	return true;
}

/* "PAGECOUNT=18421" (Brother), "PAGECOUNT = 18421", or the bare number (HP). "Bad Value" (Pantum)
 * and
 * "?" are no numbers. */
bool pjl_read_pagecount(struct pl_span lines, struct pl_snapshot *s)
{
	struct pl_span line, key, value;
	bool told = false;

	while (pjl_next_line(&lines, &line)) {
		int64_t count = PL_UNKNOWN;

		pjl_split(line, &key, &value);
		if ((key.size > 0 && !text_same_words(key, "PAGECOUNT")) ||
		    !text_number(value, &count) || count < 0)
			continue;
		pl_snapshot_count(s, PL_COUNTER_IMPRESSIONS, count, SOURCE);
		told = true;
	}
	return told;
}

/* INFO PRODINFO of HP's LaserJets, and the keys of others who took it over. */
bool pjl_read_prodinfo(struct pl_span lines, struct pl_snapshot *s)
{
	static const struct {
		const char *key;
		enum pl_identity_field field;
	} KEYS[] = {
		{ "ProductSerialNumber", PL_ID_SERIAL_NUMBER },
		{ "SerialNumber", PL_ID_SERIAL_NUMBER },
		{ "SN", PL_ID_SERIAL_NUMBER },
		{ "FirmwareDateCode", PL_ID_FIRMWARE },
		{ "FirmwareVersion", PL_ID_FIRMWARE },
		{ "Firmware", PL_ID_FIRMWARE },
		{ "UUID", PL_ID_UUID },
	};
	struct pl_span line, key, value;
	bool told = false;

	while (pjl_next_line(&lines, &line)) {
		pjl_split(line, &key, &value);
		if (key.size == 0 || value.size == 0 || pl_span_is(value, "?"))
			continue;
		told = true;
		for (size_t i = 0; i < LENGTH(KEYS); i++)
			if (text_same_words(key, KEYS[i].key))
				pl_snapshot_identify(s, KEYS[i].field, value, SOURCE);
		if (text_same_words(key, "ProductName"))
			identify_make_and_model(s, value, SOURCE);
	}
	return told;
}

/* A key's words name what it is and its colour: "BLACK TONER", "TONER", "DRUM", "CYAN". */
static bool read_supply_key(struct pl_span key, struct pl_supply *supply)
{
	static const struct {
		const char *word, *type;
	} TYPES[] = {
		{ "waste", "wasteToner" }, { "toner", "toner" }, { "ink", "ink" },
		{ "drum", "opc" },	   { "fuser", "fuser" }, { "belt", "transferUnit" },
	};
	static const char *const COLORS[] = { "black", "cyan", "magenta", "yellow" };

	for (size_t i = 0; i < LENGTH(TYPES) && !supply->type[0]; i++)
		if (text_has(key, TYPES[i].word))
			pl_supply_set_type(supply, pl_span_of(TYPES[i].type));
	for (size_t i = 0; i < LENGTH(COLORS) && !supply->colorant[0]; i++)
		if (text_has(key, COLORS[i]))
			pl_supply_set_colorant(supply, pl_span_of(COLORS[i]));
	if (supply->colorant[0] && !supply->type[0])
		pl_supply_set_type(supply, pl_span_of("toner"));
	return supply->type[0] != '\0';
}

/* One line, "BLACK TONER=44%"; anything that names no supply or no percentage is left alone. */
static bool read_supply(struct pl_span key, struct pl_span value, struct pl_snapshot *s)
{
	struct pl_supply told = { 0 }, *supply;
	int64_t percent;

	if (key.size == 0 || !read_supply_key(key, &told) ||
	    !text_leading_number(value, &percent) || percent < 0 || percent > 100)
		return false;
	supply = pl_snapshot_add_supply(s, SOURCE);
	if (!supply)
		return true;
	memcpy(supply->type, told.type, sizeof(supply->type));
	memcpy(supply->colorant, told.colorant, sizeof(supply->colorant));
	supply->supply_class = told.supply_class;
	pl_span_copy(pl_span_of("percent"), supply->unit, sizeof(supply->unit));
	supply->max_capacity = 100;
	supply->level = percent;
	pl_supply_settle(supply, PL_UNKNOWN);
	return true;
}

bool pjl_read_supplies(struct pl_span lines, struct pl_snapshot *s)
{
	struct pl_span line, key, value;
	bool told = false;

	while (pjl_next_line(&lines, &line)) {
		pjl_split(line, &key, &value);
		if (read_supply(key, value, s))
			told = true;
	}
	return told;
}
