/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Removing old rows. An index leads to each sort's oldest rows; the steps are small. A record that
 * is not applied yet is never removed, however old it is.
 */
#include "retention.h"

#include "projector.h"

#define DAY_MS INT64_C(86400000)

/* ?1: older than this goes; ?2: how many at most. */
static const char *const RECORDS =
	"DELETE FROM records WHERE no IN (SELECT no FROM records ORDER BY no LIMIT ?2)"
	" AND received_at < ?1 AND no <= (SELECT up_to FROM projection)";
/* Thinning: what a snapshot changed goes before the full ones (one a day and printer at least). */
static const char *const PARTS =
	"DELETE FROM records WHERE no IN (SELECT no FROM records WHERE part=1 ORDER BY no LIMIT ?2)"
	" AND received_at < ?1 AND no <= (SELECT up_to FROM projection)";
static const char *const ALERTS =
	"DELETE FROM alerts WHERE no IN (SELECT no FROM alerts WHERE closed_at IS NOT NULL"
	" AND closed_at < ?1 ORDER BY no LIMIT ?2)";
static const char *const DRIFTS =
	"DELETE FROM drifts WHERE no IN (SELECT no FROM drifts WHERE closed_at IS NOT NULL"
	" AND closed_at < ?1 ORDER BY no LIMIT ?2)";
static const char *const HISTORY =
	"DELETE FROM action_history WHERE action_no IN (SELECT no FROM actions"
	" WHERE ended_at IS NOT NULL AND ended_at < ?1 ORDER BY no LIMIT ?2)";
static const char *const ACTIONS =
	"DELETE FROM actions WHERE no IN (SELECT no FROM actions WHERE ended_at IS NOT NULL"
	" AND ended_at < ?1 ORDER BY no LIMIT ?2)";

static const char *const BUNDLES =
	"DELETE FROM bundles WHERE action_no IN (SELECT action_no FROM bundles"
	" WHERE stored_at < ?1 ORDER BY stored_at LIMIT ?2)";

static enum pl_result clear(struct pl_db *db, struct pl_retention *t, const char *sql, int64_t days,
			    struct pl_error *err)
{
	int64_t removed = 0;
	const struct pl_db_value args[] = { pl_db_int(t->now_ms - days * DAY_MS),
					    pl_db_int(PL_RETENTION_STEP) };
	enum pl_result r = db->ops->run(db, sql, args, 2, &removed, err);

	t->removed += removed;
	return r;
}

enum pl_result pl_retention_run(struct pl_db *db, void *retention, struct pl_error *err)
{
	struct pl_retention *t = retention;
	enum pl_result r;

	t->removed = 0;
	r = clear(db, t, RECORDS, t->records_days, err);
	if (r == PL_OK)
		r = clear(db, t, PARTS, t->parts_days, err);
	if (r == PL_OK && t->removed > 0)
		r = pl_projector_removed(db, err);
	if (r == PL_OK)
		r = clear(db, t, ALERTS, t->alerts_days, err);
	if (r == PL_OK)
		r = clear(db, t, DRIFTS, t->alerts_days, err);
	if (r == PL_OK)
		r = clear(db, t, HISTORY, t->actions_days, err);
	if (r == PL_OK)
		r = clear(db, t, BUNDLES, t->bundles_days, err);
	return r == PL_OK ? clear(db, t, ACTIONS, t->actions_days, err) : r;
}
