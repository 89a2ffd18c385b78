/* SPDX-License-Identifier: Apache-2.0 */
/* Knobs in PJL: the list of variables with what each may be, and DEFAULT, which writes the
 * printer's lasting memory.
 *
 *     DENSITY=3 [2 RANGE]\r\n\t1\r\n\t5\r\n
 *     PAPER=A4 [3 ENUMERATED]\r\n\tLETTER\r\n\tLEGAL\r\n\tA4\r\n
 *     LANG=ENGLISH [2 ENUMERATED READONLY]
 */
#include <string.h>

#include "knob_rows.h"
#include "pjl_parts.h"
#include "text.h"

#define UEL "\033%-12345X"

/* The variable whose values are being read. */
struct reader {
	struct pl_knobs *knobs;
	const struct knob_row *row;  /* NULL: one that the table does not know */
	struct pl_knob_state *state; /* NULL: as above, or told in another language */
	bool is_range;
	int values; /* of the range so far */
};

static bool has_word(struct pl_span text, const char *word)
{
	while (text.size > 0) {
		text = pl_span_trim(text);
		if (pl_span_is_word(pl_span_take(&text, ' '), word))
			return true;
	}
	return false;
}

static int64_t number_of(const struct knob_row *row, struct pl_span text)
{
	int64_t number;

	if (!text_number(text, &number) || number < 0 || number > 1000000)
		return PL_UNKNOWN;
	return number * row->pjl_unit;
}

/* "A4 [3 ENUMERATED]" behind the variable's '='. */
static void begin_variable(struct reader *r, struct pl_span name, struct pl_span rest)
{
	struct pl_span value = pl_span_trim(pl_span_take(&rest, '['));
	struct pl_span kind = pl_span_take(&rest, ']');

	r->row = NULL;
	r->state = NULL;
	r->is_range = has_word(kind, "RANGE");
	r->values = 0;
	if (pl_span_is_word(name, "PASSWORD"))
		r->knobs->wants_password = pl_span_is_word(value, "ENABLED");
	for (int i = 0; i < PL_KNOB_COUNT; i++) {
		if (!KNOB_ROWS[i].pjl || !pl_span_is_word(name, KNOB_ROWS[i].pjl))
			continue;
		r->row = &KNOB_ROWS[i];
		r->state = knob_claim(r->knobs, (enum pl_knob)i, PL_SOURCE_PJL);
		if (!r->state)
			return;
		r->state->value = r->row->words ? knob_word(r->row->pjl_words, value)
						: number_of(r->row, value);
		r->state->step = r->row->words ? 1 : r->row->pjl_unit;
		/* What it may be must be told: a wrong DEFAULT is passed over in silence. */
		r->state->writable = kind.size > 0 && !has_word(kind, "READONLY");
	}
}

static void take_value(struct reader *r, struct pl_span text)
{
	struct pl_knob_state *s = r->state;
	int64_t value;

	if (!s)
		return;
	if (r->row->words) {
		value = knob_word(r->row->pjl_words, text);
		if (value != PL_UNKNOWN)
			s->words |= 1ull << value;
		return;
	}
	value = number_of(r->row, text);
	if (value == PL_UNKNOWN)
		return;
	if (!r->is_range && s->number_count < PL_MAX_KNOB_NUMBERS)
		s->numbers[s->number_count++] = value;
	else if (r->is_range && r->values++ == 0)
		s->minimum = value;
	else if (r->is_range)
		s->maximum = value;
}

static void read_variables(struct pl_span lines, struct pl_knobs *knobs)
{
	struct reader r = { .knobs = knobs };

	while (lines.size > 0) {
		struct pl_span line = pl_span_take(&lines, '\n'), name;
		bool indented = line.size > 0 && (line.at[0] == '\t' || line.at[0] == ' ');

		if (pl_span_trim(line).size == 0)
			continue;
		if (indented && !memchr(line.at, '=', line.size)) {
			take_value(&r, pl_span_trim(line));
			continue;
		}
		name = pl_span_take(&line, '=');
		begin_variable(&r, pl_span_trim(name), line);
	}
}

void pl_pjl_knobs(struct pl_span answer, struct pl_knobs *knobs)
{
	struct pjl_part part;

	while (pjl_next_part(&answer, &part)) {
		if (part.info != PL_PJL_VARIABLES || pjl_is_void(part.lines))
			continue;
		read_variables(part.lines, knobs);
		knobs->known = true;
	}
	/* A list of words of which we know none says that it takes none of ours. */
	for (int i = 0; i < PL_KNOB_COUNT; i++)
		if (knobs->of[i].means == PL_SOURCE_PJL && KNOB_ROWS[i].words &&
		    knobs->of[i].words == 0)
			knobs->of[i].writable = false;
}

static enum pl_result add_default(const struct knob_row *row, int64_t value, struct pl_bytes *out)
{
	if (row->words)
		return pl_bytes_add_format(out, "@PJL DEFAULT %s=%s\r\n", row->pjl,
					   row->pjl_words[value]);
	return pl_bytes_add_format(out, "@PJL DEFAULT %s=%lld\r\n", row->pjl,
				   (long long)(value / row->pjl_unit));
}

enum pl_result pl_pjl_knobs_order(const struct pl_knob_wish *wish, int password,
				  struct pl_bytes *out)
{
	enum pl_result r = pl_bytes_add_text(out, UEL "@PJL\r\n");

	/* The password holds for the job: hence one without pages. */
	if (r == PL_OK && password >= 0)
		r = pl_bytes_add_format(out, "@PJL JOB PASSWORD=%d\r\n", password);
	for (int i = 0; r == PL_OK && i < PL_KNOB_COUNT; i++)
		if (wish->wanted & 1u << i && KNOB_ROWS[i].pjl)
			r = add_default(&KNOB_ROWS[i], wish->value[i], out);
	if (r == PL_OK && password >= 0)
		r = pl_bytes_add_text(out, "@PJL EOJ\r\n");
	if (r == PL_OK)
		r = pl_bytes_add_text(out, UEL);
	return r == PL_OK && out->size > PL_MAX_PJL_QUESTION ? PL_E_TOO_BIG : r;
}
