/* SPDX-License-Identifier: Apache-2.0 */
/* The words in which device IDs tell a status, and the fields of plain words. */
#include "devid_status.h"

#include "platen/alert.h"
#include "text.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define SOURCE	  PL_SOURCE_IEEE1284

/* What a printer is doing, by HP's status number (field S), by HP's word (field VSTATUS), or by a
 * word of others (field STATUS). */
static const struct activity {
	int number; /* -1: no number */
	char word[20];
	enum pl_printer_state state;
	enum pl_tristate asleep;
	char reason[40]; /* "" where nothing is wrong */
} ACTIVITIES[] = {
	{ 0x00, "idle", PL_STATE_IDLE, PL_NO, "" },
	{ 0x01, "busy", PL_STATE_PROCESSING, PL_NO, "" },
	{ 0x02, "prnt", PL_STATE_PROCESSING, PL_NO, "" },
	{ 0x03, "offf", PL_STATE_STOPPED, PL_NO, "shutdown" },
	{ 0x04, "rprt", PL_STATE_PROCESSING, PL_NO, "" },
	{ 0x05, "cncl", PL_STATE_PROCESSING, PL_NO, "" },
	{ 0x06, "iost", PL_STATE_PROCESSING, PL_NO, "" },
	{ 0x07, "dryw", PL_STATE_PROCESSING, PL_NO, "media-drying-report" },
	{ 0x08, "penc", PL_STATE_STOPPED, PL_NO, "cover-open-error" },
	{ 0x09, "oopa", PL_STATE_STOPPED, PL_NO, "media-empty-error" },
	{ 0x0a, "bnej", PL_STATE_STOPPED, PL_NO, "media-needed-error" },
	{ 0x0b, "bnmz", PL_STATE_STOPPED, PL_NO, "media-needed-error" },
	{ 0x0c, "phmz", PL_STATE_STOPPED, PL_NO, "media-needed-error" },
	{ 0x0d, "dpmz", PL_STATE_STOPPED, PL_NO, "media-needed-error" },
	{ 0x0e, "pajm", PL_STATE_STOPPED, PL_NO, "media-jam-error" },
	{ 0x0f, "cars", PL_STATE_STOPPED, PL_NO, "motor-failure-error" },
	{ 0x10, "paps", PL_STATE_STOPPED, PL_NO, "media-jam-error" },
	{ 0x11, "penf", PL_STATE_STOPPED, PL_NO, "marker-ink-missing-error" },
	{ 0x12, "erro", PL_STATE_STOPPED, PL_NO, "other-error" },
	{ 0x13, "pwdn", PL_STATE_IDLE, PL_YES, "" },
	{ 0x14, "fpts", PL_STATE_PROCESSING, PL_NO, "" },
	{ 0x15, "clno", PL_STATE_STOPPED, PL_NO, "output-tray-missing-error" },
	{ 0x16, "output full", PL_STATE_STOPPED, PL_NO, "output-area-full-error" },
	{ 0x17, "", PL_STATE_STOPPED, PL_NO, "media-needed-error" },
	{ 0x18, "", PL_STATE_STOPPED, PL_NO, "input-manual-input-request-error" },
	{ 0x19, "", PL_STATE_STOPPED, PL_NO, "motor-failure-error" },
	{ 0x1a, "ink empty", PL_STATE_STOPPED, PL_NO, "marker-supply-empty-error" },
	{ 0x1b, "", PL_STATE_STOPPED, PL_NO, "other-error" },
	{ 0x1c, "", PL_STATE_STOPPED, PL_NO, "motor-failure-error" },
	{ 0x1d, "", PL_STATE_STOPPED, PL_NO, "input-tray-missing-error" },
	{ 0x1e, "", PL_STATE_STOPPED, PL_NO, "subunit-missing-error" },
	{ 0x1f, "", PL_STATE_STOPPED, PL_NO, "input-tray-missing-error" },
	{ 0x20, "", PL_STATE_STOPPED, PL_NO, "cover-open-error" },
	{ 0x21, "", PL_STATE_IDLE, PL_NO, "other-warning" },
	{ 0x22, "", PL_STATE_STOPPED, PL_NO, "marker-waste-ink-receptacle-full-error" },
	{ 0x23, "", PL_STATE_STOPPED, PL_NO, "output-tray-missing-error" },
	{ 0x24, "", PL_STATE_STOPPED, PL_NO, "media-jam-error" },
	{ 0x25, "", PL_STATE_STOPPED, PL_NO, "media-jam-error" },
	{ 0x26, "", PL_STATE_STOPPED, PL_NO, "media-empty-error" },
	{ 0x27, "", PL_STATE_STOPPED, PL_NO, "input-cannot-feed-size-selected-error" },
	{ 0x28, "", PL_STATE_IDLE, PL_NO, "" }, /* ink of another maker: no fault of the printer */
	{ 0x29, "", PL_STATE_PROCESSING, PL_NO, "marker-adjusting-print-quality-report" },
	{ 0x2a, "", PL_STATE_STOPPED, PL_NO, "media-needed-error" },
	{ 0x2b, "", PL_STATE_STOPPED, PL_NO, "media-needed-error" },
	{ 0x2c, "", PL_STATE_PROCESSING, PL_NO, "marker-adjusting-print-quality-report" },
	{ 0x2d, "", PL_STATE_PROCESSING, PL_NO, "" },

	{ -1, "ready", PL_STATE_IDLE, PL_NO, "" },
	{ -1, "online", PL_STATE_IDLE, PL_NO, "" },
	{ -1, "printing", PL_STATE_PROCESSING, PL_NO, "" },
	{ -1, "processing", PL_STATE_PROCESSING, PL_NO, "" },
	{ -1, "warming up", PL_STATE_PROCESSING, PL_NO, "" },
	{ -1, "sleep", PL_STATE_IDLE, PL_YES, "" },
	{ -1, "sleeping", PL_STATE_IDLE, PL_YES, "" },
	{ -1, "asleep", PL_STATE_IDLE, PL_YES, "" },
	{ -1, "power save", PL_STATE_IDLE, PL_YES, "" },
	{ -1, "stopped", PL_STATE_STOPPED, PL_NO, "" },
	{ -1, "offline", PL_STATE_STOPPED, PL_NO, "paused" },
	{ -1, "error", PL_STATE_STOPPED, PL_NO, "other-error" },
	{ -1, "paper out", PL_STATE_STOPPED, PL_NO, "media-empty-error" },
	{ -1, "paper empty", PL_STATE_STOPPED, PL_NO, "media-empty-error" },
	{ -1, "no paper", PL_STATE_STOPPED, PL_NO, "media-empty-error" },
	{ -1, "paper jam", PL_STATE_STOPPED, PL_NO, "media-jam-error" },
	{ -1, "jam", PL_STATE_STOPPED, PL_NO, "media-jam-error" },
	{ -1, "ink out", PL_STATE_STOPPED, PL_NO, "marker-supply-empty-error" },
	{ -1, "ink low", PL_STATE_UNKNOWN, PL_MAYBE, "marker-supply-low-warning" },
	{ -1, "toner low", PL_STATE_UNKNOWN, PL_MAYBE, "toner-low-warning" },
	{ -1, "toner empty", PL_STATE_STOPPED, PL_NO, "toner-empty-error" },
};

static void apply(const struct activity *activity, struct pl_snapshot *s)
{
	const char *reason = activity->reason[0] ? activity->reason : "none";

	pl_snapshot_set_state(s, activity->state, SOURCE);
	if (activity->asleep != PL_MAYBE)
		s->asleep = activity->asleep;
	pl_snapshot_add_reason(s, pl_span_of(reason), SOURCE);
}

bool devid_apply_word(struct pl_span word, struct pl_snapshot *s)
{
	for (size_t i = 0; i < LENGTH(ACTIVITIES); i++) {
		if (word.size > 0 && text_same_words(word, ACTIVITIES[i].word)) {
			apply(&ACTIVITIES[i], s);
			return true;
		}
	}
	return false;
}

bool devid_apply_number(int64_t number, struct pl_snapshot *s)
{
	for (size_t i = 0; i < LENGTH(ACTIVITIES); i++) {
		if (number >= 0 && ACTIVITIES[i].number == number) {
			apply(&ACTIVITIES[i], s);
			return true;
		}
	}
	return false;
}

struct pl_supply *devid_add_ink(struct pl_snapshot *s, const char *type, struct pl_span colorant,
				int64_t percent)
{
	struct pl_supply *supply = pl_snapshot_add_supply(s, SOURCE);

	if (!supply)
		return NULL;
	pl_supply_set_type(supply, pl_span_of(type));
	pl_supply_set_colorant(supply, colorant);
	pl_span_copy(pl_span_of("percent"), supply->unit, sizeof(supply->unit));
	supply->max_capacity = 100;
	if (percent >= 0 && percent <= 100)
		supply->level = percent;
	else
		supply->level_code = -2;
	return supply;
}

/* Words, comma between them: of the state, or IPP reasons. */
void devid_read_status(struct pl_span field, struct pl_snapshot *s)
{
	struct pl_alert_meaning meaning;

	while (field.size > 0) {
		struct pl_span word = pl_span_trim(pl_span_take(&field, ','));

		if (!devid_apply_word(word, s) && pl_alert_by_reason(word, &meaning))
			pl_snapshot_add_reason(s, word, SOURCE);
	}
}

/* "BK:61,C:40" or "K=61": colour and percent. */
void devid_read_supplies(struct pl_span field, struct pl_snapshot *s)
{
	while (field.size > 0) {
		struct pl_span level = pl_span_take(&field, ',');
		struct pl_span color =
			pl_span_take(&level, memchr(level.at, '=', level.size) ? '=' : ':');
		int64_t percent = PL_UNKNOWN;
		struct pl_supply *supply;

		if (pl_span_trim(color).size == 0)
			continue;
		text_leading_number(level, &percent);
		supply = devid_add_ink(s, "ink", color, percent);
		if (supply)
			pl_supply_settle(supply, PL_UNKNOWN);
	}
}
