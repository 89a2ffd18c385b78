/* SPDX-License-Identifier: Apache-2.0 */
/* Looks reasons and alert codes up in the table of the standards, and keeps a snapshot's reasons
 * and alerts telling the same story. */
#include "platen/alert.h"

#include <stdio.h>
#include <string.h>

#include "alert_table.h"
#include "text.h"

struct suffix {
	const char *text;
	enum pl_severity severity;
};

static const struct suffix SUFFIXES[] = {
	{ "-error", PL_SEVERITY_CRITICAL },
	{ "-warning", PL_SEVERITY_WARNING },
	{ "-report", PL_SEVERITY_REPORT },
};

static const struct suffix *suffix_of(struct pl_span reason)
{
	for (size_t i = 0; i < sizeof(SUFFIXES) / sizeof(SUFFIXES[0]); i++) {
		size_t n = strlen(SUFFIXES[i].text);

		if (reason.size > n &&
		    memcmp(reason.at + reason.size - n, SUFFIXES[i].text, n) == 0)
			return &SUFFIXES[i];
	}
	return NULL;
}

static void fill(const struct alert_row *row, struct pl_alert_meaning *meaning)
{
	*meaning = (struct pl_alert_meaning){
		.number = row->number,
		.group = ALERT_GROUP_NAMES[row->group],
		.severity = (enum pl_severity)row->severity,
	};
	pl_span_copy(pl_span_of(row->reason), meaning->reason, sizeof(meaning->reason));
	pl_span_copy(pl_span_of(row->code), meaning->code, sizeof(meaning->code));
	pl_span_copy(pl_span_of(row->description), meaning->description,
		     sizeof(meaning->description));
}

static void compose(const struct alert_device *device, const struct alert_condition *condition,
		    struct pl_alert_meaning *meaning)
{
	*meaning = (struct pl_alert_meaning){
		.number = condition->number,
		.group = ALERT_GROUP_NAMES[GROUP_FINISHER],
		.severity = (enum pl_severity)condition->severity,
	};
	snprintf(meaning->reason, sizeof(meaning->reason), "%s-%s", device->reason,
		 condition->reason);
	snprintf(meaning->description, sizeof(meaning->description), "%s: %s", device->name,
		 condition->description);
	pl_span_copy(pl_span_of(condition->code), meaning->code, sizeof(meaning->code));
}

/* "stapler-almost-empty": a finishing device's name, a hyphen, a condition. */
static bool find_composed(struct pl_span reason, struct pl_alert_meaning *meaning)
{
	for (size_t d = 0; d < ALERT_DEVICE_COUNT; d++) {
		size_t n = strlen(ALERT_DEVICES[d].reason);
		struct pl_span rest;

		if (!pl_span_starts(reason, ALERT_DEVICES[d].reason) || reason.size <= n + 1 ||
		    reason.at[n] != '-')
			continue;
		rest = (struct pl_span){ reason.at + n + 1, reason.size - n - 1 };
		for (size_t c = 0; c < ALERT_CONDITION_COUNT; c++) {
			if (!pl_span_is(rest, ALERT_CONDITIONS[c].reason))
				continue;
			compose(&ALERT_DEVICES[d], &ALERT_CONDITIONS[c], meaning);
			return true;
		}
	}
	return false;
}

/* "staplerAlmostEmpty" or 30212: the code of a finishing device, spelled as its reason is. */
static bool find_finisher_code(struct pl_span code, int64_t number,
			       struct pl_alert_meaning *meaning)
{
	for (size_t i = 0; i < ALERT_DEVICE_COUNT * ALERT_CONDITION_COUNT; i++) {
		const struct alert_device *d = &ALERT_DEVICES[i / ALERT_CONDITION_COUNT];
		const struct alert_condition *c = &ALERT_CONDITIONS[i % ALERT_CONDITION_COUNT];
		char keyword[sizeof(d->reason) + sizeof(c->reason)];

		snprintf(keyword, sizeof(keyword), "%s-%s", d->reason, c->reason);
		if (number != d->number * 100 + c->number && !text_same_words(code, keyword))
			continue;
		compose(d, c, meaning);
		return true;
	}
	return false;
}

static bool find_reason(struct pl_span reason, struct pl_alert_meaning *meaning)
{
	for (size_t i = 0; i < ALERT_ROW_COUNT; i++) {
		if (reason.size > 0 && pl_span_is(reason, ALERT_ROWS[i].reason)) {
			fill(&ALERT_ROWS[i], meaning);
			return true;
		}
	}
	return find_composed(reason, meaning);
}

/* "…-feed-error" and "…-storage-error" are whole keywords: their "-error" is no suffix. */
static const struct suffix *real_suffix(struct pl_span reason)
{
	struct pl_alert_meaning whole;

	return find_reason(reason, &whole) ? NULL : suffix_of(reason);
}

enum pl_severity pl_reason_severity(struct pl_span reason)
{
	const struct suffix *suffix = real_suffix(reason);

	return suffix ? suffix->severity : PL_SEVERITY_UNKNOWN;
}

struct pl_span pl_reason_stem(struct pl_span reason)
{
	const struct suffix *suffix = real_suffix(reason);

	if (suffix)
		reason.size -= strlen(suffix->text);
	return reason;
}

bool pl_alert_by_reason(struct pl_span reason, struct pl_alert_meaning *ret_meaning)
{
	return find_reason(pl_reason_stem(reason), ret_meaning);
}

bool pl_alert_by_code(struct pl_span code, struct pl_alert_meaning *ret_meaning)
{
	int64_t number = 0;

	if (code.size == 0)
		return false;
	text_number(code, &number);
	for (size_t i = 0; i < ALERT_ROW_COUNT; i++) {
		const struct alert_row *row = &ALERT_ROWS[i];

		if (row->number != 0 &&
		    (row->number == number || pl_span_is_word(code, row->code))) {
			fill(row, ret_meaning);
			return true;
		}
	}
	return find_finisher_code(code, number, ret_meaning);
}

/* The printer may tell another group than the table's, and it is still the same alert; only a
 * finisher's generic code ("jam") is never the printer's own. */
static bool is_same(const struct pl_alert *alert, const struct pl_alert_meaning *meaning)
{
	const char *finisher = ALERT_GROUP_NAMES[GROUP_FINISHER];

	return strcmp(alert->code, meaning->code) == 0 &&
	       (strcmp(alert->group, finisher) == 0) == (strcmp(meaning->group, finisher) == 0);
}

static struct pl_alert *add_meaning(struct pl_snapshot *s, const struct pl_alert_meaning *meaning,
				    enum pl_severity severity, enum pl_source source)
{
	struct pl_alert *alert;

	for (size_t i = 0; i < s->alert_count; i++)
		if (is_same(&s->alerts[i], meaning))
			return &s->alerts[i];
	if (s->alert_count == PL_MAX_ALERTS)
		return NULL;
	alert = &s->alerts[s->alert_count++];
	*alert = (struct pl_alert){
		.severity = severity != PL_SEVERITY_UNKNOWN ? severity : meaning->severity,
		.since_ms = PL_UNKNOWN,
		.source = source,
	};
	pl_span_copy(pl_span_of(meaning->code), alert->code, sizeof(alert->code));
	pl_span_copy(pl_span_of(meaning->group), alert->group, sizeof(alert->group));
	pl_span_copy(pl_span_of(meaning->description), alert->description,
		     sizeof(alert->description));
	return alert;
}

struct pl_alert *pl_snapshot_add_alert(struct pl_snapshot *s, struct pl_span code,
				       enum pl_severity severity, enum pl_source source)
{
	struct pl_alert_meaning meaning;

	if (!pl_alert_by_code(code, &meaning))
		return NULL;
	return add_meaning(s, &meaning, severity, source);
}

/* True when some reason of the snapshot means this alert. */
static bool is_told_by_reason(const struct pl_snapshot *s, const struct pl_alert *alert)
{
	struct pl_alert_meaning meaning;

	for (size_t i = 0; i < s->reason_count; i++)
		if (pl_alert_by_reason(pl_span_of(s->reasons[i]), &meaning) &&
		    is_same(alert, &meaning))
			return true;
	return false;
}

static void add_reason_of(struct pl_snapshot *s, const struct pl_alert *alert)
{
	static const char *const SUFFIX_OF[] = {
		[PL_SEVERITY_UNKNOWN] = "",
		[PL_SEVERITY_REPORT] = "-report",
		[PL_SEVERITY_WARNING] = "-warning",
		[PL_SEVERITY_CRITICAL] = "-error",
	};
	struct pl_alert_meaning meaning;
	char keyword[PL_MAX_REASON + 8];

	/* A generic code of a finisher does not say which device it is: no reason can be made. */
	if (strcmp(alert->group, ALERT_GROUP_NAMES[GROUP_FINISHER]) == 0 ||
	    !pl_alert_by_code(pl_span_of(alert->code), &meaning) || !meaning.reason[0])
		return;
	snprintf(keyword, sizeof(keyword), "%s%s", meaning.reason, SUFFIX_OF[alert->severity]);
	pl_snapshot_add_reason(s, pl_span_of(keyword), alert->source);
}

void pl_alert_reconcile(struct pl_snapshot *s)
{
	size_t reasons = s->reason_count;
	struct pl_alert_meaning meaning;

	for (size_t i = 0; i < s->alert_count; i++)
		if (!is_told_by_reason(s, &s->alerts[i]))
			add_reason_of(s, &s->alerts[i]);
	for (size_t i = 0; i < reasons; i++) {
		struct pl_span reason = pl_span_of(s->reasons[i]);

		if (pl_alert_by_reason(reason, &meaning) && meaning.code[0])
			add_meaning(s, &meaning, pl_reason_severity(reason), s->reasons_source);
	}
}
