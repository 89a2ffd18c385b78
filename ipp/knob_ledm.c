/* SPDX-License-Identifier: Apache-2.0 */
/* Knobs in LEDM: elements of ProductConfigDyn's ProductSettings, read as they stand there and
 * written back as the part of the document that shall be different. */
#include <string.h>

#include "knob_rows.h"
#include "ledm_xml.h"
#include "text.h"

#define SETTINGS "ProductConfigDyn/ProductSettings"
#define PASSWORD "ProductConfigDyn/ProductInformation/PasswordStatus"

#define CON "http://www.hp.com/schemas/imaging/con/"

static const char HEAD[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			   "<prdcfgdyn2:ProductConfigDyn xmlns:dd=\"" CON "dictionaries/1.0/\""
			   " xmlns:prdcfgdyn2=\"" CON "ledm/productconfigdyn/2009/03/16\">"
			   "<prdcfgdyn2:ProductSettings>";
static const char TAIL[] = "</prdcfgdyn2:ProductSettings></prdcfgdyn2:ProductConfigDyn>\n";

/* How many seconds the unit of a form has: "minutes" (PowerSaveTimeout), "_minutes" (AutoOffTime);
 * 0 for one we do not know. */
static int64_t unit_of(const char *form)
{
	static const struct {
		const char *word;
		int64_t seconds;
	} UNITS[] = { { "second", 1 }, { "minute", 60 }, { "hour", 3600 } };
	struct pl_span text = pl_span_of(form);

	while (text.size > 0 && (text.at[0] == '_' || text.at[0] == ' ')) {
		text.at++;
		text.size--;
	}
	for (size_t i = 0; i < sizeof(UNITS) / sizeof(UNITS[0]); i++)
		if (pl_span_starts(text, UNITS[i].word))
			return UNITS[i].seconds;
	return 0;
}

/* "15minutes"; a word in its place ("never") is a value that we cannot write back. */
static void read_number(struct pl_knob_state *state, struct pl_span text)
{
	int64_t number = 0;
	size_t digits = 0;

	while (digits < text.size && digits < 7 && text.at[digits] >= '0' && text.at[digits] <= '9')
		number = number * 10 + (text.at[digits++] - '0');
	text.at += digits;
	text.size -= digits;
	if (digits == 0 || text.size >= sizeof(state->form))
		return;
	for (size_t i = 0; i < text.size; i++)
		if (text.at[i] != '_' && text.at[i] != ' ' &&
		    (pl_ascii_lower(text.at[i]) < 'a' || pl_ascii_lower(text.at[i]) > 'z'))
			return;
	pl_span_copy(text, state->form, sizeof(state->form));
	state->writable = unit_of(state->form) > 0;
	if (!state->writable)
		return;
	state->step = unit_of(state->form);
	state->value = number * state->step;
}

static void on_leave(void *arg, const char *path, struct pl_span text)
{
	struct pl_knobs *knobs = arg;
	const char *name = ledm_inside(path, SETTINGS);

	if (strcmp(path, PASSWORD) == 0)
		knobs->wants_password = pl_span_is_word(text, "set");
	for (int i = 0; name && i < PL_KNOB_COUNT; i++) {
		const struct knob_row *row = &KNOB_ROWS[i];
		struct pl_knob_state *state;

		if (!row->ledm || strcmp(row->ledm, name) != 0)
			continue;
		state = knob_claim(knobs, (enum pl_knob)i, PL_SOURCE_LEDM);
		if (!state)
			continue;
		if (!row->words) {
			read_number(state, text);
			continue;
		}
		state->value = knob_word(row->ledm_words, text);
		state->writable = state->value != PL_UNKNOWN;
		for (int j = 0; row->ledm_words[j]; j++)
			state->words |= row->ledm_words[j][0] ? 1ull << j : 0;
	}
}

enum pl_result pl_ledm_knobs(struct pl_span xml, struct pl_knobs *knobs, struct pl_error *err)
{
	struct pl_knobs told = *knobs;
	struct ledm_visitor visitor = { .leave = on_leave, .arg = &told };
	enum pl_result r = ledm_walk(xml, "ProductConfigDyn", &visitor, err);

	if (r != PL_OK)
		return r;
	told.known = true;
	*knobs = told;
	return PL_OK;
}

static enum pl_result add_element(const struct pl_knobs *knobs, enum pl_knob knob, int64_t value,
				  struct pl_bytes *out)
{
	const struct knob_row *row = &KNOB_ROWS[knob];
	const struct pl_knob_state *state = &knobs->of[knob];

	if (row->words)
		return pl_bytes_add_format(out, "<dd:%s>%s</dd:%s>", row->ledm,
					   row->ledm_words[value], row->ledm);
	return pl_bytes_add_format(out, "<dd:%s>%lld%s</dd:%s>", row->ledm,
				   (long long)(value / state->step), state->form, row->ledm);
}

enum pl_result pl_ledm_knobs_document(const struct pl_knobs *knobs, const struct pl_knob_wish *wish,
				      struct pl_bytes *out)
{
	enum pl_result r = pl_bytes_add_text(out, HEAD);

	for (int i = 0; r == PL_OK && i < PL_KNOB_COUNT; i++)
		if (wish->wanted & 1u << i && knobs->of[i].means == PL_SOURCE_LEDM)
			r = add_element(knobs, (enum pl_knob)i, wish->value[i], out);
	return r == PL_OK ? pl_bytes_add_text(out, TAIL) : r;
}
