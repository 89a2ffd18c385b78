/* SPDX-License-Identifier: Apache-2.0 */
/* Joins what several languages told of one printer: identity, state and counters here, the lists
 * (supplies, media) in merge_lists.c. */
#include "merge.h"

#include <inttypes.h>
#include <string.h>

#include "merge_rank.h"
#include "platen/alert.h"

/* 1 is believed first; 0: this source never tells such a thing. */
static const uint8_t RANK[PL_TOPIC_COUNT][PL_SOURCE_COUNT] = {
	/* A 1284 ID keeps make and model apart; elsewhere they must be guessed from one text. */
	[PL_TOPIC_NAME] = { [PL_SOURCE_IEEE1284] = 1,
			    [PL_SOURCE_LEDM] = 2,
			    [PL_SOURCE_IPP] = 3,
			    [PL_SOURCE_PJL] = 4,
			    [PL_SOURCE_USB] = 5 },
	[PL_TOPIC_DEVICE_ID] = { [PL_SOURCE_IEEE1284] = 1, [PL_SOURCE_IPP] = 2 },
	[PL_TOPIC_UUID] = { [PL_SOURCE_IPP] = 1, [PL_SOURCE_LEDM] = 2, [PL_SOURCE_IEEE1284] = 3 },
	[PL_TOPIC_FIRMWARE] = { [PL_SOURCE_LEDM] = 1,
				[PL_SOURCE_IPP] = 2,
				[PL_SOURCE_PJL] = 3,
				[PL_SOURCE_IEEE1284] = 4 },
	[PL_TOPIC_STATE] = { [PL_SOURCE_IPP] = 1,
			     [PL_SOURCE_LEDM] = 2,
			     [PL_SOURCE_PJL] = 3,
			     [PL_SOURCE_IEEE1284] = 4,
			     [PL_SOURCE_USB] = 5 },
	/* LEDM counts engine impressions for life; PJL's PAGECOUNT may count sheets. */
	[PL_TOPIC_COUNTER] = { [PL_SOURCE_LEDM] = 1, [PL_SOURCE_IPP] = 2, [PL_SOURCE_PJL] = 3 },
	[PL_TOPIC_SUPPLY] = { [PL_SOURCE_LEDM] = 1,
			      [PL_SOURCE_IPP] = 2,
			      [PL_SOURCE_PJL] = 3,
			      [PL_SOURCE_IEEE1284] = 4 },
	[PL_TOPIC_MEDIUM] = { [PL_SOURCE_IPP] = 1, [PL_SOURCE_LEDM] = 2, [PL_SOURCE_PJL] = 3 },
};

static const enum pl_merge_topic IDENTITY_TOPIC[PL_ID_COUNT] = {
	[PL_ID_MAKE] = PL_TOPIC_NAME,		[PL_ID_MODEL] = PL_TOPIC_NAME,
	[PL_ID_UUID] = PL_TOPIC_UUID,		[PL_ID_FIRMWARE] = PL_TOPIC_FIRMWARE,
	[PL_ID_DEVICE_ID] = PL_TOPIC_DEVICE_ID,
};

bool pl_merge_wins(enum pl_merge_topic topic, enum pl_source a, enum pl_source b)
{
	int rank_a = RANK[topic][a] ? RANK[topic][a] : UINT8_MAX;
	int rank_b = RANK[topic][b] ? RANK[topic][b] : UINT8_MAX;

	if (b == PL_SOURCE_NONE)
		return a != PL_SOURCE_NONE;
	return rank_a < rank_b;
}

static void merge_identity(struct pl_snapshot *into, const struct pl_snapshot *part)
{
	for (int i = 0; i < PL_ID_COUNT; i++) {
		const struct pl_fact *fact = &part->identity[i];

		if (i == PL_ID_SERIAL_NUMBER || !fact->text[0])
			continue;
		if (pl_merge_wins(IDENTITY_TOPIC[i], fact->source, into->identity[i].source))
			into->identity[i] = *fact;
	}
}

/* A printer that says "asleep" in one language is asleep, whatever category the others still show.
 */
static enum pl_tristate merge_asleep(enum pl_tristate a, enum pl_tristate b)
{
	if (a == PL_YES || b == PL_YES)
		return PL_YES;
	return a == PL_NO || b == PL_NO ? PL_NO : PL_MAYBE;
}

static void merge_state(struct pl_snapshot *into, const struct pl_snapshot *part)
{
	if (part->printer_state != PL_STATE_UNKNOWN &&
	    pl_merge_wins(PL_TOPIC_STATE, part->state_source, into->state_source)) {
		into->printer_state = part->printer_state;
		into->state_source = part->state_source;
	}
	into->asleep = merge_asleep(into->asleep, part->asleep);
	if (part->message[0] && !into->message[0])
		memcpy(into->message, part->message, sizeof(into->message));
}

static char *find_reason(struct pl_snapshot *s, const char *reason)
{
	struct pl_span wanted = pl_reason_stem(pl_span_of(reason));

	for (size_t i = 0; i < s->reason_count; i++) {
		struct pl_span stem = pl_reason_stem(pl_span_of(s->reasons[i]));

		if (stem.size == wanted.size && memcmp(stem.at, wanted.at, stem.size) == 0)
			return s->reasons[i];
	}
	return NULL;
}

/* What any language complains of counts; the better source's spelling stays. */
static void merge_reasons(struct pl_snapshot *into, const struct pl_snapshot *part)
{
	bool better;

	if (!part->reasons_known)
		return;
	better = pl_merge_wins(PL_TOPIC_STATE, part->reasons_source, into->reasons_source);
	for (size_t i = 0; i < part->reason_count; i++) {
		char *known = find_reason(into, part->reasons[i]);

		if (known && better)
			memcpy(known, part->reasons[i], PL_MAX_REASON);
		else if (!known && into->reason_count < PL_MAX_REASONS)
			memcpy(into->reasons[into->reason_count++], part->reasons[i],
			       PL_MAX_REASON);
	}
	into->reasons_known = true;
	if (better)
		into->reasons_source = part->reasons_source;
}

/* While pages come out, two answers a second apart may honestly differ. */
static bool is_printing(const struct pl_snapshot *into, const struct pl_snapshot *part)
{
	return into->printer_state == PL_STATE_PROCESSING ||
	       part->printer_state == PL_STATE_PROCESSING;
}

static void merge_counters(struct pl_snapshot *into, const struct pl_snapshot *part)
{
	for (int i = 0; i < PL_COUNTER_COUNT; i++) {
		struct pl_count *mine = &into->counters[i];
		struct pl_count other = part->counters[i];

		if (other.value == PL_UNKNOWN)
			continue;
		if (pl_merge_wins(PL_TOPIC_COUNTER, other.source, mine->source)) {
			struct pl_count won = other;

			other = *mine;
			*mine = won;
		}
		if (other.source == PL_SOURCE_NONE || other.value == mine->value ||
		    is_printing(into, part))
			continue;
		pl_snapshot_complain(into, other.source,
				     "%s %" PRId64 " contradicts %" PRId64 " (%s)",
				     pl_counter_name((enum pl_counter)i), other.value, mine->value,
				     pl_source_name(mine->source));
	}
}

static bool has_alert(const struct pl_snapshot *s, const struct pl_alert *a)
{
	for (size_t i = 0; i < s->alert_count; i++)
		if (strcmp(s->alerts[i].code, a->code) == 0 &&
		    strcmp(s->alerts[i].group, a->group) == 0)
			return true;
	return false;
}

static void merge_alerts(struct pl_snapshot *into, const struct pl_snapshot *part)
{
	for (size_t i = 0; i < part->alert_count && into->alert_count < PL_MAX_ALERTS; i++)
		if (!has_alert(into, &part->alerts[i]))
			into->alerts[into->alert_count++] = part->alerts[i];
}

static void merge_errors(struct pl_snapshot *into, const struct pl_snapshot *part)
{
	for (size_t i = 0; i < part->error_count && into->error_count < PL_MAX_ERRORS; i++)
		into->errors[into->error_count++] = part->errors[i];
}

void pl_merge(struct pl_snapshot *into, const struct pl_snapshot *part)
{
	merge_identity(into, part);
	merge_state(into, part);
	merge_reasons(into, part);
	merge_counters(into, part);
	pl_merge_supplies(into, part);
	pl_merge_media(into, part);
	merge_alerts(into, part);
	merge_errors(into, part);
}
