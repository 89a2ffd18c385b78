/* SPDX-License-Identifier: Apache-2.0 */
/* Knobs in IPP: what the printer has, what it lets set (RFC 3380), and the setting of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cups/cups.h>

#include "ipp_message.h"
#include "ipp_order.h"
#include "knob_rows.h"

#define SETTABLE "printer-settable-attributes-supported"

static bool lists(const struct pl_ipp_answer *a, const char *attribute, const char *word)
{
	int count = ipp_count(a, attribute);

	for (int i = 0; i < count; i++)
		if (pl_span_is(ipp_text(a, attribute, i), word))
			return true;
	return false;
}

/* A value's index. Of a language the country does not count: "en-us" is English. */
static int64_t value_at(const struct pl_ipp_answer *a, const struct knob_row *row,
			const char *attribute, int i)
{
	struct pl_span text = ipp_text(a, attribute, i);
	char number[16];

	if (row->ipp_kind == KNOB_IPP_ENUM) {
		snprintf(number, sizeof(number), "%lld", (long long)ipp_integer(a, attribute, i));
		return knob_word(row->ipp_words, pl_span_of(number));
	}
	if (row->ipp_kind == KNOB_IPP_LANGUAGE)
		text = pl_span_take(&text, '-');
	return knob_word(row->ipp_words, text);
}

static void read_supported(const struct pl_ipp_answer *a, const struct knob_row *row,
			   struct pl_knob_state *state)
{
	int count = ipp_count(a, row->ipp_supported);

	for (int i = 0; i < count; i++) {
		int64_t value = value_at(a, row, row->ipp_supported, i);

		/* What is written is the bare language, so that must be among them. */
		if (value != PL_UNKNOWN &&
		    (row->ipp_kind != KNOB_IPP_LANGUAGE ||
		     pl_span_is_word(ipp_text(a, row->ipp_supported, i), row->ipp_words[value])))
			state->words |= 1ull << value;
	}
}

void pl_ipp_knobs(const struct pl_ipp_answer *answer, struct pl_knobs *knobs)
{
	for (int i = 0; i < PL_KNOB_COUNT; i++) {
		const struct knob_row *row = &KNOB_ROWS[i];
		struct pl_knob_state *state;

		/* One that IPP only shows may be set in another language. */
		if (!row->ipp || ipp_count(answer, row->ipp) == 0 ||
		    !lists(answer, SETTABLE, row->ipp))
			continue;
		state = knob_claim(knobs, (enum pl_knob)i, PL_SOURCE_IPP);
		if (!state)
			continue;
		state->writable = true;
		state->value = value_at(answer, row, row->ipp, 0);
		read_supported(answer, row, state);
	}
	knobs->known = true;
}

static void add(ipp_t *request, const struct knob_row *row, int64_t value)
{
	const char *word = row->ipp_words[value];

	switch (row->ipp_kind) {
	case KNOB_IPP_KEYWORD:
		ippAddString(request, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, row->ipp, NULL, word);
		break;
	case KNOB_IPP_ENUM:
		ippAddInteger(request, IPP_TAG_PRINTER, IPP_TAG_ENUM, row->ipp, atoi(word));
		break;
	case KNOB_IPP_LANGUAGE:
		ippAddString(request, IPP_TAG_PRINTER, IPP_TAG_LANGUAGE, row->ipp, NULL, word);
		break;
	}
}

enum pl_result pl_ipp_knobs_set(struct pl_stream *s, const char *target, const char *headers,
				const struct pl_knob_wish *wish, int64_t by_ms,
				struct pl_error *err)
{
	ipp_t *request = ipp_new_request(PL_IPP_OP_SET_PRINTER_ATTRIBUTES, target);

	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL,
		     "platen");
	for (int i = 0; i < PL_KNOB_COUNT; i++)
		if (wish->wanted & 1u << i && KNOB_ROWS[i].ipp)
			add(request, &KNOB_ROWS[i], wish->value[i]);
	return ipp_order(s, target, headers, request, by_ms, err);
}
