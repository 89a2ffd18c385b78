/* SPDX-License-Identifier: Apache-2.0 */
/* The snapshot as a value: every setter cleans what a device sent, bounds it, and leaves unknown
 * what was not told. */
#include "platen/snapshot.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "platen/alert.h"
#include "text.h"

void pl_snapshot_init(struct pl_snapshot *s)
{
	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < PL_COUNTER_COUNT; i++)
		s->counters[i].value = PL_UNKNOWN;
}

const char *pl_source_name(enum pl_source source)
{
	static const char *const NAMES[PL_SOURCE_COUNT] = {
		[PL_SOURCE_LEDM] = "ledm",	   [PL_SOURCE_IPP] = "ipp", [PL_SOURCE_PJL] = "pjl",
		[PL_SOURCE_IEEE1284] = "ieee1284", [PL_SOURCE_USB] = "usb",
	};

	return source < PL_SOURCE_COUNT ? NAMES[source] : NULL;
}

const char *pl_identity_name(enum pl_identity_field field)
{
	static const char *const NAMES[PL_ID_COUNT] = {
		[PL_ID_MAKE] = "make",
		[PL_ID_MODEL] = "model",
		[PL_ID_SERIAL_NUMBER] = "serial_number",
		[PL_ID_UUID] = "uuid",
		[PL_ID_FIRMWARE] = "firmware",
		[PL_ID_DEVICE_ID] = "device_id",
	};

	return NAMES[field];
}

const char *pl_printer_state_name(enum pl_printer_state state)
{
	switch (state) {
	case PL_STATE_IDLE: return "idle";
	case PL_STATE_PROCESSING: return "processing";
	case PL_STATE_STOPPED: return "stopped";
	case PL_STATE_UNKNOWN: break;
	}
	return "unknown";
}

const char *pl_counter_name(enum pl_counter counter)
{
	static const char *const NAMES[PL_COUNTER_COUNT] = {
		[PL_COUNTER_IMPRESSIONS] = "impressions",
		[PL_COUNTER_IMPRESSIONS_COLOR] = "impressions_color",
		[PL_COUNTER_IMPRESSIONS_MONOCHROME] = "impressions_monochrome",
		[PL_COUNTER_SHEETS] = "sheets",
		[PL_COUNTER_SHEETS_DUPLEX] = "sheets_duplex",
		[PL_COUNTER_SCANS] = "scans",
		[PL_COUNTER_COPIES] = "copies",
		[PL_COUNTER_FAXES] = "faxes",
		[PL_COUNTER_JAMS] = "jams",
	};

	return NAMES[counter];
}

static void make_plain_uuid(char *text)
{
	static const char PREFIX[] = "urn:uuid:";

	for (char *c = text; *c; c++)
		*c = pl_ascii_lower(*c);
	if (strncmp(text, PREFIX, sizeof(PREFIX) - 1) == 0)
		memmove(text, text + sizeof(PREFIX) - 1, strlen(text + sizeof(PREFIX) - 1) + 1);
}

void pl_snapshot_identify(struct pl_snapshot *s, enum pl_identity_field field, struct pl_span text,
			  enum pl_source source)
{
	struct pl_fact *fact = &s->identity[field];

	if (fact->source != PL_SOURCE_NONE)
		return;
	text_clean(text, fact->text, sizeof(fact->text));
	if (field == PL_ID_UUID)
		make_plain_uuid(fact->text);
	if (fact->text[0])
		fact->source = source;
}

void pl_snapshot_set_state(struct pl_snapshot *s, enum pl_printer_state state,
			   enum pl_source source)
{
	if (state == PL_STATE_UNKNOWN)
		return;
	s->printer_state = state;
	s->state_source = source;
}

void pl_snapshot_set_message(struct pl_snapshot *s, struct pl_span text)
{
	char words[PL_MAX_MESSAGE];

	text_clean(text, words, sizeof(words));
	if (words[0])
		memcpy(s->message, words, sizeof(words));
}

void pl_snapshot_count(struct pl_snapshot *s, enum pl_counter counter, int64_t value,
		       enum pl_source source)
{
	if (value < 0)
		return;
	s->counters[counter] = (struct pl_count){ value, source };
}

/* RFC 8011 section 5.1.4: a lower-case letter, then lower-case letters, digits, '-', '_', '.'. */
static bool is_keyword(struct pl_span s)
{
	if (s.size == 0 || s.at[0] < 'a' || s.at[0] > 'z')
		return false;
	for (size_t i = 1; i < s.size; i++) {
		char c = s.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
		      c == '.'))
			return false;
	}
	return true;
}

void pl_snapshot_add_reason(struct pl_snapshot *s, struct pl_span keyword, enum pl_source source)
{
	if (!is_keyword(keyword) || keyword.size >= PL_MAX_REASON)
		return;
	if (!s->reasons_known)
		s->reasons_source = source;
	s->reasons_known = true;
	if (pl_span_is(keyword, "none"))
		return;
	for (size_t i = 0; i < s->reason_count; i++)
		if (pl_span_is(keyword, s->reasons[i]))
			return;
	if (s->reason_count < PL_MAX_REASONS)
		pl_span_copy(keyword, s->reasons[s->reason_count++], PL_MAX_REASON);
}

bool pl_snapshot_has_reason(const struct pl_snapshot *s, const char *keyword)
{
	struct pl_span wanted = pl_reason_stem(pl_span_of(keyword));

	for (size_t i = 0; i < s->reason_count; i++) {
		struct pl_span stem = pl_reason_stem(pl_span_of(s->reasons[i]));

		if (stem.size == wanted.size && memcmp(stem.at, wanted.at, stem.size) == 0)
			return true;
	}
	return false;
}

struct pl_supply *pl_snapshot_add_supply(struct pl_snapshot *s, enum pl_source source)
{
	struct pl_supply *supply;

	if (s->supply_count == PL_MAX_SUPPLIES)
		return NULL;
	supply = &s->supplies[s->supply_count++];
	*supply = (struct pl_supply){
		.index = (int)s->supply_count,
		.max_capacity = PL_UNKNOWN,
		.level = PL_UNKNOWN,
		.level_percent = PL_UNKNOWN,
		.source = source,
	};
	return supply;
}

struct pl_medium *pl_snapshot_add_medium(struct pl_snapshot *s, enum pl_source source)
{
	struct pl_medium *medium;

	if (s->medium_count == PL_MAX_MEDIA)
		return NULL;
	medium = &s->media[s->medium_count++];
	*medium =
		(struct pl_medium){ .level = PL_UNKNOWN, .capacity = PL_UNKNOWN, .source = source };
	return medium;
}

void pl_snapshot_complain(struct pl_snapshot *s, enum pl_source source, const char *fmt, ...)
{
	struct pl_complaint *complaint;
	va_list args;

	if (s->error_count == PL_MAX_ERRORS)
		return;
	complaint = &s->errors[s->error_count++];
	complaint->source = source;
	va_start(args, fmt);
	vsnprintf(complaint->text, sizeof(complaint->text), fmt, args);
	va_end(args);
}
