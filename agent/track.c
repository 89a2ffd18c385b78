/* SPDX-License-Identifier: Apache-2.0 */
/* What happened to a printer between two readings. */
#include "track.h"

#include <stdlib.h>
#include <string.h>

#include "platen/clock.h"
#include "platen/json.h"

#define DAY_MS	      (24 * 3600 * 1000LL)
#define REFILL_POINTS 20    /* percent; levels waver by a few, a new cartridge does not */
#define HELD_MS	      15000 /* more than from one look to the next when there is a doubt */

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
	pl_ledger_init(&t->kept.ledger);
}

void pl_tracker_recall(struct pl_tracker *t, struct pl_memory *memory, const char *key)
{
	pl_memory_recall(memory, key, &t->kept);
	t->recalled = t->kept.alerts.count > 0;
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

static cJSON *alert_body(const struct pl_alert *a)
{
	cJSON *body = pl_alert_to_json(a);

	cJSON_AddNullToObject(body, "index");
	return body;
}

static bool has_alert(const struct pl_snapshot *s, const struct pl_alert *wanted)
{
	for (size_t i = 0; i < s->alert_count; i++)
		if (strcmp(s->alerts[i].code, wanted->code) == 0 &&
		    strcmp(s->alerts[i].group, wanted->group) == 0)
			return true;
	return false;
}

/* What was open before a restart stays open until the printer has been read. */
static void keep_recalled(struct delta *d)
{
	const struct pl_alert_book *told = &d->t->kept.alerts;
	struct pl_snapshot *now = &d->now->snapshot;

	for (size_t i = 0; i < told->count && now->alert_count < PL_MAX_ALERTS; i++)
		if (!has_alert(now, &told->open[i]))
			now->alerts[now->alert_count++] = told->open[i];
}

static void track_alerts(struct delta *d)
{
	struct pl_alert_news news[2 * PL_MAX_ALERTS];
	char closed_at[PL_MAX_TIME_TEXT];
	size_t count;

	pl_clock_text(d->now->taken_at_ms, closed_at);
	count = pl_alert_book_enter(&d->t->kept.alerts, &d->now->snapshot, pl_clock_now_ms(),
				    d->now->taken_at_ms, news, &d->t->flutters);
	for (size_t i = 0; i < count; i++) {
		cJSON *body = alert_body(&news[i].alert);

		if (!news[i].opened)
			pl_json_add_text(body, "closed_at", closed_at);
		emit_event(d, news[i].opened ? "alert.opened" : "alert.closed", body);
	}
}

/* The place of the same supply in the last reading; PL_MAX_SUPPLIES: it is new. */
static size_t find_supply(const struct pl_snapshot *s, const struct pl_supply *wanted)
{
	for (size_t i = 0; i < s->supply_count; i++)
		if (s->supplies[i].index == wanted->index &&
		    strcmp(s->supplies[i].type, wanted->type) == 0 &&
		    strcmp(s->supplies[i].colorant, wanted->colorant) == 0)
			return i;
	return PL_MAX_SUPPLIES;
}

static void report_replaced(struct delta *d, const struct pl_supply *was,
			    const struct pl_supply *is, int64_t level_before, const char *evidence)
{
	cJSON *body = cJSON_CreateObject();

	pl_json_add_int(body, "index", is->index);
	pl_json_add_text(body, "type", is->type);
	pl_json_add_text(body, "colorant", is->colorant);
	pl_json_add_text(body, "evidence", evidence);
	pl_json_add_int(body, "level_percent_before", level_before);
	pl_json_add_int(body, "level_percent_after", is->level_percent);
	pl_json_add_text(body, "part_number", is->part_number);
	pl_json_add_text(body, "serial_number_before", was->serial_number);
	pl_json_add_text(body, "serial_number_after", is->serial_number);
	pl_json_add_int(body, "impressions",
			d->now->snapshot.counters[PL_COUNTER_IMPRESSIONS].value);
	emit_event(d, "supply.replaced", body);
}

static bool is_far(int64_t a, int64_t b)
{
	return a == PL_UNKNOWN || b == PL_UNKNOWN || llabs(a - b) >= REFILL_POINTS;
}

/* A cartridge has many levels on its way: told as 0 while the door is open, as full for a moment
 * when it is put back. A level that jumps counts when it was held. Two looks alone may fall into
 * two equal moments of a level that flickers. */
static void track_level(struct delta *d, const struct pl_supply *was, const struct pl_supply *is,
			struct pl_level *level)
{
	bool has_numbers = was->serial_number[0] && is->serial_number[0];
	int64_t before = level->percent;

	if (is->level_percent == PL_UNKNOWN)
		return;
	if (before != PL_UNKNOWN && is_far(is->level_percent, before)) {
		if (is_far(is->level_percent, was->level_percent))
			level->since_ms = pl_clock_now_ms();
		if (pl_clock_now_ms() - level->since_ms < HELD_MS) {
			d->t->jumps = true;
			return;
		}
	}
	level->percent = is->level_percent;
	if (!has_numbers && before != PL_UNKNOWN && is->level_percent - before >= REFILL_POINTS)
		report_replaced(d, was, is, before, "level");
}

static void track_supplies(struct delta *d)
{
	const struct pl_snapshot *now = &d->now->snapshot, *last = &d->t->last.snapshot;
	struct pl_level levels[PL_MAX_SUPPLIES];

	d->t->jumps = false;
	for (size_t i = 0; i < now->supply_count; i++) {
		const struct pl_supply *is = &now->supplies[i], *was;
		size_t at = d->t->primed ? find_supply(last, is) : PL_MAX_SUPPLIES;

		levels[i] = (struct pl_level){ .percent = is->level_percent };
		if (at == PL_MAX_SUPPLIES)
			continue;
		was = &last->supplies[at];
		levels[i] = d->t->levels[at];
		if (was->serial_number[0] && is->serial_number[0] &&
		    strcmp(was->serial_number, is->serial_number) != 0) {
			report_replaced(d, was, is, was->level_percent, "serial_number");
			levels[i].percent = is->level_percent;
		} else {
			track_level(d, was, is, &levels[i]);
		}
	}
	memcpy(d->t->levels, levels, now->supply_count * sizeof(levels[0]));
}

/* Compared within one source only: two languages may count different things. */
static void track_counters(struct delta *d)
{
	struct pl_fall falls[PL_COUNTER_COUNT];
	size_t count = pl_ledger_enter(&d->t->kept.ledger, d->now->snapshot.counters, falls);

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
	if (counted || !t->primed)
		track_supplies(&d);
	if (t->primed)
		track_job(&d, counted);
	report_snapshot(&d);
	t->last = *now;
	t->primed = true;
	return d.events;
}
