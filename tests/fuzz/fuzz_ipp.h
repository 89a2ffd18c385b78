/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_IPP_H
#define FUZZ_IPP_H

/* What must be true of a snapshot whatever bytes it was made from. Breaks with abort(). */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "platen/alert.h"
#include "platen/knob.h"
#include "platen/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void must(int condition)
{
	if (!condition)
		abort();
}

static inline void must_be_text(const char *text, size_t cap)
{
	must(memchr(text, '\0', cap) != NULL);
	for (const char *c = text; *c; c++)
		must((unsigned char)*c >= ' ' && *c != 0x7f);
}
#define MUST_BE_TEXT(array) must_be_text(array, sizeof(array))

static inline void must_be_number(int64_t value)
{
	must(value == PL_UNKNOWN || value >= 0);
}

/* What was read can be told, and of a word the table has one. */
static inline void must_be_knobs(const struct pl_knobs *knobs)
{
	char text[PL_MAX_KNOB_TEXT];
	struct pl_knob_wish wish = { .wanted = 0 };
	struct pl_error err;
	struct pl_bytes out;
	int64_t value;

	for (int i = 0; i < PL_KNOB_COUNT; i++) {
		const struct pl_knob_state *s = &knobs->of[i];

		must(s->number_count <= PL_MAX_KNOB_NUMBERS && s->step > 0);
		MUST_BE_TEXT(s->form);
		pl_knob_text((enum pl_knob)i, s->value, text);
		must(s->value == PL_UNKNOWN || !pl_knob_words((enum pl_knob)i) ||
		     (pl_knob_read((enum pl_knob)i, text, &value, &err) == PL_OK &&
		      value == s->value));
		if (s->means == PL_SOURCE_LEDM && s->value != PL_UNKNOWN) {
			wish.wanted |= 1u << i;
			wish.value[i] = s->value;
		}
	}
	pl_bytes_init(&out, 4096);
	must(pl_ledm_knobs_document(knobs, &wish, &out) == PL_OK);
	pl_bytes_finish(&out);
}

static inline void must_be_supply(const struct pl_supply *supply)
{
	MUST_BE_TEXT(supply->type);
	MUST_BE_TEXT(supply->colorant);
	MUST_BE_TEXT(supply->description);
	MUST_BE_TEXT(supply->unit);
	MUST_BE_TEXT(supply->part_number);
	MUST_BE_TEXT(supply->serial_number);
	must_be_number(supply->level);
	must_be_number(supply->max_capacity);
	must(supply->level_percent == PL_UNKNOWN ||
	     (supply->level_percent >= 0 && supply->level_percent <= 100));
	must(supply->level_code >= -3 && supply->level_code <= 0);
	must(supply->source != PL_SOURCE_NONE);
}

static inline void must_be_snapshot(const struct pl_snapshot *s)
{
	must(s->supply_count <= PL_MAX_SUPPLIES && s->medium_count <= PL_MAX_MEDIA);
	must(s->reason_count <= PL_MAX_REASONS && s->alert_count <= PL_MAX_ALERTS);
	must(s->error_count <= PL_MAX_ERRORS);
	must((s->printer_state == PL_STATE_UNKNOWN) == (s->state_source == PL_SOURCE_NONE));
	for (size_t i = 0; i < PL_ID_COUNT; i++) {
		MUST_BE_TEXT(s->identity[i].text);
		must((s->identity[i].text[0] == '\0') == (s->identity[i].source == PL_SOURCE_NONE));
	}
	for (size_t i = 0; i < PL_COUNTER_COUNT; i++)
		must_be_number(s->counters[i].value);
	for (size_t i = 0; i < s->supply_count; i++)
		must_be_supply(&s->supplies[i]);
	for (size_t i = 0; i < s->medium_count; i++) {
		MUST_BE_TEXT(s->media[i].name);
		MUST_BE_TEXT(s->media[i].size);
		must_be_number(s->media[i].level);
		must_be_number(s->media[i].capacity);
	}
	for (size_t i = 0; i < s->reason_count; i++)
		MUST_BE_TEXT(s->reasons[i]);
	for (size_t i = 0; i < s->error_count; i++)
		must(memchr(s->errors[i].text, '\0', sizeof(s->errors[i].text)) != NULL);
	MUST_BE_TEXT(s->message);
}

/* The end of every target: both lists reconciled, twice the same. */
static inline void must_reconcile(struct pl_snapshot *s)
{
	size_t alerts, reasons;

	must_be_snapshot(s);
	pl_alert_reconcile(s);
	must_be_snapshot(s);
	alerts = s->alert_count;
	reasons = s->reason_count;
	pl_alert_reconcile(s);
	must(s->alert_count == alerts && s->reason_count == reasons);
}

#endif
