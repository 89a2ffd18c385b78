/* SPDX-License-Identifier: Apache-2.0 */
/* Which alerts are told open, and when a change is told. */
#include "alert_book.h"

#include <string.h>

#define MINUTE_MS 60000 /* opened again within it: a flutter */
#define CALM_MS	  3000	/* it has to stay so long before a flutter is told */

static bool is_same(const struct pl_alert *a, const struct pl_alert *b)
{
	return strcmp(a->code, b->code) == 0 && strcmp(a->group, b->group) == 0;
}

static struct pl_alert *find(struct pl_alert *list, size_t count, const struct pl_alert *wanted)
{
	for (size_t i = 0; i < count; i++)
		if (is_same(&list[i], wanted))
			return &list[i];
	return NULL;
}

static struct pl_flutter *flutter_of(struct pl_alert_book *b, const struct pl_alert *a)
{
	for (size_t i = 0; i < b->recent_count; i++)
		if (is_same(&b->recent[i].alert, a))
			return &b->recent[i];
	return NULL;
}

/* The entry of an alert that is told open now; the oldest one goes where there is no room. */
static void note_opening(struct pl_alert_book *b, const struct pl_alert *a, int64_t now_ms)
{
	struct pl_flutter *f = flutter_of(b, a), *oldest = &b->recent[0];

	if (!f && b->recent_count < PL_MAX_FLUTTERS) {
		f = &b->recent[b->recent_count++];
		f->opened_ms = now_ms - MINUTE_MS;
	}
	for (size_t i = 1; !f && i < PL_MAX_FLUTTERS; i++)
		if (b->recent[i].opened_ms < oldest->opened_ms)
			oldest = &b->recent[i];
	if (!f) {
		f = oldest;
		f->opened_ms = now_ms - MINUTE_MS;
	}
	*f = (struct pl_flutter){ .alert = *a,
				  .opened_ms = now_ms,
				  .differs_ms = PL_UNKNOWN,
				  .again = now_ms - f->opened_ms < MINUTE_MS };
}

/* True while a change of a fluttering alert has not stayed long enough. */
static bool is_held(struct pl_flutter *f, int64_t now_ms)
{
	if (f->differs_ms == PL_UNKNOWN)
		f->differs_ms = now_ms;
	return now_ms - f->differs_ms < CALM_MS;
}

static bool open_one(struct pl_alert_book *b, struct pl_alert *a, int64_t now_ms, bool *ret_doubt)
{
	struct pl_flutter *f = flutter_of(b, a);

	if (b->count == PL_MAX_ALERTS)
		return false;
	if (f && now_ms - f->opened_ms < MINUTE_MS && is_held(f, now_ms)) {
		*ret_doubt = true;
		return false;
	}
	note_opening(b, a, now_ms);
	b->open[b->count++] = *a;
	return true;
}

static bool close_one(struct pl_alert_book *b, size_t at, int64_t now_ms, bool *ret_doubt)
{
	struct pl_flutter *f = flutter_of(b, &b->open[at]);

	if (f && f->again && is_held(f, now_ms)) {
		*ret_doubt = true;
		return false;
	}
	if (f)
		f->differs_ms = PL_UNKNOWN;
	b->count--;
	memmove(&b->open[at], &b->open[at + 1], (b->count - at) * sizeof(b->open[0]));
	return true;
}

/* What is as it was told has not changed, whatever it did between two looks. */
static void calm_down(struct pl_alert_book *b, struct pl_snapshot *s)
{
	for (size_t i = 0; i < b->recent_count; i++) {
		struct pl_flutter *f = &b->recent[i];
		bool is = find(s->alerts, s->alert_count, &f->alert);

		if (is == (find(b->open, b->count, &f->alert) != NULL))
			f->differs_ms = PL_UNKNOWN;
	}
}

size_t pl_alert_book_enter(struct pl_alert_book *b, struct pl_snapshot *s, int64_t now_ms,
			   int64_t wall_ms, struct pl_alert_news ret_news[static 2 * PL_MAX_ALERTS],
			   bool *ret_doubt)
{
	size_t n = 0;

	*ret_doubt = false;
	calm_down(b, s);
	for (size_t i = 0; i < s->alert_count; i++) {
		struct pl_alert *a = &s->alerts[i], *told = find(b->open, b->count, a);

		if (told)
			a->since_ms = told->since_ms;
		else if (a->since_ms == PL_UNKNOWN)
			a->since_ms = wall_ms;
		if (!told && open_one(b, a, now_ms, ret_doubt))
			ret_news[n++] = (struct pl_alert_news){ .opened = true, .alert = *a };
	}
	for (size_t i = b->count; i-- > 0;) {
		struct pl_alert a = b->open[i];

		if (!find(s->alerts, s->alert_count, &a) && close_one(b, i, now_ms, ret_doubt))
			ret_news[n++] = (struct pl_alert_news){ .alert = a };
	}
	return n;
}
