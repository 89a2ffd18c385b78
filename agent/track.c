/* SPDX-License-Identifier: Apache-2.0 */
/* What happened to a printer between two readings. */
#include "track.h"

#include <stdlib.h>
#include <string.h>

#include "platen/clock.h"
#include "platen/json.h"

#define DAY_MS	      (24 * 3600 * 1000LL)
#define REFILL_POINTS 20 /* percent; levels waver by a few, a new cartridge does not */

struct delta {
	struct pl_tracker *t;
	struct pl_reading *now;
	const struct pl_outlet *outlet;
	int events;
};

void pl_tracker_init(struct pl_tracker *t)
{
	memset(t, 0, sizeof(*t));
	t->job_impressions.value = PL_UNKNOWN;
	pl_ledger_init(&t->ledger);
}

void pl_tracker_recall(struct pl_tracker *t, struct pl_memory *memory, const char *key)
{
	struct pl_snapshot *last = &t->last.snapshot;

	last->alert_count = pl_memory_alerts(memory, key, last->alerts);
	t->recalled = last->alert_count > 0;
	pl_memory_ledger(memory, key, &t->ledger);
}

static void emit(struct delta *d, const char *kind, cJSON *body)
{
	if (!body)
		return;
	d->outlet->record(d->outlet->arg, kind, d->now->key, body);
	cJSON_Delete(body);
}

static void emit_event(struct delta *d, const char *kind, cJSON *body)
{
	d->events++;
	emit(d, kind, body);
}

static struct pl_alert *find_alert(struct pl_snapshot *s, const struct pl_alert *wanted)
{
	for (size_t i = 0; i < s->alert_count; i++)
		if (strcmp(s->alerts[i].code, wanted->code) == 0 &&
		    strcmp(s->alerts[i].group, wanted->group) == 0)
			return &s->alerts[i];
	return NULL;
}

static cJSON *alert_body(const struct pl_alert *a)
{
	cJSON *body = pl_alert_to_json(a);

	cJSON_AddNullToObject(body, "index");
	return body;
}

/* What was open before a restart stays open until the printer has been read. */
static void keep_recalled(struct delta *d)
{
	struct pl_snapshot *now = &d->now->snapshot, *last = &d->t->last.snapshot;

	for (size_t i = 0; i < last->alert_count && now->alert_count < PL_MAX_ALERTS; i++)
		if (!find_alert(now, &last->alerts[i]))
			now->alerts[now->alert_count++] = last->alerts[i];
}

static void track_alerts(struct delta *d)
{
	struct pl_snapshot *now = &d->now->snapshot, *last = &d->t->last.snapshot;
	bool knows = d->t->primed || d->t->recalled;
	char closed_at[PL_MAX_TIME_TEXT];

	pl_clock_text(d->now->taken_at_ms, closed_at);
	for (size_t i = 0; i < now->alert_count; i++) {
		struct pl_alert *known = knows ? find_alert(last, &now->alerts[i]) : NULL;

		if (known) {
			now->alerts[i].since_ms = known->since_ms;
			continue;
		}
		if (now->alerts[i].since_ms == PL_UNKNOWN)
			now->alerts[i].since_ms = d->now->taken_at_ms;
		emit_event(d, "alert.opened", alert_body(&now->alerts[i]));
	}
	for (size_t i = 0; knows && i < last->alert_count; i++) {
		cJSON *body;

		if (find_alert(now, &last->alerts[i]))
			continue;
		body = alert_body(&last->alerts[i]);
		pl_json_add_text(body, "closed_at", closed_at);
		emit_event(d, "alert.closed", body);
	}
}

static const struct pl_supply *find_supply(const struct pl_snapshot *s,
					   const struct pl_supply *wanted)
{
	for (size_t i = 0; i < s->supply_count; i++)
		if (s->supplies[i].index == wanted->index &&
		    strcmp(s->supplies[i].type, wanted->type) == 0 &&
		    strcmp(s->supplies[i].colorant, wanted->colorant) == 0)
			return &s->supplies[i];
	return NULL;
}

/* The evidence that this is another cartridge, or NULL. */
static const char *replaced_by(const struct pl_supply *was, const struct pl_supply *is)
{
	if (was->serial_number[0] && is->serial_number[0])
		return strcmp(was->serial_number, is->serial_number) != 0 ? "serial_number" : NULL;
	if (was->level_percent != PL_UNKNOWN && is->level_percent != PL_UNKNOWN &&
	    is->level_percent - was->level_percent >= REFILL_POINTS)
		return "level";
	return NULL;
}

static void track_supplies(struct delta *d)
{
	const struct pl_snapshot *now = &d->now->snapshot, *last = &d->t->last.snapshot;

	for (size_t i = 0; i < now->supply_count; i++) {
		const struct pl_supply *is = &now->supplies[i];
		const struct pl_supply *was = find_supply(last, is);
		const char *evidence = was ? replaced_by(was, is) : NULL;
		cJSON *body;

		if (!evidence)
			continue;
		body = cJSON_CreateObject();
		pl_json_add_int(body, "index", is->index);
		pl_json_add_text(body, "type", is->type);
		pl_json_add_text(body, "colorant", is->colorant);
		pl_json_add_text(body, "evidence", evidence);
		pl_json_add_int(body, "level_percent_before", was->level_percent);
		pl_json_add_int(body, "level_percent_after", is->level_percent);
		pl_json_add_text(body, "part_number", is->part_number);
		pl_json_add_text(body, "serial_number_before", was->serial_number);
		pl_json_add_text(body, "serial_number_after", is->serial_number);
		pl_json_add_int(body, "impressions", now->counters[PL_COUNTER_IMPRESSIONS].value);
		emit_event(d, "supply.replaced", body);
	}
}

static void track_counters(struct delta *d)
{
	struct pl_fall falls[PL_COUNTER_COUNT];
	size_t count = pl_ledger_enter(&d->t->ledger, d->now->snapshot.counters, falls);

	for (size_t i = 0; i < count; i++) {
		cJSON *body = cJSON_CreateObject();

		pl_json_add_text(body, "counter", pl_counter_name(falls[i].counter));
		pl_json_add_text(body, "source", pl_source_name(falls[i].source));
		pl_json_add_int(body, "before", falls[i].before);
		pl_json_add_int(body, "after", falls[i].after);
		pl_json_add_text(body, "cause", falls[i].cause);
		emit_event(d, "counter.reset", body);
	}
}

static void finish_job(struct delta *d, int64_t before, int64_t after, int64_t duration_ms)
{
	cJSON *body = cJSON_CreateObject();

	pl_json_add_int(body, "impressions_before", before);
	pl_json_add_int(body, "impressions_after", after);
	pl_json_add_int(body, "duration_ms", duration_ms);
	emit_event(d, "job.finished", body);
	d->t->in_job = false;
}

/* The value before, where the same language told both: two may count different things. */
static int64_t before_of(struct pl_count was, struct pl_count is)
{
	return was.source == is.source ? was.value : PL_UNKNOWN;
}

/* A short job may begin and end between two looks: then only the counter tells of it. */
static void track_job(struct delta *d, bool counted)
{
	struct pl_tracker *t = d->t;
	struct pl_count was = t->last.snapshot.counters[PL_COUNTER_IMPRESSIONS];
	struct pl_count is = d->now->snapshot.counters[PL_COUNTER_IMPRESSIONS];
	bool processing = d->now->snapshot.printer_state == PL_STATE_PROCESSING;
	int64_t before = before_of(was, is);

	if (processing && !t->in_job) {
		t->in_job = true;
		t->job_since_ms = d->now->taken_at_ms;
		t->job_impressions = was;
	}
	if (processing || !counted)
		return;
	if (t->in_job)
		finish_job(d, before_of(t->job_impressions, is), is.value,
			   d->now->taken_at_ms - t->job_since_ms);
	else if (before != PL_UNKNOWN && is.value > before)
		finish_job(d, before, is.value, PL_UNKNOWN);
}

static void report_snapshot(struct delta *d)
{
	struct pl_tracker *t = d->t;
	int64_t age_ms = llabs(d->now->taken_at_ms - t->full_ms); /* wall time may jump */

	if (t->primed && age_ms < DAY_MS) {
		emit(d, "printer.snapshot", pl_report_changes(d->now, &t->last));
		return;
	}
	emit(d, "printer.snapshot", pl_report_full(d->now));
	t->full_ms = d->now->taken_at_ms;
}

int pl_track(struct pl_tracker *t, struct pl_reading *now, bool counted,
	     const struct pl_outlet *outlet)
{
	struct delta d = { .t = t, .now = now, .outlet = outlet };

	if (!t->primed && t->recalled && !counted)
		keep_recalled(&d);
	track_alerts(&d);
	track_counters(&d);
	if (t->primed) {
		track_supplies(&d);
		track_job(&d, counted);
	}
	report_snapshot(&d);
	t->last = *now;
	t->primed = true;
	return d.events;
}
