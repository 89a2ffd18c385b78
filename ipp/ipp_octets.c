/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the rows of Printer MIB tables that IPP carries as "key=value;" octet strings. */
#include "ipp_octets.h"

#include <string.h>

#include "media_size.h"
#include "platen/alert.h"
#include "text.h"

#define MAX_VALUE 128 /* bytes with NUL; longer ones are cut */

/* The value of `key` without its backslashes, "" where the row does not have it. */
static void value_of(struct pl_span row, const char *key, char out[static MAX_VALUE])
{
	out[0] = '\0';
	while (row.size > 0) {
		size_t used = 0, end = 0;
		struct pl_span field, name;

		while (end < row.size && row.at[end] != ';')
			end += row.at[end] == '\\' && end + 1 < row.size ? 2 : 1;
		field = (struct pl_span){ row.at, end };
		row.at += end < row.size ? end + 1 : end;
		row.size -= end < row.size ? end + 1 : end;
		name = pl_span_take(&field, '=');
		if (!pl_span_is_word(pl_span_trim(name), key))
			continue;
		for (size_t i = 0; i < field.size && used + 1 < MAX_VALUE; i++) {
			if (field.at[i] == '\\' && i + 1 < field.size)
				i++;
			out[used++] = field.at[i];
		}
		out[used] = '\0';
		return;
	}
}

static int64_t number_of(struct pl_span row, const char *key)
{
	char value[MAX_VALUE];
	int64_t number = PL_UNKNOWN;

	value_of(row, key, value);
	text_number(pl_span_of(value), &number);
	return number;
}

static bool is_row(struct pl_span value)
{
	return value.size > 0 && memchr(value.at, '=', value.size);
}

static enum pl_severity severity_of(const char *word)
{
	if (strcmp(word, "critical") == 0)
		return PL_SEVERITY_CRITICAL;
	if (strncmp(word, "warning", 7) == 0) /* or warningBinaryChangeEvent */
		return PL_SEVERITY_WARNING;
	if (strcmp(word, "other") == 0)
		return PL_SEVERITY_REPORT;
	return PL_SEVERITY_UNKNOWN;
}

/* What a generic code means in the group it is told for. */
static const char *code_in_group(const char *code, const char *group)
{
	static const struct {
		const char *code, *group, *meaning;
	} MEANINGS[] = {
		{ "subunitMissing", "input", "inputMediaTrayMissing" },
		{ "subunitAlmostEmpty", "input", "inputMediaSupplyLow" },
		{ "subunitEmpty", "input", "inputMediaSupplyEmpty" },
		{ "subunitMissing", "output", "outputMediaTrayMissing" },
		{ "subunitAlmostFull", "output", "outputMediaTrayAlmostFull" },
		{ "subunitFull", "output", "outputMediaTrayFull" },
		{ "subunitMissing", "markerSupplies", "markerSupplyMissing" },
		{ "subunitAlmostEmpty", "markerSupplies", "markerSupplyAlmostEmpty" },
		{ "subunitEmpty", "markerSupplies", "markerSupplyEmpty" },
		{ "subunitAlmostFull", "markerSupplies", "markerWasteAlmostFull" },
		{ "subunitFull", "markerSupplies", "markerWasteFull" },
	};

	for (size_t i = 0; i < sizeof(MEANINGS) / sizeof(MEANINGS[0]); i++)
		if (strcmp(code, MEANINGS[i].code) == 0 && strcmp(group, MEANINGS[i].group) == 0)
			return MEANINGS[i].meaning;
	return code;
}

bool ipp_read_alert(struct pl_span value, struct pl_snapshot *s)
{
	char code[MAX_VALUE], group[MAX_VALUE], severity[MAX_VALUE];
	struct pl_alert *alert;

	/* Kyocera sends the bare word "other" when nothing is wrong. */
	if (pl_span_is_word(pl_span_trim(value), "other"))
		return true;
	value_of(value, "code", code);
	if (!is_row(value) || !code[0])
		return false;
	value_of(value, "group", group);
	value_of(value, "severity", severity);
	alert = pl_snapshot_add_alert(s, pl_span_of(code_in_group(code, group)),
				      severity_of(severity), PL_SOURCE_IPP);
	if (alert && strcmp(group, "finDevice") == 0)
		pl_span_copy(pl_span_of(group), alert->group, sizeof(alert->group));
	return true;
}

/* A level as the MIB tells it: an amount, or -1 other, -2 unknown, -3 some. */
static int level_code(int64_t level)
{
	return level >= -3 && level <= -1 ? (int)level : 0;
}

static enum pl_supply_class class_of(const char *word)
{
	if (strcmp(word, "supplyThatIsConsumed") == 0)
		return PL_SUPPLY_CONSUMED;
	if (strcmp(word, "receptacleThatIsFilled") == 0)
		return PL_SUPPLY_FILLED;
	return PL_SUPPLY_CLASS_UNKNOWN;
}

static bool is_told(const char *word)
{
	return word[0] && strcmp(word, "other") != 0 && strcmp(word, "unknown") != 0;
}

struct pl_supply *ipp_read_supply(struct pl_span value, struct pl_span description,
				  struct pl_snapshot *s)
{
	struct pl_supply *supply;
	int64_t level = number_of(value, "level"), max = number_of(value, "maxcapacity");
	char word[MAX_VALUE];

	if (!is_row(value))
		return NULL;
	supply = pl_snapshot_add_supply(s, PL_SOURCE_IPP);
	if (!supply)
		return NULL;
	value_of(value, "class", word);
	supply->supply_class = class_of(word);
	value_of(value, "type", word);
	pl_supply_set_type(supply, pl_span_of(word));
	value_of(value, "colorantname", word);
	pl_supply_set_colorant(supply, pl_span_of(word));
	value_of(value, "unit", word);
	if (is_told(word))
		text_clean(pl_span_of(word), supply->unit, sizeof(supply->unit));
	text_clean(description, supply->description, sizeof(supply->description));
	supply->max_capacity = max > 0 ? max : PL_UNKNOWN;
	supply->level = level >= 0 ? level : PL_UNKNOWN;
	supply->level_code = level_code(level);
	return supply;
}

/* Ten thousandths of an inch to micrometres; what can be no size of media becomes 0. */
static int64_t to_micrometers(int64_t length)
{
	return length > 0 && length < INT32_MAX ? length * 254 / 100 : 0;
}

bool ipp_read_tray(struct pl_span value, struct pl_snapshot *s)
{
	int64_t level = number_of(value, "level"), max = number_of(value, "maxcapacity");
	int64_t feed = number_of(value, "mediafeed"), cross = number_of(value, "mediaxfeed");
	struct pl_medium *medium;
	char word[MAX_VALUE];

	if (!is_row(value))
		return false;
	medium = pl_snapshot_add_medium(s, PL_SOURCE_IPP);
	if (!medium)
		return true;
	value_of(value, "name", word);
	text_clean(pl_span_of(word), medium->name, sizeof(medium->name));
	medium->capacity = max > 0 ? max : PL_UNKNOWN;
	medium->level = level >= 0 ? level : PL_UNKNOWN;
	medium->level_code = level_code(level);
	value_of(value, "dimunit", word);
	if (strcmp(word, "tenThousandthsOfInches") == 0) {
		feed = to_micrometers(feed);
		cross = to_micrometers(cross);
	}
	media_size_name(cross, feed, medium->size, sizeof(medium->size));
	return true;
}
