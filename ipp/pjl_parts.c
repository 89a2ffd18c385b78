/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts a PJL answer into parts, lines, keys and values. */
#include "pjl_parts.h"

#include <string.h>

#include "text.h"

static const struct {
	unsigned info;
	const char *name;
} INFOS[] = {
	{ PL_PJL_ID, "ID" },
	{ PL_PJL_STATUS, "STATUS" },
	{ PL_PJL_PAGECOUNT, "PAGECOUNT" },
	{ PL_PJL_CONFIG, "CONFIG" },
	{ PL_PJL_VARIABLES, "VARIABLES" },
	{ PL_PJL_PRODINFO, "PRODINFO" },
	{ PL_PJL_SUPPLIES, "SUPPLIES" },
};

const char *pjl_info_name(unsigned info)
{
	for (size_t i = 0; i < sizeof(INFOS) / sizeof(INFOS[0]); i++)
		if (INFOS[i].info == info)
			return INFOS[i].name;
	return NULL;
}

/* Takes a word: everything up to the next blank. */
static struct pl_span take_word(struct pl_span *rest)
{
	*rest = pl_span_trim(*rest);
	return pl_span_take(rest, ' ');
}

/* Which category an echoed command line names. */
static unsigned info_of(struct pl_span command)
{
	struct pl_span verb, name;

	take_word(&command); /* "@PJL" */
	verb = take_word(&command);
	name = pl_span_trim(take_word(&command));
	if (pl_span_is_word(verb, "USTATUS") && pl_span_is_word(name, "DEVICE"))
		return PL_PJL_STATUS;
	if (!pl_span_is_word(verb, "INFO"))
		return 0;
	for (size_t i = 0; i < sizeof(INFOS) / sizeof(INFOS[0]); i++)
		if (pl_span_is_word(name, INFOS[i].name))
			return INFOS[i].info;
	return 0;
}

/* The trimmed line without UELs at its beginning, whose ESC is trimmed like any control character.
 */
static struct pl_span without_uel(struct pl_span line)
{
	static const char UEL[] = "%-12345X";

	line = pl_span_trim(line);
	while (pl_span_starts(line, UEL)) {
		line.at += sizeof(UEL) - 1;
		line.size -= sizeof(UEL) - 1;
		line = pl_span_trim(line);
	}
	return line;
}

static bool is_command(struct pl_span line)
{
	line = without_uel(line);
	return line.size >= 4 && pl_span_is_word((struct pl_span){ line.at, 4 }, "@PJL");
}

/* Bytes up to the end of the line, the line feed included; `ret_line` is without it. */
static size_t line_at(struct pl_span text, struct pl_span *ret_line)
{
	*ret_line = pl_span_take(&text, '\n');
	return ret_line->size + (text.at != ret_line->at + ret_line->size);
}

bool pjl_next_part(struct pl_span *rest, struct pjl_part *ret_part)
{
	struct pl_span whole = *rest, line;
	const char *feed = whole.size ? memchr(whole.at, '\f', whole.size) : NULL;
	size_t limit = feed ? (size_t)(feed - whole.at) : whole.size;
	struct pl_span part = { whole.at, limit };
	size_t first, at;

	if (whole.size == 0)
		return false;
	first = line_at(part, &line);
	*ret_part = (struct pjl_part){ .ended = feed != NULL };
	if (is_command(line)) {
		ret_part->info = info_of(without_uel(line));
	} else {
		first = 0;
	}
	for (at = first; at < limit;) {
		size_t n = line_at((struct pl_span){ part.at + at, limit - at }, &line);

		if (is_command(line)) {
			ret_part->ended = true;
			break;
		}
		at += n;
	}
	ret_part->lines = (struct pl_span){ part.at + first, at - first };
	if (at == limit && feed)
		at++;
	rest->at += at;
	rest->size -= at;
	return true;
}

bool pjl_next_line(struct pl_span *lines, struct pl_span *ret_line)
{
	while (lines->size > 0) {
		*ret_line = without_uel(pl_span_take(lines, '\n'));
		if (ret_line->size > 0)
			return true;
	}
	return false;
}

static struct pl_span without_quotes(struct pl_span s)
{
	s = pl_span_trim(s);
	if (s.size >= 2 && s.at[0] == '"' && s.at[s.size - 1] == '"')
		s = (struct pl_span){ s.at + 1, s.size - 2 };
	return pl_span_trim(s);
}

void pjl_split(struct pl_span line, struct pl_span *ret_key, struct pl_span *ret_value)
{
	if (line.size > 0 && line.at[0] != '"' && memchr(line.at, '=', line.size))
		*ret_key = pl_span_trim(pl_span_take(&line, '='));
	else
		*ret_key = (struct pl_span){ 0 };
	*ret_value = without_quotes(line);
}

bool pjl_is_void(struct pl_span lines)
{
	struct pl_span line, key, value;

	while (pjl_next_line(&lines, &line)) {
		pjl_split(line, &key, &value);
		if (!pl_span_is(value, "?") || key.size > 0)
			return false;
	}
	return true;
}
